"""Numbers with bounds on all their conjugates, and the arithmetic of both.

The rules for the bounds are those of Burnikel, Funke, Mehlhorn, Schirra and Schmitt (A separation bound for
real algebraic expressions, Algorithmica 2009): a number is a quotient of algebraic integers, ``above`` and
``below`` bound log2 of their conjugates' absolute values, and each root multiplies the degree by its index.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from reason.verifiers.math.numeric import context

__all__ = ["MAX_PRECISION", "Arithmetic", "Unproven", "Value"]

MAX_PRECISION = 24_000
"""Bits above which a proof is left to the slow tier."""


class Unproven(ValueError):
    """No proof either way at this point."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number, log2 of the bounds of its numerator and denominator, and whether unknowns are in it."""

    number: Any
    above: float
    below: float
    free: bool = False


class Arithmetic:
    """Computes to one precision, and collects the degrees of the roots that were taken."""

    def __init__(self, precision: int, *, rough: bool, real: bool) -> None:
        """Set the precision in bits; a rough pass only collects bounds, and takes nothing but zero for it."""
        self.mp = context()
        self.mp.prec = precision
        self.tiny = self.mp.mpf(0 if rough else 1) * self.mp.mpf(2) ** (-precision // 2)
        """What may be zero."""
        self.real = real
        """Whether even roots of negative numbers are outside the domain."""
        self.degrees: dict[Hashable, int] = {}

    def rational(self, value: Fraction) -> Value:
        """Return a rational number."""
        number = self.mp.mpf(value.numerator) / value.denominator
        return Value(number, max(0, abs(value.numerator).bit_length()), value.denominator.bit_length())

    def sum(self, values: list[Value]) -> Value:
        """Add up."""
        total = values[0]
        for value in values[1:]:
            above = max(total.above + value.below, value.above + total.below) + 1
            if total.below == value.below == 0:
                above = max(total.above, value.above) + 1
            total = Value(
                total.number + value.number, above, total.below + value.below, total.free or value.free
            )
        return total

    def product(self, values: list[Value]) -> Value:
        """Multiply."""
        product = Value(self.mp.mpf(1), 0, 0)
        for value in values:
            product = Value(
                product.number * value.number,
                product.above + value.above,
                product.below + value.below,
                product.free or value.free,
            )
        return product

    def inverse(self, value: Value) -> Value:
        """Divide one by a number that is not zero."""
        if abs(value.number) <= self.tiny:
            raise Unproven("a denominator that may be zero")
        return Value(1 / value.number, value.below, value.above, value.free)

    def whole_power(self, value: Value, exponent: int) -> Value:
        """Raise to an integer power."""
        if exponent < 0:
            value, exponent = self.inverse(value), -exponent
        if (value.above + value.below) * exponent > MAX_PRECISION:
            raise Unproven("the bound is too large")
        return Value(value.number**exponent, value.above * exponent, value.below * exponent, value.free)

    def root(self, value: Value, index: int, label: Hashable) -> Value:
        """Take a root, real for an odd index of a negative number."""
        mp = self.mp
        self.degrees[label, index] = index
        number = value.number
        if abs(mp.im(number)) <= self.tiny and mp.re(number) < 0:
            if index % 2:
                number = -mp.root(-mp.re(number), index)
            elif self.real:
                raise Unproven("a root of a negative number")
            else:
                number = mp.root(mp.mpc(mp.re(number), 0), index)
        elif abs(number) <= self.tiny:
            raise Unproven("a root of what may be zero")
        else:
            number = mp.root(number, index)
        if value.above >= value.below:
            above, below = (value.above + (index - 1) * value.below) / index, value.below
        else:
            above, below = value.above, ((index - 1) * value.above + value.below) / index
        return Value(number, above, below, value.free)

    def negative(self, value: Value) -> Value:
        """Change the sign."""
        return self.product([value, self.rational(Fraction(-1))])
