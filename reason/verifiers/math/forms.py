"""Shapes of answers: labels before values, both signs, constants of integration, entries of lists."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from reason.verifiers.math.polynomial import TooLarge
from reason.verifiers.math.rational import rational
from reason.verifiers.math.scalars import symbols
from reason.verifiers.math.tree import (
    Call,
    Constant,
    Expression,
    Group,
    Listing,
    Matrix,
    Number,
    PlusMinus,
    Product,
    Quantity,
    Ratio,
    Relation,
    SetOperation,
    Sum,
    Symbol,
    Text,
    children,
)

__all__ = [
    "both_signs",
    "entries",
    "is_scalar",
    "labelled",
    "plain_value",
    "rebuilt",
    "settled",
    "signless",
    "substituted",
    "without_constant",
]

MAX_SIGNS = 4
ROUNDING = Fraction(1, 100)


def rebuilt(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Return a node whose children are changed."""
    values: dict[str, Any] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, tuple) and value:
            if isinstance(value[0], tuple):
                values[field.name] = tuple(tuple(change(entry) for entry in row) for row in value)
            elif not isinstance(value[0], str):
                values[field.name] = tuple(change(entry) for entry in value)
        elif hasattr(value, "__dataclass_fields__"):
            values[field.name] = change(value)
    return replace(node, **values) if values else node


def substituted(node: Expression, values: dict[str, Expression]) -> Expression:
    """Put expressions in the place of variables."""
    if isinstance(node, Symbol):
        return values.get(node.name, node)
    return rebuilt(node, lambda below: substituted(below, values))


def is_scalar(node: Expression) -> bool:
    """Tell whether a node is a number or a function of variables, perhaps with a unit."""
    return not isinstance(node, Group | Matrix | Relation | SetOperation | Listing | Text | Ratio) and not (
        isinstance(node, Constant) and (node.name.startswith("set ") or node.name == "empty")
    )


def settled(node: Expression) -> Expression:
    """Shorten a chain of equalities to its first and last side, without an approximation after them."""
    if not isinstance(node, Relation) or not set(node.signs) <= {"=", "~", "to", "=="}:
        remainder = isinstance(node, Relation) and node.signs == ("mod",)
        return node.sides[0] if isinstance(node, Relation) and remainder else node
    sides, signs = list(node.sides), list(node.signs)
    if "~" in signs and (len(sides) > 2 or not is_label(sides[0])):
        cut = signs.index("~")
        if cut == 0 and is_label(sides[0]):
            cut = 1
        sides, signs = sides[: cut + 1], signs[:cut]
    while "to" in signs:  # an implication: the conclusion counts
        cut = signs.index("to")
        sides, signs = sides[cut + 1 :], signs[cut + 1 :]
    if len(sides) == 1:
        return sides[0]
    first, last = sides[0], sides[-1]
    if _contradicts(sides):
        return node
    if (
        not is_label(first)
        and is_scalar(first)
        and is_scalar(last)
        and not symbols(first)
        and not symbols(last)
    ):
        return last
    return (
        Relation((first, last), ("=",)) if set(signs) <= {"=", "~"} else Relation(tuple(sides), tuple(signs))
    )


def _contradicts(sides: list[Expression]) -> bool:
    """Tell whether a chain such as ``6 = 126`` sets numbers equal that differ by more than rounding."""
    values = []
    for side in sides:
        if is_scalar(side) and not symbols(side):
            with suppress(TooLarge, ZeroDivisionError):
                values.append(rational(side, {}))
    numbers = [value for value in values if value is not None]
    return bool(numbers) and max(numbers) - min(numbers) > max(map(abs, numbers)) * ROUNDING


def is_label(node: Expression) -> bool:
    """Tell whether a left side only names what stands on the right."""
    match node:
        case Symbol() | Text():
            return True
        case Call(name=name) if name.endswith("()"):
            return True
        case Call(name="abs" | "overline" | "degree" | "sin" | "cos" | "tan", arguments=(single,)):
            return is_label(single)
        case Call(name="fraction", arguments=(above, below)):
            return (_is_segment(above) and _is_segment(below)) or (_is_change(above) and _is_change(below))
        case Product():
            return _is_segment(node)
        case Ratio(terms=terms):
            return all(isinstance(term, Symbol) or _is_segment(term) for term in terms)
        case Group(opening="(", items=items):
            return all(isinstance(item, Symbol) for item in items)
    return False


def _is_change(node: Expression) -> bool:
    """Tell whether a product is a differential, such as dy."""
    return isinstance(node, Product) and node.factors[0] == Symbol("d")


