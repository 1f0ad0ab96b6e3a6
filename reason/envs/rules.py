"""The rules of an environment: limits, rewards, feedback, tools."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, get_args

from reason.envs.arguments import check_count
from reason.envs.tool import Dialect, Tool
from reason.envs.toolbox import check_dialect, check_tools
from reason.errors import ConfigError
from reason.verdict import Verdict

if TYPE_CHECKING:
    from reason.envs.episode import Episode

__all__ = ["EpisodeReward", "Feedback", "Reward", "Rules", "credit"]


@dataclass(frozen=True)
class EpisodeReward:
    """A reward that looks at the whole episode: paid with its last turn, 0 for the turns before."""

    function: Callable[[Episode, Verdict], float]
    """From the ended episode and its verdict, which could be scored, to a finite number or NaN."""


Reward = Literal["binary", "shaped"] | Callable[[Verdict], float] | EpisodeReward
Feedback = Literal["none", "verdict", "detail", "components"]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How an environment plays."""

    max_turns: int | None = None
    """Texts that a policy may write to one task. None: 1 answer, or as long as the game lasts; with tools 8
    turns more. Where turns are left after a wrong answer, the policy reads feedback."""
    max_chars: int = 1_000_000
    """Characters of the longest action that is read; a longer one ends the episode."""
    reward: Reward | None = None
    """None, ``binary``, ``shaped``, a function from a verdict to a number, or an :class:`EpisodeReward`."""
    feedback: Feedback = "detail"
    """What is said of a wrong answer. ``none``: nothing; ``verdict``: that it is wrong; ``detail``: also why;
    ``components``: also the scores of its components. The tries that are left are always said."""
    invalid_penalty: float = 0.0
    """Taken off the reward of a turn that could not be read as an action or is not allowed."""
    max_invalid: int | None = None
    """So many such turns in a row end the episode; None lets them be."""
    tools: Sequence[str | Tool] = ()
    """Names (files of ``reason/envs/tools/``) or tools that the policy may call."""
    dialect: str | Dialect | None = None
    """How it writes calls: a name (of ``reason/envs/dialects/``) or a dialect; None leaves it to the task."""
    max_tool_calls: int | None = None
    """Calls in an episode; one more ends it. A tool may have a limit of its own."""

    def __post_init__(self) -> None:
        """Reject rules that cannot be; find tools and dialects."""
        for name, least in (("max_turns", 1), ("max_chars", 1), ("max_invalid", 1), ("max_tool_calls", 0)):
            if (value := getattr(self, name)) is not None or name == "max_chars":
                object.__setattr__(self, name, check_count(value, name, least=least))
        known = isinstance(self.reward, EpisodeReward) or callable(self.reward)
        if not known and self.reward not in (None, "binary", "shaped"):
            raise ConfigError(
                f"reward must be 'binary', 'shaped' or a function of a verdict, got {self.reward!r}"
            )
        if self.feedback not in get_args(Feedback):
            raise ConfigError(f"feedback must be {_listed(get_args(Feedback))}, got {self.feedback!r:.80}")
        penalty = self.invalid_penalty
        if isinstance(penalty, bool) or not isinstance(penalty, Real) or not 0 <= penalty < math.inf:
            raise ConfigError(f"invalid_penalty must be a finite number from 0, got {penalty!r}")
        object.__setattr__(self, "invalid_penalty", float(penalty))
        object.__setattr__(self, "tools", check_tools(self.tools))
        object.__setattr__(self, "dialect", check_dialect(self.dialect))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the rules."""
        return tuple(item.name for item in fields(cls))

    def reward_of(
        self,
        verdict: Verdict | None,
        *,
        own: float | None,
        best: float,
        invalid: bool,
        ended: Episode | None = None,
    ) -> float:
        """Return the reward of one turn.

        Args:
            verdict: Of the turn; None where nothing was judged.
            own: What the protocol itself gives for the turn, where it does.
            best: The episode's best credit before the turn.
            invalid: Whether the turn could not be read or was not allowed.
            ended: The episode, where the turn was its last.

        Raises:
            TypeError: a reward function returned no finite number.
        """
        if verdict is not None and verdict.score is None:
            return math.nan
        if isinstance(self.reward, EpisodeReward):
            return 0.0 if verdict is None or ended is None else _number(self.reward.function(ended, verdict))
        if callable(self.reward):
            return 0.0 if verdict is None else _number(self.reward(verdict))
        if verdict is None:
            reward = own or 0.0
        elif self.reward == "shaped":
            reward = max(0.0, credit(verdict) - best)
        elif self.reward is None and own is not None:
            reward = own
        else:
            reward = float(bool(verdict.passed))
        return reward - self.invalid_penalty * invalid


def credit(verdict: Verdict) -> float:
    """Return what an answer is worth under ``shaped``: at most half of a right one where it is wrong."""
    if verdict.passed:
        return 1.0
    parts = [min(max(part, 0.0), 1.0) for part in verdict.components.values()]
    return 0.5 * max(verdict.score or 0.0, sum(parts) / len(parts) if parts else 0.0)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(map(repr, names[:-1]))} or {names[-1]!r}"


def _number(value: Any) -> float:
    if not isinstance(value, Real) or math.isinf(value):
        raise TypeError(f"reward must return a finite number or NaN, got {value!r:.80}")
    return float(value)
