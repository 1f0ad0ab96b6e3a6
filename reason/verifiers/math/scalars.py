"""Whether two scalars are the same number or the same function of their variables."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from fractions import Fraction

from reason.verifiers.math.algebraic import Dependent, Unproven, is_zero
from reason.verifiers.math.numeric import Unknown, context, evaluate
from reason.verifiers.math.polynomial import TooLarge, polynomial
from reason.verifiers.math.rational import rational
from reason.verifiers.math.tree import Call, Expression, Number, Product, Sum, Symbol, children

__all__ = ["difference", "points", "same", "symbols"]

PRECISION = 256
"""Bits of the numerical comparison that tells most different answers apart."""


def symbols(node: Expression) -> frozenset[str]:
    """Return the names of the variables of a tree."""
    names: set[str] = set()
    level = [node]
    while level:
        names.update(below.name for below in level if isinstance(below, Symbol))
        level = [deeper for below in level for deeper in children(below)]
    return frozenset(names)


def difference(one: Expression, other: Expression) -> Expression:
    """Return the one minus the other."""
    return Sum((one, Product((Number(Fraction(-1)), other))))


def has_call(node: Expression, names: tuple[str, ...]) -> bool:
    """Tell whether a tree holds a call of one of some functions."""
    return (isinstance(node, Call) and node.name in names) or any(
        has_call(below, names) for below in children(node)
    )


def points(one: Expression, other: Expression) -> Iterator[dict[str, Fraction]]:
    """Yield random values of the variables: large and small, of both signs; natural ones for factorials.

    They depend on both answers, so that no answer can be made to agree at them by chance.
    """
    names = sorted(symbols(one) | symbols(other))
    if not names:
        yield {}
        return
    chance = random.Random(hashlib.sha256(repr((one, other)).encode()).digest())
    natural = any(has_call(node, ("factorial", "binomial")) for node in (one, other))
    for turn in range(24 if natural else 14):
        point = {}
        for name in names:
            value = Fraction(chance.randrange(100, 1000), 1009)
            if turn % 3 == 1:
                value = Fraction(chance.randrange(1100, 4000), 1009)
            elif turn % 3 == 2:
                value = Fraction(chance.randrange(2, 1_000))
            if turn % 4 == 3 or (turn % 4 == 2 and chance.random() < 0.5):
                value = -value
            point[name] = Fraction(chance.randrange(0, 60)) if natural else value
        yield point


def same(one: Expression, other: Expression) -> bool | None:
    """Decide whether two scalars are equal: True is proved; None is not, but their values agree.

    Args:
        one: A scalar, with variables or without.
        other: Another.
    """
    if one == other:
        return True
    try:
        first, second = rational(one, {}), rational(other, {})
        if first is not None and second is not None:
            return first == second
    except (TooLarge, ZeroDivisionError):
        return False
    try:
        if polynomial(one) == polynomial(other):
            return True
    except (TooLarge, ZeroDivisionError, RecursionError):
        pass
    try:
        return _compared(one, other)
    except RecursionError:
        return False


def _compared(one: Expression, other: Expression) -> bool | None:
    apart = difference(one, other)
    seed = hashlib.sha256(repr((one, other)).encode()).hexdigest()
    agreed, proved = 0, 0
    for point in points(one, other):
        try:
            if _differ(one, other, point):
                return False
            agreed += 1
        except (Unknown, TooLarge, ZeroDivisionError, ValueError, OverflowError):
            pass
        try:
            if not is_zero(apart, point, seed):
                return False
            proved += 1
        except Dependent:
            return None if agreed else False
        except (Unproven, TooLarge, ZeroDivisionError, ValueError, OverflowError):
            continue
        if not point:
            return True
    enough = 12 if any(has_call(node, ("factorial", "binomial")) for node in (one, other)) else 4
    return True if proved >= enough else None if agreed else False


def has_opaque(node: Expression) -> bool:
    """Tell whether a tree holds a function of which nothing is known."""
    opaque = isinstance(node, Call) and (
        node.name.endswith("()") or node.name in ("sum", "prod", "int", "lim", "dots")
    )
    return opaque or any(map(has_opaque, children(node)))


def _differ(one: Expression, other: Expression, point: dict[str, Fraction]) -> bool:
    """Tell whether the values at a point are certainly different."""
    mp = context()
    mp.prec = PRECISION
    first, second = evaluate(one, point, mp), evaluate(other, point, mp)
    scale = max(abs(first), abs(second), mp.mpf(2) ** -40)
    if abs(first - second) <= scale * mp.mpf(2) ** (-PRECISION * 3 // 4):
        return False
    mp.prec = 2 * PRECISION  # cancellation would show as another value
    again = evaluate(one, point, mp) - evaluate(other, point, mp)
    return bool(abs(again - (first - second)) < abs(again) / 2)
