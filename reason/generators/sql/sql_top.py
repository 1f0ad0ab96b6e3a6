"""Top-k: rows in a total order, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_columns, draw_condition
from reason.generators.sql.listing import styled
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Column, Condition, Missing, Scope
from reason.registry import register

__all__ = ["Order", "SQLTop", "SQLTopConfig", "Top"]


@dataclass(frozen=True)
class Order:
    """A column that rows are sorted by."""

    column: Column
    descending: bool


@dataclass(frozen=True)
class Top:
    """Rows in the order of some columns and then of their key; all, or some from a place on."""

    subject: str
    columns: tuple[Column, ...]
    orders: tuple[Order, ...]
    key: Column
    where: Condition | None = None
    limit: int | None = None
    offset: int | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL: rows whose sort columns are missing are left out."""
        scope = Scope(schema, self.subject)
        columns = [column.sql(scope) for column in self.columns]
        terms = [exp.Ordered(this=o.column.sql(scope), desc=o.descending) for o in self.orders]
        known = [
            Missing(o.column, negated=True).sql(scope)
            for o in self.orders
            if any(schema.column(self.subject, o.column.path[:end], name).null
                   for end, name in enumerate((*o.column.path, o.column.name)))
        ]  # fmt: skip
        where = [] if self.where is None else [self.where.sql(scope)]
        if where and known and isinstance(where[0], exp.Or):
            where = [exp.Paren(this=where[0])]
        conditions = [*where, *known]
        query = scope.select(*columns, where=exp.and_(*conditions, wrap=False) if conditions else None)
        query = query.order_by(*terms, exp.Ordered(this=self.key.sql(scope), desc=False), copy=False)
        if self.limit is not None:
            query = query.limit(self.limit, copy=False)
        return query.offset(self.offset, copy=False) if self.offset is not None else query


PHRASES = (
    *(
        Phrase("order", Order, f"{{column:{kind}}} {words}", {"descending": descending})
        for descending, kind, words in (
            (True, "quantity", "(highest first)"),
            (False, "quantity", "(lowest first)"),
            (True, "day", "(latest first)"),
            (False, "day", "(earliest first)"),
            (True, "word", "(from Z to A)"),
            (False, "word", "(from A to Z)"),
        )
    ),
    *styled(
        Top,
        {
            "explicit": (
                "List the {columns:column*} of all {subject:plural}{ where:condition?}, sorted by "
                "{orders:order*}, and "
                "where that is equal by {key:column} (lowest first).",
            ),
            "business": (
                "We want to go through the {subject:plural}{ where:condition?} in order of "
                "{orders:order*}; ties go by "
                "{key:column}, the lowest first. Give us their {columns:column*}.",
            ),
        },
        limit=None,
        offset=None,
    ),
    *styled(
        Top,
        {
            "explicit": (
                "Sort the {subject:plural}{ where:condition?} by {orders:order*}, and where that is equal by "
                "{key:column} (lowest first). Show the {columns:column*} of the first {limit:number}.",
                "Show the {columns:column*} of the first {limit:number} "
                "{subject:plural}{ where:condition?} in the order "
                "of {orders:order*}, then {key:column} (lowest first).",
            ),
            "business": (
                "Which {limit:number} {subject:plural}{ where:condition?} come first by "
                "{orders:order*}? Break ties by "
                "the lower {key:column}, and give their {columns:column*} in that order.",
            ),
        },
        offset=None,
    ),
    *styled(
        Top,
        {
            "explicit": (
                "Sort the {subject:plural}{ where:condition?} by {orders:order*}, and where that is equal by "
                "{key:column} (lowest first). Skip the first {offset:number}, and show the "
                "{columns:column*} of the "
                "next {limit:number}.",
            ),
            "business": (
                "Rank our {subject:plural}{ where:condition?} by {orders:order*}, ties by the lower "
                "{key:column}. Without "
                "the first {offset:number}, which are the next {limit:number}? Give their "
                "{columns:column*} in that order.",
            ),
        },
    ),
)


@dataclass(frozen=True, kw_only=True)
class SQLTopConfig(AskingConfig):
    """Knobs of the question."""

    num_orders: int = 1
    """How many columns the rows are sorted by, before their key."""
    limit: bool = True
    """Whether only the first rows are shown."""
    offset: bool = False
    """Whether some rows are skipped before them."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_orders <= 4, "num_orders", "1 to 4")
        self.require(self.limit or not self.offset, "offset", "False where limit is")


@register
class SQLTop(AskingFamily[SQLTopConfig]):
    """Write a SQL query that sorts rows and shows the first of them.

    The order is total: ties go by the primary key, so that no LIMIT cuts between equal rows. Effort is the
    number of nodes of the gold query.
    """

    id = "SQLTop-v0"
    topic = "order and top-k"
    phrases = PHRASES
    rules = "Rows for which a value that they are sorted by is missing are left out."

    def at_level(self, level: int) -> SQLTopConfig:
        """Begin with an order; add a limit, conditions, a second sort column and rows to skip."""
        return SQLTopConfig(
            num_tables=max(2, 1 + level // 2),
            num_columns=1 + (level >= 3) + (level >= 8),
            num_conditions=(level >= 2) + (level >= 5) + (level >= 9),
            depth=int(level >= 6),
            num_orders=1 + (level >= 4),
            limit=level >= 1,
            offset=level >= 7,
        )

    def ask(self, rng: Random, schema: Schema, config: SQLTopConfig) -> Any:
        """Draw sort columns of any kind of a table with a key of one column."""
        subject = rng.choice([name for name, table in schema.tables.items() if len(table.key) == 1])
        kinds = ("count", "amount", "date") if rng.random() < 0.8 else ()
        sortable = columns_within(schema, subject, config.depth, kinds)
        if len(sortable) < config.num_orders:
            return None
        orders = tuple(Order(c, rng.random() < 0.5) for c in rng.sample(sortable, config.num_orders))
        sorted_by = {order.column for order in orders}
        others = [column for column in columns_within(schema, subject, 0) if column not in sorted_by]
        where = draw_condition(
            rng, schema, subject, config.num_conditions, 0, evidence=config.evidence, columns=others
        )
        columns = draw_columns(rng, schema, subject, config.num_columns, config.depth)
        # Where nothing else is shown, rows that tie look the same, and their order is not to be seen.
        if (where is None and config.num_conditions) or sorted_by.issuperset(columns):
            return None
        return Top(
            subject,
            columns,
            orders,
            Column((), schema.tables[subject].key[0]),
            where,
            rng.randint(2, 5) if config.limit else None,
            rng.randint(1, 3) if config.offset else None,
        )
