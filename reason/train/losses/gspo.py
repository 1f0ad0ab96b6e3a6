"""GSPO: the ratio and its clipping are those of whole sequences, the geometric mean of their tokens'.

Source: Zheng et al., "Group Sequence Policy Optimization" (2507.18071, eq. 5 and 7).
"""

from __future__ import annotations

from dataclasses import dataclass

from reason.train.advantages import group_advantages
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.options import ClipOptions, GroupOptions
from reason.train.surrogate import sequence_surrogate

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(ClipOptions, GroupOptions):
    """Options of GSPO."""

    clip_low: float = 3e-4
    """The sequence's ratio counts down to 1 - ``clip_low``; it is a mean, so that it moves little."""
    clip_high: float = 4e-4
    """And up to 1 + ``clip_high``."""


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return (reward - mean of the group) / standard deviation, the same for every token of a sequence."""
    return group_advantages(rollout, options.scale_rewards)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/S sum_i min(s_i A_i, clip(s_i) A_i), s_i = exp(1/|o_i| sum_t log r_it)."""
    return sequence_surrogate(batch, totals, options, length_normalised=True)
