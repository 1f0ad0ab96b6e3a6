"""We-Math's remedial step: after a failure the new difficulty is practised apart, then the task retried."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from reason.curricula.curriculum import Choice, Remembering, Result, accuracy
from reason.envs.arguments import check_count
from reason.errors import ConfigError
from reason.frozen import freeze

__all__ = ["WeMath"]


class WeMath(Remembering):
    """Climb level by level; where a step's groups fail, take a remedial step and retry the task that failed.

    Of the groups that an environment played in one step at its level, with a the share of right answers:

    - a from ``pass_at``: the next level;
    - a below ``fail_below``: the task that went worst is remembered, and ``remedial_groups`` groups play the
      level before, with ``remedial_options``; then that task is retried;
    - a retry from ``fail_below`` goes on at the level, one below it takes another remedial step, and after
      ``max_retries`` of those the level falls by one.

    It settles between the levels whose pass rates are ``pass_at`` and ``fail_below``.

    Source: "We-Math 2.0: A Versatile MathBook System for Incentivizing Visual Mathematical Reasoning"
    (2508.10433), from a summary: a problem x grows through variants phi(x), each adding one difficulty; where
    the policy fails at phi(x) it trains on Delta(x, phi), which holds the added difficulty alone, and then
    retries. A family's levels are its variants; the level before, with whatever help ``remedial_options``
    ask a wrapper for, stands for Delta, which families do not have. The thresholds are ours.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        pass_at: float = 0.75,
        fail_below: float = 0.25,
        remedial_groups: int = 8,
        max_retries: int = 2,
        remedial_options: Mapping[str, Any] | None = None,
        level: int = 0,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            pass_at: Share of right answers from which the level rises.
            fail_below: Share of right answers below which it was a failure.
            remedial_groups: Groups of a remedial step.
            max_retries: Failed retries after which the level falls.
            remedial_options: Options of ``reset`` for the remedial groups, such as ``{"chunks": 1}``.
            level: First level.

        Raises:
            ConfigError: an argument that cannot be.
        """
        start = {"level": level, "left": 0, "retries": 0, "index": None, "phase": "climb"}
        super().__init__(envs, {env: dict(start) for env in envs})
        if not 0 < fail_below <= pass_at <= 1:
            raise ConfigError(f"fail_below must be in (0, pass_at={pass_at!r}], got {fail_below!r}")
        check_count(remedial_groups, "remedial_groups")
        check_count(max_retries, "max_retries")
        self.check_level(level)
        self.pass_at, self.fail_below = pass_at, fail_below
        self.remedial_groups, self.max_retries = remedial_groups, max_retries
        self.remedial_options = freeze(remedial_options or {}, name="remedial_options")

    def level(self, env: str) -> int:
        """Return the level that an environment has reached."""
        reached: int = self._memory[env]["level"]
        return reached

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment; its phase says the rest."""
        return self._choice(rng.choice(list(self.envs)))

    def update(self, results: Sequence[Result]) -> None:
        """Judge what each environment played of what was asked of it; other results say nothing."""
        for env, played in self.by_env(results).items():
            asked = self._choice(env)
            answers = [result for result in played if result.choice == asked]
            if not answers or math.isnan(share := accuracy(answers)):
                continue
            state = self._memory[env]
            if state["phase"] == "remedy":
                state["left"] -= sum(not math.isnan(result.accuracy) for result in answers)
                if state["left"] <= 0:
                    state["phase"] = "retry"
            elif share < self.fail_below:
                self._fail(state, answers)
            else:
                level = state["level"] + (share >= self.pass_at and state["level"] < self.hardest(env))
                state.update(level=level, phase="climb", retries=0, index=None)

    def _choice(self, env: str) -> Choice:
        state = self._memory[env]
        if state["phase"] == "remedy":
            return Choice(env=env, level=max(0, state["level"] - 1), options=self.remedial_options)
        return Choice(env=env, level=state["level"], index=state["index"])

    def _fail(self, state: dict[str, Any], answers: Sequence[Result]) -> None:
        if state["phase"] == "retry":
            state["retries"] += 1
            if state["retries"] >= self.max_retries:
                state.update(level=max(0, state["level"] - 1), phase="climb", retries=0, index=None)
                return
            index = state["index"]
        else:
            scored = [result for result in answers if not math.isnan(result.accuracy)]
            index = min(scored, key=lambda result: result.accuracy).index
        state.update(phase="remedy", left=self.remedial_groups, index=index)
