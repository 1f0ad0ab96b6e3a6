"""What became of a group as the trainer knows it: texts in tokens, and episodes that it cut itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reason.envs.group import EnvGroup, GroupOutcome

__all__ = ["MAX_TOKENS", "PlayedOutcome", "outcome_of"]

MAX_TOKENS = "max_tokens"
"""Stop reason of an episode that ran out of tokens; the environment's own reasons are others."""


@dataclass(frozen=True, kw_only=True)
class PlayedOutcome(GroupOutcome):
    """An outcome with the lengths that a trainer counts in."""

    tokens: NDArray[np.int64]
    """Tokens that each member sampled."""


def outcome_of(envs: EnvGroup[Any], *, tokens: Sequence[int], cut: Mapping[int, float]) -> PlayedOutcome:
    """Return the outcome of a group, with the members in ``cut`` judged as if they had ended.

    A member that ran out of tokens gets the rewards that it has earned so far and the verdict of an
    episode that ends there: that it did not come to an end is its own fault, and no reason to mask it.

    Args:
        envs: The group.
        tokens: Tokens that each member sampled.
        cut: Members whose episode the trainer cut, and the sum of the rewards that each had.
    """
    outcome = envs.outcome()
    known: dict[str, Any] = {item.name: getattr(outcome, item.name) for item in fields(outcome)}
    stop_reasons = list(outcome.stop_reasons)
    components = {name: array.copy() for name, array in outcome.components.items()}
    for name in ("rewards", "scores", "passed", "done"):
        known[name] = known[name].copy()
    for member, reward in cut.items():
        verdict = envs.members[member].conclude()
        known["done"][member], stop_reasons[member] = True, MAX_TOKENS
        if verdict.score is None:
            continue
        known["rewards"][member] = reward
        known["scores"][member], known["passed"][member] = verdict.score, float(bool(verdict.passed))
        for name, value in verdict.components.items():
            components.setdefault(name, np.full(envs.size, np.nan))[member] = value
    known |= {"components": components, "stop_reasons": tuple(stop_reasons)}
    return PlayedOutcome(tokens=np.array(tokens, dtype=np.int64), **known)
