"""Polynomials in one variable as lists of coefficients, from the constant up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from reason.generators.math.worked import write_sum

__all__ = ["divide_root", "evaluate", "multiply", "rational_roots", "read_polynomial", "write_polynomial"]

Coefficients = list[int]


def multiply(one: Sequence[int], other: Sequence[int]) -> Coefficients:
    """Multiply two polynomials.

    >>> multiply([1, 1], [-1, 1])
    [-1, 0, 1]
    """
    result = [0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            result[i + j] += a * b
    return result


def evaluate(coefficients: Sequence[Fraction | int], x: Fraction | int) -> Fraction:
    """Return the value at ``x``, by Horner's rule."""
    value = Fraction(0)
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def divide_root(coefficients: Sequence[int], root: Fraction) -> Coefficients:
    """Divide by ``q * x - p``, where ``p / q`` is a root in lowest terms.

    >>> divide_root([-1, 0, 1], Fraction(1))
    [1, 1]
    """
    left = list(coefficients)
    quotient = [0] * (len(left) - 1)
    for at in range(len(quotient) - 1, -1, -1):
        quotient[at] = left[at + 1] // root.denominator
        left[at] += quotient[at] * root.numerator
    return quotient


def write_polynomial(coefficients: Sequence[Fraction | int], name: str = "x") -> str:
    """Write a polynomial with the highest power first.

    >>> write_polynomial([-6, 1, 2])
    '2x^2 + x - 6'
    """
    powers = ["", name, *(f"{name}^{power}" for power in range(2, len(coefficients)))]
    return write_sum(list(zip(coefficients, powers, strict=False))[::-1])


def read_polynomial(text: str) -> Coefficients:
    """Read what :func:`write_polynomial` wrote, with whole coefficients.

    >>> read_polynomial("2x^2 + x - 6")
    [-6, 1, 2]
    """
    found: dict[int, int] = {}
    for sign, number, name, power in re.findall(r"(^-|[-+] |^)([0-9]*)([a-z]?)(?:\^([0-9]+))?", text):
        if number or name:
            found[int(power or 1) if name else 0] = int(f"{sign.strip()}{number or 1}")
    return [found.get(power, 0) for power in range(max(found) + 1)]


def rational_roots(coefficients: Sequence[int]) -> list[Fraction]:
    """Return the distinct real roots of a polynomial that has no others than rational ones, by sympy.

    It isolates them by continued fractions (Vincent, Akritas and Strzebonski).
    """
    import sympy

    polynomial = sympy.Poly.from_list(list(coefficients)[::-1], sympy.Symbol("x"))
    return sorted({Fraction(str(root)) for root in polynomial.real_roots()})
