"""LASER: a bonus for right answers that are short enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked, require

__all__ = ["correctness", "laser"]


def laser(
    passed_G: ArrayLike,
    lengths_G: ArrayLike,
    *,
    target: float,
    answered_G: ArrayLike | None = None,
    bonus: float = 0.5,
    wrong: float = -0.5,
    no_answer: float = -1.0,
) -> NDArray[np.float64]:
    """Return 1, -0.5 or -1 for a right, a wrong and no answer, and 0.5 more for a right one up to ``target``.

    Source: "Learn to Reason Efficiently with Adaptive Length-based Reward Shaping" (2505.15612) and its code:
    C(y) + 0.5 [right and L <= L_T].

    >>> laser([1, 1, 0, 0], [100, 300, 100, 300], target=200, answered_G=[1, 1, 1, 0]).tolist()
    [1.5, 1.0, -0.5, -1.0]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        lengths_G: Each member's length, in tokens or characters.
        target: Length up to which there is a bonus, in the same unit.
        answered_G: 1 where there is an answer at all; None takes all as answered.
        bonus: For a right answer that is short enough.
        wrong: Reward of a wrong answer.
        no_answer: Reward where there is none.

    Returns:
        G rewards; NaN where an input is.

    Raises:
        ValueError: an argument is out of its range.
    """
    base, passed, lengths = correctness(passed_G, lengths_G, answered_G, wrong=wrong, no_answer=no_answer)
    require(0 <= target < np.inf, "target", "a length from 0", target)
    return base + np.where((passed == 1) & (lengths <= target), bonus, 0.0)


def correctness(
    passed_G: ArrayLike,
    lengths_G: ArrayLike,
    answered_G: ArrayLike | None,
    *,
    wrong: float,
    no_answer: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return C(y) of LASER and its variants (NaN where an input is), and both arrays, checked.

    Raises:
        ValueError: an argument is out of its range, or a right answer is said not to be there.
    """
    everywhere = np.ones(np.shape(passed_G)) if answered_G is None else answered_G
    passed, lengths, answered = columns(passed_G=passed_G, lengths_G=lengths_G, answered_G=everywhere)
    flags(passed, "passed_G")
    flags(answered, "answered_G")
    require(not np.any(lengths < 0), "lengths_G", "from 0", lengths.tolist())
    require(
        not np.any((passed == 1) & (answered == 0)), "answered_G", "1 where passed_G is", answered.tolist()
    )
    base = np.where(passed == 1, 1.0, np.where(answered == 1, wrong, no_answer))
    return masked(base, passed, lengths, answered), passed, lengths
