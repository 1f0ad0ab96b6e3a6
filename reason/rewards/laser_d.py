"""LASER-D: LASER with a target for each difficulty, re-measured as the policy changes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import flags, require
from reason.rewards.laser import correctness

__all__ = ["difficulty", "laser_d", "target_lengths"]

EASY, MEDIUM, HARD = 0, 1, 2


def laser_d(
    passed_G: ArrayLike,
    lengths_G: ArrayLike,
    *,
    targets: Sequence[float],
    answered_G: ArrayLike | None = None,
    bonus: float = 0.5,
    wrong: float = -0.5,
    no_answer: float = -1.0,
) -> NDArray[np.float64]:
    """Return LASER's reward with the target of the group's difficulty.

    Source: LASER-D (2505.15612) and its code: a group with at least 2/3 right is easy, with at least 1/3
    medium, else hard; each has its target, re-measured every 20 steps (:func:`target_lengths`).

    >>> laser_d([1, 1, 0], [100, 300, 100], targets=(100, 250, 900)).tolist()
    [1.5, 1.0, -0.5]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        lengths_G: Each member's length, in tokens or characters.
        targets: Lengths up to which there is a bonus, for an easy, a medium and a hard group.
        answered_G: 1 where there is an answer at all; None takes all as answered.
        bonus: For a right answer that is short enough.
        wrong: Reward of a wrong answer.
        no_answer: Reward where there is none.

    Returns:
        G rewards; NaN where an input is. Masked members do not count for the group's difficulty.

    Raises:
        ValueError: an argument is out of its range.
    """
    base, passed, lengths = correctness(passed_G, lengths_G, answered_G, wrong=wrong, no_answer=no_answer)
    target = check_targets(targets)[difficulty(np.where(np.isnan(base), np.nan, passed))]
    return base + np.where((passed == 1) & (lengths <= target), bonus, 0.0)


def difficulty(passed_G: NDArray[np.float64]) -> int:
    """Return 0, 1 or 2 for an easy, a medium and a hard group; members that are NaN do not count.

    >>> [difficulty(np.array(p)) for p in ([1.0, 1.0, 0.0], [1.0, 0.0, np.nan], [0.0, np.nan, 0.0])]
    [0, 1, 2]
    """
    known = passed_G[~np.isnan(passed_G)]
    # Counted, not divided: 2 of 3 must be two thirds whatever the rounding.
    right, size = 3 * float(known.sum()), known.size
    return HARD if not size or right < size else MEDIUM if right < 2 * size else EASY


def check_targets(targets: Sequence[float]) -> tuple[float, float, float]:
    """Return three lengths from 0.

    Raises:
        ValueError: they are not.
    """
    require(
        len(targets) == 3 and all(0 <= target < math.inf for target in targets),
        "targets", "three lengths from 0 (easy, medium, hard)", targets,
    )  # fmt: skip
    easy, medium, hard = targets
    return easy, medium, hard


def target_lengths(
    passed_PG: ArrayLike, lengths_PG: ArrayLike, *, grid: Sequence[float], limit: float
) -> tuple[float, float, float]:
    """Return the targets of easy, medium and hard groups, measured on a set of P monitored tasks.

    For each difficulty: the smallest length L of the grid with int(cover(L) * n) >= 1, where cover(L) is the
    share of its right answers that are at most L long and n the fewest right answers that its groups are
    sure of (2/3 and 1/3 of G, rounded down, and 1); ``limit`` where there is none.

    Source: LASER-D (2505.15612) and its code, which measures 500 tasks every 20 steps on a grid of 1024.
    Where the code takes the longest response of the batch, ``limit`` says it outright.

    >>> target_lengths(
    ...     [[1, 1, 1], [1, 1, 0]], [[90, 110, 400], [80, 300, 1]], grid=(100, 200, 400), limit=900
    ... )
    (200, 900, 900)

    Args:
        passed_PG: 1, 0 or NaN of G answers to each of P tasks.
        lengths_PG: Their lengths.
        grid: Lengths to choose from.
        limit: The target where the grid has none.

    Raises:
        ValueError: the arrays differ in shape, or the grid is empty.
    """
    passed, lengths = np.asarray(passed_PG, dtype=np.float64), np.asarray(lengths_PG, dtype=np.float64)
    if passed.ndim != 2 or passed.shape != lengths.shape:
        raise ValueError(f"passed_PG and lengths_PG must be (P, G), got {passed.shape} and {lengths.shape}")
    flags(passed, "passed_PG")
    require(len(grid) > 0, "grid", "a list of lengths", grid)
    passed = np.where(np.isnan(lengths), np.nan, passed)
    levels = np.array([difficulty(row) for row in passed], dtype=np.int64)
    group_size = passed.shape[1]
    sure = {EASY: group_size * 2 // 3, MEDIUM: group_size // 3, HARD: 1}
    found = []
    for level in (EASY, MEDIUM, HARD):
        right = lengths[levels == level][passed[levels == level] == 1]
        # The share times n is at least 1 where the count times n is at least the number of right answers.
        good = [at for at in sorted(grid) if right.size and (right <= at).sum() * sure[level] >= right.size]
        found.append(good[0] if good else limit)
    return found[EASY], found[MEDIUM], found[HARD]
