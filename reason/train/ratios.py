"""Ratios between policies: the trained one to the old one, the old one to the sampler.

Sizes in the names: N tokens of a micro-batch, S its sequences.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from reason.train.batch import TokenBatch

__all__ = [
    "Correction",
    "Level",
    "clipped_objective",
    "correction_weights",
    "log_ratios",
    "masked",
    "sequence_sums",
]

Correction = Literal["none", "truncate", "mask"]
Level = Literal["token", "sequence"]

LARGEST_LOG_RATIO = 20.0
"""Log ratios are cut at this, so that no ratio overflows."""


def masked(values_N: Tensor, batch: TokenBatch) -> Tensor:
    """Return the values with 0 outside of the loss, whatever stood there; no gradient flows to that."""
    return torch.where(batch.mask_N, values_N, torch.zeros_like(values_N))


def sequence_sums(values_N: Tensor, batch: TokenBatch) -> Tensor:
    """Add up the values of each sequence (S)."""
    return values_N.new_zeros(batch.num_sequences).index_add(0, batch.sequence_N, values_N)


def log_ratios(batch: TokenBatch) -> Tensor:
    """Return log pi / pi_old of each token, 0 outside of the loss."""
    return masked(batch.logprobs_N - batch.old_logprobs_N, batch).clamp(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO)


def clipped_objective(
    ratio: Tensor, advantages: Tensor, *, clip_low: float, clip_high: float, dual_clip: float = 0.0
) -> Tensor:
    """Return PPO's clipped surrogate, to be maximised: min(r A, clip(r, 1 - clip_low, 1 + clip_high) A).

    Source: Schulman et al. (1707.06347, eq. 7); clip-higher (``clip_high`` above ``clip_low``): Yu et al.
    (2503.14476, DAPO); dual clip: Ye et al. (1912.09729): where A < 0, not below ``dual_clip`` x A.

    Args:
        ratio: pi / pi_old, with gradient; of tokens or of sequences.
        advantages: Of the same shape.
        clip_low: How far the ratio counts below 1.
        clip_high: How far it counts above 1.
        dual_clip: The largest ratio that counts where the advantage is negative, above 1; 0 sets no limit.
    """
    objective = torch.minimum(ratio * advantages, ratio.clamp(1 - clip_low, 1 + clip_high) * advantages)
    if dual_clip:
        objective = torch.where(advantages < 0, torch.maximum(objective, dual_clip * advantages), objective)
    return objective


def correction_weights(
    batch: TokenBatch, correction: Correction, level: Level, threshold: float
) -> tuple[Tensor, Tensor]:
    """Return the weight of each token that corrects for a sampler that is not quite the old policy.

    The weight is pi_old / pi_sampler, of the token or (``sequence``) of its whole sequence; weights above the
    threshold are set to it (``truncate``: truncated importance sampling) or to 0 (``mask``: the token or the
    sequence teaches nothing, but counts in the averages). Weights below it stay. Without gradient.

    Returns:
        Weights and whether the ratio is above the threshold, N each.

    Source: Yao et al., "Your Efficient RL Framework Secretly Brings You Off-Policy RL Training" (2025).
    """
    gap_N = masked(batch.old_logprobs_N - batch.sampler_logprobs_N, batch).detach()
    if level == "sequence":
        gap_N = sequence_sums(gap_N, batch)[batch.sequence_N]
    ratios_N = gap_N.clamp(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO).exp()
    exceeds_N = ratios_N > threshold
    if correction == "none":
        return torch.ones_like(ratios_N), exceeds_N
    if correction == "truncate":
        return ratios_N.clamp(max=threshold), exceeds_N
    return torch.where(exceeds_N, torch.zeros_like(ratios_N), ratios_N), exceeds_N
