"""The plainest question: some columns of the rows that meet a condition."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Condition, Scope, Value

__all__ = ["LISTINGS", "Listing", "styled"]


def styled(kind: type, templates: dict[str, tuple[str, ...]], **fixed: object) -> tuple[Phrase, ...]:
    """Return the phrases of one kind of question, by style."""
    return tuple(
        Phrase("question", kind, template, fixed, style)
        for style, listed in templates.items()
        for template in listed
    )


@dataclass(frozen=True)
class Listing:
    """Some columns of the rows that meet a condition, one row each."""

    subject: str
    columns: tuple[Value, ...]
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        columns = [column.sql(scope) for column in self.columns]
        return scope.select(*columns, where=self.where.sql(scope) if self.where else None)


LISTINGS = styled(
    Listing,
    {
        "explicit": (
            "List the {columns:column*} of all {subject:plural}{ where:condition?}.",
            "Show the {columns:column*} of the {subject:plural}{ where:condition?}.",
            "Return, for all {subject:plural}{ where:condition?}, these columns: {columns:column*}.",
        ),
        "business": (
            "We need a list of all {subject:plural}{ where:condition?}: give us the {columns:column*}.",
            "Please look up the {columns:column*} of our {subject:plural}{ where:condition?}.",
            "I am going through the {subject:plural}{ where:condition?}. For each of them, tell me the "
            "{columns:column*}.",
        ),
    },
)
