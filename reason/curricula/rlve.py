"""RLVE's sliding window: levels just below the newest, which rises once it is nearly always solved."""

from __future__ import annotations

import random
from collections.abc import Mapping

from reason.curricula._ladder import Ladder
from reason.curricula.curriculum import Choice
from reason.envs.arguments import check_count

__all__ = ["Rlve"]


class Rlve(Ladder):
    """Draw a level of the window [newest - window + 1, newest]; only the newest decides about rising.

    It settles at the first level whose pass rate is below ``threshold``, with easier ones mixed in.

    Source: Zeng et al., "RLVE: Scaling Up Reinforcement Learning for Language Models with Adaptive
    Verifiable Environments" (2511.07317) and its code: window 4, threshold 0.9, at least 8 groups, the
    counters cleared at each decision. The published rule never goes down; ``lower_below`` is ours.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        window: int = 4,
        threshold: float = 0.9,
        groups: int = 8,
        lower_below: float | None = 0.1,
        level: int = 0,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            window: Levels that are played at once.
            threshold: Share of right answers at the newest level from which it rises.
            groups: Groups at the newest level after which it is decided, and counted anew.
            lower_below: Share of right answers below which it falls; None never lets it fall.
            level: First newest level.

        Raises:
            ConfigError: an argument that cannot be.
        """
        super().__init__(envs, threshold=threshold, groups=groups, lower_below=lower_below, level=level)
        self.window = check_count(window, "window")

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment, and a level of its window."""
        env = rng.choice(list(self.envs))
        newest = self.level(env)
        return Choice(env=env, level=rng.randint(max(0, newest - self.window + 1), newest))
