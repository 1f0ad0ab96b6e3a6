"""LASER-DE: LASER-D that also encourages long wrong answers, so that hard tasks go on being explored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked
from reason.rewards.laser import correctness
from reason.rewards.laser_d import check_targets, difficulty

__all__ = ["laser_de"]


def laser_de(
    passed_G: ArrayLike,
    lengths_G: ArrayLike,
    repeated_G: ArrayLike,
    *,
    targets: Sequence[float],
    answered_G: ArrayLike | None = None,
    bonus: float = 0.5,
    wrong: float = -0.5,
    no_answer: float = -1.0,
) -> NDArray[np.float64]:
    """Return LASER-D's reward, and the bonus also for a wrong answer beyond the target that does not repeat.

    Source: LASER-DE (2505.15612) and its code. What "wrong" means for a member without any answer is not
    said; here it gets no bonus.

    >>> laser_de([1, 0, 0, 0], [50, 300, 300, 50], [0, 0, 1, 0], targets=(100, 100, 100)).tolist()
    [1.5, 0.0, -0.5, -0.5]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        lengths_G: Each member's length, in tokens or characters.
        repeated_G: 1 where a member repeats itself (:func:`reason.rewards.repetition.repetition`).
        targets: Lengths up to which there is a bonus, for an easy, a medium and a hard group.
        answered_G: 1 where there is an answer at all; None takes all as answered.
        bonus: For a right answer that is short enough and a wrong one that is long.
        wrong: Reward of a wrong answer.
        no_answer: Reward where there is none.

    Returns:
        G rewards; NaN where an input is. Masked members do not count for the group's difficulty.

    Raises:
        ValueError: an argument is out of its range.
    """
    base, passed, lengths = correctness(passed_G, lengths_G, answered_G, wrong=wrong, no_answer=no_answer)
    passed, lengths, repeated = columns(passed_G=passed, lengths_G=lengths, repeated_G=repeated_G)
    base = masked(base, flags(repeated, "repeated_G"))
    target = check_targets(targets)[difficulty(masked(passed, base))]
    answered = np.ones(passed.shape) if answered_G is None else np.asarray(answered_G, dtype=np.float64)
    short = (passed == 1) & (lengths <= target)
    exploring = (passed == 0) & (answered == 1) & (lengths > target) & (repeated == 0)
    return base + np.where(short | exploring, bonus, 0.0)
