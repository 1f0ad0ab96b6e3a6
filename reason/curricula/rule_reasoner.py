"""RuleReasoner's domain weights: the further a domain is from its target, the more often it is played."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

import numpy as np

from reason.curricula.curriculum import Choice, Remembering, Result
from reason.envs.arguments import check_count
from reason.errors import ConfigError

__all__ = ["RuleReasoner"]


class RuleReasoner(Remembering):
    """Draw environments (the domains) by the softmax of what they lack; the level is the same for all.

    Every ``interval`` steps each domain's accuracy over them goes to the front of a buffer of ``window``
    entries r_1, r_2, ... From it::

        mean = sum(r_i / i) / sum(1 / i)
        gap = max(0, target - mean) * (1 + 1/2 + ... + 1/window) / window
        probability ~ exp(gap / temperature)

    A domain without a score gets the mean gap of the others. Where ``memory`` is a number, an exponential
    average ``mean <- memory * mean + (1 - memory) * r_1`` takes the place of the buffer, and gap =
    max(0, target - mean). It settles at equal weights where all domains reach the target or lack as much.

    Source: "RuleReasoner: Reinforced Rule-based Reasoning via Domain-aware Dynamic Sampling" (2506.08672)
    and its code: buffer 4, interval 8, temperature 0.3; the exponential average with 0.5 is its second
    version. The code adds an epsilon to each gap, which cancels, and sums a buffer that is not yet full
    against the whole target, so that every domain starts far too low: here the sum of 1 / i runs over what
    is there. It splits a batch by the weights; here each group is drawn by them: the same on average.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        target: float = 1.0,
        temperature: float = 0.3,
        interval: int = 8,
        window: int = 4,
        memory: float | None = None,
        level: int = 0,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            target: Accuracy that every domain is to reach, in (0, 1].
            temperature: Of the softmax, above 0.
            interval: Steps whose accuracy makes one entry.
            window: Entries of the buffer.
            memory: Share of the old mean in an exponential average, in [0, 1); None takes the buffer.
            level: Level of all environments.

        Raises:
            ConfigError: an argument that cannot be.
        """
        super().__init__(
            envs,
            {
                "steps": 0,
                "sums": {env: [0.0, 0] for env in envs},
                "buffer": {env: [] for env in envs},
                "average": dict.fromkeys(envs),
            },
        )
        if not 0 < target <= 1:
            raise ConfigError(f"target must be in (0, 1], got {target!r}")
        if not 0 < temperature < math.inf:
            raise ConfigError(f"temperature must be a number above 0, got {temperature!r}")
        check_count(interval, "interval")
        check_count(window, "window")
        if memory is not None and not 0 <= memory < 1:
            raise ConfigError(f"memory must be in [0, 1) or None, got {memory!r}")
        self.check_level(level)
        self.target, self.temperature, self.level = target, temperature, level
        self.interval, self.window, self.memory = interval, window, memory

    def probabilities(self) -> dict[str, float]:
        """Return how likely each environment is to be chosen next."""
        gaps = {env: self._gap(env) for env in self.envs}
        known = [gap for gap in gaps.values() if gap is not None]
        neutral = sum(known) / len(known) if known else 0.0
        exponents = np.array([neutral if gap is None else gap for gap in gaps.values()]) / self.temperature
        weights = np.exp(exponents - exponents.max())
        return dict(zip(gaps, (weights / weights.sum()).tolist(), strict=True))

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment."""
        chances = self.probabilities()
        (env,) = rng.choices(list(chances), list(chances.values()))
        return Choice(env=env, level=self.level)

    def update(self, results: Sequence[Result]) -> None:
        """Add the step's answers up; every ``interval`` steps they become one entry for each domain."""
        for env, played in self.by_env(results).items():
            passed = np.concatenate([result.passed_G for result in played])
            right, scored = self._memory["sums"][env]
            known = passed[~np.isnan(passed)]
            self._memory["sums"][env] = [right + float(known.sum()), scored + int(known.size)]
        self._memory["steps"] += 1
        if self._memory["steps"] < self.interval:
            return
        self._memory["steps"] = 0
        for env in self.envs:
            right, scored = self._memory["sums"][env]
            self._memory["sums"][env] = [0.0, 0]
            if scored:
                self._enter(env, right / scored)

    def _enter(self, env: str, share: float) -> None:
        self._memory["buffer"][env] = [share, *self._memory["buffer"][env]][: self.window]
        old, memory = self._memory["average"][env], self.memory or 0.0
        self._memory["average"][env] = share if old is None else memory * old + (1 - memory) * share

    def _gap(self, env: str) -> float | None:
        """Return what a domain lacks; None before its first entry."""
        buffer = self._memory["buffer"][env][: self.window]
        if not buffer:
            return None
        if self.memory is not None:
            return max(0.0, self.target - float(self._memory["average"][env]))
        decay = 1 / np.arange(1, self.window + 1)
        present = decay[: len(buffer)]
        mean = float(present @ np.array(buffer) / present.sum())
        return max(0.0, self.target - mean) * float(decay.mean())
