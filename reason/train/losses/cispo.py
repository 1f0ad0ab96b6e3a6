"""CISPO: REINFORCE whose importance weights are clipped, so that no token is silenced.

Source: MiniMax, "MiniMax-M1" (2506.13585, eq. 4 and 5). The paper leaves the lower bound open and tunes the
upper one; weights of at most 5 are what ScaleRL (2510.13786) and TRL take.
"""

from __future__ import annotations

from dataclasses import dataclass

from reason.train.advantages import group_advantages
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.objective import over_tokens, policy_loss
from reason.train.options import GroupOptions
from reason.train.ratios import log_ratios, masked

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(GroupOptions):
    """Options of CISPO."""

    min_weight: float = 0.0
    """The smallest importance weight of a token."""
    max_weight: float = 5.0
    """The largest."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        super().__post_init__()
        self.require(self.min_weight >= 0, "min_weight", "at least 0")
        self.require(
            self.max_weight >= self.min_weight, "max_weight", f"at least min_weight={self.min_weight}"
        )


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return (reward - mean of the group) / standard deviation, the same for every token of a sequence."""
    return group_advantages(rollout, options.scale_rewards)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/sum_i |o_i| sum_i sum_t stop_gradient(clip(r)) A log pi."""
    ratio_N = log_ratios(batch).detach().exp()
    weights_N = ratio_N.clamp(options.min_weight, options.max_weight)
    objective_N = weights_N * masked(batch.advantages_N, batch) * masked(batch.logprobs_N, batch)
    shares_N = over_tokens(batch, totals)
    clipped = ((weights_N != ratio_N) * shares_N).sum()
    return policy_loss(objective_N, shares_N, batch, totals, options, metrics={"clip_fraction": clipped})
