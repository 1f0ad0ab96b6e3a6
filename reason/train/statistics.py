"""Statistics of a step, with intervals: rewards, solve rate, dead groups, lengths, mismatch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.train.trajectory import Group, Trajectory

__all__ = ["clustered_interval", "describe_groups", "wilson_interval"]

Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""


def wilson_interval(passed: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of independent trials.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).

    >>> low, high = wilson_interval(0, 10)
    >>> low, round(high, 3)
    (0.0, 0.278)

    Args:
        passed: Trials that succeeded.
        total: Trials; with none the interval says nothing, 0 to 1.
    """
    if total == 0:
        return 0.0, 1.0
    share = passed / total
    centre = share + Z * Z / (2 * total)
    width = Z * math.sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    scale = 1 + Z * Z / total
    return max(0.0, (centre - width) / scale), min(1.0, (centre + width) / scale)


def clustered_interval(clusters: Sequence[ArrayLike]) -> tuple[float, float, float]:
    """Return the mean of all values and its 95 % interval, where values of one cluster depend on each other.

    Members of a group play one task, so their results are not independent: the error is that of a ratio
    estimate over clusters. Source: Cochran, "Sampling Techniques" (1977), section 2.11.

    Args:
        clusters: Values of each cluster; NaN is left out.

    Returns:
        Mean, lower and upper end; NaN where there is no value, and no width where there is one cluster.
    """
    known = [array[~np.isnan(array)] for array in (np.asarray(one, dtype=np.float64) for one in clusters)]
    known = [array for array in known if array.size]
    if not known:
        return math.nan, math.nan, math.nan
    sizes = np.array([array.size for array in known], dtype=np.float64)
    sums = np.array([array.sum() for array in known])
    mean = float(sums.sum() / sizes.sum())
    count = len(known)
    if count == 1:
        return mean, mean, mean
    residuals: NDArray[np.float64] = sums - mean * sizes
    error = math.sqrt(count / (count - 1) * float((residuals**2).sum())) / float(sizes.sum())
    return mean, mean - Z * error, mean + Z * error


def describe_groups(groups: Sequence[Group]) -> dict[str, float]:
    """Return the metrics of what was played; those of each environment too where there are several."""
    metrics = _describe(groups)
    names = list(dict.fromkeys(group.env for group in groups))
    if len(names) > 1:
        for name in names:
            own = [group for group in groups if group.env == name]
            for key in ("reward", "solve_rate", "dead_groups"):
                metrics[f"{key}/{name}"] = _describe(own)[key]
    return metrics


def _describe(groups: Sequence[Group]) -> dict[str, float]:
    members = [member for group in groups for member in group.members]
    reward, reward_low, reward_high = clustered_interval([group.rewards_G for group in groups])
    solved, solved_low, solved_high = clustered_interval([group.passed_G for group in groups])
    levels = [group.level for group in groups if group.level is not None]
    metrics = {
        "reward": reward,
        "reward_low": reward_low,
        "reward_high": reward_high,
        "solve_rate": solved,
        "solve_rate_low": max(0.0, solved_low) if solved == solved else math.nan,
        "solve_rate_high": min(1.0, solved_high) if solved == solved else math.nan,
        "dead_groups": _mean([not group.alive for group in groups]),
        "masked": _mean([math.isnan(member.reward) for member in members]),
        "truncated": _mean([member.truncated for member in members]),
        "turns": _mean([member.turns for member in members]),
        "generated_tokens": float(sum(member.num_generated for member in members)),
        "episode_tokens": _mean([len(member.token_ids_T) for member in members]),
        "response_tokens": _mean([member.num_generated for member in members]),
        "sampler_logprob": sampler_logprob(members),
    }
    if any(member.steps for member in members):
        metrics["rewarded_steps"] = _mean([len(member.steps) for member in members])
        metrics["step_reward"] = _mean([value for member in members for value in member.step_values])
    if levels:
        metrics["level"] = _mean(levels)
    return metrics


def sampler_logprob(members: Sequence[Trajectory]) -> float:
    """Return the mean log-probability of the sampled tokens: minus an estimate of the entropy."""
    total = sum(float(member.sampler_logprobs_T[member.generated_T].sum()) for member in members)
    count = sum(member.num_generated for member in members)
    return total / count if count else math.nan


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else math.nan
