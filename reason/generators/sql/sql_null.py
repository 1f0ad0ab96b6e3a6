"""NULL logic: what is missing, what counts nonetheless, and what stands in its place."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_atom, draw_condition, draw_constant
from reason.generators.sql.listing import LISTINGS, Listing
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import All, AnyOf, Column, Comparison, Condition, Match, Missing, Scope, Value
from reason.registry import register

__all__ = ["Filled", "Lenient", "SQLNull", "SQLNullConfig"]


@dataclass(frozen=True)
class Lenient:
    """A condition on a column that also holds where the column is missing."""

    item: Condition

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        column = self.item.left if isinstance(self.item, Comparison) else self.item.column  # type: ignore[attr-defined]
        missing = exp.Is(this=column.sql(scope), expression=exp.null())
        return exp.or_(self.item.sql(scope), missing, wrap=False, copy=False)


@dataclass(frozen=True)
class Filled:
    """A column, with a constant where it is missing."""

    column: Column
    constant: Any

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.Coalesce(this=self.column.sql(scope), expressions=[exp.convert(self.constant)])


PHRASES = (
    Phrase("atom", Lenient, "{item:atom} (or for which this is missing)"),
    Phrase("column", Filled, "{column:quantity} (put {constant:number} where it is missing)"),
    Phrase("column", Filled, "{column:word} (put {constant:text} where it is missing)"),
)


@dataclass(frozen=True, kw_only=True)
class SQLNullConfig(AskingConfig):
    """Knobs of the question."""

    num_lenient: int = 1
    """How many of the conditions are about missing values; at most ``num_conditions``."""
    num_filled: int = 0
    """How many shown columns have a constant where they are missing; at most ``num_columns``."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_lenient <= self.num_conditions, "num_lenient", "1 to num_conditions")
        self.require(0 <= self.num_filled <= self.num_columns, "num_filled", "0 to num_columns")


@register
class SQLNull(AskingFamily[SQLNullConfig]):
    """Write a SQL query that treats missing values as the question says.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLNull-v0"
    topic = "NULL logic"
    phrases = (*PHRASES, *LISTINGS)

    def at_level(self, level: int) -> SQLNullConfig:
        """Add conditions, lenient ones, and columns that are filled."""
        return SQLNullConfig(
            num_tables=1 + level // 2,
            num_columns=1 + (level >= 1) + (level >= 6),
            num_conditions=1 + (level >= 2) + (level >= 5) + (level >= 8),
            num_lenient=1 + (level >= 4) + (level >= 9),
            num_filled=(level >= 3) + (level >= 7),
            depth=int(level >= 6),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLNullConfig) -> Any:
        """Draw conditions on columns that may be missing, and others."""
        subject = rng.choice(list(schema.tables))
        columns = columns_within(schema, subject, config.depth)
        nullable = [column for column in columns if schema.column(subject, column.path, column.name).null]
        if len(nullable) < max(config.num_lenient, config.num_filled) or len(columns) < config.num_columns:
            return None
        chosen = rng.sample(nullable, config.num_lenient)
        items: list[Condition] = [_about_missing(rng, schema, subject, column) for column in chosen]
        if plain := config.num_conditions - config.num_lenient:
            others = [column for column in columns if column not in chosen]
            other = draw_condition(rng, schema, subject, plain, 0, evidence=config.evidence, columns=others)
            if other is None:
                return None
            items.append(other)
        rng.shuffle(items)
        where = items[0] if len(items) == 1 else rng.choice((All, All, AnyOf))(tuple(items))
        filled = [_filled(rng, schema, subject, column) for column in _fillable(schema, subject, nullable)]
        rng.shuffle(filled)
        taken = [item.column for item in filled[: config.num_filled]]
        plain_columns = [column for column in columns if column not in taken]
        count = config.num_columns - config.num_filled
        if len(taken) < config.num_filled or len(plain_columns) < count:
            return None
        shown: list[Value] = [*filled[: config.num_filled], *rng.sample(plain_columns, count)]
        rng.shuffle(shown)
        return Listing(subject, tuple(shown), where)


def _about_missing(rng: Random, schema: Schema, subject: str, column: Column) -> Condition:
    if rng.random() < 0.35:
        return Missing(column, negated=rng.random() < 0.5)
    atom = draw_atom(rng, schema, subject, column)
    return atom if isinstance(atom, Match) and rng.random() < 0.5 else Lenient(atom)


def _fillable(schema: Schema, subject: str, columns: list[Column]) -> list[Column]:
    kinds = ("count", "amount", "category", "name")
    return [c for c in columns if schema.column(subject, c.path, c.name).kind in kinds]


def _filled(rng: Random, schema: Schema, subject: str, column: Column) -> Filled:
    held = schema.column(subject, column.path, column.name)
    if held.kind in ("category", "name"):
        return Filled(column, rng.choice(("unknown", "none", *held.values[:1])))
    return Filled(column, rng.choice((0, -1, draw_constant(rng, held))))
