"""Joins: rows with what they refer to, with what refers to them, and with nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_columns, draw_condition
from reason.generators.sql.listing import LISTINGS, Listing, styled
from reason.generators.sql.schema import Link, Schema
from reason.generators.sql.tree import All, Column, Comparison, Condition, Has, Scope
from reason.registry import register

__all__ = ["Children", "Paired", "SQLJoin", "SQLJoinConfig", "Tally"]


@dataclass(frozen=True)
class Paired:
    """Rows that have a certain reference, with columns of what it leads to."""

    subject: str
    columns: tuple[Column, ...]
    needed: Column
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject, required=[(self.needed.name,)])
        columns = [column.sql(scope) for column in self.columns]
        return scope.select(*columns, where=self.where.sql(scope) if self.where else None)


@dataclass(frozen=True)
class Children:
    """A row for each pair of a subject and a row that refers to it; subjects without one too, if ``kept``."""

    about: ClassVar[Mapping[str, str]] = {"theirs": "link"}
    subject: str
    columns: tuple[Column, ...]
    link: Link
    theirs: tuple[Column, ...]
    kept: bool
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        inner = scope.join(self.link, outer=self.kept)
        columns = [
            *(column.sql(scope) for column in self.columns),
            *(column.sql(inner) for column in self.theirs),
        ]
        return scope.select(*columns, where=self.where.sql(scope) if self.where else None)


@dataclass(frozen=True)
class Tally:
    """Every subject, and how many rows refer to it and meet a condition: 0 where none do."""

    about: ClassVar[Mapping[str, str]] = {"theirs": "link"}
    subject: str
    columns: tuple[Column, ...]
    link: Link
    theirs: Condition | None = None
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        inner = scope.join(self.link, outer=True, where=self.theirs)
        columns = [column.sql(scope) for column in self.columns]
        count = exp.Count(this=inner.at(inner.alias, self.link.column))
        query = scope.select(*columns, count, where=self.where.sql(scope) if self.where else None)
        keys = {key.sql(): key for key in (*scope.key(), *(column.copy() for column in columns))}
        return query.group_by(*keys.values(), copy=False)


PHRASES = (
    *styled(
        Paired,
        {
            "explicit": (
                "List the {columns:column*} of all {subject:plural}{ where:condition?}, leaving out "
                "those for which no "
                "{needed:reference} is recorded.",
            ),
            "business": (
                "Please look up the {columns:column*} of our {subject:plural}{ where:condition?}; skip "
                "any without a "
                "{needed:reference}.",
            ),
        },
    ),
    *(
        phrase
        for kept, explicit, business in (
            (False, "with at least one of them", "where there is one"),
            (True, "also without any of them", "even if it has none"),
        )
        for phrase in styled(
            Children,
            {
                "explicit": (
                    "Pair all {subject:plural}{ where:condition?}, " + explicit + ", with each of their "
                    "{link:link}. "
                    "For each pair show the {columns:column*} of the first and the "
                    "{theirs:column@link*} of the second.",
                ),
                "business": (
                    "We need a line for each of the {link:link} of every one of our {subject:plural}"
                    "{ where:condition?}, " + business + ": first its own {columns:column*}, then what "
                    "the other has as "
                    "{theirs:column@link*}.",
                ),
            },
            kept=kept,
        )
    ),
    *(
        phrase
        for fixed, suffix in (({"theirs": None}, ""), ({}, " ({theirs:condition@link})"))
        for phrase in styled(
            Tally,
            {
                "explicit": (
                    "For each of the {subject:plural}{ where:condition?}, show the {columns:column*} "
                    "and how many "
                    "{link:link}" + suffix + " there are, 0 included.",
                ),
                "business": (
                    "Count, for every one of our {subject:plural}{ where:condition?}, "
                    "the {link:link}" + suffix + ", even where it is 0. "
                    "Put the {columns:column*} before the count.",
                ),
            },
            **fixed,
        )
    ),
    *LISTINGS,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SQLJoinConfig(AskingConfig):
    """Knobs of the question."""

    num_links: int = 1
    """How many tables a semi-join or anti-join question asks about."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_links <= 4, "num_links", "1 to 4")


