"""DUMP: each distribution is an arm of a bandit whose reward is the mean absolute advantage."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reason.curricula.curriculum import Choice, Remembering, Result
from reason.envs.arguments import check_count
from reason.errors import ConfigError

__all__ = ["Dump"]


class Dump(Remembering):
    """Draw (environment, level) pairs by the softmax of an upper confidence bound on what they teach.

    Over an arm's newest ``window`` members, n members in all, N of all arms::

        bound = mean |advantage| + sqrt(2 ln(N + 1) / (n + 1)),   probability ~ exp(bound / temperature)

    With standardised 0/1 rewards mean |advantage| is 2 sqrt(p (1 - p)), so that most draws settle at the
    level whose pass rate p is nearest to one half.

    Source: Wang et al., "DUMP: Automated Distribution-Level Curriculum Learning for RL-based LLM
    Post-training" (2504.09710) and its code: window 300, temperature 0.1, n counts members.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        window: int = 300,
        temperature: float = 0.1,
        lowest: int = 0,
        highest: int | None = None,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            window: Newest members of an arm over which the mean is taken.
            temperature: Of the softmax, above 0.
            lowest: Lowest level that is an arm.
            highest: Highest level that is an arm; None takes each environment's hardest.

        Raises:
            ConfigError: an argument that cannot be, or levels without an end and ``highest`` is None.
        """
        super().__init__(envs, {})
        check_count(window, "window")
        if not 0 < temperature < math.inf:
            raise ConfigError(f"temperature must be a number above 0, got {temperature!r}")
        self.window, self.temperature = window, temperature
        self._lowest, self._highest = lowest, highest
        self._arms: dict[str, tuple[str, int]] = {}
        for env in self.envs:
            top = self.hardest(env) if highest is None else min(highest, self.hardest(env))
            if not 0 <= lowest <= top < math.inf:
                raise ConfigError(
                    f"highest must be a level from lowest={lowest!r} for {env}, got {highest!r} "
                    f"(its hardest level: {self.envs[env]})"
                )
            for level in range(lowest, int(top) + 1):
                self._arms[f"{env}#{level}"] = env, level
        self._memory = {
            "recent": {arm: [] for arm in self._arms},
            "means": dict.fromkeys(self._arms, 0.0),
            "counts": dict.fromkeys(self._arms, 0),
        }

    def probabilities(self) -> dict[tuple[str, int], float]:
        """Return how likely each (environment, level) is to be chosen next."""
        total = sum(self._memory["counts"].values())
        bounds = np.array([self._bound(arm, total) for arm in self._arms]) / self.temperature
        weights = np.exp(bounds - bounds.max())
        return dict(zip(self._arms.values(), (weights / weights.sum()).tolist(), strict=True))

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment and a level."""
        chances = self.probabilities()
        ((env, level),) = rng.choices(list(chances), list(chances.values()))
        return Choice(env=env, level=level)

    def update(self, results: Sequence[Result]) -> None:
        """Note the absolute advantages; members without one say nothing and are not counted."""
        for result in chain.from_iterable(self.by_env(results).values()):
            arm = f"{result.choice.env}#{result.choice.level}"
            if arm not in self._arms:
                continue
            known = advantages(result)
            sizes = np.abs(known[~np.isnan(known)]).tolist()
            recent = [*self._memory["recent"][arm], *sizes][-self.window :]
            self._memory["recent"][arm] = recent
            self._memory["means"][arm] = sum(recent) / len(recent) if recent else 0.0
            self._memory["counts"][arm] += len(sizes)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state_dict` returned; arms that it lacks begin anew, further ones are dropped.

        Raises:
            ValueError: the state is of another rule, or of other environments or hardest levels.
        """
        fresh = type(self)(self.envs, lowest=self._lowest, highest=self._highest)._memory
        super().load_state_dict(state)
        for name, values in fresh.items():
            self._memory[name] = {arm: self._memory[name].get(arm, value) for arm, value in values.items()}

    def _bound(self, arm: str, total: int) -> float:
        mean, count = float(self._memory["means"][arm]), self._memory["counts"][arm]
        return mean + math.sqrt(2 * math.log(total + 1) / (count + 1))


def advantages(result: Result) -> NDArray[np.float64]:
    """Return the members' advantages, or where there are none the standard scores of their rewards.

    Equal rewards have the advantage 0; NaN stays NaN.
    """
    if result.advantages_G is not None:
        return result.advantages_G
    rewards = result.rewards_G
    known = rewards[~np.isnan(rewards)]
    if not known.size:
        return rewards
    spread = float(known.std())
    centred = rewards - known.mean()
    return np.asarray(centred / spread if spread > 1e-12 else centred * 0.0, dtype=np.float64)
