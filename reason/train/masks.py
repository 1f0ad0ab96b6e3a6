"""Which tokens and sequences a step learns from.

Sizes in the names: S sequences of the step, N their tokens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reason.train.batch import Advantages

__all__ = ["lengths", "live_sequences", "loss_mask", "top_entropy"]


def loss_mask(
    sequence_N: NDArray[np.int64],
    rewards_S: NDArray[np.float64],
    truncated_S: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Return the tokens that enter the loss: not those of unscorable sequences, nor of truncated ones.

    Source: for truncated sequences, Yu et al. (2503.14476, DAPO's overlong filtering).

    Args:
        sequence_N: The sequence of each token.
        rewards_S: NaN where unscorable.
        truncated_S: Whether a limit of tokens cut the sequence; None keeps those too.
    """
    kept_S = ~np.isnan(rewards_S)
    if truncated_S is not None:
        kept_S &= ~truncated_S
    return kept_S[sequence_N]


def lengths(
    mask_N: NDArray[np.bool_], sequence_N: NDArray[np.int64], num_sequences: int
) -> NDArray[np.int64]:
    """Return how many tokens of each sequence are in the mask (S)."""
    return np.bincount(sequence_N[mask_N], minlength=num_sequences)


def live_sequences(
    advantages: Advantages, sequence_N: NDArray[np.int64], num_sequences: int
) -> NDArray[np.bool_]:
    """Return the sequences that have a gradient because an advantage in them is not 0 (S).

    The others, such as those of groups with one reward, need no forward pass as long as
    ``learns_without_advantage`` of the loss's options is False. Count the totals before
    dropping them: then nothing changes.
    """
    has_gradient_N = advantages.mask_N & (advantages.advantages_N != 0)
    return np.bincount(sequence_N[has_gradient_N], minlength=num_sequences) > 0


def top_entropy(
    entropies_N: NDArray[np.floating], mask_N: NDArray[np.bool_], share: float
) -> NDArray[np.bool_]:
    """Return the tokens of the mask whose entropy is among the highest: ``TokenBatch.keep_N``.

    All tokens of at least the (1 - share) quantile are kept, over the whole step.

    Source: Wang et al., "Beyond the 80/20 Rule" (2506.01939): share 0.2.

    Args:
        entropies_N: Of the policy at each token, in nats.
        mask_N: Tokens that enter the loss.
        share: Above 0 and at most 1.

    Raises:
        ValueError: ``share`` is out of range.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share!r}")
    if not mask_N.any():
        return mask_N.copy()
    # An entropy that there is, not one between two: rounding could lift that above equals.
    threshold = float(np.quantile(entropies_N[mask_N], 1 - share, method="higher"))
    high_N: NDArray[np.bool_] = entropies_N >= threshold
    return mask_N & high_N
