"""Rows that meet a question's conditions: what a database must hold for the question to have an answer."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

from reason.generators.sql.draw import sample_values
from reason.generators.sql.neighbours import steps
from reason.generators.sql.schema import Link, Schema
from reason.generators.sql.tree import (
    Aggregate,
    All,
    AnyOf,
    Between,
    Column,
    Comparison,
    Has,
    Match,
    Missing,
    OneOf,
)

__all__ = ["draw_witness", "edges"]

_SAMPLES = 6
Wish = tuple[str, str, Any]
"""A table, a column and a value, all as SQL has them."""


def draw_witness(schema: Schema, question: Any, rng: Random) -> dict[str, dict[str, Any]]:
    """Return values, by table and column, that meet the conditions of a question.

    Of conditions of which one is enough, one is met. What grouping, order and the like ask for is left out.

    Args:
        schema: What there is.
        question: A tree.
        rng: Picks among the values.
    """
    found: dict[str, dict[str, Any]] = {}
    for table, column, value in _wishes(schema, question, question.subject, rng, met=True):
        found.setdefault(table, {})[column] = value
    return found


def edges(node: Any) -> Iterator[tuple[Column, list[Any]]]:
    """Yield columns, and values just inside and outside of what the nodes of a tree ask of them.

    Constants of comparisons are read from the SQL; nodes for which that cannot tell have a method ``edges``.
    """
    if hasattr(node, "edges"):
        yield from node.edges()
    elif isinstance(node, tuple):
        for item in node:
            yield from edges(item)
    elif is_dataclass(node):
        for part in fields(node):
            yield from edges(getattr(node, part.name))


def _wishes(schema: Schema, node: Any, subject: str, rng: Random, *, met: bool) -> Iterator[Wish]:
    if isinstance(node, AnyOf | All):
        # One decides: the others must not hide what it says.
        one = rng.randrange(len(node.items))
        other = isinstance(node, All)
        for number, item in enumerate(node.items):
            yield from _wishes(
                schema, item, subject, rng, met=met if number == one or met is other else not met
            )
    elif isinstance(node, tuple):
        for item in node:
            yield from _wishes(schema, item, subject, rng, met=met)
    elif isinstance(node, Comparison | Between | OneOf | Match | Missing) or hasattr(node, "fitting"):
        column = node.left if isinstance(node, Comparison) else node.column
        if isinstance(column, Aggregate) and column.function != "sum":
            column = column.column  # a group of one row meets what its row meets
        if isinstance(column, Column):
            table = schema.target(subject, column.path)
            held = schema.tables[table].columns[column.name]
            choices = [v for v in _values(node, held, rng, met=met) if v is not None or held.null]
            if choices:
                yield schema.table_name(table), schema.column_name(column.name), rng.choice(choices)
    elif hasattr(node, "planted"):
        # A condition on two columns at once says what both are.
        for column, value in node.planted(rng, met=met):
            table = schema.target(subject, column.path)
            yield schema.table_name(table), schema.column_name(column.name), value
    elif is_dataclass(node) and not (isinstance(node, Has) and node.negated is met):
        about = getattr(node, "about", {})
        if not about and isinstance(link := getattr(node, "link", None), Link):
            subject = link.table
        for part in fields(node):
            holder = getattr(node, about[part.name]) if part.name in about else subject
            table = getattr(holder, "table", holder)
            yield from _wishes(schema, getattr(node, part.name), table, rng, met=met)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "starts": lambda value, text: value.lower().startswith(text.lower()),
    "ends": lambda value, text: value.lower().endswith(text.lower()),
    "contains": lambda value, text: text.lower() in value.lower(),
}


def _values(node: Any, held: Any, rng: Random, *, met: bool) -> list[Any]:
    """Return values that meet one condition, or that do not."""
    pool = sample_values(rng, held, _SAMPLES)
    if hasattr(node, "fitting"):
        return list(node.fitting(pool, met=met))
    match node:
        case Missing():
            return pool if node.negated is met else [None]
        case OneOf():
            return [value for value in pool if ((value in node.values) != node.negated) is met]
        case Match():
            return [value for value in pool if _TESTS[node.how](value, node.text) is met]
        case Between():
            near = [node.low, node.high, *pool]
            return [value for value in near if (node.low <= value <= node.high) is met]
        case Comparison(right=int() | float() | str() as bound):
            near = [bound, *_next(bound), *pool]
            return [value for value in near if _TESTS[node.operator](value, bound) is met]
    return []


def _next(bound: Any) -> tuple[Any, Any]:
    """Return values just above and below one."""
    if isinstance(bound, int | float):
        return steps(bound)
    try:
        day = datetime.date.fromisoformat(bound)
    except ValueError:
        return bound + "x", bound
    return (day + datetime.timedelta(days=1)).isoformat(), (day - datetime.timedelta(days=1)).isoformat()
