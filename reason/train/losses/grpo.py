"""GRPO: PPO's clipped surrogate with the group as baseline, averaged within each sequence first.

Source: Shao et al., "DeepSeekMath" (2402.03300, eq. 3).
"""

from __future__ import annotations

from dataclasses import dataclass

from reason.train.advantages import group_advantages
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.objective import over_sequences
from reason.train.options import ClipOptions, GroupOptions
from reason.train.surrogate import token_surrogate

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(ClipOptions, GroupOptions):
    """Options of GRPO."""


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return (reward - mean of the group) / standard deviation, the same for every token of a sequence."""
    return group_advantages(rollout, options.scale_rewards)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/S sum_i 1/|o_i| sum_t [min(r A, clip(r) A) - beta KL]."""
    return token_surrogate(batch, totals, options, over_sequences(batch, totals))
