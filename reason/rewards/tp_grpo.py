"""TP-GRPO: advantages of whole thoughts, by what they lead to and how able the policy is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, require
from reason.rewards.steps import gives_advantages

__all__ = ["thoughts", "tp_grpo"]


@gives_advantages
def tp_grpo(
    passed_G: ArrayLike, labels_GS: ArrayLike, *, alpha: float = 1.0, epsilon: float = 1e-6
) -> NDArray[np.float64]:
    """Return an advantage for each step, the same for all steps of a thought.

    With r the standard score of the outcome within the group and r_c = alpha * the group's accuracy:

    - of a right answer, a right thought has r, a wrong one r - r_c;
    - of a wrong answer, a thought that leads to that answer has r (negative), any other 0.

    An able policy is thus pushed to tidy its thoughts, a weak one is left to try.

    Source: "Good Learners Think Their Thinking: Generative PRM Makes Large Reasoning Model More Efficient
    Math Learner" (2507.23317), from a summary; its code is not public. alpha is ours.

    >>> tp_grpo([1, 0], [[1, 0], [0, 1]], epsilon=0.0).tolist()
    [[1.0, 0.5], [0.0, -1.0]]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        labels_GS: Of a right answer 1 for a right step and 0 for a wrong one; of a wrong answer 1 for a step
            that agrees with it, 0 for one that does not; NaN where there is no such step.
        alpha: Weight of the group's accuracy, from 0.
        epsilon: Added to the deviation.

    Returns:
        (G, S) advantages; NaN where an input is, 0 where all outcomes of the group are equal and wrong.

    Raises:
        ValueError: an argument is out of its range.
    """
    (passed,) = columns(passed_G=passed_G)
    labels = np.asarray(labels_GS, dtype=np.float64)
    require(labels.ndim == 2 and len(labels) == passed.size, "labels_GS", f"({passed.size}, S)", labels.shape)
    flags(passed, "passed_G")
    flags(labels, "labels_GS")
    require(0 <= alpha < np.inf, "alpha", "a number from 0", alpha)
    known = passed[~np.isnan(passed)]
    if not known.size:
        return np.full(labels.shape, np.nan)
    share, spread = float(known.mean()), float(known.std())
    outcome = (passed - share) / (spread + epsilon) if spread > 0 else passed * 0.0
    of_right = outcome[:, None] - np.where(labels == 1, 0.0, alpha * share)
    of_wrong = np.where(labels == 1, outcome[:, None], 0.0)
    advantages = np.where(passed[:, None] == 1, of_right, of_wrong)
    return np.where(np.isnan(labels) | np.isnan(passed[:, None]), np.nan, advantages)


def thoughts(labels_GS: ArrayLike) -> NDArray[np.int64]:
    """Return the number of the thought of each step: steps in a row with one label are one thought.

    >>> thoughts([[1, 1, 0, 1, float("nan")]]).tolist()
    [[0, 0, 1, 2, -1]]

    Args:
        labels_GS: As of :func:`tp_grpo`.

    Returns:
        (G, S) numbers from 0 in each member; -1 where there is no step.
    """
    labels = np.asarray(labels_GS, dtype=np.float64)
    require(labels.ndim == 2, "labels_GS", "of two axes", labels.shape)
    flags(labels, "labels_GS")
    found = np.full(labels.shape, -1, dtype=np.int64)
    for row, member in enumerate(labels):
        steps = np.flatnonzero(~np.isnan(member))
        changes = np.flatnonzero(np.diff(member[steps]) != 0) + 1
        found[row, steps] = np.searchsorted(changes, np.arange(steps.size), side="right")
    return found
