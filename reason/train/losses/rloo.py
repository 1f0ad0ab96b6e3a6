"""RLOO: REINFORCE on whole sequences, each against the mean of the others of its group.

On policy its gradient is - 1/S sum_i A_i grad log pi(o_i); when a rollout serves several updates, the ratio
of the whole sequence is clipped as in PPO.

Source: Ahmadian et al., "Back to Basics" (2402.14740).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reason.train.advantages import leave_one_out, mean_rewards, of_sequences, token_rewards
from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.options import ClipOptions
from reason.train.surrogate import sequence_surrogate

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(ClipOptions):
    """Options of RLOO."""

    @property
    def kl_in_loss(self) -> bool:
        """False: it is taken from the rewards."""
        return False


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return R_i - mean of the other R_j of the group, R = reward - beta sum_t log pi_old / pi_ref."""
    means_S, _ = mean_rewards(rollout)
    plain = replace(rollout, credits_N=None, step_N=None)
    rewards_N = token_rewards(plain, np.zeros_like(rollout.rewards_S), options.kl_coefficient)
    penalties_S = np.bincount(rollout.sequence_N, weights=rewards_N, minlength=len(rollout.rewards_S))
    return of_sequences(leave_one_out(means_S + penalties_S, rollout.group_S), rollout)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - 1/S sum_i min(s_i A_i, clip(s_i) A_i), s_i = pi(o_i) / pi_old(o_i)."""
    return sequence_surrogate(batch, totals, options, length_normalised=False)
