"""Questions that need a recursion: along a hierarchy, and over a series of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from reason.generators.sql.dates import Part
from reason.generators.sql.listing import styled
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.tree import Column, Condition, Missing, Scope

__all__ = ["RECURSIONS", "Chain", "Series"]


@dataclass(frozen=True)
class Series:
    """How many rows have each number of a series, 0 included."""

    subject: str
    value: Column | Part
    low: int
    high: int
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        value = exp.alias_(self.value.sql(scope), "amount")
        rows = scope.select(value, where=self.where.sql(scope) if self.where else None).subquery("found")
        number, amount = exp.column("n", table="series"), exp.column("amount", table="found")
        begin = exp.select(exp.alias_(exp.Literal.number(self.low), "n"))
        following = exp.Add(this=exp.column("n"), expression=exp.Literal.number(1))
        end = exp.LT(this=exp.column("n"), expression=exp.Literal.number(self.high))
        steps = begin.union(exp.select(following).from_("series").where(end), distinct=False)
        query = exp.select(number, exp.Count(this=amount)).from_("series")
        on = exp.EQ(this=amount.copy(), expression=number.copy())
        query = query.join(rows, on=on, join_type="LEFT", copy=False).group_by(number.copy(), copy=False)
        return query.with_("series", as_=steps, recursive=True, copy=False)


@dataclass(frozen=True)
class Chain:
    """Rows by their steps from those that refer to no other row of the table."""

    subject: str
    columns: tuple[Column, ...]
    parent: Column
    least: int
    most: int
    where: Condition | None = None
    """Of the rows at the beginning."""

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        begins: exp.Expr = Missing(self.parent).sql(scope)
        if self.where is not None:
            where = self.where.sql(scope)
            where = exp.Paren(this=where) if isinstance(where, exp.Or) else where
            begins = exp.and_(begins, where, wrap=False, copy=False)
        zero = exp.alias_(exp.Literal.number(0), "steps")
        begin = scope.select(exp.alias_(scope.key()[0], "id"), zero, where=begins)
        inner, last = scope.inner(self.subject), scope.inner(self.subject)
        steps, number = exp.column("steps", table="chain"), exp.column("id", table="chain")
        following = exp.Add(this=steps, expression=exp.Literal.number(1))
        end = exp.LT(this=steps.copy(), expression=exp.Literal.number(self.most))
        on = exp.EQ(this=self.parent.sql(inner), expression=number)
        further = inner.select(inner.key()[0], following, where=end).join("chain", on=on, copy=False)
        columns = [column.sql(last) for column in self.columns]
        step = exp.column("steps", table="reached")
        least = exp.GTE(this=step, expression=exp.Literal.number(self.least))
        found = last.select(*columns, step.copy(), where=least if self.least else None)
        on = exp.EQ(this=last.key()[0], expression=exp.column("id", table="reached"))
        found = found.join("chain", on=on, join_alias="reached", copy=False)
        return found.with_("chain", as_=begin.union(further, distinct=False), recursive=True, copy=False)


_FROM_MONTHS = "{value:dated} falls in it, in whatever year"
RECURSIONS = (
    Phrase("dated", Part, "{column:day}", {"unit": "month"}),
    *(
        phrase
        for fixed, numbers, which in (
            ({}, "whole number from {low:number} to {high:number}", "{value:quantity} it is"),
            ({"low": 1, "high": 12}, "month from 1 to 12", _FROM_MONTHS),
        )
        for phrase in styled(
            Series,
            {
                "explicit": (
                    "For each " + numbers + ", show the number and how many {subject:plural}"
                    "{ where:condition?} there are whose " + which + " (0 where there are none).",
                ),
                "business": (
                    "Make us a table of every " + numbers + " with the count of the {subject:plural}"
                    "{ where:condition?} whose " + which + ". Also list those with a count of 0.",
                ),
            },
            **fixed,
        )
    ),
    *(
        phrase
        for wheres, first in (
            ({"where": None}, "the {subject:plural} for which no {parent:reference} is recorded"),
            (
                {},
                "of the {subject:plural} for which no {parent:reference} is recorded those {where:condition}",
            ),
        )
        for leasts, which in (
            ({"least": 0}, "all that were reached"),
            ({}, "those that were reached in step {least:number} or later"),
        )
        for phrase in styled(
            Chain,
            {
                "explicit": (
                    "Step 0 are " + first + ". Each next step, up to step {most:number}, are the "
                    "{subject:plural} whose {parent:reference} was in the step before. Show the "
                    "{columns:column*} and the step of " + which + ".",
                ),
                "business": (
                    "We follow {parent:reference} links down. We begin with " + first + " (step 0), then "
                    "take whoever has one of these as {parent:reference} (step 1), and so on up to step "
                    "{most:number}. For " + which + ", list the {columns:column*} and the step.",
                ),
            },
            **wheres,
            **leasts,
        )
    ),
)  # fmt: skip
