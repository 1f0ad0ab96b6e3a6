"""The verdict: what became of an answer. The model's fault is a verdict, ours is ``score=None``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reason.frozen import FrozenDict

__all__ = ["Status", "Verdict"]


class Status(StrEnum):
    """How the scoring went."""

    OK = "ok"
    """The answer was read and judged."""
    NO_ANSWER = "no_answer"
    """The completion gives no final answer, or two different ones."""
    PARSE_ERROR = "parse_error"
    """There is an answer, but it is not of the asked form."""
    TIMEOUT = "timeout"
    """The answer takes more time or memory to check than its limit: the model's fault."""
    SANDBOX_ERROR = "sandbox_error"
    """The sandbox failed: ours."""
    VERIFIER_ERROR = "verifier_error"
    """The checker failed: ours."""

    @property
    def ours(self) -> bool:
        """True where the fault is ours and the sample must be masked."""
        return self in (Status.SANDBOX_ERROR, Status.VERIFIER_ERROR)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The judgement of one answer."""

    score: float | None
    """In [0, 1]; None where it could not be scored through our fault: mask it, never read it as 0."""
    passed: bool | None
    """Whether the answer is right; None together with ``score``."""
    status: Status = Status.OK
    components: Mapping[str, float] = field(default_factory=FrozenDict)
    """Parts of the judgement; every verdict of a family has the same keys."""
    answer: str | None = None
    """The answer as it was extracted."""
    detail: str = ""
    """One line for a person: why."""

    def __post_init__(self) -> None:
        """Reject verdicts that contradict themselves."""
        object.__setattr__(self, "status", Status(self.status))
        if (self.score is None) != self.status.ours or (self.passed is None) != self.status.ours:
            raise ValueError(
                f"Verdict.score and passed are None exactly where the fault is ours; "
                f"got score={self.score!r}, passed={self.passed!r}, status={self.status.value!r}"
            )
        if self.score is not None:
            score = float(self.score)
            if not 0.0 <= score <= 1.0:
                raise ValueError(f"Verdict.score must be in [0, 1], got {self.score!r}")
            object.__setattr__(self, "score", score)
        components = {str(name): float(value) for name, value in self.components.items()}
        if bad := next((name for name, value in components.items() if not math.isfinite(value)), None):
            raise ValueError(f"Verdict.components[{bad!r}] must be finite, got {components[bad]!r}")
        object.__setattr__(self, "components", FrozenDict(components))

    @classmethod
    def right(
        cls, *, answer: str | None = None, detail: str = "", components: Mapping[str, float] | None = None
    ) -> Verdict:
        """Judge an answer right: score 1."""
        return cls(score=1.0, passed=True, answer=answer, detail=detail, components=components or {})

    @classmethod
    def wrong(
        cls,
        detail: str,
        *,
        answer: str | None = None,
        status: Status = Status.OK,
        score: float = 0.0,
        components: Mapping[str, float] | None = None,
    ) -> Verdict:
        """Judge an answer wrong; ``score`` may give partial credit below 1.

        Raises:
            ValueError: ``score`` is 1 or more, or ``status`` says that the fault is ours.
        """
        if not 0.0 <= score < 1.0:
            raise ValueError(f"a wrong answer scores in [0, 1), got {score!r}")
        return cls(
            score=score,
            passed=False,
            status=status,
            answer=answer,
            detail=detail,
            components=components or {},
        )

    @classmethod
    def unscorable(
        cls, detail: str, *, answer: str | None = None, status: Status = Status.VERIFIER_ERROR
    ) -> Verdict:
        """Say that we could not score: ``score=None``."""
        return cls(score=None, passed=None, status=status, answer=answer, detail=detail)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "score": self.score,
            "passed": self.passed,
            "status": self.status.value,
            "components": dict(self.components),
            "answer": self.answer,
            "detail": self.detail,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Verdict:
        """Rebuild a verdict from :meth:`to_dict`'s data."""
        return cls(**data)
