"""Estimators of the KL divergence from samples (Schulman, "Approximating KL Divergence", 2020)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

__all__ = ["KlEstimator", "kl"]

KlEstimator = Literal["k1", "k2", "k3"]


def kl(logprobs_N: Tensor, reference_logprobs_N: Tensor, estimator: KlEstimator) -> Tensor:
    """Estimate KL(policy || reference) at tokens that the policy sampled.

    With d = log pi - log pi_ref: k1 = d (unbiased; may be negative; as a loss its expected gradient is 0, so
    it belongs into the reward), k2 = d^2 / 2 (biased; as a loss its gradient is that of the KL divergence),
    k3 = exp(-d) - 1 + d (unbiased, never negative; what GRPO takes).

    Args:
        logprobs_N: By the policy, in nats.
        reference_logprobs_N: By the reference.
        estimator: Which.
    """
    difference_N = logprobs_N - reference_logprobs_N
    if estimator == "k1":
        return difference_N
    if estimator == "k2":
        return difference_N.square() / 2
    # Below -20 the exponential of one token would be all of the loss; expm1 is exact where the two agree.
    difference_N = difference_N.clamp(min=-20.0)
    return torch.expm1(-difference_N) + difference_N
