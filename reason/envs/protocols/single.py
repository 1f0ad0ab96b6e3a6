"""One answer to one question; where turns are left, a wrong one is told and tried again."""

from __future__ import annotations

from typing import Any

from reason.envs.protocol import Move, Protocol, Standing
from reason.envs.rules import Rules
from reason.envs.stop_reason import StopReason
from reason.family import ANSWER_INSTRUCTION, Family
from reason.task import Task
from reason.verdict import Status, Verdict

__all__ = ["Single"]

MAX_REASON = 1_000
"""Characters of a verdict's detail that feedback repeats."""


class Single(Protocol):
    """Judge each answer with the standing's scorer, :func:`reason.score`."""

    def precedence(self, task: Task, family: Family[Any], rules: Rules) -> int:
        """Any family can be answered."""
        return 0

    def max_turns(self, task: Task, family: Family[Any], rules: Rules) -> int:
        """One turn, unless the environment gives more."""
        return rules.max_turns or 1

    def act(self, standing: Standing, text: str, rules: Rules) -> Move:
        """Judge the answer; give feedback on a wrong one."""
        verdict = standing.scorer(standing.task, text)
        final = verdict.passed or (
            verdict.status is not Status.NO_ANSWER
            if standing.final
            else self.max_turns(standing.task, standing.family, rules) == 1
        )
        return Move(
            state=standing.state,
            verdict=verdict,
            observation=_feedback(verdict, standing, rules),
            invalid=verdict.status in (Status.NO_ANSWER, Status.PARSE_ERROR),
            stop_reason=StopReason.ANSWERED if final else None,
        )


def _feedback(verdict: Verdict, standing: Standing, rules: Rules) -> str:
    unread, left = verdict.status is Status.NO_ANSWER, standing.turns_left
    if verdict.passed or not left:
        return ""
    parts = []
    if rules.feedback != "none":
        parts.append("No final answer was found." if unread else "That answer is not right.")
    reveals = not unread and _reveals(verdict.detail, standing.task.reference)
    if verdict.detail and rules.feedback in ("detail", "components") and not reveals:
        ellipsis = "…" if len(verdict.detail) > MAX_REASON else ""
        parts.append(f"Reason: {verdict.detail[:MAX_REASON]}{ellipsis}")
    if verdict.components and rules.feedback == "components" and not unread:
        scores = [f"{name} {value:.3g}" for name, value in verdict.components.items()]
        parts.append(f"Scores: {', '.join(scores)}.")
    parts.append(f"{left} {'try is' if left == 1 else 'tries are'} left. {ANSWER_INSTRUCTION}")
    return "\n".join(parts)


def _reveals(detail: str, reference: str | None) -> bool:
    """Return whether a verdict's detail, against the contract, says the reference answer as a word."""
    needle, hay = (reference or "").strip().casefold(), detail.casefold()
    start = hay.find(needle) if needle else -1
    while start >= 0:
        end = start + len(needle)
        if not (hay[start - 1 : start].isalnum() or hay[end : end + 1].isalnum()):
            return True
        start = hay.find(needle, start + 1)
    return False
