"""DAPO: GRPO averaged over tokens, with more room above than below and no reference policy.

Its other parts are settings of the run: ``mask_truncated`` here, the punishment of overlong answers
(``reason.rewards.overlong``), dynamic sampling in the rollout.

Source: Yu et al., "DAPO" (2503.14476, eq. 8).
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
    """Options of DAPO."""

    clip_high: float = 0.28
    """The ratio counts up to 1 + ``clip_high``."""


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return (reward - mean of the group) / standard deviation, the same for every token of a sequence."""
    return group_advantages(rollout, options.scale_rewards)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/sum_i |o_i| sum_i sum_t min(r A, clip(r, 1 - clip_low, 1 + clip_high) A)."""
    return token_surrogate(batch, totals, options, over_tokens(batch, totals))
