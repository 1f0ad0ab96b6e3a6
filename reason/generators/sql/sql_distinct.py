"""DISTINCT and multiplicity: how often a row is shown, or counted."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.aggregates import AGGREGATES
from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_condition
from reason.generators.sql.listing import LISTINGS, Listing, styled
from reason.generators.sql.schema import Schema
from reason.generators.sql.sql_group import GROUPINGS, Grouping
from reason.generators.sql.tree import Column, Condition, Count, Scope
from reason.registry import register

__all__ = ["Different", "SQLDistinct", "SQLDistinctConfig"]


@dataclass(frozen=True)
class Different:
    """The different values, or combinations of values, of some columns."""

    subject: str
    columns: tuple[Column, ...]
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        columns = [column.sql(scope) for column in self.columns]
        return scope.select(*columns, where=self.where.sql(scope) if self.where else None).distinct(
            copy=False
        )


PHRASES = styled(
    Different,
    {
        "explicit": (
            "List the different values of {columns:column*} that occur among all {subject:plural}"
            "{ where:condition?}.",
            "Show each combination of {columns:column*} of the {subject:plural}{ where:condition?} only "
            "once.",
            "Return {columns:column*} of all {subject:plural}{ where:condition?}, without repeated rows.",
        ),
        "business": (
            "Which {columns:column*} do our {subject:plural}{ where:condition?} have? Tell me each only "
            "once.",
            "I need to know what {columns:column*} there are among the "
            "{subject:plural}{ where:condition?}, with no "
            "line twice.",
        ),
    },
)


@dataclass(frozen=True, kw_only=True)
class SQLDistinctConfig(AskingConfig):
    """Knobs of the question."""


@register
class SQLDistinct(AskingFamily[SQLDistinctConfig]):
    """Write a SQL query that shows or counts rows as often as the question says.

    Some questions ask for different rows, some for every row, some count one or the other. Effort is the
    number of nodes of the gold query.
    """

    id = "SQLDistinct-v0"
    topic = "distinct rows and multiplicity"
    phrases = (*PHRASES, *LISTINGS, *GROUPINGS[len(AGGREGATES) :], *AGGREGATES)

    def at_level(self, level: int) -> SQLDistinctConfig:
        """Add columns and conditions in turn, and other tables' columns from 4 on."""
        return SQLDistinctConfig(
            num_tables=2 + level // 2,
            num_columns=1 + (level + 1) // 4,
            num_conditions=(level + 3) // 4 + (level >= 7),
            depth=(level >= 2) + (level >= 6),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLDistinctConfig) -> Any:
        """Draw columns of few values, most of them behind a reference, since there they repeat."""
        subject = rng.choice(list(schema.tables))
        columns = columns_within(schema, subject, config.depth, ("category", "name", "count"))
        if config.depth:
            columns = [column for column in columns if column.path or rng.random() < 0.4]
        if len(columns) < config.num_columns:
            return None
        chosen = tuple(rng.sample(columns, config.num_columns))
        depth = max(config.depth - 1, 0)
        where = draw_condition(rng, schema, subject, config.num_conditions, depth, evidence=config.evidence)
        if where is None and config.num_conditions:
            return None
        chance = rng.random()
        if chance < 0.65:
            return Different(subject, chosen, where)
        if chance < 0.8 or len(chosen) > 2:
            return Listing(subject, chosen, where)
        counts = tuple(Count("", column, distinct=True) for column in chosen)
        return Grouping(subject, (), counts, where)
