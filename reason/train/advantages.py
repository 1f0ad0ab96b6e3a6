"""Estimators of advantages over a whole step, in NumPy.

Sizes in the names: S sequences of the step, N their tokens. A reward of NaN is unscorable: it enters no
statistic, and its advantage is 0.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reason.train.batch import Advantages, Rollout

__all__ = [
    "Scale",
    "batch_normalised",
    "centred",
    "generalised_advantages",
    "group_advantages",
    "group_deviations",
    "leave_one_out",
    "mean_rewards",
    "of_sequences",
    "rewards_to_go",
    "token_rewards",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Scale = Literal["group", "batch", "none"]

EPSILON = 1e-6
"""Added to a standard deviation before dividing by it."""


def centred(rewards_S: Floats, group_S: Ints) -> Floats:
    """Return each reward minus the mean of its group; exactly 0 in a group whose rewards are equal."""
    counts, means, inverse_S, scored_S = _group_means(rewards_S, group_S)
    advantages_S = np.where(scored_S, rewards_S - means[inverse_S], 0.0)
    # The mean of equal numbers may differ from them in the last digit.
    return np.where(_varies(rewards_S, inverse_S, scored_S, len(counts))[inverse_S], advantages_S, 0.0)


def group_deviations(rewards_S: Floats, group_S: Ints, spread_S: Floats) -> Floats:
    """Return the standard deviation of the rewards in each sequence's group: the sample's (divisor G - 1).

    Source: Shao et al., "DeepSeekMath" (2402.03300, section 4.1.2).

    Args:
        rewards_S: Mean reward of each sequence; NaN is left out.
        group_S: Its group.
        spread_S: Variance within the sequence, where its steps have rewards of their own.
    """
    counts, _, inverse_S, scored_S = _group_means(rewards_S, group_S)
    squares_S = centred(rewards_S, group_S) ** 2 + np.where(scored_S, spread_S, 0.0)
    squares = np.bincount(inverse_S, weights=squares_S, minlength=len(counts))
    return np.sqrt(squares / np.maximum(counts - 1, 1))[inverse_S]


def leave_one_out(rewards_S: Floats, group_S: Ints) -> Floats:
    """Return each reward minus the mean of the others of its group; 0 for one that is alone.

    Source: Ahmadian et al., "Back to Basics" (2402.14740): RLOO.
    """
    counts, _, inverse_S, _ = _group_means(rewards_S, group_S)
    counts_S = counts[inverse_S]
    # r_i - (sum - r_i) / (n - 1) = (r_i - mean) n / (n - 1)
    return centred(rewards_S, group_S) * counts_S / np.maximum(counts_S - 1, 1)


def group_advantages(rollout: Rollout, scale: Scale) -> Advantages:
    """Return GRPO's advantages: rewards centred in their groups, scaled, the same for every token.

    Where steps have rewards of their own, the advantage of a token is that of its step: mean and standard
    deviation of a group are then taken over members, and within each over its tokens.

    Args:
        rollout: The step.
        scale: By the standard deviation of the ``group``, of all rewards (``batch``), or not (``none``).
    """
    rewards_S, spread_S = mean_rewards(rollout)
    advantages_S = centred(rewards_S, rollout.group_S)
    if scale == "none":
        return of_sequences(advantages_S, rollout)
    # Over the batch all sequences are of one group.
    group_S = rollout.group_S if scale == "group" else np.zeros_like(rollout.group_S)
    deviations_S = group_deviations(rewards_S, group_S, spread_S)
    return of_sequences(advantages_S, rollout, deviations_S + EPSILON)


def mean_rewards(rollout: Rollout) -> tuple[Floats, Floats]:
    """Return the mean reward of each sequence's tokens, and their variance: 0 where no step has its own."""
    zeros_S = np.zeros(len(rollout.rewards_S))
    if rollout.credits_N is None:
        return rollout.rewards_S, zeros_S
    sequence_N, credits_N = rollout.sequence_N, rollout.credits_N
    counts_S = np.maximum(np.bincount(sequence_N, minlength=len(zeros_S)), 1)
    means_S = np.bincount(sequence_N, weights=credits_N, minlength=len(zeros_S)) / counts_S
    squares_N = (credits_N - means_S[sequence_N]) ** 2
    return rollout.rewards_S + means_S, np.bincount(sequence_N, squares_N, len(zeros_S)) / counts_S


def of_sequences(advantages_S: Floats, rollout: Rollout, deviations_S: Floats | None = None) -> Advantages:
    """Give every token in the loss the advantage of its sequence, and what its step earns above the others.

    Args:
        advantages_S: Of the sequences' mean rewards (:func:`mean_rewards`), centred.
        rollout: The step.
        deviations_S: What they are to be divided by.
    """
    sequence_N = rollout.sequence_N
    values_N = advantages_S[sequence_N]
    if rollout.credits_N is not None:
        means_S, _ = mean_rewards(rollout)
        values_N = values_N + rollout.credits_N - (means_S - rollout.rewards_S)[sequence_N]
    if deviations_S is not None:
        values_N = values_N / deviations_S[sequence_N]
    return Advantages(advantages_N=np.where(rollout.mask_N, values_N, 0.0), mask_N=rollout.mask_N)


