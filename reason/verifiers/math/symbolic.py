"""The slow tier: sympy on our syntax tree, in a worker process that can be killed.

sympy is imported at the top, so that :func:`reason.verifiers.limited.limited` does not charge it to the
answer; ``import reason`` does not load this module.
"""

from __future__ import annotations

from typing import Any

import sympy

from reason.verifiers.math.transport import decoded
from reason.verifiers.math.tree import (
    Call,
    Constant,
    Expression,
    Group,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
)

__all__ = ["equal_pairs"]


def equal_pairs(pairs: list[list[Any]]) -> list[bool]:
    """Tell for each pair of scalars whether sympy proves them equal.

    Args:
        pairs: Trees as :func:`reason.verifiers.math.transport.encoded` writes them.
    """
    return [_proved(decoded(one), decoded(other)) for one, other in pairs]


def _proved(one: Expression, other: Expression) -> bool:
    try:
        apart = _symbolic(one) - _symbolic(other)
    except (TypeError, ValueError, NotImplementedError):
        return False
    if apart.has(sympy.nan, sympy.zoo, sympy.oo):
        return False
    for step in (sympy.expand, sympy.simplify, sympy.radsimp, _forced_logarithms, _minimal):
        try:
            if step(apart) == 0:
                return True
        except (NotImplementedError, ValueError, TypeError, AttributeError, RecursionError):
            continue
    return False


def _forced_logarithms(value: Any) -> Any:
    return sympy.simplify(sympy.expand_log(sympy.logcombine(value.rewrite(sympy.log), force=True)))


def _minimal(value: Any) -> Any:
    """Return 0 for an algebraic number whose minimal polynomial is x."""
    if value.free_symbols or not value.is_algebraic:
        return value
    x = sympy.Symbol("x")
    return 0 if sympy.minimal_polynomial(value, x) == x else value


_FUNCTIONS: dict[str, Any] = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "cot": sympy.cot,
    "sec": sympy.sec,
    "csc": sympy.csc,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "coth": sympy.coth,
    "sech": sympy.sech,
    "csch": sympy.csch,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "arccot": sympy.acot,
    "arcsec": sympy.asec,
    "arccsc": sympy.acsc,
    "arcsinh": sympy.asinh,
    "arccosh": sympy.acosh,
    "arctanh": sympy.atanh,
    "ln": sympy.log,
    "exp": sympy.exp,
    "abs": sympy.Abs,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    "factorial": sympy.factorial,
    "gamma": sympy.gamma,
    "binomial": sympy.binomial,
    "Re": sympy.re,
    "Im": sympy.im,
    "re": sympy.re,
    "im": sympy.im,
    "arg": sympy.arg,
    "sgn": sympy.sign,
    "sign": sympy.sign,
    "max": sympy.Max,
    "min": sympy.Min,
}


def _symbolic(node: Expression) -> Any:
    """Build sympy's expression of a scalar; variables are real, for answers are."""
    match node:
        case Number(value=value):
            return sympy.Rational(value.numerator, value.denominator)
        case Symbol(name=name):
            return sympy.Symbol(name, real=True)
        case Constant(name=name):
            return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I}.get(name, sympy.nan)
        case Sum(terms=terms):
            return sympy.Add(*map(_symbolic, terms))
        case Product(factors=factors):
            return sympy.Mul(*map(_symbolic, factors))
        case Power(base=base, exponent=exponent):
            return sympy.Pow(_symbolic(base), _symbolic(exponent))
        case Root(index=index, radicand=radicand):
            inside = _symbolic(radicand)
            return sympy.real_root(inside, index) if index % 2 else sympy.root(inside, index)
        case Group(items=(single,)):
            return _symbolic(single)
        case Call(name=name, arguments=arguments):
            return _called(name, [_symbolic(argument) for argument in arguments])
    raise TypeError(type(node).__name__)


def _called(name: str, values: list[Any]) -> Any:
    if name == "fraction":
        return values[0] / values[1]
    if name == "percent":
        return values[0] / 100
    if name == "degree":
        return values[0] * sympy.pi / 180
    if name in ("log", "lg", "lb"):
        return sympy.log(values[0], values[1] if len(values) > 1 else 2 if name == "lb" else 10)
    if name in _FUNCTIONS:
        return _FUNCTIONS[name](*values)
    return sympy.Function(name.removesuffix("()"), real=True)(*values)
