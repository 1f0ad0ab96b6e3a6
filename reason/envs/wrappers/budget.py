"""Budget: turns and characters of a whole episode, and a word on what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import gymnasium

from reason.envs.arguments import check_count
from reason.envs.episode import Step
from reason.envs.stop_reason import StopReason
from reason.envs.wrapper import ReasoningWrapper
from reason.errors import ConfigError
from reason.task import Task

__all__ = ["Budget"]


class Budget(ReasoningWrapper):
    """End an episode (truncated, ``budget``) when the policy has written so many texts or characters.

    The text that goes over the budget still counts: what it earned it keeps.
    """

    own_state: ClassVar[Mapping[str, type]] = {"turns": int, "chars": int, "over": bool}

    def __init__(
        self,
        env: gymnasium.Env[str, str],
        *,
        turns: int | None = None,
        chars: int | None = None,
        tell: bool = False,
    ) -> None:
        """Wrap an environment.

        Args:
            env: The environment.
            turns: Texts of an episode; None for as many as the environment lets be.
            chars: Characters of all of them together; None likewise.
            tell: Say in the prompt and in each observation what is left.

        Raises:
            ConfigError: neither is given, or one cannot be.
        """
        super().__init__(env)
        if turns is None and chars is None:
            raise ConfigError("Budget needs turns or chars")
        self.turns = None if turns is None else check_count(turns, "turns")
        self.chars = None if chars is None else check_count(chars, "chars")
        self.tell = bool(tell)

    def begin(self, task: Task, options: Mapping[str, Any]) -> dict[str, Any]:
        """Begin with nothing spent."""
        return {"turns": 0, "chars": 0, "over": False}

    def prompt(self, text: str) -> str:
        """Say what there is to spend."""
        return f"{text}\n\n{self._left()}" if self.tell else text

    def after(self, text: str, step: Step) -> Step:
        """Count, and end the episode where the budget is spent."""
        observation, reward, terminated, truncated, info = step
        self.own["turns"] += 1
        self.own["chars"] += len(text)
        if terminated or truncated:
            return step
        if self._spent():
            self.own["over"] = True
            verdict = self.conclude()
            info |= {"stop_reason": StopReason.BUDGET.value, "verdict": verdict.to_dict()}
            info["reward_components"] = dict(verdict.components)
            return observation, reward, False, True, info
        if self.tell and observation:
            observation = f"{observation}\n\n{self._left()}"
            info["messages"][-1]["content"] = observation
        return observation, reward, terminated, truncated, info

    def _spent(self) -> bool:
        turns, chars = self.own["turns"], self.own["chars"]
        return (self.turns is not None and turns >= self.turns) or (
            self.chars is not None and chars >= self.chars
        )

    def _left(self) -> str:
        left = []
        if self.turns is not None:
            turns = self.turns - self.own["turns"]
            left.append(f"{turns} {'turn' if turns == 1 else 'turns'}")
        if self.chars is not None:
            left.append(f"{self.chars - self.own['chars']} characters")
        return f"You have {' and '.join(left)} left."
