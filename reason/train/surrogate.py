"""PPO's clipped surrogate, of tokens or of whole sequences: the policy term of most losses.

Sizes in the names: N tokens of a micro-batch, S its sequences.
"""

from __future__ import annotations

from torch import Tensor

from reason.train.batch import LossOutput, TokenBatch, Totals
from reason.train.objective import clip_metrics, over_sequences, over_tokens, policy_loss
from reason.train.options import ClipOptions
from reason.train.ratios import LARGEST_LOG_RATIO, clipped_objective, log_ratios, masked, sequence_sums

__all__ = ["sequence_surrogate", "token_surrogate"]


def token_surrogate(
    batch: TokenBatch,
    totals: Totals,
    options: ClipOptions,
    weights_N: Tensor,
) -> LossOutput:
    """Return the loss whose objective is min(r A, clip(r) A) at each token, r = pi / pi_old.

    Args:
        batch: The micro-batch.
        totals: Of the step.
        options: The loss's.
        weights_N: How tokens are averaged (``reason.train.objective``).
    """
    ratio_N = log_ratios(batch).exp()
    advantages_N = masked(batch.advantages_N, batch)
    objective_N = clipped_objective(
        ratio_N,
        advantages_N,
        clip_low=options.clip_low,
        clip_high=options.clip_high,
        dual_clip=options.dual_clip,
    )
    metrics = clip_metrics(ratio_N, advantages_N, over_tokens(batch, totals), options)
    return policy_loss(objective_N, weights_N, batch, totals, options, metrics=metrics)


def sequence_surrogate(
    batch: TokenBatch,
    totals: Totals,
    options: ClipOptions,
    *,
    length_normalised: bool,
) -> LossOutput:
    """Return the loss whose objective is min(s A, clip(s) A) of each sequence, averaged over sequences.

    Args:
        batch: The micro-batch; the tokens of a sequence have one advantage.
        totals: Of the step.
        options: The loss's.
        length_normalised: Whether s is the geometric mean of the tokens' ratios, or their product.
    """
    lengths_S = batch.lengths_S.clamp(min=1)
    log_ratio_S = sequence_sums(log_ratios(batch), batch)
    if length_normalised:
        log_ratio_S = log_ratio_S / lengths_S
    ratio_S = log_ratio_S.clamp(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO).exp()
    advantages_S = sequence_sums(masked(batch.advantages_N, batch), batch) / lengths_S
    objective_S = clipped_objective(
        ratio_S,
        advantages_S,
        clip_low=options.clip_low,
        clip_high=options.clip_high,
        dual_clip=options.dual_clip,
    )
    shares_S = (batch.lengths_S > 0).to(ratio_S.dtype) / max(totals.sequences, 1)
    return policy_loss(
        objective_S[batch.sequence_N],
        over_sequences(batch, totals),
        batch,
        totals,
        options,
        metrics=clip_metrics(ratio_S, advantages_S, shares_S, options),
    )
