"""Whether two results are the same: as lists or as multisets, value by value, types respected."""

from __future__ import annotations

import datetime
import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

__all__ = ["same_multiset", "same_order", "same_value"]

Row = Sequence[Any]
ABSOLUTE = 1e-12
"""Below this, floats differ by nothing but the order in which they were added."""
_LARGEST_MATCHING = 400
"""Rows that differ in the last digits of floats only, beyond which they are compared in sorted order."""


def same_value(one: Any, other: Any, tolerance: float) -> bool:
    """Say whether two values of a result are the same.

    NULL is NULL; numbers are compared by value, with a relative tolerance where one of them is a float;
    texts, blobs, dates and truth values equal only their own kind.
    """
    if _is_number(one) and _is_number(other):
        if not (isinstance(one, float) or isinstance(other, float)):
            return bool(one == other)
        first, second = float(one), float(other)
        if math.isnan(first) or math.isnan(second):
            return math.isnan(first) and math.isnan(second)
        return math.isclose(first, second, rel_tol=tolerance, abs_tol=ABSOLUTE)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(
            same_value(a, b, tolerance) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same_value(value, other[key], tolerance) for key, value in one.items()
        )
    return _kind(one) == _kind(other) and bool(one == other)


def same_multiset(gold: Sequence[Row], found: Sequence[Row], tolerance: float) -> bool:
    """Say whether two results hold the same rows, each as often, in any order."""
    if len(gold) != len(found):
        return False
    missing, extra = Counter(map(_exact, gold)), Counter(map(_exact, found))
    if missing == extra:
        return True
    # What is left differs at most in the last digits of floats: to be matched one to one.
    left = _remaining(gold, missing, extra), _remaining(found, extra, missing)
    groups: dict[Hashable, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate(left):
        for row in rows:
            groups[_shape(row)][side].append(row)
    return all(_matched(one, other, tolerance) for one, other in groups.values())


def same_order(
    gold: Sequence[Row], found: Sequence[Row], tolerance: float, keys: Sequence[int] | None
) -> bool:
    """Say whether two results hold the same rows in the same order.

    Args:
        gold: The right rows.
        found: Those to compare.
        tolerance: Relative, of floats.
        keys: The columns by which the rows are ordered, if the result has them all: rows that tie may then
            stand in any order among themselves.
    """
    if len(gold) != len(found):
        return False
    if keys is None:
        return all(_same_row(one, other, tolerance) for one, other in zip(gold, found, strict=True))
    start = 0
    while start < len(gold):
        end = start + 1
        while end < len(gold) and _same_row(_at(gold[end], keys), _at(gold[start], keys), 0.0):
            end += 1
        if not same_multiset(gold[start:end], found[start:end], tolerance):
            return False
        start = end
    return True


def _at(row: Row, places: Sequence[int]) -> list[Any]:
    return [row[place] for place in places]


def _same_row(one: Row, other: Row, tolerance: float) -> bool:
    return len(one) == len(other) and all(
        same_value(a, b, tolerance) for a, b in zip(one, other, strict=True)
    )


def _remaining(rows: Sequence[Row], mine: Counter[Hashable], theirs: Counter[Hashable]) -> list[Row]:
    surplus = mine - theirs
    kept = []
    for row in rows:
        key = _exact(row)
        if surplus[key] > 0:
            surplus[key] -= 1
            kept.append(row)
    return kept


def _matched(gold: list[Row], found: list[Row], tolerance: float) -> bool:
    """Say whether the rows can be paired so that each pair is the same."""
    if len(gold) != len(found):
        return False
    gold, found = sorted(gold, key=_numbers), sorted(found, key=_numbers)
    if all(_same_row(one, other, tolerance) for one, other in zip(gold, found, strict=True)):
        return True
    if len(gold) > _LARGEST_MATCHING:
        return False
    partner: dict[int, int] = {}

    def assign(number: int, tried: set[int]) -> bool:
        for other in range(len(found)):
            if other not in tried and _same_row(gold[number], found[other], tolerance):
                tried.add(other)
                if other not in partner or assign(partner[other], tried):
                    partner[other] = number
                    return True
        return False

    return all(assign(number, set()) for number in range(len(gold)))


def _exact(row: Row) -> Hashable:
    return tuple(_exact_value(value) for value in row)


def _exact_value(value: Any) -> Hashable:
    if _is_number(value):
        if isinstance(value, float) and not math.isfinite(value):
            return "number", str(value)
        return "number", Fraction(value)
    if isinstance(value, list | tuple):
        return "list", tuple(map(_exact_value, value))
    if isinstance(value, dict):
        return "struct", tuple(sorted((str(key), _exact_value(item)) for key, item in value.items()))
    return _kind(value), value


def _shape(row: Row) -> Hashable:
    """Return a row without its numbers."""
    return tuple("number" if _is_number(value) else _exact_value(value) for value in row)


def _numbers(row: Row) -> list[float]:
    return [float(value) for value in row if _is_number(value)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return "timestamp"
    return type(value).__name__
