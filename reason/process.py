"""The way to an answer: verdicts on the steps of worked solutions, for process rewards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

from reason import registry
from reason.errors import LimitExceeded
from reason.task import Task

__all__ = ["JudgesSteps", "ProcessVerdict", "StepVerdict", "score_steps"]


@dataclass(frozen=True, kw_only=True)
class StepVerdict:
    """The judgement of one step of a worked solution."""

    start: int
    """The step is ``text[start:stop]`` of what the policy wrote."""
    stop: int
    right: bool | None
    """None where there is nothing to compare it with, such as a fact that the solution does not need."""

    def __post_init__(self) -> None:
        """Reject what is no part of a text."""
        if not 0 <= self.start < self.stop:
            raise ValueError(f"a step needs 0 <= start < stop, got {self.start!r} and {self.stop!r}")


@dataclass(frozen=True, kw_only=True)
class ProcessVerdict:
    """The judgement of the way to an answer: its steps, and how good they are together."""

    score: float | None
    """In [0, 1]; None where the steps could not be judged through our fault."""
    steps: tuple[StepVerdict, ...] = ()
    """In the order of the text; none overlaps the next."""

    def __post_init__(self) -> None:
        """Reject scores out of range, and steps that overlap."""
        if self.score is not None and not 0.0 <= self.score <= 1.0:
            raise ValueError(f"ProcessVerdict.score must be in [0, 1] or None, got {self.score!r}")
        for one, following in pairwise(self.steps):
            if one.stop > following.start:
                raise ValueError(f"steps must follow each other, got {one} before {following}")


@runtime_checkable
class JudgesSteps(Protocol):
    """What a family has that judges worked solutions, and not answers alone."""

    def verify_steps(self, task: Task, text: str) -> ProcessVerdict:
        """Judge the steps of a worked solution; never raises on text.

        It takes time linear in the text, or calls :func:`reason.verifiers.limited.limited`.

        Args:
            task: The task.
            text: All that the policy wrote in one turn, thinking and answer included.
        """
        ...


def score_steps(task: Task, text: str) -> ProcessVerdict | None:
    """Judge the steps that a policy wrote, where the task's family does that; None where it does not.

    Args:
        task: The task, from any process or file.
        text: All that the policy wrote in one turn.

    Returns:
        A verdict; a failure of ours is one with ``score=None`` and without steps.

    Raises:
        UnknownFamilyError: the task's family is not installed.
    """
    family = registry.get(task.family)
    if not isinstance(family, JudgesSteps):
        return None
    try:
        return family.verify_steps(task, text)
    except LimitExceeded:
        return ProcessVerdict(score=0.0)
    except Exception:
        return ProcessVerdict(score=None)
