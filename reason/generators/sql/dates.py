"""Nodes of dates: their parts, days between them, and what lies some days from them."""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.phrase import Phrase
from reason.generators.sql.tree import Column, Comparison, Scope

__all__ = ["DATES", "FORMATS", "ROUGHLY", "Elapsed", "Falls", "Part", "Separated", "Shifted", "Within"]

_DAY = exp.var("DAY")
_BASE = datetime.date(2021, 3, 14)
"""A date around which rows that are nearly apart enough are made."""
FORMATS = {"year": "%Y", "month": "%m", "day": "%d", "weekday": "%w", "year and month": "%Y-%m"}
"""What ``strftime`` writes in either engine; a week begins with Sunday, which is 0."""


@dataclass(frozen=True)
class Part:
    """The year, month, day or weekday of a date, as a number; year and month as a text."""

    unit: str
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        text = exp.TimeToStr(this=self.column.sql(scope), format=exp.Literal.string(FORMATS[self.unit]))
        return text if self.unit == "year and month" else exp.cast(text, "INT")


@dataclass(frozen=True)
class Elapsed:
    """How many days lie between two dates; fewer than none where the later one is earlier."""

    later: Column
    earlier: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.DateDiff(this=self.later.sql(scope), expression=self.earlier.sql(scope), unit=_DAY)


@dataclass(frozen=True)
class Shifted:
    """The date some days after another."""

    days: int
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        moved = exp.DateAdd(this=self.column.sql(scope), expression=exp.Literal.number(self.days), unit=_DAY)
        return exp.cast(moved, "DATE")


@dataclass(frozen=True)
class Falls:
    """A date in a year, in a month of any year, or on a weekday; for years also before or after."""

    unit: str
    operator: str
    number: int
    column: Column

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return Comparison(Part(self.unit, self.column), self.operator, self.number).sql(scope)

    def fitting(self, pool: Sequence[str], *, met: bool) -> list[str]:
        """Return the dates that meet it, or that do not."""
        days = [day for _, edges in self.edges() for day in edges] + list(pool)
        return [day for day in days if _TESTS[self.operator](_part(self.unit, day), self.number) is met]

    def edges(self) -> Iterator[tuple[Column, list[str]]]:
        """Yield dates on both sides of its bounds."""
        number = self.number
        if self.unit == "year":
            yield (
                self.column,
                [f"{number - 1}-12-31", f"{number}-01-01", f"{number}-12-31", f"{number + 1}-01-01"],
            )
        elif self.unit == "month":
            first = datetime.date(2021, number, 1)
            after = (first + datetime.timedelta(days=32)).replace(day=1)
            one = datetime.timedelta(days=1)
            yield self.column, [str(day) for day in (first - one, first, after - one, after)]
        else:
            yield self.column, [str(_BASE + datetime.timedelta(days=days)) for days in range(7)]


@dataclass(frozen=True)
class Within:
    """A date, or one of the days after it."""

    column: Column
    date: str
    days: int

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        shifted = exp.cast(
            exp.DateAdd(
                this=exp.cast(exp.Literal.string(self.date), "DATE"),
                expression=exp.Literal.number(self.days),
                unit=_DAY,
            ),
            "DATE",
        )
        first = exp.Literal.string(self.date)
        return exp.Between(this=self.column.sql(scope), low=first, high=shifted)

    def fitting(self, pool: Sequence[str], *, met: bool) -> list[str]:
        """Return the dates that meet it, or that do not."""
        days = [day for _, edges in self.edges() for day in edges] + list(pool)
        last = _moved(self.date, self.days)
        return [day for day in days if (self.date <= day <= last) is met]

    def edges(self) -> Iterator[tuple[Column, list[str]]]:
        """Yield the first and last day, and their neighbours."""
        yield (
            self.column,
            [_moved(self.date, days) for days in (-1, 0, 1, self.days - 1, self.days, self.days + 1)],
        )


@dataclass(frozen=True)
class Separated:
    """Two dates of a row that lie so many days apart."""

    later: Column
    earlier: Column
    operator: str
    days: int

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return Comparison(Elapsed(self.later, self.earlier), self.operator, self.days).sql(scope)

    def edges(self) -> Iterator[tuple[Column, list[str]]]:
        """Yield a date, and those that lie as far from it, or nearly."""
        yield self.earlier, [str(_BASE)]
        yield self.later, [_moved(str(_BASE), self.days + step) for step in (-1, 0, 1)]

    def planted(self, rng: Random, *, met: bool) -> list[tuple[Column, str]]:
        """Return two dates that lie so far apart, or that do not: as near to the bound as that goes."""
        found = [step for step in (-1, 0, 1) if _TESTS[self.operator](step, 0) is met]
        later = _moved(str(_BASE), self.days + rng.choice(found))
        return [(self.earlier, str(_BASE)), (self.later, later)]


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def _moved(day: str, days: int) -> str:
    return str(datetime.date.fromisoformat(day) + datetime.timedelta(days=days))


def _part(unit: str, day: str) -> int:
    return int(datetime.date.fromisoformat(day).strftime(FORMATS[unit]))


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_PARTS = {
    "year": ("year of the {column:day}",),
    "month": ("month of the {column:day} (1 to 12)", "month number of the {column:day}"),
    "day": ("day of the month of the {column:day}",),
    "weekday": ("weekday of the {column:day} (0 for Sunday to 6 for Saturday)",),
    "year and month": ("{column:day} as 'YYYY-MM'", "year and month of the {column:day} (written 'YYYY-MM')"),
}
ROUGHLY = {
    ">": "more than {days:number} days after",
    ">=": "at least {days:number} days after",
    "<": "earlier than, or fewer than {days:number} days after,",
    "<=": "no more than {days:number} days after (or before)",
}
DATES = (
    *(Phrase("column", Part, text, {"unit": unit}) for unit, texts in _PARTS.items() for text in texts),
    Phrase("column", Elapsed, "number of days from the {earlier:day} to the {later:day}"),
    Phrase("column", Elapsed, "days that the {later:day} lies after the {earlier:day}"),
    Phrase("column", Shifted, "date {days:number} days after the {column:day}"),
    *(
        Phrase("atom", Falls, text, {"unit": "year", "operator": operator})
        for operator, texts in {
            "=": (
                "whose {column:day} falls in {number:number}",
                "with a {column:day} in the year {number:number}",
            ),
            ">=": ("whose {column:day} falls in {number:number} or a later year",),
            "<=": ("whose {column:day} falls in {number:number} or an earlier year",),
        }.items()
        for text in texts
    ),
    *(
        Phrase("atom", Falls, text, {"unit": "month", "operator": "=", "number": number})
        for number, month in enumerate(_MONTHS, 1)
        for text in (
            f"whose {{column:day}} falls in {month} (of any year)",
            f"with a {{column:day}} in any {month}",
        )
    ),
    *(
        Phrase("atom", Falls, text, {"unit": "weekday", "operator": "=", "number": number})
        for number, weekday in enumerate(_WEEKDAYS)
        for text in (f"whose {{column:day}} falls on a {weekday}", f"with a {weekday} as {{column:day}}")
    ),
    Phrase("atom", Within, "whose {column:day} is {date:date} or one of the {days:number} days after it"),
    Phrase(
        "atom",
        Within,
        "whose {column:day} lies at most {days:number} days after {date:date} and not before it",
    ),
    *(
        Phrase(
            "atom",
            Separated,
            f"whose {{later:day}} is {words} the {{earlier:day}}",
            {"operator": operator},
        )
        for operator, words in ROUGHLY.items()
    ),
)  # fmt: skip
