"""Sets of real numbers: intervals, unions, inequalities in one variable, sets in braces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from reason.verifiers.math.numeric import Unknown, context, evaluate
from reason.verifiers.math.polynomial import ONE, TooLarge, polynomial
from reason.verifiers.math.scalars import difference, symbols
from reason.verifiers.math.tree import (
    Call,
    Constant,
    Expression,
    Group,
    Listing,
    Number,
    Product,
    Relation,
    SetOperation,
    Symbol,
    Text,
)

__all__ = ["RealSet", "equal_sets", "real_set"]

Same = Callable[[Expression, Expression], bool]
INFINITY = Constant("oo")
MINUS_INFINITY = Product((Number(Fraction(-1)), INFINITY))
MAX_PIECES = 60
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!=", "=": "="}


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval with its ends; a point is a closed one of equal ends."""

    low: Expression
    low_closed: bool
    high: Expression
    high_closed: bool


@dataclass(frozen=True, slots=True)
class RealSet:
    """A union of pieces, and the variable that is in it where one is named."""

    pieces: tuple[Piece, ...]
    variable: str | None = None
    membership: bool = False
    """Written as an inequality, not as a set."""


class NoSetError(ValueError):
    """The expression is no set of real numbers that is understood."""


def real_set(node: Expression) -> RealSet | None:
    """Read a node as a set of real numbers, or return None."""
    try:
        return _read(node)
    except (NoSetError, TooLarge, ZeroDivisionError):
        return None


WHOLE_LINE = Piece(MINUS_INFINITY, False, INFINITY, False)


def _read(node: Expression) -> RealSet:
    match node:
        case Constant(name="set R"):
            return RealSet((WHOLE_LINE,))
        case Constant(name="empty"):
            return RealSet(())
        case Text(words=words) if words.casefold() in (
            "all real numbers",
            "all reals",
            "real numbers",
            "all real",
        ):
            return RealSet((WHOLE_LINE,))
        case Group(opening="(" | "[" as left, items=(low, high), closing=")" | "]" as right):
            piece = _interval(low, left == "[", high, right == "]")
            if _is_void(
                piece, unknown=False
            ):  # two numbers in falling order are a pair, and no empty interval
                raise NoSetError
            return RealSet((piece,))
        case Group(opening="{", items=items):
            return _braces(items)
        case SetOperation(name=name, left=left, right=right):
            return _combined(name, _read(left), _read(right))
        case Relation(sides=(Symbol(name=name), *_), signs=("in", *_)) if len(node.signs) == 1:
            return RealSet(_read(node.sides[1]).pieces, name)
        case Relation(sides=(Call(name=name), inside), signs=("in",)) if name.endswith("()"):
            return RealSet(_read(inside).pieces, "()")
        case Relation():
            return _relation(node)
        case Listing(items=items, separators=separators):
            sets = [_read(item) for item in items]
            if not all(each.membership or each.variable for each in sets):
                raise NoSetError
            whole = sets[0]
            for separator, each in zip(separators, sets[1:], strict=True):
                whole = _combined("cap" if separator == "and" else "cup", whole, each)
            return whole
    raise NoSetError


def _interval(low: Expression, low_closed: bool, high: Expression, high_closed: bool) -> Piece:
    if _is_infinite(low):
        low, low_closed = (MINUS_INFINITY if low != INFINITY else INFINITY), False
    if _is_infinite(high):
        high, high_closed = (INFINITY if high == INFINITY else MINUS_INFINITY), False
    return Piece(low, low_closed, high, high_closed)


def _is_infinite(node: Expression) -> bool:
    return node == INFINITY or (
        isinstance(node, Product) and node.factors[-1] == INFINITY and len(node.factors) == 2
    )


