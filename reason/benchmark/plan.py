"""Which tasks a benchmark holds, and in which order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reason import registry
from reason.errors import ConfigError
from reason.family import Family
from reason.frozen import FrozenDict, freeze
from reason.seeding import check_split
from reason.task import Task

__all__ = ["Plan", "Stream", "plan"]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """The first ``count`` tasks of one family at one level."""

    family: str
    level: int | None
    """None where the knobs stand alone."""
    knobs: Mapping[str, Any] = field(default_factory=FrozenDict)
    count: int
    config: Mapping[str, Any]
    """All knobs, as the tasks will have them."""

    def draw(self, split: str, index: int) -> Task:
        """Draw the task at ``index``."""
        family = registry.get(self.family)
        return family.task(split=split, index=index, level=self.level, knobs=self.knobs)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Streams of tasks, one after another."""

    split: str
    streams: tuple[Stream, ...]

    @property
    def count(self) -> int:
        """How many tasks there are in all."""
        return sum(stream.count for stream in self.streams)

    @property
    def family_ids(self) -> tuple[str, ...]:
        """The families that have tasks here."""
        return tuple(dict.fromkeys(stream.family for stream in self.streams))

    def places(self, start: int = 0) -> Iterator[tuple[Stream, int]]:
        """Yield the stream and the index of each task, from the ``start``-th on."""
        for stream in self.streams:
            first = min(start, stream.count)
            start -= first
            yield from zip(itertools.repeat(stream), range(first, stream.count), strict=False)

    def difference(self, task: Task, place: tuple[Stream, int]) -> str | None:
        """Say how a task is not the one that belongs at a place, or return None."""
        stream, index = place
        found = (task.family, task.split, task.level, task.index)
        expected = (stream.family, self.split, stream.level, index)
        for name, here, there in zip(("family", "split", "level", "index"), found, expected, strict=True):
            if here != there:
                return f"{name} {here!r} where {there!r} belongs"
        if task.config != stream.config:
            name = next(
                knob
                for knob in {**task.config, **stream.config}
                if task.config.get(knob) != stream.config.get(knob)
            )
            return f"{name}={task.config.get(name)!r} where {name}={stream.config.get(name)!r} belongs"
        return None


def plan(
    names: Sequence[str],
    *,
    count: int,
    levels: Iterable[int] | None = None,
    split: str = "train",
    knobs: Mapping[str, Any] | None = None,
) -> Plan:
    """Spread ``count`` tasks evenly over families and levels.

    Where it does not divide evenly, the first streams have one task more. A level that only some of the
    families have is spread over these.

    Args:
        names: Families; ``all`` stands for every one.
        count: Tasks in all.
        levels: Levels; where None, each family's default level, or the knobs alone where there are any.
        split: ``train``, ``validation`` or ``test``.
        knobs: Knobs put over each level's.

    Raises:
        ConfigError: no family, a level that none of them has, or a knob or split that cannot be.
        UnknownFamilyError: a name is unknown.
    """
    check_split(split)
    if type(count) is not int or count < 1:
        raise ConfigError(f"count must be an integer from 1, got {count!r}")
    families = list(registry.families()) if list(names) == ["all"] else [registry.get(name) for name in names]
    families = list({family.id: family for family in families}.values())
    if not families:
        raise ConfigError("no family was named")
    chosen: list[tuple[Family[Any], int | None]] = []
    for family in families:
        if levels is None:
            chosen.append((family, None if knobs else family.default_level))
            continue
        levels = tuple(dict.fromkeys(levels))
        for level in levels:
            if any(_has(other, level) for other in families):
                if _has(family, level):
                    chosen.append((family, level))
            else:
                family.check_level(level)
    if not chosen:
        raise ConfigError("no level was named")
    share, more = divmod(count, len(chosen))
    return Plan(
        split=split,
        streams=tuple(
            Stream(
                family=family.id,
                level=level,
                knobs=freeze(knobs or {}),
                count=share + (position < more),
                config=freeze(family.configure(level, knobs).to_dict()),
            )
            for position, (family, level) in enumerate(chosen)
        ),
    )


def _has(family: Family[Any], level: int) -> bool:
    try:
        family.check_level(level)
    except ConfigError:
        return False
    return True
