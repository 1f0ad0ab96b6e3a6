"""Supervised fine-tuning: the likelihood of demonstrations.

The "generated" tokens of a demonstration are those that the demonstrator wrote.
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
    """Options of supervised fine-tuning."""


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return 1 for every token in the loss; rewards have no influence."""
    return Advantages(advantages_N=rollout.mask_N.astype(np.float64), mask_N=rollout.mask_N)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - mean over tokens of log pi."""
    return negative_log_likelihood(batch, totals)
