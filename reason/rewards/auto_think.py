"""AutoThink's three stages: keep both modes alive, let them compete, make them short.

The base is 1 and 0 for a right and a wrong answer after thinking, 2 and -1 without. Then:

1. where a mode's share p is above 1/2, with d = clip(2 (p - 1/2), 0, 1) its members get
   (1 - d) base + d target, the targets being 0 and -1 with thinking, 1 and -2 without;
2. the base alone;
3. with z the standard score of the length among the group's right (wrong) answers, right ones get
   base - 1 + exp(-shorten_right z), wrong ones base + 1 - exp(-lengthen_wrong z), and members that
   degenerate into repetition -2.

Source: "Learning When to Think: Shaping Adaptive Reasoning in R1-Style Models via Multi-Stage RL"
(2505.10832), from a fork of its code; that a wrong answer without thinking gets -1 is recalled, not
verified. z takes the population's deviation; where all lengths are equal it is 0.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked, require

__all__ = ["auto_think"]

DEGENERATE = -2.0


def auto_think(
    passed_G: ArrayLike,
    thought_G: ArrayLike,
    lengths_G: ArrayLike,
    *,
    stage: Literal[1, 2, 3],
    degenerate_G: ArrayLike | None = None,
    think_rate: float | None = None,
    shorten_right: float = 0.05,
    lengthen_wrong: float = 0.05,
) -> NDArray[np.float64]:
    """Return AutoThink's reward of members that may think or answer at once (the module has the formula).

    >>> auto_think([1, 0, 1], [1, 1, 0], [9, 9, 9], stage=2).tolist()
    [1.0, 0.0, 2.0]
    >>> auto_think([1, 0, 1, 0], [1, 1, 1, 0], [9, 9, 9, 9], stage=1).tolist()  # p = 3/4: d = 1/2
    [0.5, -0.5, 0.5, -1.0]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        thought_G: 1 where it thought, 0 where it answered at once.
        lengths_G: Its length, in tokens or characters.
        stage: 1, 2 or 3.
        degenerate_G: 1 where it degenerates (:func:`reason.rewards.repetition.repetition`); None: nowhere.
            Only the third stage looks at it.
        think_rate: Share that thought in the whole batch, which is what the paper balances; None takes it
            from these members.
        shorten_right: a of the third stage.
        lengthen_wrong: b of the third stage.

    Returns:
        G rewards; NaN where an input is. Masked members count for no share and no standard score.

    Raises:
        ValueError: an argument is out of its range.
    """
    nowhere = np.zeros(np.shape(passed_G)) if degenerate_G is None else degenerate_G
    passed, thought, lengths, degenerate = columns(
        passed_G=passed_G, thought_G=thought_G, lengths_G=lengths_G, degenerate_G=nowhere
    )
    for name, values in (("passed_G", passed), ("thought_G", thought), ("degenerate_G", degenerate)):
        flags(values, name)
    require(stage in (1, 2, 3), "stage", "1, 2 or 3", stage)
    require(think_rate is None or 0 <= think_rate <= 1, "think_rate", "in [0, 1]", think_rate)
    thinks, right = thought == 1, passed == 1
    base = np.where(thinks, np.where(right, 1.0, 0.0), np.where(right, 2.0, -1.0))
    base = masked(base, passed, thought, lengths, degenerate)
    known = ~np.isnan(base)
    if stage == 1 and known.any():
        rate = float(thought[known].mean()) if think_rate is None else think_rate
        return _balanced(base, thinks, right, rate)
    if stage == 3:
        for group, sign, rate in ((right, 1.0, shorten_right), (~right, -1.0, lengthen_wrong)):
            chosen = known & group
            base[chosen] += sign * (np.exp(-rate * _standard(lengths[chosen])) - 1)
        base[known & (degenerate == 1)] = DEGENERATE
    return base


def _balanced(
    base: NDArray[np.float64], thinks: NDArray[np.bool_], right: NDArray[np.bool_], rate: float
) -> NDArray[np.float64]:
    excess = np.clip(2 * (np.where(thinks, rate, 1 - rate) - 0.5), 0.0, 1.0)
    target = np.where(thinks, np.where(right, 0.0, -1.0), np.where(right, 1.0, -2.0))
    return np.asarray((1 - excess) * base + excess * target, dtype=np.float64)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std()) if values.size else 0.0
    centred = values - values.mean() if values.size else values
    return centred / spread if spread > 0 else np.zeros_like(values)
