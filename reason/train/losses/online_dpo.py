"""Online DPO: the best answer of each group is preferred to its worst.

Source: Rafailov et al., "Direct Preference Optimization" (2305.18290, eq. 7), on pairs that the policy has
just sampled: Guo et al., "Direct Language Model Alignment from Online AI Feedback" (2402.04792).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from reason.train.batch import Advantages, LossOutput, Rollout, TokenBatch, Totals
from reason.train.objective import require
from reason.train.options import LossOptions
from reason.train.ratios import masked, sequence_sums

__all__ = ["Options", "advantages", "loss"]


@dataclass(frozen=True, kw_only=True)
class Options(LossOptions):
    """Options of online DPO."""

    beta: float = 0.1
    """How strongly the policy is held to the reference: the smaller, the further it may go."""

    def __post_init__(self) -> None:
        """Reject values out of range."""
        super().__post_init__()
        self.require(self.beta > 0, "beta", "above 0")

    @property
    def needs(self) -> frozenset[str]:
        """Optional fields of ``TokenBatch`` that the loss cannot do without, as it is told."""
        return frozenset({"reference_logprobs_N", "group_S"})


def advantages(rollout: Rollout, options: Options) -> Advantages:
    """Return 1 for the best and -1 for the worst of each group; the others are not in the loss.

    Among equals it is the first. Groups of one reward have no pair. Both of a pair must come into the same
    micro-batch (``pack(..., together=groups)``).
    """
    signs_S = np.zeros(len(rollout.rewards_S))
    present_S = np.isin(np.arange(len(signs_S)), rollout.sequence_N[rollout.mask_N])
    scored_S = present_S & ~np.isnan(rollout.rewards_S)
    for group in np.unique(rollout.group_S[scored_S]):
        members = np.flatnonzero(scored_S & (rollout.group_S == group))
        rewards = rollout.rewards_S[members]
        if rewards.max() > rewards.min():
            signs_S[members[rewards.argmax()]], signs_S[members[rewards.argmin()]] = 1.0, -1.0
    mask_N = rollout.mask_N & (signs_S != 0)[rollout.sequence_N]
    return Advantages(advantages_N=np.where(mask_N, signs_S[rollout.sequence_N], 0.0), mask_N=mask_N)


def loss(batch: TokenBatch, totals: Totals, options: Options) -> LossOutput:
    """Return - mean over pairs of log sigmoid(beta [log pi/pi_ref (best) - log pi/pi_ref (worst)]).

    Raises:
        ValueError: one of a pair is in another micro-batch.
    """
    reference_N = masked(require(batch, "reference_logprobs_N"), batch)
    log_ratio_S = sequence_sums(masked(batch.logprobs_N, batch) - reference_N, batch)
    best, worst = _pairs(batch)
    margin_P = options.beta * (log_ratio_S[best] - log_ratio_S[worst])
    pairs = max(totals.sequences // 2, 1)
    total = -F.logsigmoid(margin_P).sum() / pairs
    metrics = {
        "preference_accuracy": (margin_P.detach() > 0).sum() / pairs,
        "preference_margin": margin_P.detach().sum() / pairs,
    }
    return LossOutput(loss=total, metrics=metrics)


def _pairs(batch: TokenBatch) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the sequences that are best and worst, pair by pair."""
    group_S = require(batch, "group_S")
    signs_S = torch.sign(sequence_sums(masked(batch.advantages_N, batch), batch))
    best, worst = torch.nonzero(signs_S > 0)[:, 0], torch.nonzero(signs_S < 0)[:, 0]
    best = best[torch.argsort(group_S[best])]
    worst = worst[torch.argsort(group_S[worst])]
    if not torch.equal(group_S[best], group_S[worst]):
        raise ValueError("a preference pair is torn apart: pack its group into one micro-batch (together=)")
    return best, worst
