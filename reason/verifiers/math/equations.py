"""Equations and inequalities with the same solutions, and functions that differ by a constant."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from fractions import Fraction

from reason.verifiers.math.forms import is_scalar, labelled, signless, substituted, without_constant
from reason.verifiers.math.polynomial import TooLarge, polynomial
from reason.verifiers.math.rational import rational
from reason.verifiers.math.scalars import difference, has_opaque, symbols
from reason.verifiers.math.tree import Expression, Number, Product, Relation, Symbol

__all__ = ["same_equation", "same_inequality", "up_to_constant"]

Same = Callable[[Expression, Expression], bool]
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!=", "=": "=", "==": "==", "~": "~"}


def same_equation(gold: Relation, answer: Expression, equal: Same) -> bool:
    """Tell whether the sides' differences agree up to a constant factor that is not zero."""
    if not isinstance(answer, Relation) or len(answer.sides) != 2 or len(gold.sides) != 2:
        return isinstance(answer, Relation) and _same_chain(gold, answer, equal)
    if (
        gold.signs != ("=",)
        or answer.signs != ("=",)
        or not all(map(is_scalar, (*gold.sides, *answer.sides)))
    ):
        return _same_chain(gold, answer, equal)
    if symbols(gold) != symbols(answer):
        return False
    if has_opaque(gold) or has_opaque(answer):
        return _same_chain(gold, answer, equal)
    return _factor(difference(*gold.sides), difference(*answer.sides), equal) is not None


def _factor(one: Expression, other: Expression, equal: Same) -> Fraction | None:
    """Return the constant c, not zero, of ``one = c * other``."""
    names = sorted(symbols(one) | symbols(other))
    chance = random.Random(hashlib.sha256(repr((one, other)).encode()).digest())
    for _ in range(6):
        point = {name: Fraction(chance.randrange(2, 10_000), 1) ** 2 for name in names}
        try:
            first, second = rational(one, point), rational(other, point)
        except (TooLarge, ZeroDivisionError):
            continue
        if first is None or second is None:
            return Fraction(1) if any(equal(one, each) for each in (other, _negated(other))) else None
        if not first or not second:
            continue
        factor = first / second
        return factor if equal(one, Product((Number(factor), other))) else None
    return None


def _negated(node: Expression) -> Expression:
    return Product((Number(Fraction(-1)), node))


def _same_chain(gold: Relation, answer: Relation, equal: Same) -> bool:
    """Compare sides one by one, forwards or backwards."""
    flipped = tuple(_FLIPPED.get(sign, sign) for sign in reversed(answer.signs))
    for sides, signs in ((answer.sides, answer.signs), (answer.sides[::-1], flipped)):
        if signs == gold.signs and len(sides) == len(gold.sides):
            pairs = list(zip(gold.sides, sides, strict=True))
            if all(
                one == other or (is_scalar(one) and is_scalar(other) and equal(one, other))
                for one, other in pairs
            ):
                return True
    return False


def same_inequality(gold: Relation, answer: Expression, equal: Same) -> bool:
    """Tell whether two inequalities agree up to a positive factor, or side by side."""
    answer = labelled(answer)[1] if isinstance(answer, Relation) and "=" in answer.signs else answer
    if not isinstance(answer, Relation):
        return False
    if _same_chain(gold, answer, equal):
        return True
    if (
        len(gold.signs) != 1
        or len(answer.signs) != 1
        or not {gold.signs[0], answer.signs[0]} <= {"<", ">", "<=", ">=", "!="}
    ):
        return False
    if not all(map(is_scalar, (*gold.sides, *answer.sides))) or symbols(gold) != symbols(answer):
        return False
    if not all(_is_polynomial(side) for side in (*gold.sides, *answer.sides)):
        return False
    factor = _factor(difference(*gold.sides), difference(*answer.sides), equal)
    if factor is None:
        return False
    return answer.signs[0] == (gold.signs[0] if factor > 0 else _FLIPPED[gold.signs[0]])


def _is_polynomial(node: Expression) -> bool:
    try:
        expanded = polynomial(node)
    except (TooLarge, ZeroDivisionError):
        return False
    atoms = [(atom, exponent) for monomial in expanded for atom, exponent in monomial]
    return all(isinstance(atom, tuple) and atom[0] == "v" and exponent > 0 for atom, exponent in atoms)


def up_to_constant(gold: Expression, answer: Expression, equal: Same, *, declared: bool) -> bool:
    """Compare functions that may differ by a constant.

    Args:
        gold: Perhaps with a constant of integration, which the answer must have then.
        answer: Perhaps with one, under any of the usual names.
        equal: Decides equality of scalars.
        declared: Whether an antiderivative is asked for: then no constant needs to be written.
    """
    if not is_scalar(gold) or not is_scalar(answer):
        return False
    bare, theirs = without_constant(gold), without_constant(answer)
    if not declared and (bare is None or theirs is None):
        return False
    one, other = signless(bare or gold), signless(theirs or answer)
    names = symbols(one) | symbols(other)
    if not names:
        return declared and equal(one, other)
    moved: dict[str, Expression] = {name: Symbol(f"{name}'moved") for name in names}
    apart = difference(one, other)
    return equal(apart, substituted(apart, moved))