def _braces(items: tuple[Expression, ...]) -> RealSet:
    if len(items) == 1 and isinstance(items[0], Relation) and "|" in items[0].signs:
        relation = items[0]
        cut = relation.signs.index("|")
        subject, condition = (
            relation.sides[: cut + 1],
            Relation(relation.sides[cut + 1 :], relation.signs[cut + 1 :]),
        )
        if not isinstance(subject[0], Symbol) or (cut and relation.signs[0] != "in"):
            raise NoSetError
        found = _read(condition) if condition.signs else _read(condition.sides[0])
        return RealSet(found.pieces)
    if any(isinstance(item, Relation | Text | Group) for item in items):
        raise NoSetError
    return RealSet(tuple(Piece(item, True, item, True) for item in items))


def _relation(node: Relation) -> RealSet:
    if not set(node.signs) <= set(_FLIPPED):
        raise NoSetError
    names = symbols(node)
    whole: RealSet | None = None
    for left, sign, right in zip(node.sides, node.signs, node.sides[1:], strict=False):
        if len(node.signs) > 1 and sign in ("=", "!="):
            raise NoSetError
        solved = _solved(left, sign, right, names)
        whole = solved if whole is None else _combined("cap", whole, solved)
    if whole is None:
        raise NoSetError
    return whole


def _solved(left: Expression, sign: str, right: Expression, names: frozenset[str]) -> RealSet:
    """Solve one inequality that is linear in one variable, or of its absolute value."""
    for side, other, relation in ((left, right, sign), (right, left, _FLIPPED[sign])):
        if isinstance(side, Symbol) and side.name not in symbols(other):
            return _ray(side.name, relation, other)
        if isinstance(side, Call) and side.name.endswith("()") and not symbols(other):
            return _ray("()", relation, other)
        if isinstance(side, Call) and side.name == "abs" and not symbols(other):
            return _absolute(side.arguments[0], relation, other)
    if len(names) != 1:
        raise NoSetError
    (name,) = names
    expanded = polynomial(difference(left, right))
    slope, rest = Fraction(0), []
    for monomial, coefficient in expanded.items():
        atoms = dict(monomial)
        if not any(name in repr(atom) for atom in atoms):
            rest.append((monomial, coefficient))
        elif monomial == ((("v", name), Fraction(1)),):
            slope = coefficient
        else:
            raise NoSetError
    if not slope or any(monomial != ONE for monomial, _ in rest):
        raise NoSetError
    bound = Number(-sum((coefficient for _, coefficient in rest), Fraction(0)) / slope)
    return _ray(name, sign if slope > 0 else _FLIPPED[sign], bound)


def _ray(name: str, sign: str, bound: Expression) -> RealSet:
    pieces = {
        "<": (_interval(MINUS_INFINITY, False, bound, False),),
        "<=": (_interval(MINUS_INFINITY, False, bound, True),),
        ">": (_interval(bound, False, INFINITY, False),),
        ">=": (_interval(bound, True, INFINITY, False),),
        "=": (Piece(bound, True, bound, True),),
        "!=": (Piece(MINUS_INFINITY, False, bound, False), Piece(bound, False, INFINITY, False)),
    }
    return RealSet(pieces[sign], name, membership=True)


def _absolute(inside: Expression, sign: str, bound: Expression) -> RealSet:
    minus = Number(Fraction(-1))
    names = symbols(inside)
    if len(names) != 1 or _order(bound, Number(Fraction(0))) <= 0:
        raise NoSetError
    opposite = Product((minus, bound))
    if sign in ("<", "<="):
        return _combined("cap", _solved(inside, sign, bound, names), _solved(opposite, sign, inside, names))
    if sign in (">", ">="):
        return _combined(
            "cup", _solved(inside, sign, bound, names), _solved(inside, _FLIPPED[sign], opposite, names)
        )
    raise NoSetError


def _order(one: Expression, other: Expression) -> int:
    """Compare two ends by their numerical values, to a precision at which only equal ones agree."""
    first, second = _height(one), _height(other)
    mp = context()
    if mp.isinf(first) or mp.isinf(second):
        return 0 if first == second else -1 if first < second else 1
    if abs(first - second) <= mp.mpf(2) ** -100 * max(1, abs(first)):
        return 0
    return -1 if first < second else 1


