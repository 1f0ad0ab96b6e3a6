"""Numerical values to any precision, behind guards: they tell answers apart, and never prove them equal."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from mpmath import MPContext  # type: ignore[import-untyped]

from reason.verifiers.math.polynomial import TooLarge
from reason.verifiers.math.tree import (
    Based,
    Call,
    Constant,
    Expression,
    Group,
    Number,
    Power,
    Product,
    Quantity,
    Root,
    Sum,
    Symbol,
)

__all__ = ["Unknown", "context", "evaluate"]

MAX_EXPONENT_BITS = 400_000
"""Largest magnitude, in bits, of a value."""
MAX_FACTORIAL = 3_000

_local = threading.local()


class Unknown(ValueError):
    """There is no number that the expression has at this point."""


def context() -> Any:
    """Return this thread's own mpmath context: the shared one's precision is global."""
    if not hasattr(_local, "context"):
        _local.context = MPContext()
    return _local.context


def evaluate(node: Expression, point: Mapping[str, Fraction], mp: Any) -> Any:
    """Return the value of a scalar at a point, to the context's precision.

    Args:
        node: A scalar.
        point: Values of the variables.
        mp: A context of mpmath.

    Raises:
        Unknown: it has none there, or holds what has no number.
        TooLarge: the number is out of bounds.
    """
    value = _value(node, point, mp)
    if not mp.isfinite(value):
        raise Unknown("no finite value")
    if value and abs(mp.mag(value)) > MAX_EXPONENT_BITS:
        raise TooLarge("a number that is too large")
    return value


def _value(node: Expression, point: Mapping[str, Fraction], mp: Any) -> Any:
    match node:
        case Number(value=value):
            return mp.mpf(value.numerator) / value.denominator
        case Symbol(name=name):
            if name not in point:
                raise Unknown(name)
            return mp.mpf(point[name].numerator) / point[name].denominator
        case Constant(name="pi"):
            return +mp.pi
        case Constant(name="e"):
            return +mp.e
        case Constant(name="i"):
            return mp.j
        case Sum(terms=terms):
            return mp.fsum(evaluate(term, point, mp) for term in terms)
        case Product(factors=factors):
            product = mp.mpf(1)
            for factor in factors:
                product *= evaluate(factor, point, mp)
            return product
        case Power(base=base, exponent=exponent):
            return raised(evaluate(base, point, mp), evaluate(exponent, point, mp), exponent, mp, bool(point))
        case Root(index=index, radicand=radicand):
            return root(evaluate(radicand, point, mp), index, mp, bool(point))
        case Call(name=name, arguments=arguments):
            return _call(name, [evaluate(argument, point, mp) for argument in arguments], point, mp)
        case Based(digits=digits, base=base_number):
            return mp.mpf(int(digits, base_number))
        case Group(items=(single,)) | Quantity(value=single):
            return evaluate(single, point, mp)
    raise Unknown(type(node).__name__)


def raised(base: Any, exponent: Any, node: Expression, mp: Any, real: bool) -> Any:
    """Raise to a power, real for an odd root of a negative number; ``real`` stays real or raises Unknown."""
    if not base:
        if mp.re(exponent) > 0:
            return mp.mpf(0)
        raise Unknown("zero to such a power")
    if abs(exponent) * (abs(mp.mag(base)) + 1) > MAX_EXPONENT_BITS:
        raise TooLarge("a power that is too large")
    if mp.im(base) == 0 and mp.re(base) < 0 and (fraction := _odd_root(node)):
        size = (-mp.re(base)) ** exponent
        return -size if fraction.numerator % 2 else size
    if real and mp.im(base) == 0 and mp.re(base) < 0 and exponent != mp.nint(mp.re(exponent)):
        raise Unknown("a root of a negative number")
    return base**exponent


def _odd_root(node: Expression) -> Fraction | None:
    """Return a constant exponent that is a fraction with an odd denominator."""
    from reason.verifiers.math.rational import rational

    value = rational(node, {})
    return value if value is not None and value.denominator % 2 and value.denominator > 1 else None


def root(value: Any, index: int, mp: Any, real: bool) -> Any:
    """Take a root: the real one where there is one of a real number, else the principal one."""
    if mp.im(value) == 0 and mp.re(value) < 0:
        if index % 2:
            return -mp.root(-mp.re(value), index)
        if real:
            raise Unknown("a root of a negative number")
    return mp.root(value, index) if value else value


def _call(name: str, values: list[Any], point: Mapping[str, Fraction], mp: Any) -> Any:
    first = values[0] if values else None
    second = values[1] if len(values) > 1 else None
    if len(values) > 2:
        if name in ("max", "min") and all(mp.im(value) == 0 for value in values):
            return (max if name == "max" else min)(values)
        raise Unknown(name)
    if first is None:
        raise Unknown(name)
    match name:
        case "fraction":
            if not second:
                raise Unknown("a denominator of zero")
            return first / second
        case "percent":
            return first / 100
        case "degree":
            return first * mp.pi / 180
        case "abs":
            return abs(first)
        case "log":
            return mp.log(first) / mp.log(10 if second is None else second)
        case "lg":
            return mp.log(first) / mp.log(10)
        case "lb":
            return mp.log(first) / mp.log(2)
        case "factorial":
            return mp.factorial(_small(first, mp))
        case "binomial" if second is not None:
            return mp.binomial(_small(first, mp), _small(second, mp))
        case "floor" | "ceil":
            return _floor(first, name, mp)
        case "max" | "min" if second is not None:
            return (max if name == "max" else min)(values)
    if name in _FUNCTIONS and second is None:
        if name == "ln" and point and mp.im(first) == 0 and mp.re(first) < 0:
            raise Unknown("a logarithm of a negative number")
        if name in ("exp", "sinh", "cosh", "tanh", "sin", "cos", "tan") and mp.mag(first) > 14:
            raise TooLarge("an argument that is too large")
        return getattr(mp, _FUNCTIONS[name])(first)
    raise Unknown(name)


_FUNCTIONS = {
    name: name
    for name in [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "sinh",
        "cosh",
        "tanh",
        "coth",
        "sech",
        "csch",
        "ln",
        "exp",
    ]
} | {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arccot": "acot",
    "arcsec": "asec",
    "arccsc": "acsc",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "sgn": "sign",
    "sign": "sign",
    "Re": "re",
    "Im": "im",
    "re": "re",
    "im": "im",
    "arg": "arg",
}


def _small(value: Any, mp: Any) -> Any:
    if mp.im(value) != 0 or mp.mag(value) > 12 or abs(value) > MAX_FACTORIAL:
        raise TooLarge("a factorial that is too large")
    if value != mp.floor(value) or value < 0:
        raise Unknown("a factorial of no natural number")
    return value


def _floor(value: Any, name: str, mp: Any) -> Any:
    if mp.im(value) != 0:
        raise Unknown(name)
    nearest = mp.nint(value)
    if value != nearest and abs(value - nearest) < mp.mpf(2) ** (-mp.prec // 2):
        raise Unknown("too near to an integer")
    return mp.floor(value) if name == "floor" else mp.ceil(value)
