"""Choice: any task as a question of which of two answers is right.

VMR (arXiv 2511.02463): a right and a wrong answer are shown in random order, and the reward is 1 for the
index of the right one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, ClassVar

import gymnasium

from reason import registry
from reason.envs.wrapper import ReasoningWrapper
from reason.errors import ConfigError
from reason.family import ANSWER_INSTRUCTION
from reason.interactive import InteractiveFamily
from reason.scoring import score
from reason.seeding import derive
from reason.task import Task
from reason.verifiers.extraction import extract_answer, format_answer

__all__ = ["Choice", "stored_wrong_answer"]

NEAR_MISSES = 8
"""Near misses that are looked at for one that can be shown."""

_INDEX = re.compile(r"(?:answer|option|number|no\.?|#)?\s{0,3}[(\[]?([12])[)\].:]{0,2}", re.IGNORECASE)


def stored_wrong_answer(task: Task) -> str | None:
    """Return ``metadata["wrong_answer"]``, else the family's first near miss that is really wrong."""
    stored = task.metadata.get("wrong_answer")
    candidates: Iterable[str] = (
        (stored,)
        if isinstance(stored, str)
        else islice(registry.get(task.family).near_misses(task), NEAR_MISSES)
    )
    wrong = (one for one in candidates if _shows(one) and score(task, format_answer(one)).passed is False)
    return next(wrong, None)


class Choice(ReasoningWrapper):
    """Show the reference and a wrong answer, in an order drawn from the task; ask for the right one's number.

    The environment inside reads the chosen answer, so its own verifier gives the reward.
    """

    own_state: ClassVar[Mapping[str, type]] = {"first": str, "second": str}

    def __init__(
        self,
        env: gymnasium.Env[str, str],
        *,
        wrong: Callable[[Task], str | None] = stored_wrong_answer,
    ) -> None:
        """Wrap an environment.

        Args:
            env: The environment; of one turn, since two tries find any right one of two.
            wrong: Says which wrong answer to show.

        Raises:
            ConfigError: the family is played over several turns, or ``wrong`` is no function.
        """
        super().__init__(env)
        if isinstance(getattr(env.unwrapped, "family", None), InteractiveFamily):
            raise ConfigError("Choice shows whole answers; the tasks of an interactive family have none")
        if not callable(wrong):
            raise ConfigError(f"wrong must be a function of a task, got {wrong!r:.80}")
        self.wrong = wrong

    def begin(self, task: Task, options: Mapping[str, Any]) -> dict[str, Any]:
        """Put the two answers into their order.

        Raises:
            ConfigError: the task has no reference, or no wrong answer is known.
        """
        right, wrong = task.reference, self.wrong(task)
        if right is None or wrong is None or not (_shows(right) and _shows(wrong)):
            raise ConfigError(
                f"task {task.task_id} of {task.family} has no pair of a right and a wrong answer to show; "
                "store one in metadata['wrong_answer'] or give Choice(wrong=...) a function"
            )
        first, second = (right, wrong) if derive("choice", task.task_id) % 2 else (wrong, right)
        return {"first": first, "second": second}

    def prompt(self, text: str) -> str:
        """Put both answers after the prompt."""
        return (
            f"{text}\n\nTwo answers were given, and one of them is right.\n\n"
            f"Answer 1:\n{self.own['first']}\n\nAnswer 2:\n{self.own['second']}\n\n"
            f"Do not give an answer of your own: say which one is right, 1 or 2. {ANSWER_INSTRUCTION}"
        )

    def read(self, text: str) -> str:
        """Return the chosen answer; nothing where no number was given."""
        chosen = _INDEX.fullmatch((extract_answer(text).answer or "").strip())
        return "" if chosen is None else format_answer(self.own["first" if chosen[1] == "1" else "second"])


def _shows(answer: str) -> bool:
    try:
        format_answer(answer)
    except ValueError:
        return False
    return True
