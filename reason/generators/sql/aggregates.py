"""The phrases of what a group of rows has: counts, sums, averages, extremes."""

from __future__ import annotations

from random import Random

from reason.generators.sql.draw import columns_within, draw_constant
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Aggregate, Comparison, Count, Value

__all__ = ["AGGREGATES", "draw_aggregate", "draw_having"]

_WORDS = {">": "above", "<": "below", ">=": "at least", "<=": "at most"}

AGGREGATES: tuple[Phrase, ...] = (
    Phrase("aggregate", Count, "number of {table:plural}", {"column": None}),
    Phrase("aggregate", Count, "number of {table:plural} with a known {column:column}", {"distinct": False}),
    Phrase(
        "aggregate", Count, "number of different values of {column:column}", {"distinct": True, "table": ""}
    ),
    *(
        Phrase("aggregate", Aggregate, f"{word} {{column:{kind}}}", {"function": function})
        for function, kind, word in (
            ("sum", "quantity", "total"),
            ("average", "quantity", "average"),
            ("least", "quantity", "lowest"),
            ("greatest", "quantity", "highest"),
            ("least", "day", "earliest"),
            ("greatest", "day", "latest"),
        )
    ),
    *(
        Phrase("having", Comparison, template.format(word), {"operator": operator})
        for operator, word in _WORDS.items()
        for template in (
            "Keep only groups whose {{left:aggregate}} is {} {{right:number}}.",
            "Only groups whose {{left:aggregate}} is {} {{right:number}} count.",
        )
    ),
)
"""Category ``aggregate`` stands behind "the"; ``having`` is a sentence of its own."""


def draw_aggregate(rng: Random, schema: Schema, table: str, depth: int) -> Value | None:
    """Draw what a group of rows of a table has; None where it has no column for that."""
    chance = rng.random()
    if chance < 0.25:
        return Count(table)
    if chance < 0.35:
        columns = columns_within(schema, table, 0, nullable=True)
        return Count(table, rng.choice(columns)) if columns else None
    if chance < 0.5:
        columns = columns_within(schema, table, depth, ("category", "name", "count"))
        return Count("", rng.choice(columns), distinct=True) if columns else None
    columns = columns_within(schema, table, depth, ("count", "amount", "date"))
    if not columns:
        return None
    column = rng.choice(columns)
    held = schema.column(table, column.path, column.name)
    functions = ["least", "greatest"]
    if held.kind != "date":
        functions.append("average")
        if not held.name.endswith(("year", "number")):
            functions.append("sum")
    return Aggregate(rng.choice(functions), column)


def draw_having(rng: Random, schema: Schema, table: str, aggregate: Value) -> Comparison | None:
    """Draw a condition on a group; None where no constant would be to the point."""
    if isinstance(aggregate, Count):
        # Small groups: no task's databases need many rows to show those at the bound and beside it.
        operator, number = rng.choice(((">=", 2), (">", 2), ("<", 2), ("<=", 2), (">=", 3), ("<", 3)))
        return Comparison(aggregate, operator, number)
    if not isinstance(aggregate, Aggregate):
        return None
    held = schema.column(table, aggregate.column.path, aggregate.column.name)
    if held.kind == "date":
        return None
    constant = draw_constant(rng, held, 0.3, 0.7)
    return Comparison(aggregate, rng.choice((">", "<", ">=", "<=")), constant)
