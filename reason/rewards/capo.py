"""CAPO: the outcome for every step, less a penalty for the steps that critics agree are wrong."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, require

__all__ = ["capo", "vote"]


def capo(
    passed_G: ArrayLike, wrong_GS: ArrayLike, *, outcome_weight: float = 2.0, process_weight: float = 1.0
) -> NDArray[np.float64]:
    """Return the reward of each step: outcome_weight * right - process_weight * [the step is wrong].

    Every token of a step has its step's reward. With outcome_weight above process_weight a right answer by a
    wrong step stays better than a wrong answer.

    Source: CAPO (2508.02298): R_t = r W_whole - 1[t in a wrong step] W_process, W_whole > W_process. Its
    repository holds no code; 2 and 1 are a re-implementation's.

    >>> capo([1, 0], [[0, 1], [1, float("nan")]]).tolist()
    [[2.0, 1.0], [-1.0, nan]]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        wrong_GS: 1 where a step is wrong, 0 where it is not, NaN where a member has no such step or it could
            not be judged.
        outcome_weight: W_whole.
        process_weight: W_process, from 0 and below ``outcome_weight``.

    Returns:
        (G, S) rewards; NaN where an input is.

    Raises:
        ValueError: an argument is out of its range.
    """
    (passed,) = columns(passed_G=passed_G)
    wrong = np.asarray(wrong_GS, dtype=np.float64)
    require(wrong.ndim == 2 and len(wrong) == passed.size, "wrong_GS", f"({passed.size}, S)", wrong.shape)
    flags(passed, "passed_G")
    flags(wrong, "wrong_GS")
    require(
        0 <= process_weight < outcome_weight < np.inf,
        "process_weight", f"from 0 and below outcome_weight={outcome_weight!r}", process_weight,
    )  # fmt: skip
    return np.asarray(outcome_weight * passed[:, None] - process_weight * wrong, dtype=np.float64)


def vote(
    critiques_KGS: ArrayLike, *, rule: Literal["intersection", "majority", "mean"] = "intersection"
) -> NDArray[np.float64]:
    """Return what K critics say of each step together.

    Critics whose word on a step is NaN are left out of it; where all are, the step stays NaN.

    Source: CAPO (2508.02298): intersection, majority or average of 4 critiques.

    >>> vote([[[1, 0]], [[1, 1]], [[1, float("nan")]]]).tolist()
    [[1.0, 0.0]]

    Args:
        critiques_KGS: 1 where a critic says that a step is wrong.
        rule: Whether all must say so, more than half, or their share counts.

    Returns:
        (G, S): 1 or 0 (a share for ``mean``), or NaN.

    Raises:
        ValueError: an argument is out of its range.
    """
    critiques = np.asarray(critiques_KGS, dtype=np.float64)
    require(critiques.ndim == 3, "critiques_KGS", "of three axes", critiques.shape)
    flags(critiques, "critiques_KGS")
    require(rule in ("intersection", "majority", "mean"), "rule", "intersection, majority or mean", rule)
    known = ~np.isnan(critiques)
    count = known.sum(axis=0)
    said = np.where(known, critiques, 0.0).sum(axis=0)
    share = np.divide(said, count, out=np.full(said.shape, np.nan), where=count > 0)
    if rule == "mean":
        return np.asarray(share, dtype=np.float64)
    agreed = share == 1 if rule == "intersection" else share > 0.5
    return np.where(count > 0, agreed.astype(np.float64), np.nan)
