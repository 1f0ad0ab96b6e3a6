"""Nodes of window functions: places among rows, what comes before a row, totals so far and of groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from reason.generators.sql import sql_top
from reason.generators.sql.listing import styled
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.showing import REPORTS
from reason.generators.sql.sql_top import Order
from reason.generators.sql.tree import Aggregate, Column, Condition, Scope

__all__ = ["RANKS", "STEPS", "WHOLES", "WINDOWS", "Best", "Beyond", "Placed", "Running", "Step", "Whole"]

RANKS: dict[str, Any] = {"number": exp.RowNumber, "rank": exp.Rank, "dense": exp.DenseRank}
STEPS: dict[str, Any] = {"before": exp.Lag, "after": exp.Lead}


@dataclass(frozen=True)
class Placed:
    """A row's place among those that are listed, or those of them that are like it in one column."""

    how: str
    """``number`` (no two are equal), ``rank`` (with gaps) or ``dense`` (without)."""
    order: Order
    by: Column | None
    key: Column | None
    """Decides between equal rows; for ``number`` alone."""

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return _window(scope, RANKS[self.how](), self.by, self.order, self.key)


@dataclass(frozen=True)
class Running:
    """The sum of a column over the rows up to this one, in some order."""

    column: Column
    order: Order
    by: Column | None
    key: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return _window(scope, exp.Sum(this=self.column.sql(scope)), self.by, self.order, self.key)


@dataclass(frozen=True)
class Step:
    """What the row before or after this one has in a column, in some order."""

    how: str
    column: Column
    order: Order
    by: Column | None
    key: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return _window(scope, STEPS[self.how](this=self.column.sql(scope)), self.by, self.order, self.key)


@dataclass(frozen=True)
class Whole:
    """An aggregate over all listed rows that are like this one in one column."""

    function: str
    column: Column
    by: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return _window(scope, Aggregate(self.function, self.column).sql(scope), self.by)


@dataclass(frozen=True)
class Best:
    """The first rows of each group, in some order."""

    subject: str
    columns: tuple[Column, ...]
    by: Column
    order: Order
    key: Column
    limit: int
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        place = Placed("number", self.order, self.by, self.key)
        scope = Scope(schema, self.subject)
        test = exp.LTE(this=exp.column("place"), expression=exp.Literal.number(self.limit))
        return _outer(scope, self.columns, {"place": place}, self.where, test)


@dataclass(frozen=True)
class Beyond:
    """The rows whose value is above or below the average of their group."""

    subject: str
    columns: tuple[Column, ...]
    column: Column
    above: bool
    by: Column
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        values = {"amount": self.column, "level": Whole("average", self.column, self.by)}
        kind = exp.GT if self.above else exp.LT
        test = kind(this=exp.column("amount"), expression=exp.column("level"))
        return _outer(scope, self.columns, values, self.where, test)


def _window(
    scope: Scope, value: exp.Expr, by: Column | None, order: Order | None = None, key: Column | None = None
) -> exp.Expr:
    terms = []
    if order is not None:
        terms.append(exp.Ordered(this=order.column.sql(scope), desc=order.descending))
    if key is not None:
        # Downwards: rows that tie come upwards where nobody asks, so that nothing would tell who forgot.
        terms.append(exp.Ordered(this=key.sql(scope), desc=True))
    return exp.Window(
        this=value,
        partition_by=[by.sql(scope)] if by is not None else None,
        order=exp.Order(expressions=terms) if terms else None,
    )


def _outer(
    scope: Scope, columns: tuple[Column, ...], values: dict[str, Any], where: Condition | None, test: exp.Expr
) -> exp.Query:
    """Select some columns of rows that pass a test of values which WHERE cannot compute."""
    names = [f"c{number}" for number in range(1, len(columns) + 1)]
    shown = [exp.alias_(column.sql(scope), name) for column, name in zip(columns, names, strict=True)]
    computed = [exp.alias_(value.sql(scope), name) for name, value in values.items()]
    inner = scope.select(*shown, *computed, where=where.sql(scope) if where else None)
    return exp.select(*map(exp.column, names)).from_(inner.subquery("found")).where(test, copy=False)


def _among(kind: type, text: str, **fixed: Any) -> list[Phrase]:
    """Return phrases of a value among all listed rows, and among those like it."""
    whom = {
        "among all of them": {"by": None},
        "among those of them with the same {by:word}": {},
        "among those of them with the same {by:reference}": {},
    }
    return [
        Phrase("shown", kind, text.replace("AMONG", words), {**fixed, **more}) for words, more in whom.items()
    ]


_TIES = "with ties by the higher {key:column} first"
WHOLES = {"sum": "total", "average": "average", "least": "lowest", "greatest": "highest"}
WINDOWS = (
    *REPORTS,
    *(phrase for phrase in sql_top.PHRASES if phrase.category == "order"),
    *_among(Placed, f"place AMONG by {{order:order}} {_TIES}", how="number"),
    *_among(
        Placed,
        "rank AMONG by {order:order} where equal ones share a rank that leaves a gap behind them",
        how="rank",
        key=None,
    ),
    *_among(
        Placed,
        "rank AMONG by {order:order} where equal ones share a rank that leaves no gap behind them",
        how="dense",
        key=None,
    ),
    *_among(Running, f"running total of {{column:quantity}} AMONG in order of {{order:order}} {_TIES}"),
    *(
        phrase
        for how in STEPS
        for phrase in _among(
            Step,
            f"{{column:column}} of the one right {how} it AMONG in order of {{order:order}} {_TIES}",
            how=how,
        )
    ),
    *(
        Phrase(
            "shown",
            Whole,
            f"{word} {{column:quantity}} of all of them with the same {{by:{like}}}",
            {"function": function},
        )
        for function, word in WHOLES.items()
        for like in ("word", "reference")
    ),
    *(
        phrase
        for like in ("word", "reference")
        for phrase in styled(
            Best,
            {
                "explicit": (
                    "Group the {subject:plural}{ where:condition?} by {by:" + like + "} and take the first "
                    "{limit:number} of each group by {order:order}, " + _TIES + ". Show the "
                    "{columns:column*} of these.",
                ),
                "business": (
                    "Per {by:" + like + "}, which {limit:number} of our {subject:plural}{ where:condition?} "
                    "come first by {order:order}, " + _TIES + "? Tell us the {columns:column*} of each.",
                ),
            },
        )
    ),
    *(
        phrase
        for like in ("word", "reference")
        for above, word in ((True, "above"), (False, "below"))
        for phrase in styled(
            Beyond,
            {
                "explicit": (
                    "Of the {subject:plural}{ where:condition?}, keep those whose {column:quantity} is "
                    + word + " the average over those of them with the same {by:" + like + "}. Show the "
                    "{columns:column*} of what is kept.",
                ),
                "business": (
                    "Which of our {subject:plural}{ where:condition?} have a {column:quantity} " + word
                    + " what is average among those of the same {by:" + like + "}? Give us their "
                    "{columns:column*}.",
                ),
            },
            above=above,
        )
    ),
)  # fmt: skip
