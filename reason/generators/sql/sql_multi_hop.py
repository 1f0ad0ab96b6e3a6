"""Questions that mix skills over several tables: ways from table to table, subqueries, dates, groups."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql import sql_subquery
from reason.generators.sql.aggregates import draw_aggregate, draw_having
from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.dates import DATES, Falls, Part
from reason.generators.sql.draw import columns_within, draw_atom, draw_condition
from reason.generators.sql.schema import Schema
from reason.generators.sql.showing import Plain, Report, joined
from reason.generators.sql.sql_group import GROUPINGS, Grouping
from reason.generators.sql.sql_subquery import Beside, Counted, Overall, Tally
from reason.generators.sql.tree import Column, Has
from reason.registry import register

__all__ = ["SQLMultiHop", "SQLMultiHopConfig"]

_SKILLS = ("far", "has", "counted", "beside", "falls")


@dataclass(frozen=True, kw_only=True)
class SQLMultiHopConfig(AskingConfig):
    """Knobs of the question."""

    num_skills: int = 2
    """How many conditions there are, each of another kind: a far column, other rows, counts, dates."""
    num_joined: int = 3
    """Least number of different tables that the query reads."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_skills <= len(_SKILLS), "num_skills", f"1 to {len(_SKILLS)}")
        self.require(2 <= self.num_joined <= 6, "num_joined", "2 to 6")


@register
class SQLMultiHop(AskingFamily[SQLMultiHopConfig]):
    """Write a SQL query for a question that needs several tables and several skills at once.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLMultiHop-v0"
    topic = "multi-hop"
    phrases = (
        *sql_subquery.PHRASES,
        *GROUPINGS,
        *(phrase for phrase in DATES if phrase.kind in (Part, Falls)),
    )
    rules = (
        "Years, months, days and weekdays are whole numbers, not texts. "
        "Rows whose grouping value is missing form a group of their own."
    )

    def at_level(self, level: int) -> SQLMultiHopConfig:
        """Add columns, skills, tables and longer ways in turn."""
        return SQLMultiHopConfig(
            num_tables=4 + (level >= 1) + (level >= 3) + (level >= 5),
            num_columns=1 + (level + 2) // 4,
            num_skills=1 + (level >= 7),
            num_conditions=int(level >= 9),
            num_joined=3 + (level >= 8),
            depth=2 + (level >= 4),
            evidence=0.1,
        )

    def ask(self, rng: Random, schema: Schema, config: SQLMultiHopConfig) -> Any:
        """Draw conditions of different kinds, and rows or groups that are shown of what meets them."""
        subject = rng.choice(list(schema.tables))
        far = [column for column in columns_within(schema, subject, config.depth) if len(column.path) > 0]
        if not far:
            return None
        conditions: list[Any] = []
        for skill in rng.sample(_SKILLS, config.num_skills):
            condition = _draw_skill(rng, schema, subject, skill, config)
            if condition is None:
                return None
            conditions.append(condition)
        used = [getattr(condition, "left", getattr(condition, "column", None)) for condition in conditions]
        left = [column for column in columns_within(schema, subject, 0) if column not in used]
        plain = draw_condition(
            rng, schema, subject, config.num_conditions, 0, evidence=config.evidence, columns=left
        )
        if plain is None and config.num_conditions:
            return None
        where = joined(*conditions, plain)
        if rng.random() < 0.4:
            question = _grouping(rng, schema, subject, config, where)
        else:
            question = _report(rng, schema, subject, config, where)
        if question is None:
            return None
        tables = {table.name for table in question.query(schema).find_all(exp.Table)}
        return question if len(tables) >= config.num_joined else None


def _report(rng: Random, schema: Schema, subject: str, config: SQLMultiHopConfig, where: Any) -> Any:
    """Show far columns, parts of dates, and how many rows refer to each."""
    near = columns_within(schema, subject, 0)
    far = _longest(schema, subject, config.depth)
    links = [link for link in schema.links(subject) if link.table != subject]
    days = columns_within(schema, subject, 1, ("date",))
    values: list[Any] = [Plain(rng.choice(far))] if far else []
    while len(values) < config.num_columns + 1:
        chance = rng.random()
        if links and chance < 0.2:
            value: Any = Tally(rng.choice(links))
        elif days and chance < 0.4:
            value = Plain(Part(rng.choice(("year", "month")), rng.choice(days)))  # type: ignore[arg-type]
        elif near:
            value = Plain(rng.choice(near))
        else:
            return None
        if value in values:
            near = [column for column in near if Plain(column) != value]
            links, days = [], []
            continue
        values.append(value)
    rng.shuffle(values)
    return Report(subject, tuple(values), where)


def _grouping(rng: Random, schema: Schema, subject: str, config: SQLMultiHopConfig, where: Any) -> Any:
    """Group by a far column, and by the year of a date."""
    keys: list[Any] = [c for c in columns_within(schema, subject, config.depth, ("category",)) if c.path]
    days = columns_within(schema, subject, 0, ("date",))
    if not keys:
        return None
    keys = [rng.choice(keys)]
    if days and config.num_columns > 2:
        keys.append(Part("year", rng.choice(days)))
    drawn = [draw_aggregate(rng, schema, subject, 1) for _ in range(max(1, config.num_columns - 1))]
    aggregates = tuple(dict.fromkeys(value for value in drawn if value is not None))
    used = [getattr(key, "column", key) for key in keys]
    if not aggregates or any(getattr(value, "column", None) in used for value in aggregates):
        return None
    having = draw_having(rng, schema, subject, aggregates[0]) if rng.random() < 0.3 else None
    return Grouping(subject, tuple(keys), aggregates, where, having)


def _longest(schema: Schema, subject: str, depth: int) -> list[Column]:
    """Return the columns at the ends of the longest ways."""
    far = columns_within(schema, subject, depth)
    most = max((len(column.path) for column in far), default=0)
    return [column for column in far if column.path and len(column.path) >= most - 1]


def _draw_skill(rng: Random, schema: Schema, subject: str, skill: str, config: SQLMultiHopConfig) -> Any:
    # Rows of the subject that refer to it leave the other conditions little room.
    links = [link for link in schema.links(subject) if link.table != subject]
    match skill:
        case "far":
            columns = _longest(schema, subject, config.depth)
            return draw_atom(rng, schema, subject, rng.choice(columns)) if columns else None
        case "falls":
            days = columns_within(schema, subject, 1, ("date",))
            if not days:
                return None
            column = rng.choice(days)
            held = schema.column(subject, column.path, column.name)
            first, last = int(held.low[:4]), int(held.high[:4])
            if last - first < 2:
                return None
            return Falls("year", rng.choice((">=", "<=")), rng.randint(first + 1, last - 1), column)
        case "beside":
            quantities = columns_within(schema, subject, 0, ("count", "amount"))
            if not quantities:
                return None
            left = rng.choice(quantities)
            return Beside(left, rng.choice((">", "<")), Overall("average", left, subject))
        case _ if not links:
            return None
    link = rng.choice(links)
    where = draw_condition(rng, schema, link.table, 1, 0)
    if where is None:
        return None
    if skill == "counted":
        operator, number = rng.choice(((">", 1), (">=", 2), ("<", 2), ("=", 1)))
        return Counted(operator, number, link, rng.choice((where, None)))
    return Has(link, where, negated=rng.random() < 0.3)
