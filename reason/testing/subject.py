"""What a check works on: one family, its tasks (drawn once for all checks), and the door to its verdicts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reason import registry
from reason.family import Config, Family
from reason.interactive import InteractiveFamily
from reason.scoring import score
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["Plan", "Subject", "tagged"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much an audit tries."""

    tasks: int = 200
    """Tasks a family, spread over ``levels``."""
    levels: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    """Levels played; those above a family's ``max_level`` are left out."""
    stream: int = 500
    """Length of the stream in which repetitions are counted."""
    seeds: int = 51
    """Seeds of ``reset``, from 0, whose tasks must differ between splits."""
    hardest: int = 9
    """Last level of the ladder whose effort is ranked."""

    def __post_init__(self) -> None:
        """Reject plans that try nothing."""
        for name in ("tasks", "stream", "seeds", "hardest"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"Plan.{name} must be a positive integer, got {value!r}")
        object.__setattr__(self, "levels", tuple(sorted(set(self.levels))))
        if not self.levels or self.levels[0] < 0:
            raise ValueError(f"Plan.levels must hold levels from 0, got {self.levels!r}")


def tagged(answer: str) -> str:
    """Put tags around an answer, as a policy does: without a look at what it holds.

    (:func:`reason.format_answer` refuses what could not be read back.)
    """
    return f"<answer>{answer}</answer>"


class Subject:
    """One family under audit.

    It must be registered: a verdict is asked for as a trainer asks, through :func:`reason.score`.
    """

    def __init__(self, family: str | Family[Any], plan: Plan | None = None) -> None:
        """Take a family by name or instance.

        Raises:
            UnknownFamilyError: there is no family of that name.
        """
        self.family: Family[Any] = registry.get(family if isinstance(family, str) else family.id)
        self.plan = plan or Plan()
        self.slowest_s = 0.0
        """The slowest verdict so far, in seconds."""
        self._drawn: dict[tuple[int, str], list[Task]] = {}

    @property
    def interactive(self) -> bool:
        """Whether its tasks are played over several turns: an answer is then one action a line."""
        return isinstance(self.family, InteractiveFamily)

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels of the plan that the family has; its last where it has none of them."""
        top = self.family.max_level
        if top is None:
            return self.plan.levels
        return tuple(level for level in self.plan.levels if level <= top) or (top,)

    @property
    def tasks_per_level(self) -> int:
        """The tasks that the plan gives to each level."""
        return -(-self.plan.tasks // len(self.levels))

    def draw(self, level: int, count: int, split: str = "train") -> list[Task]:
        """Return the first ``count`` tasks of a stream."""
        drawn = self._drawn.setdefault((level, split), [])
        while len(drawn) < count:
            drawn.append(self.family.task(split=split, index=len(drawn), level=level))
        return drawn[:count]

    def tasks(self) -> Iterator[Task]:
        """Yield the tasks of the plan, level by level."""
        for level in self.levels:
            yield from self.draw(level, self.tasks_per_level)

    def score(self, task: Task, completion: str) -> Verdict:
        """Judge a completion, and time it."""
        started = time.perf_counter()
        verdict = score(task, completion)
        self.slowest_s = max(self.slowest_s, time.perf_counter() - started)
        return verdict

    def answer(self, task: Task, answer: str | None) -> Verdict:
        """Judge a final answer, as a policy would give it; None is judged as silence."""
        return self.score(task, "" if answer is None else tagged(answer))

    def config(self, task: Task) -> Config:
        """Return the knobs that the task was drawn with."""
        return self.family.config_type.from_dict(task.config)

    def accepted(self, task: Task) -> bool:
        """Whether the task has a reference and the verifier accepts it."""
        return task.reference is not None and self.answer(task, task.reference).passed is True
