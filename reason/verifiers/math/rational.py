"""Exact rational values: arithmetic, factorials and binomials, with a guard before each large number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from reason.verifiers.math.polynomial import TooLarge, guard, power
from reason.verifiers.math.tree import (
    Call,
    Expression,
    Group,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
)

__all__ = ["rational"]

MAX_FACTORIAL = 3_000


def rational(node: Expression, point: Mapping[str, Fraction]) -> Fraction | None:
    """Return the rational value of a scalar at a point, or None where it has none that is seen by arithmetic.

    Args:
        node: A scalar.
        point: Values of the variables.

    Raises:
        TooLarge: a number has too many digits.
        ZeroDivisionError: a denominator is zero.
    """
    match node:
        case Number(value=value):
            return value
        case Symbol(name=name):
            return point.get(name)
        case Sum(terms=terms):
            total = Fraction(0)
            for term in terms:
                if (part := rational(term, point)) is None:
                    return None
                total = guard(total + part)
            return total
        case Product(factors=factors):
            product = Fraction(1)
            for factor in factors:
                if (part := rational(factor, point)) is None:
                    return None
                product = guard(product * part)
            return product
        case Power(base=base, exponent=exponent):
            return _power(rational(base, point), rational(exponent, point))
        case Root(index=index, radicand=radicand):
            return _power(rational(radicand, point), Fraction(1, index))
        case Call(name=name, arguments=arguments):
            values = [rational(argument, point) for argument in arguments]
            return (
                _call(name, [value for value in values if value is not None]) if None not in values else None
            )
        case Group(items=(single,)):
            return rational(single, point)
    return None


def _power(base: Fraction | None, exponent: Fraction | None) -> Fraction | None:
    if base is None or exponent is None:
        return None
    if exponent.denominator == 1:
        return power(base, int(exponent)) if base or exponent > 0 else _zero_power(exponent)
    if base < 0 and exponent.denominator % 2 == 0:
        return None
    above, below = (
        _root(abs(base.numerator), exponent.denominator),
        _root(base.denominator, exponent.denominator),
    )
    if above is None or below is None:
        return None
    value = Fraction(-above if base < 0 else above, below)
    return power(value, exponent.numerator) if value or exponent > 0 else _zero_power(exponent)


def _zero_power(exponent: Fraction) -> Fraction:
    if exponent == 0:
        return Fraction(1)
    raise ZeroDivisionError


def _root(number: int, index: int) -> int | None:
    """Return an integer's exact root, if it has one."""
    if number < 2:
        return number
    if index > number.bit_length():
        return None
    low, high = 1, 1 << (number.bit_length() // index + 1)
    while low < high:
        middle = (low + high) // 2
        if middle**index < number:
            low = middle + 1
        else:
            high = middle
    return low if low**index == number else None


def _call(name: str, values: list[Fraction]) -> Fraction | None:
    first = values[0] if values else Fraction(0)
    whole = all(value.denominator == 1 for value in values)
    match name, len(values):
        case "fraction", 2:
            return first / values[1]
        case "percent", 1:
            return first / 100
        case "abs", 1:
            return abs(first)
        case "floor", 1:
            return Fraction(math.floor(first))
        case "ceil", 1:
            return Fraction(math.ceil(first))
        case (("sgn" | "sign"), 1):
            return Fraction((first > 0) - (first < 0))
        case "factorial", 1:
            return Fraction(math.factorial(_natural(first))) if whole and first >= 0 else None
        case "gamma", 1:
            return Fraction(math.factorial(_natural(first - 1))) if whole and first > 0 else None
        case "binomial", 2:
            if not whole or min(values) < 0:
                return None
            return Fraction(math.comb(_natural(first), _natural(values[1])))
        case "gcd", _ if whole:
            return Fraction(math.gcd(*map(int, values)))
        case "lcm", _ if whole:
            return guard(Fraction(math.lcm(*map(int, values))))
        case "max", _:
            return max(values)
        case "min", _:
            return min(values)
    return None


def _natural(value: Fraction) -> int:
    if value > MAX_FACTORIAL:
        raise TooLarge("a factorial that is too large")
    return int(value)
