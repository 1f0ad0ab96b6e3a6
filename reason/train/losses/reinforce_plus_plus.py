"""REINFORCE++: no critic and no group; advantages are normalised over the whole batch.

Plain, the divergence from the reference is taken from the rewards, token by token, and any number of answers
to a prompt will do. With ``baseline`` rewards are centred in their groups first, and the divergence is a term
of the loss, of k2.

Source: Hu et al., "REINFORCE++" (2501.03262); the average over tokens is that of their OpenRLHF.
"""

from __future__ import annotations

from dataclasses import dataclass

from reason.train.advantages import (
    batch_normalised,
    centred,
    mean_rewards,
    of_sequences,
    rewards_to_go,
    token_rewards,
)
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.kl import KlEstimator
from reason.train.objective import over_tokens
from reason.train.options import ClipOptions
from reason.train.surrogate import token_surrogate

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(ClipOptions):
    """Options of REINFORCE++."""

    baseline: bool = False
    """Whether rewards are centred in their groups."""
    discount: float = 1.0
    """Gamma: what a token later is worth; of the plain form."""
    kl_estimator: KlEstimator = "k2"
    """Of the term in the loss (with ``baseline``); in the rewards it is k1."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        super().__post_init__()
        self.require(0 <= self.discount <= 1, "discount", "in 0..1")

    @property
    def kl_in_loss(self) -> bool:
        """Whether the divergence is a term of the loss: with ``baseline``."""
        return self.baseline


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return returns (plain) or centred rewards (``baseline``), normalised over all tokens of the batch."""
    if options.baseline:
        rewards_S, _ = mean_rewards(rollout)
        found = of_sequences(centred(rewards_S, rollout.group_S), rollout)
        returns_N = found.advantages_N
    else:
        rewards_N = token_rewards(rollout, rollout.rewards_S, options.kl_coefficient)
        returns_N = rewards_to_go(rewards_N, rollout.sequence_N, rollout.mask_N, options.discount)
    return Advantages(advantages_N=batch_normalised(returns_N, rollout.mask_N), mask_N=rollout.mask_N)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/sum_i |o_i| sum_i sum_t min(r A, clip(r) A), with ``baseline`` + beta KL."""
    return token_surrogate(batch, totals, options, over_tokens(batch, totals))
