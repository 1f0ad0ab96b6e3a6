"""What a check is: one function for one property of the contract, found by its decorator.

A property of :mod:`reason.testing.properties` looks like this, and nothing else has to know of it::

    @check("Every reference scores 1.", side="right")
    def references_are_accepted(subject: Subject, tally: Tally) -> None:
        for task in subject.tasks():
            tally.case(subject.answer(task, task.reference).passed, f"{task.task_id} ...")

The function's name names the property, and the decorator's sentence is the rule that a family's author
reads where it is broken.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from reason.errors import ReasonError
from reason.testing import properties
from reason.testing.subject import Subject

__all__ = ["CHECKS", "Check", "ConformanceError", "Evidence", "Side", "Tally", "check"]

Side = Literal["right", "wrong"]
EXAMPLES_KEPT = 3
EXAMPLE_CHARS = 400


class ConformanceError(ReasonError, AssertionError):
    """A family breaks a rule of the contract; the message is the rule, the count and an example."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one check measured on one family."""

    check: str
    """Name of the property."""
    rule: str
    side: Side | None
    """``right``: the cases are right answers, and a failure is a false negative; ``wrong``: they are
    wrong answers, and a failure is a false positive; None: neither."""
    tried: int
    failed: int
    examples: tuple[str, ...] = ()
    """The first failures, one sentence each."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """Other measurements, equal on every machine."""
    timings: Mapping[str, float] = field(default_factory=dict)
    """Measurements of this machine, in seconds."""

    @property
    def passed(self) -> bool:
        """Whether the property holds."""
        return self.failed == 0

    def raise_if_broken(self, family_id: str) -> None:
        """Raise where the property does not hold.

        Raises:
            ConformanceError: with the rule and the first failures.
        """
        if not self.passed:
            raise ConformanceError(
                f"{family_id}: {self.rule} ({self.check}: {self.failed} of {self.tried} cases fail)\n"
                + "\n".join(f"  - {example}" for example in self.examples)
            )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "check": self.check,
            "rule": self.rule,
            "passed": self.passed,
            "side": self.side,
            "tried": self.tried,
            "failed": self.failed,
            "examples": list(self.examples),
            "figures": dict(self.figures),
            "timings": dict(self.timings),
        }


class Tally:
    """Counts the cases of one check while it runs."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.tried = 0
        self.failed = 0
        self.examples: list[str] = []
        self.figures: dict[str, Any] = {}
        self.timings: dict[str, float] = {}

    def case(self, holds: bool | None, failure: str) -> None:
        """Count one case; ``failure`` says what is wrong where it does not hold."""
        self.tried += 1
        if not holds:
            self.failed += 1
            if len(self.examples) < EXAMPLES_KEPT:
                shown = failure if len(failure) <= EXAMPLE_CHARS else failure[:EXAMPLE_CHARS] + "..."
                self.examples.append(shown.encode("utf-8", "backslashreplace").decode())


@dataclass(frozen=True, kw_only=True)
class Check:
    """One property of the contract, as something that can be run."""

    name: str
    """The property, as one name."""
    topic: str
    """The module that holds it."""
    rule: str
    """The property, as one sentence."""
    side: Side | None
    function: Callable[[Subject, Tally], None]

    def measure(self, subject: Subject) -> Evidence:
        """Run it; an error that a family raises is a failure of the property, not of the audit."""
        tally = Tally()
        try:
            self.function(subject, tally)
        except Exception as error:
            tally.case(False, f"the check was cut short by {type(error).__name__}: {error}")
        if tally.tried == 0:
            tally.case(False, "there was no case to try")
        return Evidence(
            check=self.name,
            rule=self.rule,
            side=self.side,
            tried=tally.tried,
            failed=tally.failed,
            examples=tuple(tally.examples),
            figures=tally.figures,
            timings=tally.timings,
        )

    def __call__(self, subject: Subject) -> Evidence:
        """Run it.

        Raises:
            ConformanceError: the property does not hold.
        """
        evidence = self.measure(subject)
        evidence.raise_if_broken(subject.family.id)
        return evidence


_checks: dict[str, Check] = {}

CHECKS: Mapping[str, Check] = MappingProxyType(_checks)
"""Every check by the name of its property, in the order in which they are run."""


def check(
    rule: str, *, side: Side | None = None
) -> Callable[[Callable[[Subject, Tally], None]], Callable[[Subject, Tally], None]]:
    """Decorate a property: make it a check of every family.

    Args:
        rule: The property as a sentence of the contract.
        side: Whether its cases are right or wrong answers, where they are answers.
    """

    def enter(function: Callable[[Subject, Tally], None]) -> Callable[[Subject, Tally], None]:
        name = function.__name__
        _checks[name] = Check(
            name=name, topic=function.__module__.rpartition(".")[2], rule=rule, side=side, function=function
        )
        return function

    return enter


def find_checks() -> None:
    """Import every module of :mod:`reason.testing.properties`, so that its checks are known."""
    for module in pkgutil.iter_modules(properties.__path__, f"{properties.__name__}."):
        importlib.import_module(module.name)
