"""Set operations: values that occur here or there, here and there, here but not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_condition
from reason.generators.sql.listing import styled
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Column, Condition, Scope
from reason.registry import register

__all__ = ["Combined", "SQLSets", "SQLSetsConfig", "Source"]

_OPERATIONS: dict[str, Any] = {
    "either": exp.Union,
    "both": exp.Intersect,
    "only": exp.Except,
    "append": exp.Union,
}


@dataclass(frozen=True)
class Source:
    """A column of the rows of a table that meet a condition."""

    about: ClassVar[Mapping[str, str]] = {"columns": "table", "where": "table"}
    table: str
    columns: tuple[Column, ...]
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Select:
        """Return it as SQL."""
        scope = Scope(schema, self.table)
        columns = [column.sql(scope) for column in self.columns]
        return scope.select(*columns, where=self.where.sql(scope) if self.where else None)


@dataclass(frozen=True)
class Combined:
    """The values of two sources, combined."""

    operation: str
    left: Source
    right: Source

    @property
    def subject(self) -> str:
        """The table of the first source."""
        return self.left.table

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        kind = _OPERATIONS[self.operation]
        found: exp.Query = kind(
            this=self.left.query(schema),
            expression=self.right.query(schema),
            distinct=self.operation != "append",
        )
        return found


_SAYINGS = {
    "either": (
        "Make one list, without repetitions, of {left:source} together with {right:source}",
        "We need every entry once that is found in {left:source} or in {right:source}",
    ),
    "both": (
        "List, each only once, the entries that are found both in {left:source} and in {right:source}",
        "Which entries do we have in {left:source} as well as in {right:source}? Tell us each once",
    ),
    "only": (
        "List, each only once, the entries that are found in {left:source} but not in {right:source}",
        "Which entries are there in {left:source}, except for those in {right:source}? Tell us each once",
    ),
    "append": (
        "Make one list of {left:source} followed by {right:source}, keeping every repetition",
        "We want {left:source} and below that {right:source} in one table, with nothing merged",
    ),
}

PHRASES = (
    Phrase("source", Source, "the {columns:column@table*} of the {table:plural}{ where:condition@table?}"),
    *(
        phrase
        for operation, sayings in _SAYINGS.items()
        for phrase in styled(
            Combined,
            {"explicit": (sayings[0] + ".",), "business": (sayings[1] + ".",)},
            operation=operation,
        )
    ),
)


@dataclass(frozen=True, kw_only=True)
class SQLSetsConfig(AskingConfig):
    """Knobs of the question."""


@register
class SQLSets(AskingFamily[SQLSetsConfig]):
    """Write a SQL query with UNION, UNION ALL, INTERSECT or EXCEPT.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLSets-v0"
    topic = "set operations"
    phrases = PHRASES
    rules = "Within a list a missing value is an entry like any other."

    def at_level(self, level: int) -> SQLSetsConfig:
        """Begin with two plain sources; add conditions, other tables' columns, and a second column."""
        return SQLSetsConfig(
            num_tables=2 + level // 2,
            num_columns=1 + (level >= 7),
            num_conditions=(level >= 1) + (level >= 5) + (level >= 9),
            depth=int(level >= 3),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLSetsConfig) -> Any:
        """Draw sources whose columns hold values of the same kind, so that some occur in both."""
        tables = list(schema.tables)
        first = _source(rng, schema, rng.choice(tables), config, ())
        if first is None:
            return None
        pools = tuple(_pool(schema, first.table, column) for column in first.columns)
        found = [_source(rng, schema, table, config, pools) for table in rng.sample(tables, len(tables))]
        # Of the same columns the conditions of one source would hide what those of the other let through.
        fitting = [
            source
            for source in found
            if source and (source.table, source.columns) != (first.table, first.columns)
        ]
        if not fitting:
            return None
        return Combined(rng.choice(tuple(_OPERATIONS)), first, rng.choice(fitting))

    def chance(self, config: SQLSetsConfig) -> float:
        """Return how often two plain sources of a world are the same as in another task."""
        return 0.0 if config.num_conditions else 0.03


def _pool(schema: Schema, table: str, column: Column) -> Any:
    """Return what two columns must share for their values to be compared."""
    held = schema.column(table, column.path, column.name)
    return held.values or held.kind


def _source(
    rng: Random, schema: Schema, table: str, config: SQLSetsConfig, pools: tuple[Any, ...]
) -> Source | None:
    """Draw a source; None where the table has no columns of these pools."""
    columns = columns_within(schema, table, config.depth, ("name", "category"))
    rng.shuffle(columns)
    if not pools:
        columns = [c for c in columns if not c.path or rng.random() < 0.3 * config.depth]
        chosen = columns[: config.num_columns]
    else:
        chosen = []
        for pool in pools:
            fitting = [c for c in columns if c not in chosen and _pool(schema, table, c) == pool]
            if not fitting:
                return None
            chosen.append(fitting[0])
    if len(chosen) < config.num_columns:
        return None
    left = [column for column in columns_within(schema, table, 0) if column not in chosen]
    # A word that a note explains may stand in the first source alone: in both it could mean two things.
    evidence = 0.0 if pools else config.evidence
    where = draw_condition(rng, schema, table, config.num_conditions, 0, columns=left, evidence=evidence)
    if where is None and config.num_conditions:
        return None
    return Source(table, tuple(chosen), where)
