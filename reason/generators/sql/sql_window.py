"""Window functions: a row's place among others, what comes before it, totals so far and totals of a group."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_columns, draw_condition
from reason.generators.sql.schema import Schema
from reason.generators.sql.showing import Report, draw_plain
from reason.generators.sql.sql_top import Order
from reason.generators.sql.tree import Column
from reason.generators.sql.windows import (
    RANKS,
    STEPS,
    WHOLES,
    WINDOWS,
    Best,
    Beyond,
    Placed,
    Running,
    Step,
    Whole,
)
from reason.registry import register

__all__ = ["SQLWindow", "SQLWindowConfig"]


@dataclass(frozen=True, kw_only=True)
class SQLWindowConfig(AskingConfig):
    """Knobs of the question."""

    num_windows: int = 1
    """How many of the columns that are shown come of window functions."""
    grouped: bool = True
    """Whether a window may be a part of the rows."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_windows <= 4, "num_windows", "1 to 4")


@register
class SQLWindow(AskingFamily[SQLWindowConfig]):
    """Write a SQL query with window functions.

    What rows are sorted by is never missing, and ties go by the primary key. Effort is the number of nodes
    of the gold query.
    """

    id = "SQLWindow-v0"
    topic = "window functions"
    phrases = WINDOWS
    rules = (
        'Rows are compared with those that meet the conditions ("them"). Those whose grouping value is '
        "missing form a group of their own. Where there is no row before or after, its value is missing."
    )

    def at_level(self, level: int) -> SQLWindowConfig:
        """Begin with a place among all rows; add groups, conditions, windows and other tables in turn."""
        return SQLWindowConfig(
            num_tables=1 + level // 2,
            num_columns=1 + (level >= 2) + (level >= 6),
            num_windows=1 + (level >= 4) + (level >= 8),
            num_conditions=(level >= 3) + (level >= 7),
            depth=(level >= 5) + (level >= 9),
            grouped=level >= 1,
        )

    def ask(self, rng: Random, schema: Schema, config: SQLWindowConfig) -> Any:
        """Draw windows over a table with a key of one column, or a question that filters by one."""
        subject = rng.choice([name for name, table in schema.tables.items() if len(table.key) == 1])
        key = Column((), schema.tables[subject].key[0])
        sortable = columns_within(schema, subject, 0, ("count", "amount", "date"), nullable=False)
        groups = _groups(schema, subject)
        if not sortable or (config.grouped and not groups):
            return None
        where = draw_condition(
            rng, schema, subject, config.num_conditions, min(config.depth, 1), evidence=config.evidence
        )
        if where is None and config.num_conditions:
            return None
        if config.grouped and rng.random() < 0.4:
            columns = draw_columns(
                rng, schema, subject, config.num_columns + config.num_windows - 1, config.depth
            )
            quantities = columns_within(schema, subject, 0, ("count", "amount"))
            by = rng.choice(groups)
            if by in columns or not columns:
                return None
            if quantities and rng.random() < 0.4:
                return Beyond(subject, columns, rng.choice(quantities), rng.random() < 0.5, by, where)
            order = Order(rng.choice(sortable), rng.random() < 0.5)
            return Best(subject, columns, by, order, key, rng.randint(1, 3), where)
        made: list[Any] = []
        for _ in range(4 * config.num_windows):
            value = _draw_window(rng, schema, subject, config, sortable, groups, key)
            if len(made) < config.num_windows and value and type(value) not in map(type, made):
                made.append(value)
        shown = draw_plain(rng, schema, subject, config.num_columns, config.depth)
        if len(made) < config.num_windows or len(shown) < config.num_columns:
            return None
        return Report(subject, (*shown, *made), where)


def _groups(schema: Schema, subject: str) -> list[Column]:
    """Return columns of few values: categories, and references."""
    return [
        Column((), column.name)
        for column in schema.tables[subject].columns.values()
        if column.kind in ("category", "reference")
    ]


def _draw_window(
    rng: Random,
    schema: Schema,
    subject: str,
    config: SQLWindowConfig,
    sortable: list[Column],
    groups: list[Column],
    key: Column,
) -> Any:
    by = rng.choice(groups) if config.grouped and rng.random() < 0.8 else None
    order, chance = Order(rng.choice(sortable), rng.random() < 0.5), rng.random()
    quantities = columns_within(schema, subject, config.depth, ("count", "amount"))
    summed = columns_within(schema, subject, 0, ("count", "amount"), nullable=False)
    if chance < 0.2 and summed:
        return Running(rng.choice(summed), order, by, key)
    if chance < 0.4:
        columns = [column for column in columns_within(schema, subject, 0) if column != by]
        how = rng.choice(tuple(STEPS))
        return Step(how, rng.choice(columns), order, by, key) if columns else None
    if chance < 0.55 and by is not None and quantities:
        return Whole(rng.choice(tuple(WHOLES)), rng.choice(quantities), by)
    how = rng.choice(tuple(RANKS))
    return Placed(how, order, by, key if how == "number" else None)
