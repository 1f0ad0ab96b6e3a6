"""Common table expressions: results that have a name, and recursion over hierarchies and series."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from reason.generators.sql.aggregates import draw_aggregate
from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.dates import Part
from reason.generators.sql.draw import columns_within, draw_columns, draw_condition
from reason.generators.sql.named import STANDINGS, TWO_STEPS, Gathered, Standing
from reason.generators.sql.recursion import RECURSIONS, Chain, Series
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Aggregate, Column, Condition, Count, Value
from reason.registry import register

__all__ = ["SQLCTE", "SQLCTEConfig"]

MAX_SERIES = 12


@dataclass(frozen=True, kw_only=True)
class SQLCTEConfig(AskingConfig):
    """Knobs of the question."""

    recursive: float = 0.5
    """How often the question needs a recursion."""

    def __post_init__(self) -> None:
        """Reject chances that are none."""
        super().__post_init__()
        self.require(0.0 <= self.recursive <= 1.0, "recursive", "0 to 1")


@register
class SQLCTE(AskingFamily[SQLCTEConfig]):
    """Write a SQL query with common table expressions, recursive ones among them.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLCTE-v0"
    topic = "CTEs and recursion"
    phrases = (*TWO_STEPS, *RECURSIONS)
    rules = "Rows whose grouping value is missing form a group of their own."

    def at_level(self, level: int) -> SQLCTEConfig:
        """Begin with groups beside one another; add recursion, columns, conditions and other tables."""
        return SQLCTEConfig(
            num_tables=2 + level // 2,
            num_columns=1 + (level >= 2) + (level >= 5) + (level >= 8),
            num_conditions=(level >= 3) + (level >= 7) + (level >= 9),
            depth=int(level >= 6),
            recursive=min(level, 2) / 4,
            evidence=0.1,
        )

    def ask(self, rng: Random, schema: Schema, config: SQLCTEConfig) -> Any:
        """Draw one of four kinds of questions that a table allows."""
        subject = rng.choice([name for name, table in schema.tables.items() if len(table.key) == 1])
        if rng.random() < config.recursive:
            # Few tables refer to themselves, so that is tried first.
            if rng.random() < 0.6:
                return _chain(rng, schema, config)
            return _series(rng, schema, subject, config)
        return rng.choice((_standing, _gather))(rng, schema, subject, config)


def _condition(
    rng: Random, schema: Schema, subject: str, config: SQLCTEConfig, count: int, *without: Any
) -> tuple[Condition | None, bool]:
    """Draw a condition of so many comparisons, and say whether that went well."""
    columns = [column for column in columns_within(schema, subject, config.depth) if column not in without]
    where = draw_condition(
        rng, schema, subject, count, config.depth, evidence=config.evidence, columns=columns
    )
    return where, where is not None or not count


def _standing(rng: Random, schema: Schema, subject: str, config: SQLCTEConfig) -> Any:
    own = schema.tables[subject].columns.values()
    groups = [Column((), column.name) for column in own if column.kind == "category"]
    groups += [
        column for column in columns_within(schema, subject, config.depth, ("category",)) if column.path
    ]
    value = _numeric(rng, schema, subject, config.depth)
    if not groups or value is None:
        return None
    by = rng.choice(groups)
    where, well = _condition(rng, schema, subject, config, config.num_conditions, by)
    if not well or getattr(value, "column", None) == by:
        return None
    return Standing(subject, by, value, rng.choice(tuple(STANDINGS)), where)


def _gather(rng: Random, schema: Schema, subject: str, config: SQLCTEConfig) -> Any:
    links = schema.links(subject)
    if not links:
        return None
    link = rng.choice(links)
    value = _numeric(rng, schema, link.table, 0)
    theirs, well = _condition(rng, schema, link.table, config, config.num_conditions // 2)
    where, also = _condition(rng, schema, subject, config, config.num_conditions - config.num_conditions // 2)
    columns = draw_columns(rng, schema, subject, config.num_columns, config.depth)
    if value is None or not (well and also) or len(columns) < config.num_columns:
        return None
    return Gathered(subject, columns, link, value, theirs, where)


def _numeric(rng: Random, schema: Schema, table: str, depth: int) -> Value | None:
    """Draw an aggregate that is a number."""
    value = draw_aggregate(rng, schema, table, depth)
    if isinstance(value, Aggregate):
        held = schema.column(table, value.column.path, value.column.name)
        return None if held.kind == "date" else value
    return value if isinstance(value, Count) else None


def _series(rng: Random, schema: Schema, subject: str, config: SQLCTEConfig) -> Any:
    counts = [
        column
        for column in columns_within(schema, subject, 0, ("count",))
        if schema.column(subject, (), column.name).high - schema.column(subject, (), column.name).low <= 40
    ]
    days = columns_within(schema, subject, 0, ("date",))
    if not counts and not days:
        return None
    column = rng.choice(counts + days)
    where, well = _condition(rng, schema, subject, config, config.num_conditions, column)
    if not well:
        return None
    if column in days:
        return Series(subject, Part("month", column), 1, MAX_SERIES, where)
    held = schema.column(subject, (), column.name)
    size = min(held.high - held.low, rng.randint(3, MAX_SERIES - 1))
    low = rng.randint(held.low, held.high - size)
    return Series(subject, column, low, low + size, where)


def _chain(rng: Random, schema: Schema, config: SQLCTEConfig) -> Any:
    """Follow a table's references to itself; without the rare conditions, which leave no chain."""
    loops = [
        (name, column.name)
        for name, table in schema.tables.items()
        for column in table.references
        if column.refers == name and len(table.key) == 1
    ]
    if not loops:
        return None
    subject, parent = rng.choice(loops)
    where, well = _condition(rng, schema, subject, config, config.num_conditions)
    columns = draw_columns(rng, schema, subject, config.num_columns, config.depth)
    if not well or len(columns) < config.num_columns:
        return None
    return Chain(subject, columns, Column((), parent), rng.choice((0, 0, 1)), rng.randint(2, 3), where)
