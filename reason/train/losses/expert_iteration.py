"""Expert iteration: the policy imitates its own answers that were good enough.

Source: Anthony et al., "Thinking Fast and Slow" (1705.08439); for language models without search: Havrilla et
al., "Teaching Large Language Models to Reason with Reinforcement Learning" (2403.04642).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.likelihood import negative_log_likelihood
from reason.train.options import LossOptions

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(LossOptions):
    """Options of expert iteration."""

    min_reward: float = 1.0
    """The least reward of an answer that is imitated."""


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return 1 for the tokens of answers with enough reward; the others are not in the loss."""
    # A reward of NaN is never enough.
    mask_N = rollout.mask_N & (rollout.rewards_S >= options.min_reward)[rollout.sequence_N]
    return Advantages(advantages_N=mask_N.astype(np.float64), mask_N=mask_N)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - mean over the tokens of the imitated answers of log pi."""
    return negative_log_likelihood(batch, totals)
