"""Reg-GRPO's difficulty perturbation: what goes badly gets a hint, what goes well gets harder."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

import numpy as np

from reason.curricula.curriculum import Choice, Remembering, Result
from reason.envs.arguments import check_count
from reason.envs.wrappers.hints import CHUNKS
from reason.errors import ConfigError

__all__ = ["RegGrpo"]


class RegGrpo(Remembering):
    """Compare an environment's newest reward with the mean of a replay buffer, and push it towards that.

    With gap = mean reward of the buffer - newest reward of the environment (an exponential average)::

        gap >  margin    chunks = ceil(gap * scale) of a solution as a hint, at most ``max_chunks``
        gap < -margin    level + ceil(-gap * scale), at most ``max_raise`` levels more
        else             the task as it is

    Gaps are shares of the range of rewards in the buffer. Every environment settles where its reward,
    perturbed, is the buffer's mean.

    Source: "DeepVideo-R1: Video Reinforcement Fine-Tuning via Difficulty-aware Regressive GRPO" (2506.07464),
    from a summary: a sample's difficulty is its reward against the replay buffer's mean; a hard one gets a
    hint out of a successful trace, an easy one noise on its video, both the stronger the further it is off.
    Noise has no counterpart in exact text, a harder level has. The hints need
    :class:`reason.envs.wrappers.hints.Hints` around the environment; scale and margin are ours.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        replay: int = 256,
        smoothing: float = 0.5,
        scale: float = 4.0,
        margin: float = 0.1,
        max_chunks: int = 3,
        max_raise: int = 4,
        level: int = 0,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            replay: Groups whose mean reward the buffer keeps.
            smoothing: Share of a step's reward in an environment's newest reward, in (0, 1].
            scale: Chunks or levels for a gap as wide as the range of rewards.
            margin: Gap up to which nothing is perturbed.
            max_chunks: Most chunks of a hint, 0 to 4.
            max_raise: Most levels added.
            level: Level of all environments before any perturbation.

        Raises:
            ConfigError: an argument that cannot be.
        """
        super().__init__(envs, {"replay": [], "newest": dict.fromkeys(envs)})
        check_count(replay, "replay", least=2)
        if not 0 < smoothing <= 1:
            raise ConfigError(f"smoothing must be in (0, 1], got {smoothing!r}")
        for name, value in (("scale", scale), ("margin", margin)):
            if not 0 <= value < math.inf:
                raise ConfigError(f"{name} must be a number from 0, got {value!r}")
        if check_count(max_chunks, "max_chunks", least=0) > CHUNKS:
            raise ConfigError(f"max_chunks must be 0 to {CHUNKS}, got {max_chunks!r}")
        check_count(max_raise, "max_raise", least=0)
        self.check_level(level)
        self.replay, self.smoothing, self.scale, self.margin = replay, smoothing, scale, margin
        self.max_chunks, self.max_raise, self.level = max_chunks, max_raise, level

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment, and how its tasks are perturbed."""
        env = rng.choice(list(self.envs))
        gap = self._gap(env)
        strength = math.ceil(abs(gap) * self.scale) if abs(gap) > self.margin else 0
        if gap > 0:
            return Choice(env=env, level=self.level, options={"chunks": min(strength, self.max_chunks)})
        level = min(self.level + min(strength, self.max_raise), self.hardest(env))
        return Choice(env=env, level=int(level), options={"chunks": 0})

    def update(self, results: Sequence[Result]) -> None:
        """Put the groups' mean rewards into the buffer; groups without a score have none."""
        for env, played in self.by_env(results).items():
            means = [float(np.nanmean(r.rewards_G)) for r in played if not np.isnan(r.rewards_G).all()]
            if not means:
                continue
            self._memory["replay"] = [*self._memory["replay"], *means][-self.replay :]
            step, old = sum(means) / len(means), self._memory["newest"][env]
            self._memory["newest"][env] = step if old is None else old + self.smoothing * (step - old)

    def _gap(self, env: str) -> float:
        """Return how far an environment is below the buffer's mean, as a share of the range of rewards."""
        newest, replay = self._memory["newest"][env], self._memory["replay"]
        if newest is None:
            return 0.0
        spread = max(replay) - min(replay)
        return (sum(replay) / len(replay) - float(newest)) / spread if spread > 0 else 0.0
