"""Cosine length: right answers lose, wrong ones gain by length, along half a cosine."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked, require

__all__ = ["cosine"]


def cosine(
    passed_G: ArrayLike,
    lengths_G: ArrayLike,
    *,
    max_length: float,
    right_short: float = 1.0,
    right_long: float = 0.5,
    wrong_short: float = -1.0,
    wrong_long: float = -0.5,
) -> NDArray[np.float64]:
    """Return long + (short - long) (1 + cos(pi L / max_length)) / 2, with other ends for right and wrong.

    Source: "Reinforcement Learning for Reasoning in Small LLMs: What Works and What Doesn't" (open-rs), whose
    cosine reward is that of open-r1 and of "Demystifying Long Chain-of-Thought Reasoning" (2502.03373). The
    ends are open-r1's defaults (recalled, not verified). There a length beyond the maximum turns the cosine
    round, so that the longest answers are rewarded as if short; here the curve stays at its end.

    >>> cosine([1, 1, 1, 0, 0], [0, 50, 400, 0, 100], max_length=100).tolist()
    [1.0, 0.75, 0.5, -1.0, -0.5]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        lengths_G: Each member's length, in tokens or characters.
        max_length: Length at which the curve ends, in the same unit.
        right_short: Reward of a right answer of length 0.
        right_long: Of a right one of ``max_length`` and more.
        wrong_short: Of a wrong one of length 0.
        wrong_long: Of a wrong one of ``max_length`` and more.

    Returns:
        G rewards; NaN where an input is.

    Raises:
        ValueError: an argument is out of its range.
    """
    passed, lengths = columns(passed_G=passed_G, lengths_G=lengths_G)
    flags(passed, "passed_G")
    require(not np.any(lengths < 0), "lengths_G", "from 0", lengths.tolist())
    require(0 < max_length < np.inf, "max_length", "a length above 0", max_length)
    fall = (1 + np.cos(np.pi * np.minimum(lengths / max_length, 1.0))) / 2
    short = np.where(passed == 1, right_short, wrong_short)
    long = np.where(passed == 1, right_long, wrong_long)
    return masked(long + (short - long) * fall, passed, lengths)
