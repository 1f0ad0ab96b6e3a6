"""Fixed: one level, whatever happens."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from reason.curricula.curriculum import Choice, Remembering, Result

__all__ = ["Fixed"]


class Fixed(Remembering):
    """Play every environment equally often, each at one level: what other rules are measured against."""

    def __init__(self, envs: Mapping[str, int | None], *, level: int = 0) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            level: Level of all of them.

        Raises:
            ConfigError: an environment has no such level.
        """
        super().__init__(envs, {})
        self.check_level(level)
        self.level = level

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment."""
        return Choice(env=rng.choice(list(self.envs)), level=self.level)

    def update(self, results: Sequence[Result]) -> None:
        """Learn nothing."""
