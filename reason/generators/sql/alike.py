"""Trees that differ from a tree in one place: what a query may be mistaken for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

from reason.generators.sql.draw import draw_constant
from reason.generators.sql.schema import Link, Schema
from reason.generators.sql.sql_top import Order, Top
from reason.generators.sql.tree import Aggregate, All, AnyOf, Column, Comparison, Has, Match, Missing, OneOf

__all__ = ["neighbours_of"]

_OPERATORS = {
    ">": (">=", "<"),
    ">=": (">", "<="),
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    "=": ("<>",),
    "<>": ("=",),
}
_FUNCTIONS = ("sum", "average", "least", "greatest")
_PLACES = ("starts", "ends", "contains")


def neighbours_of(schema: Schema, question: Any) -> Iterator[Any]:
    """Yield questions that differ from one in one place; some of them say the same.

    A node changes into the same others wherever it stands, so that two changes can be made in either order.

    Args:
        schema: What there is.
        question: A tree.
    """
    yield from _changed(schema, question, question.subject)


def _changed(schema: Schema, node: Any, subject: str) -> Iterator[Any]:
    if isinstance(node, tuple):
        yield from _lists(schema, node, subject)
        return
    if not is_dataclass(node) or isinstance(node, type):
        return
    yield from _own(schema, node, subject)
    about = getattr(node, "about", {})
    if not about and isinstance(link := getattr(node, "link", None), Link):
        subject = link.table
    for field in fields(node):
        holder = getattr(node, about[field.name]) if field.name in about else subject
        table = getattr(holder, "table", holder)
        for other in _changed(schema, getattr(node, field.name), table):
            yield replace(node, **{field.name: other})


def _lists(schema: Schema, items: tuple[Any, ...], subject: str) -> Iterator[tuple[Any, ...]]:
    if len(items) > 1 and all(isinstance(item, Column) for item in items):
        yield (*items[1:], items[0])
    for place, item in enumerate(items):
        for other in _changed(schema, item, subject):
            if other not in items:
                yield (*items[:place], other, *items[place + 1 :])


def _own(schema: Schema, node: Any, subject: str) -> Iterator[Any]:
    match node:
        case Comparison(operator=operator, right=right):
            yield from (replace(node, operator=other) for other in _OPERATORS[operator])
            if isinstance(node.left, Column) and isinstance(right, int | float | str):
                held = schema.column(subject, node.left.path, node.left.name)
                yield replace(node, right=draw_constant(Random(repr(node)), held, 0.1, 0.9))
        case OneOf() | Missing() | Has():
            yield replace(node, negated=not node.negated)
        case Match():
            yield from (replace(node, how=how) for how in _PLACES if how != node.how)
        case All() if len(node.items) > 1:
            yield AnyOf(node.items)
            yield node.items[0] if len(node.items) == 2 else All(node.items[:-1])
        case AnyOf() if type(node) is AnyOf:
            yield All(node.items)
        case Aggregate():
            held = schema.column(subject, node.column.path, node.column.name)
            words = _FUNCTIONS[2:] if held.kind == "date" else _FUNCTIONS
            yield from (replace(node, function=word) for word in words if word != node.function)
        case Order():
            yield replace(node, descending=not node.descending)
        case Top() if node.limit is not None:
            yield replace(node, limit=node.limit + 1)
        case Column():
            table = schema.tables[schema.target(subject, node.path)]
            mine = table.columns[node.name]
            if mine.kind not in ("key", "reference"):
                yield from (
                    Column(node.path, other.name)
                    for other in table.columns.values()
                    if other.kind == mine.kind and other.name != node.name
                )
