"""How environments stand side by side in a vector, and what that makes of seeds, options and masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reason.envs.arguments import check_count, check_seed
from reason.envs.task_source import OPTIONS
from reason.errors import ConfigError
from reason.seeding import derive

__all__ = ["VECTOR_OPTIONS", "Layout"]

PER_ENV = {"levels": "level", "tasks": "task"}
"""Options that are lists, and the option of one environment that each entry is."""

VECTOR_OPTIONS = ("reset_mask", *PER_ENV, *OPTIONS)
"""What ``reset(options=...)`` of a vector understands."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """``num_envs`` environments in groups of ``group_size`` neighbours, each group on equal tasks."""

    num_envs: int
    group_size: int

    def __post_init__(self) -> None:
        """Reject sizes that do not divide."""
        for name in ("num_envs", "group_size"):
            object.__setattr__(self, name, check_count(getattr(self, name), name))
        if self.num_envs % self.group_size:
            raise ConfigError(
                f"num_envs must be a multiple of group_size={self.group_size}, got {self.num_envs}"
            )

    def group_seed(self, seed: int, position: int) -> int:
        """Return the stream that the environment at ``position`` walks for one seed of the vector.

        Not ``seed + position``: the vectors of neighbouring seeds would share tasks.
        """
        return derive("vector", seed, position // self.group_size)

    def seeds(self, seed: int | Sequence[int | None] | None) -> list[int | None]:
        """Return each environment's seed.

        Raises:
            ConfigError: a seed that cannot be, or unequal seeds in a group.
        """
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, int | np.integer):
            seed = check_count(seed, "seed", least=0)
            return [self.group_seed(seed, position) for position in range(self.num_envs)]
        return [check_seed(entry, f"seed[{i}]") for i, entry in enumerate(self._entries(seed, "seed"))]

    def chosen(self, mask: Any) -> list[int]:
        """Return the positions where ``mask`` is True; all where it is None.

        Raises:
            ConfigError: it is not a mask of ``num_envs`` booleans, or all False.
        """
        if mask is None:
            return list(range(self.num_envs))
        array = np.asarray(mask)
        if array.dtype != np.bool_ or array.shape != (self.num_envs,) or not array.any():
            raise ConfigError(
                f"options['reset_mask'] must be {self.num_envs} booleans, one of them True, got {mask!r:.80}"
            )
        return [int(position) for position in np.flatnonzero(array)]

    def options(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return each environment's own options.

        Raises:
            ConfigError: a list that does not fit, or options that contradict each other.
        """
        shared = {name: value for name, value in given.items() if name in OPTIONS}
        lists = {
            PER_ENV[name]: self._entries(given[name], f"options[{name!r}]")
            for name in PER_ENV
            if name in given
        }
        if both := next((name for name in lists if name in shared), None):
            raise ConfigError(f"options[{both!r}] and options['{both}s'] exclude each other")
        return [
            shared
            | {name: entries[position] for name, entries in lists.items() if entries[position] is not None}
            for position in range(self.num_envs)
        ]

    def _entries(self, values: Any, name: str) -> list[Any]:
        if (
            not isinstance(values, Sequence | np.ndarray)
            or isinstance(values, str)
            or len(values) != self.num_envs
        ):
            raise ConfigError(
                f"{name} must be a list of num_envs={self.num_envs} entries, got {values!r:.80}"
            )
        entries = list(values)
        for position, entry in enumerate(entries):
            first = position - position % self.group_size
            if entry != entries[first]:
                raise ConfigError(
                    f"{name}: entries {first} and {position} must be equal, they are of one group"
                )
        return entries
