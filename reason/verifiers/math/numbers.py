"""Plain numbers, read without a grammar: the answers that are most common by far, in microseconds."""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["FULL_PRECISION", "MAX_DIGITS", "plain_number"]

MAX_DIGITS = 4_000
"""More digits than this are no number that anyone answers."""

FULL_PRECISION = 15
"""Significant digits from which a decimal is taken for a computed value, not for a rounded answer."""

_NUMBER = re.compile(
    r"\s*+(?P<sign>[-+\u2212])?\s?(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})++|[0-9]++)?(?:\.(?P<part>[0-9]++))?"
    r"(?:/(?P<under>[0-9]++))?\s*+"
)


def plain_number(text: str) -> Fraction | None:
    """Return the value of an integer, a decimal or a fraction in ASCII digits, or None for all else.

    >>> plain_number("-1,250.50"), plain_number("3/6"), plain_number("1/0"), plain_number("1,22")
    (Fraction(-2501, 2), Fraction(1, 2), None, None)

    Args:
        text: Any string.
    """
    if len(text) > MAX_DIGITS:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, whole, part, under = match.groups()
    if whole is None and part is None:
        return None
    value = Fraction(int((whole or "").replace(",", "") + (part or "")), 10 ** len(part or ""))
    if under is not None:
        if not int(under):
            return None
        value /= int(under)
    return -value if sign in ("-", "\u2212") else value
