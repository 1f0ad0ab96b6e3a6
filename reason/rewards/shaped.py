"""Shaped: the score, bent, with room above it for what is right."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked, require

__all__ = ["shaped"]


def shaped(
    scores_G: ArrayLike, passed_G: ArrayLike, *, power: float = 1.0, ceiling: float = 1.0
) -> NDArray[np.float64]:
    """Return 1 for a right answer and ``ceiling * score ** power`` for any other.

    Source: RLVE (2511.07317) rewards what is partly right by (satisfied / all) ** power; the ceiling is ours:
    below 1 it keeps an answer that is nearly right away from one that is.

    >>> shaped([1.0, 0.5, 0.5], [1, 0, float("nan")], power=2.0, ceiling=0.8).tolist()
    [1.0, 0.2, nan]

    Args:
        scores_G: Each member's score in [0, 1]; NaN where it could not be scored.
        passed_G: 1 where its answer is right, else 0, NaN likewise.
        power: Above 1 makes little of low scores; above 0.
        ceiling: Most that a wrong answer can get, in [0, 1].

    Returns:
        G rewards in [0, 1]; NaN where an input is.

    Raises:
        ValueError: an argument is out of its range.
    """
    scores, passed = columns(scores_G=scores_G, passed_G=passed_G)
    flags(passed, "passed_G")
    require(not np.any((scores < 0) | (scores > 1)), "scores_G", "in [0, 1]", scores.tolist())
    require(0 < power < np.inf, "power", "a number above 0", power)
    require(0 <= ceiling <= 1, "ceiling", "in [0, 1]", ceiling)
    return masked(np.where(passed == 1, 1.0, ceiling * scores**power), scores, passed)
