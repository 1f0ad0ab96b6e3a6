"""Power series of elementary functions in fractions, and rational numbers found from decimals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import factorial
from random import Random
from typing import Any

from reason.generators.math.worked import Working, multiplying

__all__ = ["Factor", "draw_factor", "multiply_series", "rational_near", "write_series"]

Factor = tuple[str, Callable[[int], Fraction]]
"""How a function is written, and its coefficients."""


def draw_factor(rng: Random, bound: int) -> Factor:
    """Draw exp, sin, cos, a logarithm, a geometric series or a binomial series, of a multiple of x."""
    a = rng.choice((-1, 1)) * rng.randint(1, bound)
    ax = {1: "x", -1: "-x"}.get(a, f"{a}*x")
    plus = f"1 {'+' if a > 0 else '-'} {'' if abs(a) == 1 else f'{abs(a)}*'}x"
    kind = rng.choice(("exp", "sin", "cos", "ln", "geometric", "sqrt"))
    if kind == "exp":
        return f"exp({ax})", lambda n: Fraction(a**n, factorial(n))
    if kind == "sin":
        return (
            f"sin({ax})",
            lambda n: Fraction((-1) ** (n // 2) * a**n, factorial(n)) if n % 2 else Fraction(0),
        )
    if kind == "cos":
        return (
            f"cos({ax})",
            lambda n: Fraction(0) if n % 2 else Fraction((-1) ** (n // 2) * a**n, factorial(n)),
        )
    if kind == "ln":
        return f"ln({plus})", lambda n: Fraction(-((-a) ** n), n) if n else Fraction(0)
    if kind == "geometric":
        return f"(1/({plus}))", lambda n: Fraction((-a) ** n)
    return f"sqrt({plus})", lambda n: _half_choose(n) * a**n


def _half_choose(n: int) -> Fraction:
    value = Fraction(1)
    for k in range(n):
        value *= (Fraction(1, 2) - k) / (k + 1)
    return value


def multiply_series(one: Sequence[Fraction], other: Sequence[Fraction], working: Working) -> list[Fraction]:
    """Multiply two series, cut off after as many terms as they have, and write one step."""
    size = range(min(len(one), len(other)))
    product = [sum((one[k] * other[n - k] for k in range(n + 1)), Fraction(0)) for n in size]
    work = sum(
        multiplying(one[k], other[n - k]) for n in size for k in range(n + 1) if one[k] and other[n - k]
    )
    after = [f"s{len(working.steps)}"]
    working.step(f"The product is {write_series(product)}", write_series(product), *after, work=work + 1)
    return product


def write_series(coefficients: Sequence[Fraction]) -> str:
    """Write the first terms of a series."""
    return f"[{', '.join(map(str, coefficients))}] (coefficients of 1, x, x^2, ...)"


def rational_near(value: Any, bound: int = 10**12) -> Fraction:
    """Return the fraction nearest to a decimal of mpmath, with a denominator up to a bound."""
    digits = 10**60
    return Fraction(int(value * digits), digits).limit_denominator(bound)
