"""What single steps of an episode earn: from the characters of a text to its tokens, and to flat arrays.

Sizes in the names: N the target tokens of a rollout.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reason.train.batch import Advantages
from reason.train.policy.tokenizer import Tokenizer
from reason.train.trajectory import RewardedStep, Trajectory

__all__ = ["credits_of", "given_advantages", "mean_advantages", "rewarded_steps", "token_spans"]


def token_spans(
    tokenizer: Tokenizer, token_ids: Sequence[int], spans: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the tokens of parts of a text: those that begin in them.

    Args:
        tokenizer: What the text was decoded with.
        token_ids: What was decoded.
        spans: First character of each part, and the one after its last.

    Returns:
        First token of each part, and the one after its last; they are equal where no token begins in it.
    """
    lengths: dict[int, int] = {}

    def length(count: int) -> int:
        if count not in lengths:
            lengths[count] = len(tokenizer.decode(token_ids[:count]))
        return lengths[count]

    def first_token(character: int) -> int:
        return bisect_left(range(len(token_ids)), character, key=length)

    return [(first_token(start), first_token(stop)) for start, stop in spans]


def credits_of(
    trajectories: Sequence[Trajectory],
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Return what the reward of each token's step is above that of the rest of its episode.

    Returns:
        The credits (N), 0 outside of steps, and the number of each token's step in the rollout (N), -1
        outside of steps; None where no step has a reward of its own.
    """
    if not any(one.steps and one.advantage is None for one in trajectories):
        return None
    credits, numbers, count = [], [], 0
    for one in trajectories:
        credit_T = np.zeros(len(one.token_ids_T))
        number_T = np.full(len(one.token_ids_T), -1, dtype=np.int64)
        for step in one.steps if one.advantage is None else ():
            credit_T[step.start : step.stop] = np.nan_to_num(step.value - one.reward)
            number_T[step.start : step.stop] = count
            count += 1
        credits.append(credit_T[one.generated_T])
        numbers.append(number_T[one.generated_T])
    return np.concatenate(credits), np.concatenate(numbers)


def given_advantages(trajectories: Sequence[Trajectory]) -> NDArray[np.float64] | None:
    """Return the advantages that a reward rule gave (N); None where there are none."""
    if all(one.advantage is None for one in trajectories):
        return None
    found = []
    for one in trajectories:
        value_T = np.full(
            len(one.token_ids_T), np.nan_to_num(0.0 if one.advantage is None else one.advantage)
        )
        for step in one.steps if one.advantage is not None else ():
            value_T[step.start : step.stop] = step.value
        found.append(value_T[one.generated_T])
    return np.concatenate(found)


def mean_advantages(
    trajectories: Sequence[Trajectory], sequence_N: NDArray[np.int64], found: Advantages
) -> dict[int, dict[int, float]]:
    """Return the mean advantage of each member's tokens in the loss, by group and member; NaN where none is.

    Args:
        trajectories: All of the step.
        sequence_N: The trajectory of each target token.
        found: Their advantages.
    """
    counts_S = np.bincount(sequence_N, weights=found.mask_N, minlength=len(trajectories))
    sums_S = np.bincount(sequence_N, weights=found.advantages_N * found.mask_N, minlength=len(trajectories))
    means: dict[int, dict[int, float]] = {}
    for one, total, count in zip(trajectories, sums_S.tolist(), counts_S.tolist(), strict=True):
        means.setdefault(one.group, {})[one.member] = total / count if count else math.nan
    return means


def rewarded_steps(
    tokenizer: Tokenizer,
    token_ids: Sequence[int],
    texts: Sequence[tuple[int, int]],
    spans: Sequence[Sequence[tuple[int, int]]],
    values: Sequence[float],
) -> tuple[RewardedStep, ...]:
    """Return the steps of an episode that have a value of their own.

    Args:
        tokenizer: Of the policy.
        token_ids: The episode.
        texts: First token of each text that the policy wrote, and the one after its last.
        spans: Of each text the characters of its steps.
        values: Of each step in turn; NaN where it has none.
    """
    found, rest = [], iter(values)
    for (begin, end), parts in zip(texts, spans, strict=True):
        for start, stop in token_spans(tokenizer, token_ids[begin:end], parts):
            value = float(next(rest))
            if start < stop and not np.isnan(value):
                found.append(RewardedStep(start=begin + start, stop=begin + stop, value=value))
    return tuple(found)
