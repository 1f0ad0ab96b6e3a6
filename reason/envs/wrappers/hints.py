"""Hints: the first chunks of a reference solution, put after the prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gymnasium

from reason.envs.arguments import check_count
from reason.envs.wrapper import ReasoningWrapper
from reason.errors import ConfigError
from reason.task import Task

__all__ = ["CHUNKS", "Hints"]

CHUNKS = 4
"""Chunks into which a solution is cut."""

LEAD = "A right solution begins like this:"


class Hints(ReasoningWrapper):
    """Show the first ``chunks`` of the four chunks of the task's trace, or of its reference without one.

    ``reset(options={"chunks": n})`` decides for one episode, so that a trainer can give more where a whole
    group failed. Four chunks of a reference are the answer.
    """

    own_options: ClassVar[tuple[str, ...]] = ("chunks",)
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
        """Cut the hint off the task's solution; a task without one gets none."""
        chunks = _check(options.get("chunks", self.chunks))
        pieces, joint = _solution(task)
        return {"hint": joint.join(pieces[: _share(len(pieces), chunks)])}

    def prompt(self, text: str) -> str:
        """Put the hint after the prompt."""
        return f"{text}\n\n{LEAD}\n{self.own['hint']}" if self.own["hint"] else text


def _check(chunks: Any) -> int:
    if check_count(chunks, "chunks", least=0) > CHUNKS:
        raise ConfigError(f"chunks must be 0 to {CHUNKS}, got {chunks!r}")
    return int(chunks)


def _share(pieces: int, chunks: int) -> int:
    return pieces * chunks // CHUNKS


def _solution(task: Task) -> tuple[Sequence[str], str]:
    """Return the pieces of a solution and what joins them: steps, lines, words or characters."""
    if steps := [str(step["text"]) for step in task.trace if step.get("text")]:
        return steps, "\n"
    reference = task.reference or ""
    for joint in ("\n", " "):
        if len(pieces := reference.split(joint)) >= CHUNKS:
            return pieces, joint
    return reference, ""
