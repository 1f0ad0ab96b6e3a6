"""AceReason's stages: one domain after the other, each with answers that may be longer and longer."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any

import numpy as np

from reason.config import closest
from reason.curricula.curriculum import Choice, Remembering, Result
from reason.envs.arguments import check_count
from reason.errors import ConfigError

__all__ = ["AceReason", "Stage"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage: what is played, how long an episode may be, and when it is over."""

    envs: tuple[str, ...]
    """Environments of the stage (a domain)."""
    max_tokens: int | None = None
    """Tokens that an episode may be long; None leaves the trainer's own limit."""
    level: int = 0
    """Level of its environments."""
    steps: int | None = None
    """Steps after which the next stage begins; None waits for ``advance_at``."""
    advance_at: float | None = None
    """Share of right answers from which the next stage begins; None waits for ``steps``."""

    @classmethod
    def of(cls, stage: Stage | Mapping[str, Any]) -> Stage:
        """Return a stage from itself or from a table of a configuration file.

        Raises:
            ConfigError: a field is unknown or missing, or a value cannot be.
        """
        if isinstance(stage, Stage):
            return stage
        known = [item.name for item in fields(cls)]
        for name in stage:
            if name not in known:
                raise ConfigError(f"a stage has no field {name!r}{closest(name, known)} ({', '.join(known)})")
        if not stage.get("envs") or isinstance(stage["envs"], str):
            raise ConfigError(f"a stage's envs must list environments, got {stage.get('envs')!r}")
        return cls(**{**stage, "envs": tuple(stage["envs"])})


class AceReason(Remembering):
    """Play stage by stage; a stage ends after its steps, or once it is solved well enough.

    Where less than ``lower_below`` of the newest ``window`` steps' answers are right, the stage before comes
    back. It settles in the last stage, or between two stages of which the later one cannot be learnt.

    Source: "AceReason-Nemotron: Advancing Math and Code Reasoning through Reinforcement Learning"
    (2505.16400): mathematics with 8k, 16k, 24k and 32k tokens, then code; how long each stage went on was
    decided by hand. Ending a stage by its accuracy, and going back, are ours. That the easiest problems are
    left out as the stages go on is here each stage's ``level``.
    """

    def __init__(
        self,
        envs: Mapping[str, int | None],
        *,
        stages: Sequence[Stage | Mapping[str, Any]],
        window: int = 10,
        lower_below: float | None = 0.05,
    ) -> None:
        """Make the rule.

        Args:
            envs: Id of each environment and its hardest level; None where levels have no end.
            stages: In their order: :class:`Stage` or tables with its fields.
            window: Steps over which the share of right answers is taken.
            lower_below: Share of right answers below which the stage before comes back; None never goes back.

        Raises:
            ConfigError: an argument that cannot be.
        """
        super().__init__(envs, {"stage": 0, "steps": 0, "recent": []})
        self.stages = tuple(Stage.of(stage) for stage in stages)
        if not self.stages:
            raise ConfigError("stages must name a stage")
        check_count(window, "window")
        if lower_below is not None and not 0 <= lower_below < 1:
            raise ConfigError(f"lower_below must be in [0, 1) or None, got {lower_below!r}")
        self.window, self.lower_below = window, lower_below
        for number, stage in enumerate(self.stages):
            self._check(number, stage)

    @property
    def stage(self) -> Stage:
        """The stage that is being played."""
        number: int = self._memory["stage"]
        return self.stages[number]

    def most_tokens(self) -> int | None:
        """Return the most tokens of any stage that sets a limit."""
        return max((stage.max_tokens for stage in self.stages if stage.max_tokens is not None), default=None)

    def next(self, rng: random.Random) -> Choice:
        """Choose an environment of the stage."""
        stage = self.stage
        return Choice(env=rng.choice(stage.envs), level=stage.level, max_tokens=stage.max_tokens)

    def update(self, results: Sequence[Result]) -> None:
        """Count the step, and begin another stage where it is time."""
        stage, memory = self.stage, self._memory
        known_results = chain.from_iterable(self.by_env(results).values())
        own = [result.passed_G for result in known_results if self._belongs(result.choice)]
        passed = np.concatenate([np.empty(0), *own])
        known = passed[~np.isnan(passed)]
        memory["steps"] += 1
        if known.size:
            entry = [float(known.sum()), int(known.size)]
            memory["recent"] = [*memory["recent"], entry][-self.window :]
        share = self._share()
        if self.lower_below is not None and share < self.lower_below and memory["stage"] > 0:
            self._begin(memory["stage"] - 1)
        elif memory["stage"] + 1 < len(self.stages) and (
            (stage.steps is not None and memory["steps"] >= stage.steps)
            or (stage.advance_at is not None and share >= stage.advance_at)
        ):
            self._begin(memory["stage"] + 1)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state_dict` returned.

        Raises:
            ValueError: the state is of another rule, of other environments or hardest levels, or of a stage
                that there is not.
        """
        memory = state.get("memory")
        stage = memory.get("stage") if isinstance(memory, Mapping) else None
        if stage not in range(len(self.stages)):
            raise ValueError(f"state['memory']['stage'] must be 0 to {len(self.stages) - 1}, got {stage!r}")
        super().load_state_dict(state)

    def _belongs(self, choice: Choice) -> bool:
        stage = self.stage
        asked = stage.level, stage.max_tokens
        return choice.env in stage.envs and (choice.level, choice.max_tokens) == asked

    def _share(self) -> float:
        """Return the share of right answers in the window; NaN until it is full."""
        recent = self._memory["recent"]
        if len(recent) < self.window:
            return math.nan
        return float(sum(right for right, _ in recent) / sum(scored for _, scored in recent))

    def _begin(self, number: int) -> None:
        self._memory.update(stage=number, steps=0, recent=[])

    def _check(self, number: int, stage: Stage) -> None:
        place = f"stages[{number}]"
        for env in stage.envs:
            if env not in self.envs:
                raise ConfigError(f"{place}.envs: there is no {env!r}{closest(env, self.envs)} in envs")
            top = self.hardest(env)
            if type(stage.level) is not int or not 0 <= stage.level <= top:
                raise ConfigError(f"{place}.level must be 0 to {top} for {env}, got {stage.level!r}")
        for name in ("steps", "max_tokens"):
            count = getattr(stage, name)
            if count is not None:
                check_count(count, f"{place}.{name}")
        if stage.advance_at is not None and not 0 < stage.advance_at <= 1:
            raise ConfigError(f"{place}.advance_at must be in (0, 1] or None, got {stage.advance_at!r}")
        if stage.steps is None and stage.advance_at is None and number + 1 < len(self.stages):
            raise ConfigError(f"{place} must end: give it steps or advance_at")