def batch_normalised(values_N: Floats, mask_N: Bools) -> Floats:
    """Return (value - mean) / (standard deviation + 1e-6) over all tokens of the mask, 0 elsewhere."""
    inside = values_N[mask_N]
    normalised_N = np.zeros_like(values_N)
    if len(inside) and np.ptp(inside) > 0:
        normalised_N[mask_N] = (inside - inside.mean()) / (inside.std() + EPSILON)
    return normalised_N


def token_rewards(rollout: Rollout, scores_S: Floats, kl_coefficient: float) -> Floats:
    """Return what each token earns: its sequence's score at the last one, minus the KL divergence at each.

    A step with a reward of its own earns what that is above the score at the step's last token. The
    divergence is k1, log pi_old / pi_ref, times ``kl_coefficient``. Tokens outside of the mask earn 0; the
    last one is the last of the mask.

    Raises:
        ValueError: ``kl_coefficient`` is not 0 and the rollout lacks old or reference log-probabilities.
    """
    rewards_N = np.zeros(len(rollout.sequence_N))
    if kl_coefficient:
        if rollout.old_logprobs_N is None or rollout.reference_logprobs_N is None:
            raise ValueError(
                f"kl_coefficient={kl_coefficient} needs the rollout's old_logprobs_N and reference_logprobs_N"
            )
        divergence_N = rollout.old_logprobs_N - rollout.reference_logprobs_N
        rewards_N[rollout.mask_N] = -kl_coefficient * divergence_N[rollout.mask_N]
    inside = np.flatnonzero(rollout.mask_N)
    sequence_M = rollout.sequence_N[inside]
    last = inside[np.diff(sequence_M, append=-1) != 0]
    rewards_N[last] += np.nan_to_num(scores_S[rollout.sequence_N[last]], nan=0.0)
    if rollout.credits_N is not None and rollout.step_N is not None:
        ends = inside[np.diff(rollout.step_N[inside], append=-2) != 0]
        rewards_N[ends] += rollout.credits_N[ends]
    return rewards_N


def rewards_to_go(rewards_N: Floats, sequence_N: Ints, mask_N: Bools, discount: float) -> Floats:
    """Return the discounted sum of what a token and those after it in its sequence earn (N)."""
    advantages_N, _ = generalised_advantages(
        rewards_N, np.zeros_like(rewards_N), sequence_N, mask_N, discount=discount, smoothing=1.0
    )
    return advantages_N


def generalised_advantages(
    rewards_N: Floats, values_N: Floats, sequence_N: Ints, mask_N: Bools, *, discount: float, smoothing: float
) -> tuple[Floats, Floats]:
    """Estimate advantages from values (GAE) and the returns that values shall predict.

    delta_t = r_t + discount V_{t+1} - V_t; A_t = delta_t + discount smoothing A_{t+1}; return = A_t + V_t.
    The token after t is the next of its sequence in the mask: observations take no time. After the last one
    the value is 0.

    Source: Schulman et al. (1506.02438, eq. 16).

    Args:
        rewards_N: What each token earns.
        values_N: Value of the state in which the token was chosen.
        sequence_N: The sequence of each token, ascending.
        mask_N: Tokens that count.
        discount: Gamma, in 0..1.
        smoothing: Lambda, in 0..1.

    Returns:
        Advantages and returns, N each, 0 outside of the mask.
    """
    advantages_N = np.zeros_like(rewards_N)
    returns_N = np.zeros_like(rewards_N)
    sequence, following_advantage, following_value = -1, 0.0, 0.0
    for index in np.flatnonzero(mask_N)[::-1]:
        if sequence_N[index] != sequence:
            sequence, following_advantage, following_value = int(sequence_N[index]), 0.0, 0.0
        delta = rewards_N[index] + discount * following_value - values_N[index]
        following_advantage = delta + discount * smoothing * following_advantage
        following_value = values_N[index]
        advantages_N[index] = following_advantage
        returns_N[index] = following_advantage + following_value
    return advantages_N, returns_N


def _group_means(rewards_S: Floats, group_S: Ints) -> tuple[Ints, Floats, Ints, Bools]:
    """Return members and mean of each group, and of each sequence its group and whether it is scored."""
    scored_S = ~np.isnan(rewards_S)
    _, inverse_S = np.unique(group_S, return_inverse=True)
    size = int(inverse_S.max(initial=-1)) + 1
    counts = np.bincount(inverse_S, weights=scored_S, minlength=size).astype(np.int64)
    sums = np.bincount(inverse_S, weights=np.where(scored_S, rewards_S, 0.0), minlength=size)
    return counts, sums / np.maximum(counts, 1), inverse_S.astype(np.int64), scored_S


def _varies(rewards_S: Floats, inverse_S: Ints, scored_S: Bools, size: int) -> Bools:
    lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(lowest, inverse_S[scored_S], rewards_S[scored_S])
    np.maximum.at(highest, inverse_S[scored_S], rewards_S[scored_S])
    return lowest < highest
