"""Hints: the first chunks of a reference solution, or some of its steps, put after the prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gymnasium

from reason.envs.arguments import check_count
from reason.envs.wrapper import ReasoningWrapper
from reason.errors import ConfigError
from reason.task import Task

__all__ = ["CHUNKS", "Hints", "knowledge_points"]

CHUNKS = 4
"""Chunks into which a solution is cut."""

LEAD = "A right solution begins like this:"
POINTS_LEAD = "It helps to know:"


def knowledge_points(task: Task) -> dict[Any, str]:
    """Return the steps of a task's trace that say something, by their ids; empty where it has no trace."""
    return {step["id"]: str(step["text"]) for step in task.trace if step.get("text")}


class Hints(ReasoningWrapper):
    """Show the first ``chunks`` of the four chunks of the task's trace, or of its reference without one.

    ``reset(options={"chunks": n})`` decides for one episode, so that a trainer can give more where a whole
    group failed. Four chunks of a reference are the answer.

    ``reset(options={"points": [0, 3]})`` shows chosen steps of the trace instead, each as a point that helps,
    so that a search for the smallest set that does (KnowRL, arXiv 2604.12627: leave one out, then choose)
    needs no more than resets. :func:`knowledge_points` lists them.
    """

    own_options: ClassVar[tuple[str, ...]] = ("chunks", "points")
    own_state: ClassVar[Mapping[str, type]] = {"hint": str}

    def __init__(self, env: gymnasium.Env[str, str], *, chunks: int = 1) -> None:
        """Wrap an environment.

        Args:
            env: The environment.
            chunks: 0 to 4; 0 shows nothing.

        Raises:
            ConfigError: ``chunks`` is no such number.
        """
        super().__init__(env)
        self.chunks = _check(chunks)

    def begin(self, task: Task, options: Mapping[str, Any]) -> dict[str, Any]:
        """Cut the hint off the task's solution; a task without one gets none.

        Raises:
            ConfigError: both options are given, or one cannot be.
        """
        if "points" in options:
            if "chunks" in options:
                raise ConfigError("give chunks or points, not both")
            return {"hint": _points(task, options["points"])}
        chunks = _check(options.get("chunks", self.chunks))
        pieces, joint = _solution(task)
        hint = joint.join(pieces[: _share(len(pieces), chunks)])
        return {"hint": f"{LEAD}\n{hint}" if hint else ""}

    def prompt(self, text: str) -> str:
        """Put the hint after the prompt."""
        return f"{text}\n\n{self.own['hint']}" if self.own["hint"] else text


def _points(task: Task, chosen: Any) -> str:
    """Return the chosen knowledge points in the order of the trace."""
    known = knowledge_points(task)
    if isinstance(chosen, str) or not isinstance(chosen, Sequence):
        raise ConfigError(f"points must be a list of ids of the trace's steps, got {chosen!r:.80}")
    for point in chosen:
        if point not in list(known):
            raise ConfigError(
                f"task {task.task_id} has no knowledge point {point!r:.40}; it has {list(known)!r:.200}"
            )
    told = [f"- {text}" for point, text in known.items() if point in chosen]
    return "\n".join([POINTS_LEAD, *told]) if told else ""


def _check(chunks: Any) -> int:
    if check_count(chunks, "chunks", least=0) > CHUNKS:
        raise ConfigError(f"chunks must be 0 to {CHUNKS}, got {chunks!r}")
    return int(chunks)


def _share(pieces: int, chunks: int) -> int:
    return pieces * chunks // CHUNKS


def _solution(task: Task) -> tuple[Sequence[str], str]:
    """Return the pieces of a solution and what joins them: steps, lines, words or characters."""
    if steps := knowledge_points(task):
        return list(steps.values()), "\n"
    reference = task.reference or ""
    for joint in ("\n", " "):
        if len(pieces := reference.split(joint)) >= CHUNKS:
            return pieces, joint
    return reference, ""
