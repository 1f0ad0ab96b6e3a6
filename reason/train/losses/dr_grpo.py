"""Dr. GRPO: GRPO without its two biases, the division by the standard deviation and by the length.

Source: Liu et al., "Understanding R1-Zero-Like Training" (2503.20783, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass

from reason.train.advantages import group_advantages
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.objective import over_budget
from reason.train.options import ClipOptions
from reason.train.surrogate import token_surrogate

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(ClipOptions):
    """Options of Dr. GRPO."""


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return reward - mean of the group, the same for every token of a sequence."""
    return group_advantages(rollout, "none")


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/(S L) sum_i sum_t [min(r A, clip(r) A) - beta KL], L the most tokens of a sequence."""
    return token_surrogate(batch, totals, options, over_budget(batch, totals))
