"""What all policy-gradient losses share: how tokens are averaged, the terms beside the policy's, metrics.

Sizes in the names: N tokens of a micro-batch, S its sequences.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from reason.train.batch import LossOutput, TokenBatch, Totals
from reason.train.kl import kl
from reason.train.options import ClipOptions, PolicyOptions
from reason.train.ratios import correction_weights, log_ratios, masked

__all__ = [
    "clip_metrics",
    "over_budget",
    "over_sequences",
    "over_tokens",
    "policy_loss",
    "require",
]


def over_tokens(batch: TokenBatch, totals: Totals) -> Tensor:
    """Weigh every token of the step alike (N)."""
    return batch.mask_N.to(batch.logprobs_N.dtype) / max(totals.tokens, 1)


def over_sequences(batch: TokenBatch, totals: Totals) -> Tensor:
    """Weigh every sequence of the step alike, and within it every token (N)."""
    lengths_N = batch.lengths_S[batch.sequence_N].clamp(min=1)
    return batch.mask_N.to(batch.logprobs_N.dtype) / (lengths_N * max(totals.sequences, 1))


def over_budget(batch: TokenBatch, totals: Totals) -> Tensor:
    """Weigh every token by 1 / (sequences x the most tokens that one may have), whatever there are (N)."""
    return batch.mask_N.to(batch.logprobs_N.dtype) / (max(totals.sequences, 1) * totals.max_tokens)


def require(batch: TokenBatch, name: str) -> Tensor:
    """Return an optional field of the batch.

    Raises:
        ValueError: it is None.
    """
    value = getattr(batch, name)
    if value is None:
        raise ValueError(f"this loss, as it is told, needs {name} in the batch")
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be a tensor, got {value!r}")
    return value


def policy_loss(
    objective_N: Tensor,
    weights_N: Tensor,
    batch: TokenBatch,
    totals: Totals,
    options: PolicyOptions,
    *,
    metrics: Mapping[str, Tensor] | None = None,
) -> LossOutput:
    """Put a loss together: - objective + beta KL - bonus x entropy, averaged with the same weights.

    The objective of a token is multiplied by the correction for the sampler, and is 0 where the token is not
    among those of top entropy.

    Args:
        objective_N: What the method maximises at each token.
        weights_N: Of the average, such as ``over_tokens``; 0 outside of the loss.
        batch: The micro-batch.
        totals: Of the step.
        options: The loss's.
        metrics: The method's own, joined to those of all methods.
    """
    corrections_N, exceeds_N = correction_weights(
        batch, options.correction, options.correction_level, options.correction_threshold
    )
    objective_N = objective_N * corrections_N
    if options.top_entropy < 1:
        objective_N = torch.where(require(batch, "keep_N"), objective_N, torch.zeros_like(objective_N))
    terms_N = -masked(objective_N, batch)
    measured = {
        **_metrics(batch, totals),
        "corrected_fraction": _mean(exceeds_N.to(objective_N.dtype), batch, totals),
    }
    if options.kl_coefficient:
        reference_N = masked(require(batch, "reference_logprobs_N"), batch)
        divergence_N = kl(masked(batch.logprobs_N, batch), reference_N, options.kl_estimator)
        measured["kl"] = _mean(divergence_N, batch, totals)
        if options.kl_in_loss:
            terms_N = terms_N + options.kl_coefficient * divergence_N
    if options.entropy_coefficient:
        terms_N = terms_N - options.entropy_coefficient * masked(require(batch, "entropies_N"), batch)
    return LossOutput(loss=(terms_N * weights_N).sum(), metrics={**measured, **(metrics or {})})


@torch.no_grad()
def clip_metrics(
    ratio: Tensor, advantages: Tensor, shares: Tensor, options: ClipOptions
) -> dict[str, Tensor]:
    """Return the share of ratios that are clipped from below and from above.

    Args:
        ratio: Of tokens or of sequences.
        advantages: Of the same shape.
        shares: What each adds to a mean over the step, 0 outside of the loss.
        options: Where the ratio is clipped.
    """
    low = (ratio < 1 - options.clip_low) & (advantages < 0)
    high = (ratio > 1 + options.clip_high) & (advantages > 0)
    return {"clip_fraction_low": (low * shares).sum(), "clip_fraction_high": (high * shares).sum()}


def _mean(values_N: Tensor, batch: TokenBatch, totals: Totals) -> Tensor:
    """Return this micro-batch's share of the mean over the step's tokens."""
    return (masked(values_N.detach(), batch) * over_tokens(batch, totals)).sum()


@torch.no_grad()
def _metrics(batch: TokenBatch, totals: Totals) -> dict[str, Tensor]:
    log_ratio_N = log_ratios(batch)
    ratio_N = log_ratio_N.exp()
    gap_N = masked(batch.logprobs_N - batch.sampler_logprobs_N, batch).abs()
    metrics = {
        "ratio_max": _largest(ratio_N),
        # k3 of the old policy to the new: how far the updates of this step have gone.
        "old_kl": _mean(ratio_N - 1 - log_ratio_N, batch, totals),
        "sampler_gap": _mean(gap_N, batch, totals),
        "sampler_gap_max": _largest(gap_N),
    }
    if batch.entropies_N is not None:
        metrics["entropy"] = _mean(batch.entropies_N, batch, totals)
    return metrics


def _largest(values_N: Tensor) -> Tensor:
    return torch.cat([values_N, values_N.new_zeros(1)]).max()
