"""Questions for values that are more than columns: what the families of functions and subqueries share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sqlglot import exp

from reason.generators.sql.draw import columns_within
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import All, Column, Condition, Scope, Value

__all__ = ["REPORTS", "Plain", "Report", "draw_plain", "joined", "shown_words"]


@dataclass(frozen=True)
class Plain:
    """A column that is shown as it is."""

    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return self.column.sql(scope)


@dataclass(frozen=True)
class Report:
    """Some values of the rows that meet a condition, one row each."""

    subject: str
    values: tuple[Value, ...]
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        values = [value.sql(scope) for value in self.values]
        return scope.select(*values, where=self.where.sql(scope) if self.where else None)


REPORTS = (
    Phrase("shown", Plain, "{column:column}"),
    *(
        Phrase("question", Report, template, style=style)
        for style, templates in {
            "explicit": (
                "For each of the {subject:plural}{ where:condition?}, show the {values:shown*}.",
                "Of all {subject:plural}{ where:condition?}, return one row each with these columns: "
                "{values:shown*}.",
                "Select {values:shown*} for every one of the {subject:plural}{ where:condition?}.",
            ),
            "business": (
                "I need a list of the {subject:plural}{ where:condition?}. "
                "It should have the {values:shown*}.",
                "Could you go through the {subject:plural}{ where:condition?} and tell me each one's "
                "{values:shown*}?",
                "For a report on all {subject:plural}{ where:condition?}: what are their {values:shown*}?",
            ),
        }.items()
        for template in templates
    ),
)
"""Phrases of the category ``shown`` are what a row of a report shows."""


def shown_words(kind: type, words: dict[str, Sequence[str]], field: str = "function") -> list[Phrase]:
    """Return phrases of what is shown, for each value of the field that says which function it is."""
    return [Phrase("shown", kind, text, {field: name}) for name, texts in words.items() for text in texts]


def draw_plain(rng: Random, schema: Schema, table: str, count: int, depth: int) -> tuple[Plain, ...]:
    """Draw different columns to show, as many as there are at most."""
    near = columns_within(schema, table, 0)
    far = [column for column in columns_within(schema, table, depth) if column.path]
    rng.shuffle(near)
    rng.shuffle(far)
    chosen = far[: 1 + count // 3] if depth else []
    return tuple(Plain(column) for column in [*chosen, *near, *far[len(chosen) :]][:count])


def joined(*conditions: Condition | None) -> Condition | None:
    """Return one condition for several, of which some may be None."""
    items: list[Condition] = []
    for condition in conditions:
        if condition is not None:
            items += condition.items if isinstance(condition, All) else [condition]
    if len(items) < 2:
        return items[0] if items else None
    return All(tuple(items))
