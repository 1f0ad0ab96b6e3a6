"""SATURN's threshold ladder: train at one level until enough of it is solved, then take the next."""

from __future__ import annotations

import random
from collections.abc import Mapping

from reason.curricula._ladder import Ladder
from reason.curricula.curriculum import Choice

__all__ = ["Saturn"]


class Saturn(Ladder):
    """Play the level reached; raise it once the share of right answers in ``groups`` groups is high enough.

    It settles at the first level whose pass rate is below ``threshold``.

    Source: "SATURN: SAT-based Reinforcement Learning to Unleash Language Model Reasoning" (2505.16368):
    validate at a difficulty, raise it where pass@1 exceeds a threshold, else train there. The paper's
    threshold could not be verified (its stages were run by hand), so ``threshold`` is ours; the groups of
    training at the level stand for a validation run. Going down is ours too: the paper only rises.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        threshold: float = 0.75,
        groups: int = 16,
        lower_below: float | None = 0.1,
        level: int = 0,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            threshold: Share of right answers from which the level rises.
            groups: Groups at the level after which it is decided, and counted anew.
            lower_below: Share of right answers below which the level falls; None never lets it fall.
            level: First level.

        Raises:
            ConfigError: an argument that cannot be.
        """
        super().__init__(envs, threshold=threshold, groups=groups, lower_below=lower_below, level=level)

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment, at the level that it has reached."""
        env = rng.choice(list(self.envs))
        return Choice(env=env, level=self.level(env))
