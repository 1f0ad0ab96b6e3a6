"""The contract of a curriculum: what it chooses, what it is told, and how it is kept."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from reason.config import closest
from reason.envs.arguments import check_count
from reason.errors import ConfigError
from reason.frozen import FrozenDict, freeze, thaw

__all__ = ["Choice", "Curriculum", "Remembering", "Result", "accuracy"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a group is to play next: an environment at a level, and what else the rule wants of it."""

    env: str
    """Id of the environment, as the curriculum was given it."""
    level: int
    """Its level, from 0. A rule whose level is not whole draws one of the two beside it."""
    index: int | None = None
    """Index of the task at that level, to play one again; None lets the trainer draw a new one."""
    options: Mapping[str, Any] = field(default_factory=FrozenDict)
    """Further options of ``reset``, which a wrapper around the environment understands
    (``{"chunks": 2}`` of :class:`reason.envs.wrappers.hints.Hints`). JSON."""
    max_tokens: int | None = None
    """Tokens that an episode may be long; None leaves the trainer's own limit."""

    def __post_init__(self) -> None:
        """Freeze the options, and reject a level that is no integer from 0."""
        object.__setattr__(self, "level", check_count(self.level, "Choice.level", least=0))
        object.__setattr__(self, "options", freeze(self.options, name="options"))

    def reset_options(self) -> dict[str, Any]:
        """Return what ``reset(options=...)`` of the environment takes.

        >>> Choice(env="SAT-v0", level=3, options={"chunks": 1}).reset_options()
        {'level': 3, 'chunks': 1}
        """
        place = {} if self.index is None else {"index": self.index}
        return {"level": self.level, **place, **thaw(self.options)}


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of a group of G members that played a choice."""

    choice: Choice
    rewards_G: NDArray[np.float64]
    """Each member's reward; NaN where it could not be scored."""
    passed_G: NDArray[np.float64]
    """1 where its answer was right, 0 where it was wrong, NaN where it could not be scored."""
    advantages_G: NDArray[np.float64] | None = None
    """Each member's advantage in the update; NaN where it was masked. None where the trainer has none:
    a rule that needs them then takes the rewards' standard scores."""
    index: int | None = None
    """Index of the task that was drawn, so that a rule can ask for it again."""

    def __post_init__(self) -> None:
        """Reject arrays that are not of one length."""
        for name in ("rewards_G", "passed_G", "advantages_G"):
            value = getattr(self, name)
            if value is None:
                continue
            array = np.asarray(value, dtype=np.float64)
            object.__setattr__(self, name, array)
            if array.ndim != 1 or array.shape != self.rewards_G.shape or np.isinf(array).any():
                raise ValueError(
                    f"Result.{name} must be {self.rewards_G.size} finite numbers or NaN, got {array!r:.200}"
                )

    @property
    def accuracy(self) -> float:
        """The share of right answers among the members that could be scored; NaN where there is none."""
        return accuracy([self])


@runtime_checkable
class Curriculum(Protocol):
    """Decides what is played next, from what became of what was played.

    A trainer calls :meth:`next` once a group, and :meth:`update` once a step with the groups of that step,
    also with those that it leaves out of its update (all right, all wrong): the rule needs to see them.
    """

    def most_tokens(self) -> int | None:
        """Return the largest ``max_tokens`` of any choice; None where no choice sets one."""
        ...

    def next(self, rng: random.Random) -> Choice:
        """Choose what one group plays, with no randomness but ``rng`` and without changing any state."""
        ...

    def update(self, results: Sequence[Result]) -> None:
        """Take note of one training step's groups."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return all that the rule remembers, as JSON data."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state_dict` returned: the same choices follow from the same ``rng``.

        Raises:
            ValueError: the state is of another rule or of other environments.
        """
        ...


class Remembering:
    """The half of a curriculum that all rules share: their environments, and JSON as all their memory."""

    def __init__(self, envs: Mapping[str, int | None], memory: Mapping[str, Any]) -> None:
        """Keep the environments and a first memory.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            memory: What the rule remembers, as JSON; the rule changes it in place.

        Raises:
            ConfigError: there is no environment, or a hardest level is not an integer from 0.
        """
        if not envs:
            raise ConfigError("envs must name an environment")
        for env, hardest in envs.items():
            if hardest is not None and (type(hardest) is not int or hardest < 0):
                raise ConfigError(f"envs[{env!r}] must be a hardest level from 0 or None, got {hardest!r}")
        self.envs: Mapping[str, int | None] = FrozenDict(envs)
        self._memory: dict[str, Any] = dict(memory)

    def most_tokens(self) -> int | None:
        """Return the largest ``max_tokens`` of any choice; None where no choice sets one."""
        return None

    def hardest(self, env: str) -> float:
        """Return the hardest level of an environment, infinite where levels have no end."""
        level = self.envs[env]
        return math.inf if level is None else level

    def by_env(self, results: Iterable[Result]) -> dict[str, list[Result]]:
        """Return the results of each environment, in their order.

        Raises:
            ValueError: a result is of an environment that the rule does not have.
        """
        found: dict[str, list[Result]] = {}
        for result in results:
            env = result.choice.env
            if env not in self.envs:
                raise ValueError(f"results: there is no {env!r}{closest(env, self.envs)} in envs")
            found.setdefault(env, []).append(result)
        return found

    def check_level(self, level: Any, name: str = "level") -> None:
        """Reject what is not a level of every environment.

        Raises:
            ConfigError: it is no integer from 0, or above an environment's hardest level.
        """
        for env in self.envs:
            if type(level) is not int or not 0 <= level <= self.hardest(env):
                raise ConfigError(f"{name} must be 0 to {self.hardest(env)} for {env}, got {level!r}")

    def state_dict(self) -> dict[str, Any]:
        """Return all that the rule remembers, as JSON data."""
        state = {"rule": type(self).__name__, "envs": dict(self.envs), "memory": self._memory}
        copy: dict[str, Any] = json.loads(json.dumps(state, allow_nan=False))
        return copy

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state_dict` returned, also where the rule's options were others.

        Raises:
            ValueError: the state is of another rule, or of other environments or hardest levels.
        """
        own = self.state_dict()
        for name in ("rule", "envs"):
            if state.get(name) != own[name]:
                raise ValueError(f"state[{name!r}] must be {own[name]!r}, got {state.get(name)!r:.200}")
        memory = state.get("memory")
        if not isinstance(memory, Mapping) or set(memory) != set(own["memory"]):
            raise ValueError(f"state['memory'] must hold {sorted(own['memory'])}, got {memory!r:.200}")
        self._memory = json.loads(json.dumps(memory, allow_nan=False))


def accuracy(results: Iterable[Result]) -> float:
    """Return the share of right answers over all members that could be scored; NaN where there is none."""
    passed = np.concatenate([np.empty(0), *[result.passed_G for result in results]])
    scored = passed[~np.isnan(passed)]
    return float(scored.mean()) if scored.size else math.nan
