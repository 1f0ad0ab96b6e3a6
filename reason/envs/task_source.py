"""Where an environment's tasks come from: one family's streams, and what ``reset`` may ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from reason import registry
from reason.errors import ConfigError
from reason.family import Family, closest
from reason.frozen import FrozenDict
from reason.seeding import check_split
from reason.task import Task

__all__ = ["OPTIONS", "Place", "TaskSource"]

OPTIONS = ("task", "split", "index", "level")
"""What ``reset(options=...)`` understands; each holds for one episode."""


@dataclass(frozen=True)
class Place:
    """One place in one stream of a family."""

    split: str
    index: int
    level: int | None


@dataclass(frozen=True, kw_only=True)
class TaskSource:
    """A family at a level or with knobs; draws tasks, keeps no state."""

    family: Family[Any]
    split: str
    level: int | None
    knobs: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        family: str,
        *,
        split: str,
        level: int | None,
        knobs: Mapping[str, Any],
        arguments: Iterable[str] = (),
    ) -> Self:
        """Check what a constructor was given.

        Args:
            family: Name or id of the family.
            split: Stream to draw from.
            level: Difficulty; None for the knobs alone, or the family's default level.
            knobs: Knobs by name, put over the level's.
            arguments: Names of the environment's own arguments, to suggest one that was misspelt.

        Raises:
            UnknownFamilyError: there is no such family.
            ConfigError: a split, level or knob that cannot be.
        """
        found = registry.get(family)
        check_split(split)
        known = found.config_type.names()
        for name in knobs:
            if name not in known:
                raise ConfigError(
                    f"{found.id} has no knob {name!r}{closest(name, (*known, *arguments))} "
                    f"(its knobs: {', '.join(known) or 'none'})"
                )
        if level is not None:
            level = found.check_level(level)
        found.configure(level, knobs)
        return cls(family=found, split=split, level=level, knobs=FrozenDict(knobs))

    def locate(self, index: int, options: Mapping[str, Any]) -> Task | Place:
        """Return the task that ``options`` hold, or the place to draw it from.

        Args:
            index: Index of the task where the options name none.
            options: Options of ``reset``, already known by name.

        Raises:
            ConfigError: options that contradict each other, or a task of another family.
        """
        if "task" not in options:
            return Place(
                options.get("split", self.split),
                options.get("index", index),
                options.get("level", self.level),
            )
        if len(options) > 1:
            others = ", ".join(repr(name) for name in options if name != "task")
            raise ConfigError(f"options['task'] says all; it excludes {others}")
        task = options["task"]
        if not isinstance(task, Task):
            raise ConfigError(f"options['task'] must be a reason.Task, got {task!r:.80}")
        if task.family != self.family.id:
            raise ConfigError(
                f"options['task'] is of {task.family}, this environment plays {self.family.id}; "
                f"make reason/{task.family} for it"
            )
        return task

    def draw(self, place: Task | Place) -> Task:
        """Return the task at a place.

        Raises:
            ConfigError: the place cannot be.
            GenerationError: there is no task.
        """
        if isinstance(place, Task):
            return place
        return self.family.task(split=place.split, index=place.index, level=place.level, knobs=self.knobs)
