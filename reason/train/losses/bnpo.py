"""Batch-normalised GRPO: as GRPO, averaged over all tokens of the batch.

Long sequences weigh more than in GRPO, and no token weighs less for the length of its sequence. (The name is
that of the loss type of TRL; the average is over the whole step, not over a micro-batch.)
"""

from __future__ import annotations

from dataclasses import dataclass

from reason.train.advantages import group_advantages
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.objective import over_tokens
from reason.train.options import ClipOptions, GroupOptions
from reason.train.surrogate import token_surrogate

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(ClipOptions, GroupOptions):
    """Options of batch-normalised GRPO."""


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return (reward - mean of the group) / standard deviation, the same for every token of a sequence."""
    return group_advantages(rollout, options.scale_rewards)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/sum_i |o_i| sum_i sum_t [min(r A, clip(r) A) - beta KL]."""
    return token_surrogate(batch, totals, options, over_tokens(batch, totals))
