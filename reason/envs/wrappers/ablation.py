"""Ablation: a task without its evidence, to see what a policy answers from habit alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Literal

import gymnasium

from reason.envs.wrapper import ReasoningWrapper
from reason.errors import ConfigError
from reason.seeding import stream
from reason.task import Task

__all__ = ["Ablation", "stored_evidence"]

BLANK = "[removed]"


def stored_evidence(task: Task) -> Iterable[str]:
    """Return the parts of the prompt that ``metadata["evidence"]`` lists."""
    evidence = task.metadata.get("evidence", ())
    return (evidence,) if isinstance(evidence, str) else evidence


class Ablation(ReasoningWrapper):
    """Take the evidence out of the prompt (``blank``), or put its words into a random order (``shuffle``).

    The order is drawn from the task, so that it is the same in every member of a group.
    """

    own_state: ClassVar[Mapping[str, type]] = {"prompt": str}

    def __init__(
        self,
        env: gymnasium.Env[str, str],
        *,
        mode: Literal["blank", "shuffle"] = "blank",
        evidence: Callable[[Task], Iterable[str]] = stored_evidence,
    ) -> None:
        """Wrap an environment.

        Args:
            env: The environment.
            mode: What becomes of the evidence.
            evidence: Says which parts of the prompt's last user message it is, word for word.

        Raises:
            ConfigError: an argument that cannot be.
        """
        super().__init__(env)
        if mode not in ("blank", "shuffle"):
            raise ConfigError(f"mode must be 'blank' or 'shuffle', got {mode!r}")
        if not callable(evidence):
            raise ConfigError(f"evidence must be a function of a task, got {evidence!r:.80}")
        self.mode, self.evidence = mode, evidence

    def begin(self, task: Task, options: Mapping[str, Any]) -> dict[str, Any]:
        """Rewrite the prompt.

        Raises:
            ConfigError: the task names no evidence, or its prompt does not hold it.
        """
        parts, text = [part for part in self.evidence(task) if part], task.text
        if not parts:
            raise ConfigError(f"{task.family} names no evidence; give Ablation(evidence=...) a function")
        for number, part in enumerate(parts):
            if part not in text:
                raise ConfigError(f"the prompt of {task.task_id} does not hold its evidence {part!r:.60}")
            text = text.replace(part, self._ablated(part, task, number))
        return {"prompt": text}

    def prompt(self, text: str) -> str:
        """Put the rewritten prompt in the place of the task's."""
        return text.replace(self.task.text, self.own["prompt"], 1)

    def _ablated(self, part: str, task: Task, number: int) -> str:
        if self.mode == "blank":
            return BLANK
        words = part.split()
        stream("ablation", task.task_id, number).shuffle(words)
        return " ".join(words)
