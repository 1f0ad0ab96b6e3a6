"""SAPO: a soft gate in place of the clip, narrower where the advantage is negative.

Source: Gao et al., "Soft Adaptive Policy Optimization" (2511.20347).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from reason.train.advantages import group_advantages
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.objective import over_sequences, policy_loss
from reason.train.options import GroupOptions
from reason.train.ratios import log_ratios, masked

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(GroupOptions):
    """Options of SAPO."""

    temperature_positive: float = 1.0
    """Tau where the advantage is positive: how fast the gradient fades as the ratio leaves 1."""
    temperature_negative: float = 1.05
    """Tau elsewhere."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        super().__post_init__()
        self.require(self.temperature_positive > 0, "temperature_positive", "above 0")
        self.require(self.temperature_negative > 0, "temperature_negative", "above 0")


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return (reward - mean of the group) / standard deviation, the same for every token of a sequence."""
    return group_advantages(rollout, options.scale_rewards)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/S sum_i 1/|o_i| sum_t 4/tau sigmoid(tau (r - 1)) A; at r = 1 its gradient is that of r A."""
    ratio_N = log_ratios(batch).exp()
    advantages_N = masked(batch.advantages_N, batch)
    tau_N = torch.full_like(ratio_N, options.temperature_negative)
    tau_N = tau_N.masked_fill(advantages_N > 0, options.temperature_positive)
    objective_N = 4 / tau_N * torch.sigmoid(tau_N * (ratio_N - 1)) * advantages_N
    return policy_loss(objective_N, over_sequences(batch, totals), batch, totals, options)
