"""Date logic: parts of dates, days between them, and conditions on them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.generators.sql.aggregates import draw_aggregate
from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.dates import (
    DATES,
    FORMATS,
    ROUGHLY,
    Elapsed,
    Falls,
    Part,
    Separated,
    Shifted,
    Within,
)
from reason.generators.sql.draw import columns_within, draw_columns, draw_condition
from reason.generators.sql.listing import LISTINGS, Listing
from reason.generators.sql.schema import Schema
from reason.generators.sql.showing import joined
from reason.generators.sql.sql_group import GROUPINGS, Grouping
from reason.generators.sql.tree import Column
from reason.registry import register

__all__ = ["SQLDate", "SQLDateConfig"]


@dataclass(frozen=True, kw_only=True)
class SQLDateConfig(AskingConfig):
    """Knobs of the question."""

    num_parts: int = 1
    """How many of the columns that are shown, or grouped by, are computed of dates."""
    num_date_conditions: int = 0
    """How many conditions are on what is computed of dates."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_parts <= 4, "num_parts", "1 to 4")
        self.require(0 <= self.num_date_conditions <= 2, "num_date_conditions", "0 to 2")


@register
class SQLDate(AskingFamily[SQLDateConfig]):
    """Write a SQL query that computes with dates.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLDate-v0"
    topic = "date logic"
    phrases = (*GROUPINGS, *LISTINGS, *DATES)
    rules = (
        "Years, months, days, weekdays and numbers of days are whole numbers, not texts. "
        "Rows whose grouping value is missing form a group of their own."
    )

    def at_level(self, level: int) -> SQLDateConfig:
        """Add conditions on dates, parts, plain conditions and other tables in turn."""
        return SQLDateConfig(
            num_tables=1 + level // 2,
            num_columns=1 + (level >= 3) + (level >= 8),
            num_parts=1 + (level >= 2) + (level >= 7),
            num_date_conditions=(level >= 1) + (level >= 6),
            num_conditions=(level >= 4) + (level >= 9),
            depth=int(level >= 5),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLDateConfig) -> Any:
        """Draw parts of dates, to be shown or to group by, and conditions, each on another date."""
        subject = rng.choice(list(schema.tables))
        days = columns_within(schema, subject, config.depth, ("date",))
        if len(days) < max(1, config.num_date_conditions):
            return None
        used = rng.sample(days, config.num_date_conditions)
        # Of two conditions that few rows meet, one would hide the other.
        conditions = [
            _draw_condition(rng, schema, subject, column, days, rare=number == 0)
            for number, column in enumerate(used)
        ]
        others = [column for column in columns_within(schema, subject, config.depth) if column not in used]
        plain = draw_condition(
            rng,
            schema,
            subject,
            config.num_conditions,
            config.depth,
            evidence=config.evidence,
            columns=others,
        )
        if plain is None and config.num_conditions:
            return None
        where = joined(*conditions, plain)
        if rng.random() < 0.3:
            return _grouping(rng, schema, subject, config, days, where)
        parts = _distinct(lambda: _draw_part(rng, schema, subject, days), config.num_parts)
        columns: list[Any] = [*draw_columns(rng, schema, subject, config.num_columns, 0), *parts]
        rng.shuffle(columns)
        if len(columns) < config.num_columns + config.num_parts:
            return None
        return Listing(subject, tuple(columns), where)


def _grouping(
    rng: Random, schema: Schema, subject: str, config: SQLDateConfig, days: list[Column], where: Any
) -> Grouping | None:
    """Group by one part of a date, or by two of them."""
    units = ("year", "year", "month", "weekday", "year and month")
    keys = _distinct(lambda: Part(rng.choice(units), rng.choice(days)), 1 + (config.num_parts > 2))
    made = _distinct(
        lambda: draw_aggregate(rng, schema, subject, config.depth), config.num_parts + config.num_columns - 1
    )
    if len({(key.column, key.unit[:4]) for key in keys}) < len(keys) or not made:
        return None
    if any(getattr(value, "column", None) in [key.column for key in keys] for value in made):
        return None
    return Grouping(subject, tuple(keys), tuple(made), where)


def _distinct(draw: Callable[[], Any], count: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(4 * count):
        if len(found) < count and (value := draw()) is not None and value not in found:
            found.append(value)
    return found


def _draw_part(rng: Random, schema: Schema, subject: str, days: list[Column]) -> Any:
    column, chance = rng.choice(days), rng.random()
    others = [other for other in days if other != column]
    if others and chance < 0.35:
        return Elapsed(column, rng.choice(others))
    if chance < 0.5:
        return Shifted(rng.choice((7, 10, 14, 28, 30, 60, 90)), column)
    return Part(rng.choice(tuple(FORMATS)), column)


def _draw_condition(
    rng: Random, schema: Schema, subject: str, column: Column, days: list[Column], *, rare: bool
) -> Any:
    held = schema.column(subject, column.path, column.name)
    first, last = (datetime.date.fromisoformat(day) for day in (held.low, held.high))
    # Dates of one column, of two rows, cannot be drawn to lie so far apart.
    others, chance = [other for other in days if other.name != column.name], rng.random()
    if rare and others and chance < 0.3:
        return Separated(column, rng.choice(others), rng.choice(tuple(ROUGHLY)), 30 * rng.randint(1, 24))
    if chance < 0.5:
        begin = first + datetime.timedelta(days=rng.randint(0, (last - first).days // 2))
        return Within(column, str(begin), (last - first).days // rng.randint(4, 9))
    if rare and chance < 0.65:
        return Falls("month", "=", rng.randint(1, 12), column)
    if rare and chance < 0.75:
        return Falls("weekday", "=", rng.randrange(7), column)
    operator = rng.choice(("=", ">=", "<=") if rare else (">=", "<="))
    year = rng.randint(first.year, last.year)
    if operator != "=" and first.year + 1 < last.year:
        year = rng.randint(first.year + 1, last.year - 1)
    return Falls("year", operator, year, column)
