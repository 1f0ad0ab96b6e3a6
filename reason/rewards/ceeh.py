"""CEEH: answers are made short only where a task is solved as well as ever, and explored where it is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, flags, masked, require

__all__ = ["accuracy_record", "ceeh", "entropy_bonus", "is_hard", "length_record"]

BAND = 0.2


def ceeh(
    passed_G: ArrayLike,
    lengths_G: ArrayLike,
    *,
    length: float,
    record: float,
    scale: float = 1.0,
    lowest: float = -1.0,
) -> NDArray[np.float64]:
    """Return 1 and 0 for right and wrong, and for right ones ``scale`` times how near they are to a length.

    Nothing is added where the group's accuracy is below the task's record, or the task has no length yet.
    With L* the recorded length, a right answer of length L gets::

        1 - |L - L*| / (0.2 L*)      within 20% of L*
        (L - 0.8 L*) / (0.8 L*)      below
        (1.2 L* - L) / (1.2 L*)      above, at least ``lowest``

    Source: CEEH (2602.22642), its code. The bound ``lowest`` is ours: without it a right answer could be
    worth less than any wrong one (``-math.inf`` takes it away). The code's overlong penalty is
    :func:`reason.rewards.overlong.overlong`.

    >>> ceeh([1, 1, 1, 1, 0], [100, 110, 40, 180, 100], length=100, record=0.5).round(3).tolist()
    [2.0, 1.5, 0.5, 0.5, 0.0]

    Args:
        passed_G: 1 where a member's answer is right, 0 where it is wrong, NaN where it could not be scored.
        lengths_G: Its length, in tokens or characters.
        length: L*, of :func:`length_record`; NaN where the task has none.
        record: The task's accuracy so far, of :func:`accuracy_record`; NaN where it has none.
        scale: Weight of the length.
        lowest: Least that the length is worth.

    Returns:
        G rewards; NaN where an input is. Masked members do not count for the group's accuracy.

    Raises:
        ValueError: an argument is out of its range.
    """
    passed, lengths = columns(passed_G=passed_G, lengths_G=lengths_G)
    flags(passed, "passed_G")
    require(not np.any(lengths < 0), "lengths_G", "from 0", lengths.tolist())
    require(math.isnan(length) or 0 < length < math.inf, "length", "a length above 0 or NaN", length)
    require(math.isnan(record) or 0 <= record <= 1, "record", "in [0, 1] or NaN", record)
    base = masked(passed, passed, lengths)
    known = base[~np.isnan(base)]
    if math.isnan(length) or not known.size or known.mean() < record:
        return base
    low, high = (1 - BAND) * length, (1 + BAND) * length
    within = 1 - np.abs(lengths - length) / (BAND * length)
    outside = np.where(lengths < low, (lengths - low) / low, (high - lengths) / high)
    near = np.where((lengths < low) | (lengths > high), outside, within)
    return base + np.where(passed == 1, scale * np.maximum(near, lowest), 0.0)


def accuracy_record(record: float, passed_G: ArrayLike, *, rise: float = 0.2, fall: float = 0.05) -> float:
    """Return a task's accuracy record after a group: it follows upwards faster than downwards.

    Source: CEEH's code: an exponential average with 0.2 up and 0.05 down.

    >>> accuracy_record(0.5, [1, 1, float("nan")]), accuracy_record(0.5, [0, 0])
    (0.6, 0.475)

    Args:
        record: The record so far; NaN where there is none: the group's accuracy becomes it.
        passed_G: 1, 0 or NaN of each member; a group without a score changes nothing.
        rise: Weight of a group that is better.
        fall: Weight of one that is worse.
    """
    (passed,) = columns(passed_G=passed_G)
    known = flags(passed, "passed_G")[~np.isnan(passed)]
    if not known.size:
        return record
    share = float(known.mean())
    return share if math.isnan(record) else record + (rise if share > record else fall) * (share - record)


def length_record(
    length: float,
    passed_G: ArrayLike,
    lengths_G: ArrayLike,
    *,
    rule: Literal["shortest", "trimmed"] = "shortest",
    weight: float = 0.2,
    trim: float = 0.1,
) -> float:
    """Return a task's length L* after a group.

    Source: CEEH: its abstract says the shortest right answer so far (``shortest``); its code keeps an
    exponential average of the right answers' trimmed mean (``trimmed``) and writes it only while it is 0,
    which is taken for a slip. Weight and trim of the latter are ours.

    >>> length_record(float("nan"), [1, 0, 1], [80, 10, 60]), length_record(50.0, [1], [70])
    (60.0, 50.0)

    Args:
        length: L* so far; NaN where there is none.
        passed_G: 1, 0 or NaN of each member.
        lengths_G: Its length; a group without a right answer changes nothing.
        rule: Which of the two.
        weight: Of the new group in the average.
        trim: Share of the right answers that is cut off at each end.

    Raises:
        ValueError: an argument is out of its range.
    """
    passed, lengths = columns(passed_G=passed_G, lengths_G=lengths_G)
    require(rule in ("shortest", "trimmed"), "rule", "'shortest' or 'trimmed'", rule)
    require(0 <= trim < 0.5, "trim", "in [0, 0.5)", trim)
    right = np.sort(lengths[(flags(passed, "passed_G") == 1) & ~np.isnan(lengths)])
    if not right.size:
        return length
    if rule == "shortest":
        return float(right[0]) if math.isnan(length) else min(length, float(right[0]))
    cut = int(trim * right.size)
    mean = float(right[cut : right.size - cut].mean())
    return mean if math.isnan(length) else length + weight * (mean - length)


def is_hard(passed_G: ArrayLike, records: Sequence[float]) -> bool:
    """Return whether a group's accuracy is at most the mean record of all tasks (CEEH's mask h).

    Args:
        passed_G: 1, 0 or NaN of each member; a group without a score is not hard.
        records: The accuracy records of the tasks met so far; NaN entries are left out.
    """
    (passed,) = columns(passed_G=passed_G)
    known = flags(passed, "passed_G")[~np.isnan(passed)]
    kept = [record for record in records if not math.isnan(record)]
    return bool(known.size and kept and known.mean() <= sum(kept) / len(kept))


def entropy_bonus(
    advantages_N: ArrayLike,
    entropies_N: ArrayLike,
    *,
    hard: bool,
    scale: float = 1.0,
    weight: float = 0.4,
    kappa: float = 2.0,
) -> NDArray[np.float64]:
    """Return A + scale * min(weight * H, |A| / kappa) for the tokens of a hard group, A for others.

    Source: CEEH's code: A' = A + scale h min(a H_t, |A| / kappa), H detached; scale is annealed by the
    trainer. The defaults of a and kappa are recalled, not verified.

    >>> entropy_bonus([1.0, -1.0], [0.5, 9.0], hard=True).tolist()
    [1.2, -0.5]

    Args:
        advantages_N: Of N tokens.
        entropies_N: Of the policy at these tokens, in nats.
        hard: Of :func:`is_hard`.
        scale: Of the bonus.
        weight: a.
        kappa: Above 1, so that no advantage changes its sign.

    Raises:
        ValueError: the arrays differ in length, or kappa is not above 1.
    """
    advantages, entropies = columns(advantages_N=advantages_N, entropies_N=entropies_N)
    require(kappa > 1, "kappa", "above 1", kappa)
    bonus = scale * np.minimum(weight * entropies, np.abs(advantages) / kappa)
    return masked(advantages + (bonus if hard else 0.0), advantages, entropies)
