"""The tree of a question: what SQL is built from and, through :mod:`reason.generators.sql.phrase`, English.

A node names tables and columns as its world does and says nothing of a dialect. Columns of other tables are
reached by a path of references from the row that a question is about (its subject); :class:`Scope` turns
paths into joins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from sqlglot import exp

from reason.generators.sql.schema import Link, Schema
from reason.generators.sql.scope import Scope, grouped

__all__ = [
    "Aggregate",
    "All",
    "AnyOf",
    "Between",
    "Column",
    "Comparison",
    "Condition",
    "Count",
    "Definition",
    "Has",
    "Match",
    "Missing",
    "OneOf",
    "Question",
    "Scope",
    "Term",
    "Value",
    "render",
]

Literal = int | float | str
"""A constant; a text that is a date is one."""


class Condition(Protocol):
    """What a row meets or does not."""

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""


class Value(Protocol):
    """What a row, or a group of rows, has."""

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""


class Question(Protocol):
    """The root of a tree: one query, and one sentence of the category ``question``."""

    @property
    def subject(self) -> str:
        """The table that it is about."""

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""


@dataclass(frozen=True)
class Column:
    """A column at the end of a path of references from the subject."""

    path: tuple[str, ...]
    name: str

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return scope.column(self.path, self.name)


_OPERATORS: dict[str, Any] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


@dataclass(frozen=True)
class Comparison:
    """A value beside a constant, or beside another value."""

    left: Value
    operator: str
    right: Any

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        left = self.left.sql(scope)
        right = (
            exp.convert(self.right) if isinstance(self.right, int | float | str) else self.right.sql(scope)
        )
        return _OPERATORS[self.operator](this=left, expression=right)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Between:
    """A column within two bounds, both included."""

    column: Column
    low: Literal
    high: Literal

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        column = self.column.sql(scope)
        return exp.Between(this=column, low=exp.convert(self.low), high=exp.convert(self.high))


@dataclass(frozen=True)
class OneOf:
    """A column that has one of some values, or none of them (and has one)."""

    column: Column
    values: tuple[Literal, ...]
    negated: bool = False

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        values = [exp.convert(value) for value in self.values]
        found = exp.In(this=self.column.sql(scope), expressions=values)
        return exp.Not(this=found) if self.negated else found


@dataclass(frozen=True)
class Missing:
    """A column without a value; with one where ``negated``."""

    column: Column
    negated: bool = False

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        found = exp.Is(this=self.column.sql(scope), expression=exp.null())
        return exp.Not(this=found) if self.negated else found


@dataclass(frozen=True)
class Match:
    """A text that holds another, in upper or lower case.

    Both sides are in lower case, since SQLite's LIKE ignores case and DuckDB's does not.
    """

    column: Column
    how: str
    """``starts``, ``ends`` or ``contains``."""
    text: str

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        text = self.text.lower()
        pattern = {"starts": f"{text}%", "ends": f"%{text}", "contains": f"%{text}%"}[self.how]
        return exp.Like(this=exp.Lower(this=self.column.sql(scope)), expression=exp.Literal.string(pattern))


@dataclass(frozen=True)
class All:
    """Every one of some conditions."""

    items: tuple[Condition, ...]

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.and_(*(grouped(item, scope) for item in self.items), wrap=False, copy=False)


@dataclass(frozen=True)
class AnyOf:
    """At least one of some conditions."""

    items: tuple[Condition, ...]

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.or_(*(grouped(item, scope) for item in self.items), wrap=False, copy=False)


@dataclass(frozen=True)
class Has:
    """At least one row that refers to the subject and meets a condition; none where ``negated``."""

    about: ClassVar[Mapping[str, str]] = {"where": "link"}
    link: Link
    where: Condition | None = None
    negated: bool = False

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        inner = scope.inner(self.link.table)
        where = scope.refer(self.link, inner.alias)
        if self.where is not None:
            where = exp.and_(where, grouped(self.where, inner), wrap=False, copy=False)
        found = exp.Exists(this=inner.select(exp.Literal.number(1), where=where))
        return exp.Not(this=found) if self.negated else found


@dataclass(frozen=True)
class Definition:
    """A word for the rows of a table that meet a condition, which a note explains."""

    about: ClassVar[Mapping[str, str]] = {"where": "table"}
    """Fields that speak of a table which another field names: of any node that has such fields."""
    name: str
    table: str
    where: Condition


@dataclass(frozen=True)
class Term:
    """A condition by its name."""

    definition: Definition

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return self.definition.where.sql(scope)


@dataclass(frozen=True)
class Count:
    """How many rows there are; how many have a value in a column, or how many different values."""

    table: str
    """The table of the rows."""
    column: Column | None = None
    distinct: bool = False

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        if self.column is None:
            return exp.Count(this=exp.Star())
        column = self.column.sql(scope)
        return exp.Count(this=exp.Distinct(expressions=[column]) if self.distinct else column)


_AGGREGATES: dict[str, Any] = {"sum": exp.Sum, "average": exp.Avg, "least": exp.Min, "greatest": exp.Max}


@dataclass(frozen=True)
class Aggregate:
    """The sum, average, least or greatest value of a column."""

    function: str
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return _AGGREGATES[self.function](this=self.column.sql(scope))  # type: ignore[no-any-return]


def render(query: exp.Expr, dialect: str) -> str:
    """Write a query; a query of one table needs no aliases.

    Args:
        query: What the nodes gave.
        dialect: ``sqlite`` or ``duckdb``.
    """
    tables = list(query.find_all(exp.Table))
    if len(tables) == 1 and tables[0].args.get("alias"):
        name = tables[0].alias
        tables[0].set("alias", None)
        for column in query.find_all(exp.Column):
            if column.table == name:
                column.set("table", None)
    for term in query.find_all(exp.Ordered):
        if term.args.get("nulls_first") is None:
            # What is sorted by is never NULL, unless the node says where NULLs go.
            term.set("nulls_first", dialect == "sqlite" and not term.args.get("desc"))
    return query.sql(dialect=dialect)
