"""The likelihood of tokens as a loss."""

from __future__ import annotations

from reason.train.batch import LossOutput, TokenBatch, Totals
from reason.train.objective import over_tokens
from reason.train.ratios import masked

__all__ = ["negative_log_likelihood"]


def negative_log_likelihood(batch: TokenBatch, totals: Totals) -> LossOutput:
    """Return - mean of log pi over the tokens of the step."""
    weights_N = over_tokens(batch, totals)
    total = -(masked(batch.logprobs_N, batch) * weights_N).sum()
    metrics = {"negative_log_likelihood": total.detach()}
    if batch.entropies_N is not None:
        metrics["entropy"] = (masked(batch.entropies_N.detach(), batch) * weights_N).sum()
    return LossOutput(loss=total, metrics=metrics)
