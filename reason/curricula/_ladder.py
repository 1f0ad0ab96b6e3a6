"""A ladder: each environment's level rises once enough of its newest level is solved."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np

from reason.curricula.curriculum import Choice, Remembering, Result
from reason.envs.arguments import check_count
from reason.errors import ConfigError


class Ladder(Remembering, ABC):
    """What SATURN and RLVE share: count at the top level, then decide and count anew."""

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        threshold: float,
        groups: int,
        lower_below: float | None,
        level: int,
    ) -> None:
        """Make a ladder; the rules document the arguments."""
        super().__init__(
            envs, {env: {"level": level, "right": 0.0, "scored": 0, "groups": 0} for env in envs}
        )
        if not 0 < threshold <= 1:
            raise ConfigError(f"threshold must be in (0, 1], got {threshold!r}")
        if lower_below is not None and not 0 <= lower_below < threshold:
            raise ConfigError(f"lower_below must be 0 to threshold, or None, got {lower_below!r}")
        check_count(groups, "groups")
        self.check_level(level)
        self.threshold, self.groups, self.lower_below = threshold, groups, lower_below

    def level(self, env: str) -> int:
        """Return the level that an environment has reached."""
        reached: int = self._memory[env]["level"]
        return reached

    @abstractmethod
    def next(self, rng: random.Random) -> Choice:
        """Choose what one group plays."""

    def update(self, results: Sequence[Result]) -> None:
        """Count the groups that played the level reached; those of other levels say nothing about it."""
        for env, played in self.by_env(results).items():
            for result in played:
                if result.choice.level == self.level(env):
                    self._count(env, result)

    def _count(self, env: str, result: Result) -> None:
        scored = result.passed_G[~np.isnan(result.passed_G)]
        if not scored.size:
            return
        state = self._memory[env]
        state["right"] += float(scored.sum())
        state["scored"] += int(scored.size)
        state["groups"] += 1
        if state["groups"] < self.groups:
            return
        share = state["right"] / state["scored"]
        level = state["level"]
        if share >= self.threshold and level < self.hardest(env):
            level += 1
        elif self.lower_below is not None and share < self.lower_below and level > 0:
            level -= 1
        self._memory[env] = {"level": level, "right": 0.0, "scored": 0, "groups": 0}
