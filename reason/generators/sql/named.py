"""Questions in two steps: what groups have, and then which of them, or beside which row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp

from reason.generators.sql.aggregates import AGGREGATES
from reason.generators.sql.listing import styled
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Link, Schema
from reason.generators.sql.tree import Column, Condition, Scope, Value

__all__ = ["STANDINGS", "TWO_STEPS", "Gathered", "Standing"]


@dataclass(frozen=True)
class Standing:
    """The groups whose value is above the average of all groups' values, below it, or the highest of them."""

    subject: str
    by: Column
    value: Value
    how: str
    """``above``, ``below``, ``highest`` or ``lowest``."""
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        by, value = self.by.sql(scope), self.value.sql(scope)
        where = self.where.sql(scope) if self.where else None
        groups = scope.select(exp.alias_(by, "label"), exp.alias_(value, "amount"), where=where)
        groups = groups.group_by(by.copy(), copy=False)
        compare, summary = {
            "above": (exp.GT, exp.Avg),
            "below": (exp.LT, exp.Avg),
            "highest": (exp.EQ, exp.Max),
            "lowest": (exp.EQ, exp.Min),
        }[self.how]
        level = exp.select(summary(this=exp.column("amount"))).from_("measured").subquery()
        found = exp.select("label", "amount").from_("measured")
        found = found.where(compare(this=exp.column("amount"), expression=level), copy=False)
        return found.with_("measured", as_=groups, copy=False)


@dataclass(frozen=True)
class Gathered:
    """Rows beside what the rows that refer to them have together; those without any are left out."""

    about: ClassVar[Mapping[str, str]] = {"value": "link", "theirs": "link"}
    subject: str
    columns: tuple[Column, ...]
    link: Link
    value: Value
    theirs: Condition | None = None
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        inner = scope.inner(self.link.table)
        owner = inner.at(inner.alias, self.link.column)
        value = self.value.sql(inner)
        theirs = self.theirs.sql(inner) if self.theirs else None
        totals = inner.select(exp.alias_(owner, "id"), exp.alias_(value, "amount"), where=theirs)
        totals = totals.group_by(owner.copy(), copy=False)
        columns = [column.sql(scope) for column in self.columns]
        amount = exp.column("amount", table="over")
        where = self.where.sql(scope) if self.where else None
        found = scope.select(*columns, amount, where=where)
        on = exp.EQ(this=exp.column("id", table="over"), expression=scope.key()[0])
        found = found.join("totals", on=on, join_alias="over", copy=False)
        return found.with_("totals", as_=totals, copy=False)


STANDINGS = {
    "above": "above the average of the values of all groups",
    "below": "below the average of the values of all groups",
    "highest": "the highest of all groups (several of them where they are equal)",
    "lowest": "the lowest of all groups (several of them where they are equal)",
}


def _standings() -> list[Phrase]:
    found: list[Phrase] = []
    for how, words in STANDINGS.items():
        for like in ("word", "reference"):
            templates = {
                "explicit": (
                    "Group the {subject:plural}{ where:condition?} by {by:LIKE} and compute the "
                    "{value:aggregate} of each group. Show the {by:LIKE} and the value of groups whose "
                    "value is " + words + ".",
                ),
                "business": (
                    "We measure our {subject:plural}{ where:condition?} per {by:LIKE}, by the "
                    "{value:aggregate}. Give us each {by:LIKE} and its measure where that is " + words + ".",
                ),
            }
            said = {
                style: tuple(t.replace("LIKE", like) for t in texts) for style, texts in templates.items()
            }
            found += styled(Standing, said, how=how)
    return found


def _gathered() -> list[Phrase]:
    found: list[Phrase] = []
    for fixed, theirs in (({"theirs": None}, ""), ({}, " ({theirs:condition@link})")):
        found += styled(
            Gathered,
            {
                "explicit": (
                    "For each of the {subject:plural}{ where:condition?} that has at least one of the "
                    "{link:link}" + theirs + ", show the {columns:column*} and, over those, the "
                    "{value:aggregate@link}.",
                ),
                "business": (
                    "Please add up, for every one of our {subject:plural}{ where:condition?} that has any, "
                    "the {link:link}" + theirs + ": we want the {value:aggregate@link} behind the "
                    "{subject:singular}'s own {columns:column*}.",
                ),
            },
            **fixed,
        )
    return found


TWO_STEPS = (*AGGREGATES, *_standings(), *_gathered())
