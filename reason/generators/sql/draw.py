"""Drawing columns, constants and conditions for a question."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from reason.generators.sql import tree, world
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import (
    AnyOf,
    Between,
    Column,
    Comparison,
    Condition,
    Definition,
    Match,
    OneOf,
    Term,
)

__all__ = [
    "columns_within",
    "draw_atom",
    "draw_columns",
    "draw_condition",
    "draw_constant",
    "sample_values",
]

_TERMS = ("priority", "flagged", "notable", "premium", "core", "special", "eligible")
_LOOSE = 0.75
"""How often a bound lies on the side that lets most rows through: many conditions must leave some rows."""


def columns_within(
    schema: Schema, table: str, depth: int, kinds: Sequence[str] = (), *, nullable: bool | None = None
) -> list[Column]:
    """Return the columns that paths of some length reach, without keys and references.

    Args:
        schema: What there is.
        table: Where the paths begin.
        depth: Steps of the longest path.
        kinds: The kinds of columns; all where there are none.
        nullable: Only columns (of the table itself) that may be NULL, or may not; None: any.
    """
    kinds = kinds or ("name", "category", "count", "amount", "date")
    return [
        Column(path, column.name)
        for path, column in _walk(schema, table, depth, ())
        if column.kind in kinds and (nullable is None or bool(column.null) == nullable)
    ]


def _walk(
    schema: Schema, table: str, depth: int, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], world.Column]]:
    for column in schema.tables[table].columns.values():
        yield path, column
        if column.refers and depth > 0:
            yield from _walk(schema, column.refers, depth - 1, (*path, column.name))


def draw_columns(rng: Random, schema: Schema, table: str, count: int, depth: int) -> tuple[Column, ...]:
    """Draw different columns to show: most of them the subject's own, and one at full depth."""
    own = columns_within(schema, table, 0)
    far = [column for column in columns_within(schema, table, depth) if column.path]
    chosen: list[Column] = []
    if far:
        longest = max(len(column.path) for column in far)
        chosen.append(rng.choice([column for column in far if len(column.path) == longest]))
    while len(chosen) < count:
        left = [c for c in (own if rng.random() < 0.6 or not far else far) if c not in chosen]
        left = left or [c for c in [*own, *far] if c not in chosen]
        if not left:
            break
        chosen.append(rng.choice(left))
    rng.shuffle(chosen)
    return tuple(chosen)


def draw_constant(rng: Random, column: world.Column, low: float = 0.05, high: float = 0.95) -> Any:
    """Draw a constant that a column may hold, between two parts of its range."""
    place = low + (high - low) * rng.random()
    match column.kind:
        case "count":
            return round(column.low + place * (column.high - column.low))
        case "amount":
            # Quarters, whose sums no order of adding changes.
            return round(4 * (column.low + place * (column.high - column.low))) / 4
        case "date":
            first, last = map(datetime.date.fromisoformat, (column.low, column.high))
            return (first + datetime.timedelta(days=round(place * (last - first).days))).isoformat()
        case _:
            return rng.choice(column.values)


def sample_values(rng: Random, column: world.Column, count: int) -> list[Any]:
    """Draw realistic values of a column."""
    if column.kind in ("key", "reference"):
        return []
    if column.values:
        return list(column.values)
    return [draw_constant(rng, column, 0.0, 1.0) for _ in range(count)]


def draw_atom(rng: Random, schema: Schema, table: str, column: Column) -> Condition:
    """Draw a condition on one column."""
    held = schema.column(table, column.path, column.name)
    if held.kind in ("name", "category"):
        return _draw_text(rng, column, held)
    if rng.random() < 0.15:
        return Between(column, draw_constant(rng, held, 0.05, 0.35), draw_constant(rng, held, 0.6, 0.95))
    above = rng.random() < 0.5
    bound = (0.05, 0.5) if above == (rng.random() < _LOOSE) else (0.5, 0.95)
    operator = rng.choice((">", ">=") if above else ("<", "<="))
    return Comparison(column, operator, draw_constant(rng, held, *bound))


def _draw_text(rng: Random, column: Column, held: world.Column) -> Condition:
    value = rng.choice(held.values)
    chance = rng.random()
    if held.kind == "name":
        if chance < 0.4:
            return Comparison(column, "<>", value)
        words = value.replace("'", " ").split()
        word = rng.choice([word for word in words if word.isalpha()] or words)
        size = min(len(word), rng.randint(1, 2))
        how = rng.choice(("starts", "ends", "contains"))
        text = {"starts": value[:size], "ends": value[-size:], "contains": word[1 : 1 + size] or word}[how]
        return Match(column, how, text)
    if chance < 0.4:
        return Comparison(column, rng.choice(("=", "=", "<>")), value)
    most = min(len(held.values) - 1, 3)
    values = tuple(rng.sample(held.values, rng.randint(2, most)))
    return OneOf(column, values, negated=chance > 0.8)


def draw_condition(
    rng: Random,
    schema: Schema,
    table: str,
    count: int,
    depth: int,
    *,
    evidence: float = 0.0,
    columns: Sequence[Column] | None = None,
) -> Condition | None:
    """Draw a condition of some comparisons, each on another column; None where there are too few columns.

    Args:
        rng: What draws.
        schema: What there is.
        table: The subject.
        count: How many comparisons.
        depth: Steps to the columns.
        evidence: How often one of them has a name that a note explains.
        columns: Those to draw from, where not all.
    """
    left = list(columns_within(schema, table, depth) if columns is None else columns)
    if len(left) < count or count < 1:
        return None
    rng.shuffle(left)
    atoms = [draw_atom(rng, schema, table, column) for column in left[:count]]
    if rng.random() < evidence:
        atoms[0] = Term(Definition(rng.choice(_TERMS), table, atoms[0]))
    if count == 1:
        return atoms[0]
    if count == 2 and rng.random() < 0.4:
        return AnyOf(tuple(atoms))
    if count > 2 and rng.random() < 0.7:
        size = rng.randint(2, count - 1)
        atoms = [*atoms[size:], AnyOf(tuple(atoms[:size]))]
        rng.shuffle(atoms)
    return tree.All(tuple(atoms))
