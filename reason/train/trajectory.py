"""A trajectory: one member's episode as the tokens that were read and sampled, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reason.curricula.curriculum import Choice
from reason.frozen import FrozenDict

__all__ = ["Group", "RewardedStep", "Trajectory"]


@dataclass(frozen=True, kw_only=True)
class RewardedStep:
    """A step of a solution that a rule rewards by itself."""

    start: int
    """Its tokens are ``token_ids_T[start:stop]``, all of them sampled."""
    stop: int
    value: float
    """Its reward; its advantage where the trajectory has one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Trajectory:
    """One episode of a policy: the very tokens that the sampler saw, never a text encoded again."""

    token_ids_T: NDArray[np.int64]
    generated_T: NDArray[np.bool_]
    """True where the policy sampled the token: the loss mask. Prompt, observations and the results of tools
    are False."""
    sampler_logprobs_T: NDArray[np.float32]
    """Of the sampler, with its temperature applied; 0 where the token was not sampled."""
    prompt_length: int
    """Leading tokens that all members of the group share."""
    group: int
    member: int
    reward: float
    """NaN where it could not be scored: masked, never 0. Where there are ``steps``, of what is outside."""
    steps: Sequence[RewardedStep] = ()
    """Steps with a value of their own, in their order."""
    advantage: float | None = None
    """Of all tokens outside of ``steps``, where a rule gives advantages instead of rewards."""
    score: float = float("nan")
    """Of the last verdict."""
    passed: float = float("nan")
    """1 or 0 of the last verdict."""
    components: Mapping[str, float] = field(default_factory=FrozenDict)
    """Of the last verdict."""
    turns: int = 1
    """Texts that the policy wrote."""
    stop_reason: str = ""
    """Of the environment, or ``max_tokens`` where the trainer cut the episode."""
    truncated: bool = False
    """Whether a limit of tokens cut a text, and with it the episode."""
    env: str = ""
    """Name of the environment in the run."""
    level: float | None = None

    def __post_init__(self) -> None:
        """Reject arrays that do not belong together."""
        length = len(self.token_ids_T)
        if not length == len(self.generated_T) == len(self.sampler_logprobs_T):
            raise ValueError(
                f"token_ids_T, generated_T and sampler_logprobs_T must be of one length, got {length}, "
                f"{len(self.generated_T)} and {len(self.sampler_logprobs_T)}"
            )
        if not 0 < self.prompt_length <= length:
            raise ValueError(f"prompt_length must be 1 to {length}, got {self.prompt_length!r}")
        if self.generated_T[: self.prompt_length].any():
            raise ValueError(f"generated_T must be False over the prompt, {self.prompt_length} tokens")

    @property
    def step_values(self) -> tuple[float, ...]:
        """What the steps have."""
        return tuple(step.value for step in self.steps)

    @property
    def num_generated(self) -> int:
        """Tokens that the policy sampled."""
        return int(self.generated_T.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """The members that played one task."""

    index: int
    env: str
    level: float | None
    members: Sequence[Trajectory]
    task_index: int | None = None
    """Index of the task in its stream."""
    choice: Choice | None = None
    """What a curriculum asked for."""

    @property
    def rewards_G(self) -> NDArray[np.float64]:
        """Reward of each member; NaN is masked."""
        return np.array([member.reward for member in self.members], dtype=np.float64)

    @property
    def passed_G(self) -> NDArray[np.float64]:
        """1, 0 or NaN of each member."""
        return np.array([member.passed for member in self.members], dtype=np.float64)

    @property
    def alive(self) -> bool:
        """Whether the rewards differ, or an advantage is given, so that there is something to learn."""
        known = [member for member in self.members if not math.isnan(member.reward)]
        if any(member.advantage is not None for member in known):
            given = [value for member in known for value in (member.advantage or 0.0, *member.step_values)]
            return bool(np.abs(given).max() > 1e-8)
        values = [value for member in known for value in (member.reward, *member.step_values)]
        return len(values) > 1 and bool(np.ptp(values) > 1e-8)
