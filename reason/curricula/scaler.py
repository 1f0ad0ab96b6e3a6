"""SCALER's proportional controller of each level, and its curation of the environments in play."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reason.curricula.curriculum import Choice, Remembering, Result, accuracy
from reason.envs.arguments import check_count
from reason.errors import ConfigError
from reason.seeding import stream

__all__ = ["Scaler", "sampling_weight", "slope"]

FLAT = 1e-9
"""Slope up to which a level does not rise: equal levels have one of rounding errors."""


class Scaler(Remembering):
    """Steer each environment's level to the accuracy ``target``; replace environments that teach no more.

    After each step, for each environment that was played::

        d < -clip(d + clip(gain * (accuracy - target), -largest_step, largest_step), 0, hardest)

    A level d that is not whole is played as floor(d) and ceil(d), the latter with probability d - floor(d).
    At most ``active`` environments are in play; one is exchanged for a random other after ``stall`` updates
    whose levels have no upward slope, after ``zero`` updates in a row without a right answer, or after
    ``saturated`` updates in a row at its hardest level. It comes back, if it does, at the level it had.

    It settles where the accuracy is ``target``.

    Source: SCALER (2601.04809), its code. There the replacement may be one that is already in play, which
    shrinks the set; here it never is.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        target: float = 0.5,
        gain: float = 2.0,
        largest_step: float = 1.0,
        active: int = 64,
        stall: int = 10,
        zero: int = 5,
        saturated: int = 5,
        weighted: bool = False,
        level: float = 0.0,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            target: Accuracy that is steered to, in (0, 1).
            gain: Levels a step for an accuracy that is off by 1.
            largest_step: Most levels that one step changes.
            active: Environments in play at once.
            stall: Updates over which the slope of the level is taken.
            zero: Updates in a row without a right answer that retire an environment.
            saturated: Updates in a row at the hardest level that retire it.
            weighted: Whether environments in play are drawn by :func:`sampling_weight`, not uniformly.
            level: First level.

        Raises:
            ConfigError: an argument that cannot be.
        """
        state = {"level": float(level), "history": [], "zero": 0, "saturated": 0, "visited": 0}
        names = list(envs)
        super().__init__(
            envs,
            {
                "step": 0,
                "replaced": 0,
                "active": names[: max(active, 0)],
                "envs": {env: dict(state, history=[]) for env in names},
            },
        )
        if not 0 < target < 1:
            raise ConfigError(f"target must be in (0, 1), got {target!r}")
        for name, value in (("gain", gain), ("largest_step", largest_step)):
            if not 0 < value < math.inf:
                raise ConfigError(f"{name} must be a number above 0, got {value!r}")
        check_count(active, "active")
        check_count(stall, "stall", least=2)
        check_count(zero, "zero")
        check_count(saturated, "saturated")
        for env in self.envs:
            if not 0 <= level <= self.hardest(env) or not math.isfinite(level):
                raise ConfigError(f"level must be 0 to {self.hardest(env)} for {env}, got {level!r}")
        self.target, self.gain, self.largest_step = target, gain, largest_step
        self.stall, self.zero, self.saturated, self.weighted = stall, zero, saturated, weighted

    def level(self, env: str) -> float:
        """Return an environment's level, not rounded."""
        return float(self._memory["envs"][env]["level"])

    @property
    def active(self) -> tuple[str, ...]:
        """The environments in play."""
        return tuple(self._memory["active"])

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment in play, and one of the two levels beside its own."""
        weights = [self._weight(env) for env in self.active] if self.weighted else None
        if weights is not None and not sum(weights) > 0:
            weights = None
        (env,) = rng.choices(self.active, weights)
        level = self.level(env)
        floor = math.floor(level)
        return Choice(env=env, level=floor + (rng.random() < level - floor))

    def update(self, results: Sequence[Result]) -> None:
        """Move the levels of what was played, and exchange what teaches no more."""
        self._memory["step"] += 1
        played = self.by_env(results)
        for env in self.envs:
            share = accuracy(played.get(env, ()))
            if not math.isnan(share):
                self._move(env, share)
        for place, env in enumerate(self.active):
            if env in played and self._is_spent(env):
                self._replace(place, env)

    def _move(self, env: str, share: float) -> None:
        state, hardest = self._memory["envs"][env], self.hardest(env)
        state["history"] = [*state["history"], state["level"]][-self.stall :]
        state["zero"] = state["zero"] + 1 if share == 0 else 0
        state["saturated"] = state["saturated"] + 1 if state["level"] >= hardest else 0
        state["visited"] = self._memory["step"]
        step = min(max(self.gain * (share - self.target), -self.largest_step), self.largest_step)
        state["level"] = min(max(state["level"] + step, 0.0), hardest)

    def _is_spent(self, env: str) -> bool:
        state = self._memory["envs"][env]
        stalled = len(state["history"]) == self.stall and slope(state["history"]) <= FLAT
        return stalled or state["zero"] >= self.zero or state["saturated"] >= self.saturated

    def _replace(self, place: int, env: str) -> None:
        others = [other for other in self.envs if other not in self._memory["active"]]
        if not others:
            return
        # The draw is a hash of how many there were, so that a restored rule draws the same.
        chosen = stream("scaler", self._memory["replaced"]).choice(others)
        self._memory["active"][place] = chosen
        self._memory["replaced"] += 1
        state: dict[str, Any] = self._memory["envs"][env]
        state.update(history=[], zero=0, saturated=0)

    def _weight(self, env: str) -> float:
        state = self._memory["envs"][env]
        return sampling_weight(state["history"], age=self._memory["step"] - state["visited"])


def slope(levels: Sequence[float]) -> float:
    """Return the least-squares slope of a sequence over its positions; 0 for fewer than two.

    >>> round(slope([1.0, 2.0, 3.0]), 9)
    1.0
    """
    if len(levels) < 2:
        return 0.0
    times = np.arange(len(levels)) - (len(levels) - 1) / 2
    return float(times @ np.asarray(levels, dtype=float) / (times @ times))


def sampling_weight(
    history: Sequence[float],
    *,
    age: int,
    effect: float = 1.0,
    recency: float = 0.5,
    slope_scale: float = 0.05,
    age_scale: float = 10_000.0,
) -> float:
    """Return SCALER's weight of an environment: how much its level rises, and how long it was not played.

    ``effect * (1 - exp(-max(0, slope) / slope_scale)) + recency * min(1, age / age_scale)``, the first term
    being ``effect`` where fewer than three levels are known.

    >>> sampling_weight([], age=0), round(sampling_weight([0.0, 0.05, 0.1], age=0), 3)
    (1.0, 0.632)

    Args:
        history: Its newest levels, oldest first.
        age: Steps since it was last played.
        effect: Weight of the first term.
        recency: Weight of the second.
        slope_scale: Levels an update at which the first term is 0.632.
        age_scale: Steps at which the second term is full.
    """
    rising = 1.0 if len(history) < 3 else 1 - math.exp(-max(0.0, slope(history)) / slope_scale)
    return effect * rising + recency * min(1.0, age / age_scale)