def _height(node: Expression) -> Any:
    mp = context()
    mp.prec = 240
    if _is_infinite(node):
        return mp.inf if node == INFINITY else -mp.inf
    try:
        value = evaluate(node, {}, mp)
    except (Unknown, ValueError) as error:
        raise NoSetError from error
    if mp.im(value) != 0:
        raise NoSetError
    return mp.re(value)


def _combined(name: str, one: RealSet, other: RealSet) -> RealSet:
    variable = one.variable or other.variable
    if one.variable and other.variable and one.variable != other.variable:
        raise NoSetError
    if name == "cup":
        pieces = one.pieces + other.pieces
    elif name == "cap":
        pieces = tuple(met for left in one.pieces for right in other.pieces for met in _met(left, right))
    else:
        pieces = one.pieces
        for hole in other.pieces:
            outside = (
                Piece(MINUS_INFINITY, False, hole.low, not hole.low_closed),
                Piece(hole.high, not hole.high_closed, INFINITY, False),
            )
            pieces = tuple(met for left in pieces for right in outside for met in _met(left, right))
    if len(pieces) > MAX_PIECES:
        raise NoSetError
    return RealSet(pieces, variable, one.membership and other.membership)


def _met(one: Piece, other: Piece) -> tuple[Piece, ...]:
    low, high = _order(one.low, other.low), _order(one.high, other.high)
    bottom, low_closed = (one.low, one.low_closed) if low > 0 else (other.low, other.low_closed)
    if not low:
        low_closed = one.low_closed and other.low_closed
    top, high_closed = (one.high, one.high_closed) if high < 0 else (other.high, other.high_closed)
    if not high:
        high_closed = one.high_closed and other.high_closed
    piece = Piece(bottom, low_closed, top, high_closed)
    return () if _is_void(piece) else (piece,)


def _is_void(piece: Piece, *, unknown: bool | None = None) -> bool:
    """Tell whether nothing is in a piece; ``unknown`` is the answer where its ends are no numbers."""
    try:
        order = _order(piece.low, piece.high)
    except NoSetError:
        if unknown is None:
            raise
        return unknown
    return order > 0 or (order == 0 and not (piece.low_closed and piece.high_closed))


def _merged(pieces: tuple[Piece, ...]) -> list[Piece]:
    """Sort the pieces and join those that touch."""
    kept = sorted((piece for piece in pieces if not _is_void(piece)), key=cmp_to_key(_first))
    merged: list[Piece] = []
    for piece in kept:
        if merged:
            last = merged[-1]
            gap = _order(last.high, piece.low)
            if gap > 0 or (gap == 0 and (last.high_closed or piece.low_closed)):
                order = _order(last.high, piece.high)
                high = last if order > 0 else piece
                closed = high.high_closed or (order == 0 and last.high_closed)
                merged[-1] = Piece(last.low, last.low_closed, high.high, closed)
                continue
        merged.append(piece)
    return merged


def _first(one: Piece, other: Piece) -> int:
    return _order(one.low, other.low) or int(other.low_closed) - int(one.low_closed)


def equal_sets(one: RealSet, other: RealSet, same: Same) -> bool:
    """Decide whether two sets are equal; ends that are no numbers are compared in the order given."""
    try:
        first, second = _merged(one.pieces), _merged(other.pieces)
    except NoSetError:
        first, second = list(one.pieces), list(other.pieces)
    if len(first) != len(second):
        return False
    return all(_same_piece(left, right, same) for left, right in zip(first, second, strict=True))


def _same_piece(one: Piece, other: Piece, same: Same) -> bool:
    if (one.low_closed, one.high_closed) != (other.low_closed, other.high_closed):
        return False
    return all(
        left == right if _is_infinite(left) or _is_infinite(right) else same(left, right)
        for left, right in ((one.low, other.low), (one.high, other.high))
    )
