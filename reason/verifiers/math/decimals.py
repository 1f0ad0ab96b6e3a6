"""Decimals against exact values: a declared tolerance, and the full precision of a floating-point number."""

from __future__ import annotations

from fractions import Fraction

from reason.verifiers.math.numbers import FULL_PRECISION
from reason.verifiers.math.numeric import Unknown, context, evaluate
from reason.verifiers.math.polynomial import TooLarge
from reason.verifiers.math.rational import rational
from reason.verifiers.math.tree import Expression, Number, children

__all__ = ["agrees_to_full_precision", "within"]


def within(gold: Expression, answer: Expression, tolerance: Fraction) -> bool:
    """Tell whether two constants differ by at most a tolerance, relative where the gold exceeds 1.

    Args:
        gold: The right value.
        answer: Another.
        tolerance: At most this, times the gold's magnitude where that is over 1.
    """
    mp = context()
    mp.prec = 200
    try:
        expected, got = evaluate(gold, {}, mp), evaluate(answer, {}, mp)
    except (Unknown, TooLarge, ZeroDivisionError, ValueError, OverflowError):
        return False
    limit = mp.mpf(tolerance.numerator) / tolerance.denominator * max(1, abs(expected))
    return bool(abs(expected - got) <= limit * (1 + mp.mpf(2) ** -150))


def agrees_to_full_precision(one: Expression, other: Expression) -> bool:
    """Tell whether one is a decimal of at least 15 significant digits that the other, exact, rounds to."""
    for decimal, exact in ((one, other), (other, one)):
        if isinstance(decimal, Number) and decimal.places is not None and decimal.digits >= FULL_PRECISION:
            return not _has_decimal(exact) and _rounds_to(exact, decimal)
    return False


def _has_decimal(node: Expression) -> bool:
    return (isinstance(node, Number) and node.places is not None) or any(map(_has_decimal, children(node)))


def _rounds_to(exact: Expression, decimal: Number) -> bool:
    try:
        value = rational(exact, {})
        if value is not None and _terminates(value):
            return False
    except (TooLarge, ZeroDivisionError):
        return False
    unit = Fraction(1, 10 ** (decimal.places or 0))
    mp = context()
    mp.prec = 64 + 4 * decimal.digits
    try:
        difference = evaluate(exact, {}, mp) - mp.mpf(decimal.value.numerator) / decimal.value.denominator
    except (Unknown, TooLarge, ZeroDivisionError, ValueError, OverflowError):
        return False
    return bool(abs(difference) <= mp.mpf(unit.numerator) / unit.denominator)


def _terminates(value: Fraction) -> bool:
    under = value.denominator
    for prime in (2, 5):
        while under % prime == 0:
            under //= prime
    return under == 1
