"""Unions of intervals with rational ends, found from the zeros and signs of a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise

__all__ = ["solution_set", "write_interval_union"]

Interval = tuple[Fraction | None, Fraction | None, bool, bool]
"""Ends (None: infinite) and whether each belongs to it."""


def solution_set(holds: Callable[[Fraction], bool | None], critical: Iterable[Fraction]) -> list[Interval]:
    """Return where a condition holds, given all points at which it can change.

    Args:
        holds: The condition at a point; None where it is not defined.
        critical: The points.
    """
    points = sorted(set(critical))
    if not points:
        return [(None, None, False, False)] if holds(Fraction(0)) else []
    samples = [
        points[0] - 1,
        *((a + b) / 2 for a, b in pairwise(points)),
        points[-1] + 1,
    ]
    pieces: list[tuple[Fraction | None, Fraction | None, bool, bool, bool]] = []
    for at, sample in enumerate(samples):
        left = points[at - 1] if at else None
        right = points[at] if at < len(points) else None
        pieces.append((left, right, False, False, bool(holds(sample))))
        if right is not None:
            pieces.append((right, right, True, True, bool(holds(right))))
    found: list[Interval] = []
    for left, right, closed_left, closed_right, inside in pieces:
        if not inside:
            continue
        if found and found[-1][1] == left and left is not None and (found[-1][3] or closed_left):
            found[-1] = (found[-1][0], right, found[-1][2], closed_right)
        else:
            found.append((left, right, closed_left, closed_right))
    return found


def write_interval_union(intervals: Iterable[Interval]) -> str:
    """Write a union of intervals.

    >>> write_interval_union([(None, Fraction(-1), False, True), (Fraction(2), None, False, False)])
    '(-inf, -1] U (2, inf)'
    """
    texts = []
    for left, right, closed_left, closed_right in intervals:
        if left is not None and left == right:
            texts.append(f"{{{left}}}")
            continue
        start = "(-inf" if left is None else f"{'[' if closed_left else '('}{left}"
        texts.append(f"{start}, {'inf)' if right is None else str(right) + (']' if closed_right else ')')}")
    return " U ".join(texts) or "empty set"
