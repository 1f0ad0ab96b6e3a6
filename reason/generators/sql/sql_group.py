"""Aggregation: what groups of rows have, and which groups count."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.aggregates import AGGREGATES, draw_aggregate, draw_having
from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_condition
from reason.generators.sql.listing import styled
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Column, Comparison, Condition, Scope, Value
from reason.registry import register

__all__ = ["GROUPINGS", "Grouping", "SQLGroup", "SQLGroupConfig"]


@dataclass(frozen=True)
class Grouping:
    """The values of some columns, and what the rows that share them have; without any, what all rows have."""

    subject: str
    keys: tuple[Column, ...]
    aggregates: tuple[Value, ...]
    where: Condition | None = None
    having: Comparison | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        keys = [key.sql(scope) for key in self.keys]
        values = [value.sql(scope) for value in self.aggregates]
        having = self.having.sql(scope) if self.having else None
        query = scope.select(*keys, *values, where=self.where.sql(scope) if self.where else None)
        if keys:
            query = query.group_by(*(key.copy() for key in keys), copy=False)
        return query.having(having, copy=False) if having is not None else query


GROUPINGS = (
    *AGGREGATES,
    *styled(
        Grouping,
        {
            "explicit": (
                "Group all {subject:plural}{ where:condition?} by {keys:column*}. For each group, show "
                "what it is "
                "grouped by, and then the {aggregates:aggregate*}.{ having:having?}",
                "For each {keys:column*} of the {subject:plural}{ where:condition?}, show that and the "
                "{aggregates:aggregate*}.{ having:having?}",
            ),
            "business": (
                "We want to compare our {subject:plural}{ where:condition?} by {keys:column*}: next to that, "
                "report the {aggregates:aggregate*}.{ having:having?}",
                "Please break down the {subject:plural}{ where:condition?} by {keys:column*}, and give "
                "for each "
                "group, behind what it is broken down by, the {aggregates:aggregate*}.{ having:having?}",
            ),
        },
    ),
    *styled(
        Grouping,
        {
            "explicit": (
                "Over all {subject:plural}{ where:condition?} together, compute the {aggregates:aggregate*}.",
                "Compute the {aggregates:aggregate*} over all {subject:plural}{ where:condition?}.",
            ),
            "business": (
                "Taking our {subject:plural}{ where:condition?} together, what is the "
                "{aggregates:aggregate*}?",
                "For the report we need, over all {subject:plural}{ where:condition?}, the "
                "{aggregates:aggregate*}.",
            ),
        },
        keys=(),
        having=None,
    ),
)


@dataclass(frozen=True, kw_only=True)
class SQLGroupConfig(AskingConfig):
    """Knobs of the question."""

    num_keys: int = 1
    """How many columns the rows are grouped by; 0 takes all together."""
    num_aggregates: int = 1
    """How many aggregates are shown."""
    having: bool = False
    """Whether groups must meet a condition."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(0 <= self.num_keys <= 4, "num_keys", "0 to 4")
        self.require(1 <= self.num_aggregates <= 6, "num_aggregates", "1 to 6")
        self.require(self.num_keys > 0 or not self.having, "having", "False where num_keys is 0")


@register
class SQLGroup(AskingFamily[SQLGroupConfig]):
    """Write a SQL query with aggregates, GROUP BY and HAVING.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLGroup-v0"
    topic = "aggregation"
    phrases = GROUPINGS
    rules = "Rows whose grouping value is missing form a group of their own."

    def at_level(self, level: int) -> SQLGroupConfig:
        """Begin with one aggregate of all rows; add groups, conditions on them, and other tables' columns."""
        return SQLGroupConfig(
            num_tables=max(2, 1 + level // 2),
            num_keys=min(level, 1) + (level >= 7),
            num_aggregates=1 + (level >= 4) + (level >= 9),
            num_conditions=(level >= 2) + (level >= 5) + (level >= 8),
            depth=int(level >= 6),
            having=level >= 3,
        )

    def ask(self, rng: Random, schema: Schema, config: SQLGroupConfig) -> Any:
        """Draw keys of few values, and aggregates of other columns."""
        subject = rng.choice(list(schema.tables))
        kinds = ("category", "name") if rng.random() < 0.5 else ("category",)
        keys = columns_within(schema, subject, config.depth, kinds)
        if len(keys) < config.num_keys:
            return None
        chosen = tuple(rng.sample(keys, config.num_keys))
        drawn = [draw_aggregate(rng, schema, subject, config.depth) for _ in range(config.num_aggregates)]
        aggregates = tuple(dict.fromkeys(value for value in drawn if value is not None))
        if len(aggregates) < config.num_aggregates:
            return None
        if any(getattr(value, "column", None) in chosen for value in aggregates):
            return None
        where = draw_condition(
            rng,
            schema,
            subject,
            config.num_conditions,
            config.depth,
            evidence=config.evidence,
            columns=[c for c in columns_within(schema, subject, config.depth) if c not in chosen],
        )
        if where is None and config.num_conditions:
            return None
        having = draw_having(rng, schema, subject, rng.choice(aggregates)) if config.having else None
        if having is None and config.having:
            return None
        return Grouping(subject, chosen, aggregates, where, having)
