"""Run every check on a family and keep what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reason.family import Family
from reason.testing.conformance import CHECKS, Check, ConformanceError, Evidence, Side, find_checks
from reason.testing.subject import Plan, Subject

__all__ = ["Audit", "audit", "check_family"]

find_checks()


@dataclass(frozen=True, kw_only=True)
class Audit:
    """What the checks measured on one family."""

    family: str
    plan: Plan
    evidence: tuple[Evidence, ...]
    slowest_verdict_s: float
    """In seconds, on this machine."""

    @property
    def passed(self) -> bool:
        """Whether every property holds."""
        return all(each.passed for each in self.evidence)

    @property
    def broken(self) -> tuple[Evidence, ...]:
        """The properties that do not hold."""
        return tuple(each for each in self.evidence if not each.passed)

    @property
    def false_positives(self) -> tuple[int, int]:
        """Wrong answers that were not rejected, and wrong answers tried."""
        return self._errors("wrong")

    @property
    def false_negatives(self) -> tuple[int, int]:
        """Right answers that were not accepted, and right answers tried."""
        return self._errors("right")

    def figure(self, check: str, name: str) -> Any:
        """Return one measurement of one check, None where it was not made."""
        return next((each.figures.get(name) for each in self.evidence if each.check == check), None)

    def raise_if_broken(self) -> None:
        """Raise where a property does not hold.

        Raises:
            ConformanceError: with every broken rule and its first failures.
        """
        reasons = []
        for evidence in self.broken:
            try:
                evidence.raise_if_broken(self.family)
            except ConformanceError as error:
                reasons.append(str(error))
        if reasons:
            raise ConformanceError("\n".join(reasons))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "family": self.family,
            "passed": self.passed,
            "tasks": self.plan.tasks,
            "levels": list(self.plan.levels),
            "false_positives": dict(zip(("accepted", "tried"), self.false_positives, strict=True)),
            "false_negatives": dict(zip(("rejected", "tried"), self.false_negatives, strict=True)),
            "slowest_verdict_s": self.slowest_verdict_s,
            "checks": [each.to_dict() for each in self.evidence],
        }

    def _errors(self, side: Side) -> tuple[int, int]:
        ours = [each for each in self.evidence if each.side == side]
        return sum(each.failed for each in ours), sum(each.tried for each in ours)


def audit(
    family: str | Family[Any],
    plan: Plan | None = None,
    *,
    checks: Iterable[str] | None = None,
    progress: Callable[[Check], None] = lambda check: None,
) -> Audit:
    """Measure every property of a family.

    Args:
        family: Name, id or instance; it must be registered and importable.
        plan: How much to try.
        checks: Names of the properties, where not all are wanted.
        progress: Called with each check before it runs.

    Raises:
        UnknownFamilyError: there is no such family.
        ValueError: there is no such check.
    """
    subject = Subject(family, plan)
    names = list(CHECKS) if checks is None else list(checks)
    if unknown := [name for name in names if name not in CHECKS]:
        raise ValueError(f"there is no check {unknown[0]!r}; there are {', '.join(CHECKS)}")
    evidence = []
    for name in names:
        progress(CHECKS[name])
        evidence.append(CHECKS[name].measure(subject))
    slowest = max([subject.slowest_s, *(each.timings.get("slowest verdict", 0.0) for each in evidence)])
    return Audit(
        family=subject.family.id, plan=subject.plan, evidence=tuple(evidence), slowest_verdict_s=slowest
    )


def check_family(
    family: str | Family[Any], plan: Plan | None = None, *, checks: Iterable[str] | None = None
) -> Audit:
    """Demand every property of a family.

    Args:
        family: Name, id or instance; it must be registered and importable.
        plan: How much to try.
        checks: Names of the properties, where not all are wanted.

    Raises:
        ConformanceError: a property does not hold; the message is the rule and the first failures.
    """
    result = audit(family, plan, checks=checks)
    result.raise_if_broken()
    return result