@register
class SQLJoin(AskingFamily[SQLJoinConfig]):
    """Write a SQL query that joins tables: inner, outer, with themselves, semi and anti.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLJoin-v0"
    topic = "joins"
    phrases = PHRASES

    def at_level(self, level: int) -> SQLJoinConfig:
        """Begin with two tables; add columns, conditions, tables and longer ways between them."""
        return SQLJoinConfig(
            num_tables=2 + level // 2,
            num_columns=1 + (level >= 1) + (level >= 4) + (level >= 8),
            num_conditions=(level >= 2) + (level >= 5) + (level >= 9),
            depth=1 + (level >= 6),
            num_links=1 + (level >= 3) + (level >= 7),
            evidence=0.1,
        )

    def ask(self, rng: Random, schema: Schema, config: SQLJoinConfig) -> Any:
        """Draw one of five kinds of joins that a table allows."""
        subject = rng.choice(list(schema.tables))
        return rng.choice(_KINDS)(rng, schema, subject, config)


Kind = Callable[[Random, Schema, str, SQLJoinConfig], Any]


def _paired(rng: Random, schema: Schema, subject: str, config: SQLJoinConfig) -> Any:
    """Inner or outer along references; a reference that may be missing decides which."""
    nullable = [column for column in schema.tables[subject].references if column.null]
    columns = draw_columns(rng, schema, subject, config.num_columns + 1, config.depth)
    steps = {column.path[0] for column in columns if column.path}
    where = _where(rng, schema, subject, config)
    if not steps or (where is None and config.num_conditions):
        return None
    needed = [column.name for column in nullable if column.name in steps]
    if needed and rng.random() < 0.6:
        return Paired(subject, columns, Column((), rng.choice(needed)), where)
    return Listing(subject, columns, where)


def _children(rng: Random, schema: Schema, subject: str, config: SQLJoinConfig) -> Any:
    link = _link(rng, schema, subject)
    where = _where(rng, schema, subject, config)
    if link is None or (where is None and config.num_conditions):
        return None
    own = draw_columns(rng, schema, subject, config.num_columns, 0)
    theirs = draw_columns(rng, schema, link.table, max(config.num_columns - 1, 1), 0)
    return Children(subject, own, link, theirs, rng.random() < 0.6, where) if own and theirs else None


def _tally(rng: Random, schema: Schema, subject: str, config: SQLJoinConfig) -> Any:
    link = _link(rng, schema, subject)
    where = _where(rng, schema, subject, config)
    if link is None or (where is None and config.num_conditions):
        return None
    theirs = draw_condition(rng, schema, link.table, config.num_links - 1, 0)
    columns = draw_columns(rng, schema, subject, config.num_columns, 0)
    return Tally(subject, columns, link, theirs, where) if columns else None


def _itself(rng: Random, schema: Schema, subject: str, config: SQLJoinConfig) -> Any:
    """A table beside itself: a value of a row above that of the row it refers to."""
    loops = [column.name for column in schema.tables[subject].references if column.refers == subject]
    columns = columns_within(schema, subject, 0, ("count", "amount", "date"))
    if not loops or not columns:
        return None
    column = rng.choice(columns)
    beyond = Comparison(column, rng.choice(("<", ">", "<=", ">=")), Column((rng.choice(loops),), column.name))
    where = draw_condition(rng, schema, subject, config.num_conditions, 0)
    if where is None and config.num_conditions:
        return None
    shown = draw_columns(rng, schema, subject, config.num_columns + 1, 1)
    return Listing(subject, shown, beyond if where is None else All((beyond, where)))


def _semi(rng: Random, schema: Schema, subject: str, config: SQLJoinConfig) -> Any:
    """Rows that others refer to, or that none does."""
    links = schema.links(subject)
    if len(links) < config.num_links:
        return None
    items: list[Condition] = []
    for link in rng.sample(links, config.num_links):
        inner = draw_condition(rng, schema, link.table, rng.randint(0, 1), 0)
        items.append(Has(link, inner, negated=rng.random() < 0.5))
    if (where := _where(rng, schema, subject, config)) is not None:
        items.append(where)
    elif config.num_conditions:
        return None
    columns = draw_columns(rng, schema, subject, config.num_columns + 1, 0)
    condition = items[0] if len(items) == 1 else All(tuple(items))
    return Listing(subject, columns, condition) if columns else None


_KINDS: tuple[Kind, ...] = (_paired, _children, _tally, _itself, _semi)


def _link(rng: Random, schema: Schema, subject: str) -> Link | None:
    links = schema.links(subject)
    return rng.choice(links) if links else None


def _where(rng: Random, schema: Schema, subject: str, config: SQLJoinConfig) -> Condition | None:
    depth = config.depth - 1
    return draw_condition(rng, schema, subject, config.num_conditions, depth, evidence=config.evidence)
