"""EXISTS and NOT EXISTS: rows for which there are others, for which there are none."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_atom, draw_condition
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Link, Schema
from reason.generators.sql.showing import REPORTS, Report, draw_plain, joined
from reason.generators.sql.tree import Column, Comparison, Condition, Has, Scope
from reason.registry import register

__all__ = ["Every", "Rival", "SQLExists", "SQLExistsConfig"]


@dataclass(frozen=True)
class Every:
    """Rows refer to the subject, and all of them meet a condition."""

    link: Link
    where: Condition

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL: there is one, and there is none that does not meet it."""
        inner = scope.inner(self.link.table)
        fails = exp.Not(this=exp.Paren(this=self.where.sql(inner)))
        condition = exp.And(this=scope.refer(self.link, inner.alias), expression=fails)
        other = exp.Exists(this=inner.select(exp.Literal.number(1), where=condition))
        return exp.And(this=Has(self.link).sql(scope), expression=exp.Not(this=other))


@dataclass(frozen=True)
class Rival:
    """Another row of the table that is like this one in one column, and above or below it in another."""

    subject: str
    same: Column
    column: Column
    operator: str
    negated: bool = False

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        inner = scope.inner(self.subject)
        alike = exp.EQ(this=self.same.sql(inner), expression=self.same.sql(scope))
        beside = Comparison(_Of(inner, self.column), self.operator, self.column).sql(scope)
        condition = exp.And(this=alike, expression=beside)
        found = exp.Exists(this=inner.select(exp.Literal.number(1), where=condition))
        return exp.Not(this=found) if self.negated else found


@dataclass(frozen=True)
class _Of:
    """A column of another scope than the one in which it is asked for."""

    scope: Scope
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return self.column.sql(self.scope)


_RIVALS = {
    (">", "quantity"): "higher", ("<", "quantity"): "lower", (">", "day"): "later", ("<", "day"): "earlier"
}  # fmt: skip
PHRASES = (
    *REPORTS,
    Phrase(
        "atom", Every, "that have {link:link} which, all without exception, are such ({where:condition@link})"
    ),
    *(
        Phrase(
            "atom",
            Rival,
            f"for which {words} of the {{subject:plural}} with the same {{same:{like}}} has a {compared} "
            f"{{column:{leaf}}}",
            {"operator": operator, "negated": negated},
        )
        for (operator, leaf), compared in _RIVALS.items()
        for like in ("reference", "word")
        for negated, words in ((False, "at least one"), (True, "none"))
    ),
)


@dataclass(frozen=True, kw_only=True)
class SQLExistsConfig(AskingConfig):
    """Knobs of the question."""

    num_exists: int = 1
    """How many conditions ask whether there are other rows."""
    num_inner_conditions: int = 0
    """Most comparisons that the other rows must meet."""
    nesting: int = 0
    """How often the other rows must themselves have other rows."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_exists <= 3, "num_exists", "1 to 3")
        self.require(0 <= self.num_inner_conditions <= 3, "num_inner_conditions", "0 to 3")
        self.require(0 <= self.nesting <= 2, "nesting", "0 to 2")


@register
class SQLExists(AskingFamily[SQLExistsConfig]):
    """Write a SQL query about rows for which other rows exist, or do not.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLExists-v0"
    topic = "EXISTS"
    phrases = PHRASES

    def at_level(self, level: int) -> SQLExistsConfig:
        """Add columns, inner conditions, plain conditions, another EXISTS and a nested one in turn."""
        return SQLExistsConfig(
            num_tables=2 + (level + 1) // 3,
            num_columns=1 + level // 3,
            num_conditions=int(level >= 3),
            num_inner_conditions=int(level >= 1),
            num_exists=1 + (level >= 6),
            nesting=int(level >= 4),
            depth=int(level >= 7),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLExistsConfig) -> Any:
        """Draw conditions about other rows, each by another way to them."""
        subject = rng.choice(list(schema.tables))
        found: list[Any] = []
        for _ in range(config.num_exists):
            used = [getattr(other, "link", None) for other in found]
            nesting = config.nesting if not found else 0
            condition = _draw_exists(rng, schema, subject, config.num_inner_conditions, nesting, used)
            if condition is None or (isinstance(condition, Rival) and None in used):
                return None
            found.append(condition)
        plain = draw_condition(
            rng, schema, subject, config.num_conditions, config.depth, evidence=config.evidence
        )
        values = draw_plain(rng, schema, subject, config.num_columns, config.depth)
        if len(values) < config.num_columns or (plain is None and config.num_conditions):
            return None
        conditions = [*found, plain]
        rng.shuffle(conditions)
        return Report(subject, values, joined(*conditions))


def _draw_exists(
    rng: Random, schema: Schema, subject: str, most: int, nesting: int, used: list[Link | None]
) -> Any:
    links = [link for link in schema.links(subject) if link not in used and link.table != subject]
    if not nesting and (not links or rng.random() < 0.25):
        return _draw_rival(rng, schema, subject)
    if not links:
        return None
    link = rng.choice(links)
    if nesting:
        inner = _draw_exists(rng, schema, link.table, most, nesting - 1, [])
        # A link further back there may be none of: the last step is a plain condition then.
        if isinstance(inner, Has):
            return Has(link, inner, negated=rng.random() < 0.3)
        if nesting > 1:
            return None
    if most and not nesting and rng.random() < 0.25:
        certain = columns_within(schema, link.table, 0, nullable=False)
        return Every(link, draw_atom(rng, schema, link.table, rng.choice(certain))) if certain else None
    where = draw_condition(rng, schema, link.table, max(most, nesting), 0)
    return Has(link, where, negated=rng.random() < 0.4)


def _draw_rival(rng: Random, schema: Schema, subject: str) -> Rival | None:
    columns = columns_within(schema, subject, 0, ("count", "amount", "date"))
    table = schema.tables[subject].columns.values()
    groups = [Column((), column.name) for column in table if column.refers or column.kind == "category"]
    if not columns or not groups:
        return None
    return Rival(
        subject, rng.choice(groups), rng.choice(columns), rng.choice((">", "<")), negated=rng.random() < 0.5
    )