def _is_segment(node: Expression) -> bool:
    names = node.factors if isinstance(node, Product) else (node,)
    return all(isinstance(name, Symbol) and (name.name[0].isupper() or "_" in name.name) for name in names)


def labelled(node: Expression) -> tuple[Expression | None, Expression]:
    """Split ``x = 5`` into its label and its value; without a label, the whole is the value."""
    node = settled(node)
    if isinstance(node, Relation) and len(node.sides) == 2 and node.signs[0] in ("=", "in"):
        label, value = node.sides
        if is_label(label) and not _mentions(value, label):
            return label, settled(value)
        if (
            node.signs[0] == "="
            and is_label(value)
            and isinstance(value, Symbol)
            and not _mentions(label, value)
        ):
            return value, label
    return None, node


def _mentions(value: Expression, label: Expression) -> bool:
    if isinstance(label, Symbol):
        return label.name in symbols(value)
    return value == label or any(_mentions(below, label) for below in children(value))


def both_signs(node: Expression) -> list[Expression]:
    """Return the values of a scalar with plus-minus signs; one without them stands for itself."""
    signs = _count(node)
    if not signs or signs > MAX_SIGNS:
        return [node]
    opposite = _has_lower(node)
    if opposite or signs == 1:
        return [_signed(node, [sign] * signs) for sign in (1, -1)]
    choices = [[1 if bits >> index & 1 else -1 for index in range(signs)] for bits in range(2**signs)]
    return [_signed(node, choice) for choice in choices]


def _count(node: Expression) -> int:
    return isinstance(node, PlusMinus) + sum(map(_count, children(node)))


def _has_lower(node: Expression) -> bool:
    return (isinstance(node, PlusMinus) and node.sign < 0) or any(map(_has_lower, children(node)))


def _signed(node: Expression, signs: list[int]) -> Expression:
    if isinstance(node, PlusMinus):
        sign = signs.pop() * node.sign
        operand = _signed(node.operand, signs)
        return operand if sign > 0 else Product((Number(Fraction(-1)), operand))
    return rebuilt(node, lambda below: _signed(below, signs))


def entries(node: Expression) -> list[Expression] | None:
    """Return the entries of a list without order, or None for what is none.

    A label before the first entry is a label of all; groups between semicolons whose entries are labelled
    are tuples: ``p=5, q=2; p=7, q=2`` has two entries.
    """
    if isinstance(node, Listing):
        if not node.items:
            return []
        groups: list[list[Expression]] = [[node.items[0]]]
        for separator, item in zip(node.separators, node.items[1:], strict=True):
            if separator == ";":
                groups.append([])
            groups[-1].append(item)
        if len(groups) > 1 and all(len(group) > 1 for group in groups) and all(map(_is_record, groups)):
            return [Group("(", tuple(labelled(item)[1] for item in group), ")") for group in groups]
        items = list(node.items)
        labels = [labelled(item)[0] for item in items]
        if labels[0] is not None and not any(labels[1:]):
            items[0] = labelled(items[0])[1]
        return [value for item in items for value in _expanded(item)]
    values = _expanded(node)
    return values if len(values) > 1 else None


def _is_record(items: list[Expression]) -> bool:
    return all(labelled(item)[0] is not None for item in items)


def _expanded(item: Expression) -> list[Expression]:
    label, value = labelled(item)
    if not is_scalar(value):
        return [item]
    values = both_signs(value)
    if len(values) == 1:
        return [item]
    return [Relation((label, each), ("=",)) if label is not None else each for each in values]


_CONSTANTS = ("C", "c", "K", "k", "C_1", "const", "D")


def without_constant(node: Expression) -> Expression | None:
    """Take a constant of integration off a sum, or return None where it has none."""
    if not isinstance(node, Sum):
        return None
    names = [term.name for term in node.terms if isinstance(term, Symbol) and term.name in _CONSTANTS]
    if len(names) != 1:
        return None
    rest = tuple(term for term in node.terms if term != Symbol(names[0]))
    kept = Sum(rest) if len(rest) > 1 else rest[0]
    return None if names[0] in symbols(kept) else kept


def signless(node: Expression) -> Expression:
    """Read ``ln |u|`` as ``ln u``."""
    if isinstance(node, Call) and node.name == "ln" and len(node.arguments) == 1:
        inner = node.arguments[0]
        if isinstance(inner, Call) and inner.name == "abs":
            return Call("ln", (signless(inner.arguments[0]),))
    return rebuilt(node, signless)


def plain_value(node: Expression) -> Expression:
    """Take the unit off a value."""
    return node.value if isinstance(node, Quantity) else node
