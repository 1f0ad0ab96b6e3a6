"""Overlong: a penalty that grows over the last stretch before the limit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, masked, require

__all__ = ["overlong"]


def overlong(
    rewards_G: ArrayLike, lengths_G: ArrayLike, *, max_length: float, buffer: float, penalty: float = 1.0
) -> NDArray[np.float64]:
    """Return the rewards less ``penalty`` times how far a member is into the buffer, at most once.

    Source: "DAPO: An Open-Source LLM Reinforcement Learning System at Scale" (2503.14476), soft overlong
    punishment: 0 up to max - buffer, then linear to -1 at max, and -1 beyond. CogniSQL-R1-Zero takes 0.5.

    >>> overlong([1.0, 1.0, 1.0, 0.0], [60, 90, 100, 200], max_length=100, buffer=20).tolist()
    [1.0, 0.5, 0.0, -1.0]

    Args:
        rewards_G: Rewards to take it from; zeros give the penalty alone.
        lengths_G: Each member's length, in tokens or characters.
        max_length: Length at which the penalty is full, in the same unit.
        buffer: Stretch before it over which it grows.
        penalty: Size of the full penalty, from 0.

    Returns:
        G rewards; NaN where an input is.

    Raises:
        ValueError: an argument is out of its range.
    """
    rewards, lengths = columns(rewards_G=rewards_G, lengths_G=lengths_G)
    require(not np.any(lengths < 0), "lengths_G", "from 0", lengths.tolist())
    require(0 < max_length < np.inf, "max_length", "a length above 0", max_length)
    require(0 < buffer <= max_length, "buffer", f"above 0 and at most max_length={max_length}", buffer)
    require(0 <= penalty < np.inf, "penalty", "a number from 0", penalty)
    into = np.clip((lengths - (max_length - buffer)) / buffer, 0.0, 1.0)
    return masked(rewards - penalty * into, rewards, lengths)
