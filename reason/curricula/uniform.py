"""Uniform: every environment and every level equally often."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from reason.curricula.curriculum import Choice, Remembering, Result
from reason.errors import ConfigError

__all__ = ["Uniform"]


class Uniform(Remembering):
    """Draw the environment and its level uniformly: what adaptive rules are measured against."""

    def __init__(
        self, envs: Mapping[str, int | None], *, lowest: int = 0, highest: int | None = None
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            lowest: Lowest level that is drawn.
            highest: Highest level that is drawn; None takes each environment's hardest.

        Raises:
            ConfigError: levels have no end and ``highest`` is None, or there is no level between the two.
        """
        super().__init__(envs, {})
        self._levels: dict[str, range] = {}
        for env, hardest in self.envs.items():
            top = hardest if highest is None else min(highest, self.hardest(env))
            if top is None:
                raise ConfigError(f"highest must be a level, since the levels of {env} have no end")
            if not 0 <= lowest <= top:
                raise ConfigError(f"lowest must be 0 to {top} for {env}, got {lowest!r}")
            self._levels[env] = range(lowest, int(top) + 1)

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment and a level."""
        env = rng.choice(list(self.envs))
        return Choice(env=env, level=rng.choice(self._levels[env]))

    def update(self, results: Sequence[Result]) -> None:
        """Learn nothing."""
