"""Scalar and correlated subqueries: rows beside what a query says about others, or about their own."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_condition, draw_constant
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Link, Schema
from reason.generators.sql.showing import REPORTS, Plain, Report, draw_plain, joined
from reason.generators.sql.tree import Aggregate, Column, Comparison, Condition, Scope
from reason.registry import register

__all__ = ["Beside", "Counted", "Gathered", "Overall", "Peers", "SQLSubquery", "SQLSubqueryConfig", "Tally"]

_QUANTITIES = ("count", "amount")


@dataclass(frozen=True)
class Overall:
    """An aggregate over the rows of a table, which the row that is asked about does not change."""

    function: str
    column: Column
    table: str
    where: Condition | None = None

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        inner = scope.inner(self.table)
        value = Aggregate(self.function, self.column).sql(inner)
        return exp.Subquery(this=inner.select(value, where=self.where.sql(inner) if self.where else None))


@dataclass(frozen=True)
class Peers:
    """An aggregate over the rows of the same table that are like the row in one column."""

    function: str
    column: Column
    table: str
    by: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        inner = scope.inner(self.table)
        value = Aggregate(self.function, self.column).sql(inner)
        alike = exp.EQ(this=self.by.sql(inner), expression=self.by.sql(scope))
        return exp.Subquery(this=inner.select(value, where=alike))


@dataclass(frozen=True)
class Beside:
    """A column of the row, compared with an aggregate over others."""

    left: Column
    operator: str
    right: Overall | Peers

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return Comparison(self.left, self.operator, self.right).sql(scope)


@dataclass(frozen=True)
class Tally:
    """How many rows refer to the row."""

    link: Link
    where: Condition | None = None

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return _over(scope, self.link, self.where, None)


@dataclass(frozen=True)
class Counted:
    """A number of rows that refer to the row."""

    operator: str
    number: int
    link: Link
    where: Condition | None = None

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return Comparison(Tally(self.link, self.where), self.operator, self.number).sql(scope)


@dataclass(frozen=True)
class Gathered:
    """An aggregate over the rows that refer to the row, compared with a constant."""

    link: Link
    where: Condition | None
    function: str
    column: Column
    operator: str
    number: int | float

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        value = _over(scope, self.link, self.where, Aggregate(self.function, self.column))
        return Comparison(_Done(value), self.operator, self.number).sql(scope)


@dataclass(frozen=True)
class _Done:
    """SQL that is there already."""

    expression: exp.Expr

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it."""
        return self.expression


def _over(scope: Scope, link: Link, where: Condition | None, value: Aggregate | None) -> exp.Expr:
    inner = scope.inner(link.table)
    shown = value.sql(inner) if value is not None else exp.Count(this=exp.Star())
    condition: exp.Expr = scope.refer(link, inner.alias)
    if where is not None:
        condition = exp.And(this=condition, expression=_grouped(where.sql(inner)))
    return exp.Subquery(this=inner.select(shown, where=condition))


def _grouped(condition: exp.Expr) -> exp.Expr:
    return exp.Paren(this=condition) if isinstance(condition, exp.Connector) else condition


_WORDS = {
    "average": ("average",),
    "least": ("lowest", "smallest"),
    "greatest": ("highest", "largest"),
    "sum": ("total",),
}
_OPERATORS = {
    ">": ("above", "greater than"),
    "<": ("below", "less than"),
    ">=": ("at least",),
    "<=": ("at most",),
    "=": ("equal to",),
}
_NUMBERS = {
    ">": "more than", "<": "fewer than", ">=": "at least", "<=": "at most", "=": "exactly"
}  # fmt: skip


def _phrases() -> list[Phrase]:
    found = []
    for function, words in _WORDS.items():
        fixed = {"function": function}
        for word in words:
            over = f"the {word} {{column:quantity}} of "
            found += [
                Phrase("summary", Overall, over + "all {table:plural}", {**fixed, "where": None}),
                Phrase("summary", Overall, over + "the {table:plural} ({where:condition@table})", fixed),
                Phrase("summary", Peers, over + "all {table:plural} with the same {by:reference}", fixed),
                Phrase("summary", Peers, over + "all {table:plural} that have the same {by:word}", fixed),
                Phrase(
                    "shown",
                    Overall,
                    f"{word} {{column:quantity}} of all {{table:plural}}",
                    {**fixed, "where": None},
                ),
            ]
    for operator, words in _OPERATORS.items():
        fixed = {"operator": operator}
        for word in words:
            found.append(
                Phrase("atom", Beside, f"whose {{left:quantity}} is {word} {{right:summary}}", fixed)
            )
            for function, names in _WORDS.items():
                for name in names:
                    both = {**fixed, "function": function}
                    end = f"the {name} {{column:quantity@link}} is {word} {{number:number}}"
                    found += [
                        Phrase("atom", Gathered, "for whose {link:link} " + end, {**both, "where": None}),
                        Phrase(
                            "atom", Gathered, "for whose {link:link} ({where:condition@link}) " + end, both
                        ),
                    ]
    for operator, word in _NUMBERS.items():
        counted = f"that have {word} {{number:number}} {{link:link}}"
        found += [
            Phrase("atom", Counted, counted, {"operator": operator, "where": None}),
            Phrase("atom", Counted, counted + " ({where:condition@link})", {"operator": operator}),
        ]
    return found


PHRASES = (
    *REPORTS,
    *_phrases(),
    Phrase("shown", Tally, "number of their {link:link}", {"where": None}),
    Phrase("shown", Tally, "number of their {link:link} ({where:condition@link})"),
)


@dataclass(frozen=True, kw_only=True)
class SQLSubqueryConfig(AskingConfig):
    """Knobs of the question."""

    num_subqueries: int = 1
    """How many conditions hold a subquery."""
    num_inner_conditions: int = 0
    """Most comparisons inside of a subquery, beside those that tie it to the row."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_subqueries <= 4, "num_subqueries", "1 to 4")
        self.require(0 <= self.num_inner_conditions <= 3, "num_inner_conditions", "0 to 3")


@register
class SQLSubquery(AskingFamily[SQLSubqueryConfig]):
    """Write a SQL query that compares rows with averages, extremes and counts of other rows.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLSubquery-v0"
    topic = "scalar and correlated subqueries"
    phrases = PHRASES

    def at_level(self, level: int) -> SQLSubqueryConfig:
        """Add inner conditions, plain conditions, columns and further subqueries in turn."""
        return SQLSubqueryConfig(
            num_tables=2 + (level >= 3) + (level >= 5) + (level >= 9),
            num_columns=1 + level // 2,
            num_conditions=int(level >= 4),
            num_inner_conditions=int(level >= 1),
            num_subqueries=1 + (level >= 7),
            depth=int(level >= 6),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLSubqueryConfig) -> Any:
        """Draw conditions with subqueries, each of another kind or column, and plain ones beside them."""
        subject = rng.choice(list(schema.tables))
        found: list[Any] = []
        for _ in range(4 * config.num_subqueries):
            condition = _draw_subquery(rng, schema, subject, config.num_inner_conditions)
            if condition is not None and _key(condition) not in map(_key, found):
                found.append(condition)
            if len(found) == config.num_subqueries:
                break
        else:
            return None
        compared = [condition.left for condition in found if isinstance(condition, Beside)]
        left = [c for c in columns_within(schema, subject, config.depth) if c not in compared]
        plain = draw_condition(
            rng, schema, subject, config.num_conditions, config.depth, evidence=config.evidence, columns=left
        )
        if plain is None and config.num_conditions:
            return None
        values: list[Any] = list(draw_plain(rng, schema, subject, config.num_columns, config.depth))
        if len(values) > 1 and (extra := _draw_shown(rng, schema, subject)) is not None:
            values[rng.randrange(len(values))] = extra
        conditions = [*found, plain]
        rng.shuffle(conditions)
        if len(values) < config.num_columns or not any(isinstance(value, Plain) for value in values):
            return None
        return Report(subject, tuple(values), joined(*conditions))


def _key(condition: Any) -> Any:
    return getattr(condition, "left", None) or condition.link


def _draw_subquery(rng: Random, schema: Schema, subject: str, most: int) -> Any:
    # Rows of the subject that refer to it leave the other conditions little room.
    links = [link for link in schema.links(subject) if link.table != subject]
    kind = rng.choice(("overall", "peers", "gathered", "counted") if links else ("overall", "peers"))
    if kind in ("overall", "peers"):
        return _draw_beside(rng, schema, subject, most, alike=kind == "peers")
    link = rng.choice(links)
    where = draw_condition(rng, schema, link.table, rng.randint(0, most), 0)
    if kind == "counted":
        operator, number = rng.choice(
            ((">", 1), (">", 2), (">=", 2), (">=", 3), ("=", 1), ("=", 2), ("<", 2), ("<=", 1))
        )
        return Counted(operator, number, link, where)
    columns = columns_within(schema, link.table, 0, _QUANTITIES)
    if not columns:
        return None
    column, function = rng.choice(columns), rng.choice(tuple(_WORDS))
    # The sum of no values is NULL, which reads as nothing or as 0: a lower bound holds for neither.
    operator = rng.choice((">", ">=") if function == "sum" else (">", "<", ">=", "<="))
    bounds = (0.15, 0.5) if operator in (">", ">=") else (0.5, 0.85)
    number = draw_constant(rng, schema.tables[link.table].columns[column.name], *bounds)
    if number <= 0:
        return None
    return Gathered(link, where, function, column, operator, number)


def _draw_beside(rng: Random, schema: Schema, subject: str, most: int, *, alike: bool) -> Beside | None:
    columns = columns_within(schema, subject, 0, _QUANTITIES)
    if not columns:
        return None
    left = rng.choice(columns)
    function, operator = rng.choice(
        (
            ("average", ">"),
            ("average", "<"),
            ("average", ">="),
            ("average", "<="),
            ("greatest", "="),
            ("least", "="),
        )
    )
    if alike:
        table = schema.tables[subject].columns.values()
        groups = [column.name for column in table if column.refers or column.kind == "category"]
        if not groups:
            return None
        return Beside(left, operator, Peers(function, left, subject, Column((), rng.choice(groups))))
    others = [column for column in columns_within(schema, subject, 0) if column != left]
    where = draw_condition(rng, schema, subject, rng.randint(0, most), 0, columns=others)
    if where is not None and function != "average":
        # One row may be below the least of some others.
        operator = rng.choice((">", ">=", "=") if function == "least" else ("<", "<=", "="))
    return Beside(left, operator, Overall(function, left, subject, where))


def _draw_shown(rng: Random, schema: Schema, subject: str) -> Any:
    links = [link for link in schema.links(subject) if link.table != subject]
    columns = columns_within(schema, subject, 0, _QUANTITIES)
    if links and (rng.random() < 0.7 or not columns):
        return Tally(rng.choice(links))
    return (
        Overall(rng.choice(("average", "least", "greatest")), rng.choice(columns), subject)
        if columns
        else None
    )
