"""Dates and days of the week in the Gregorian calendar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import MixedFamily, slips
from reason.generators.math.worked import Working, adding, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["CalendarArithmetic", "CalendarArithmeticConfig"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
QUESTIONS = {
    "days": "How many days after {a} is {b}?",
    "shift": 'Which date is {n} days {way} {a}? Answer in the form "YYYY-MM-DD".',
    "weekday_count": "How many {day}s are there from {a} to {b}, both included?",
    "nth": "What is the date of the {n}th {day} after {a} (which itself does not count)? Answer in the form "
    '"YYYY-MM-DD".',
    "leap": "How many times does February 29 occur after {a} and before {b}?",
    "weekdays": "How many days from Monday to Friday are there from {a} to {b}, both included?",
}
NOTE = "Use the Gregorian calendar."


@dataclass(frozen=True, kw_only=True)
class CalendarArithmeticConfig(Config):
    """Knobs of the dates."""

    span_days: int = 1_000
    """Longest time between two dates, in days."""
    span_years: int = 50
    """How far from the year 2000 the first date may be, in years."""

    def __post_init__(self) -> None:
        """Reject what the Gregorian calendar does not reach."""
        super().__post_init__()
        self.require(30 <= self.span_days <= 100_000, "span_days", "30 to 100000")
        self.require(1 <= self.span_years <= 100, "span_years", "1 to 100")


@register
class CalendarArithmetic(MixedFamily[CalendarArithmeticConfig]):
    """Compute with dates: days between them, dates some days away, weekdays and leap days.

    Days are counted from year, month and day by the rules for leap years (Richards, Mapping Time, 1998).
    Effort counts the months and years that a walk from one date to the other passes, and the digits.
    """

    id = "CalendarArithmetic-v0"
    domain = "math"

    def at_level(self, level: int) -> CalendarArithmeticConfig:
        """Take dates that are further apart."""
        return CalendarArithmeticConfig(
            span_days=min(int(60 * 2.2 ** min(level, 12)), 100_000), span_years=min(40 + 10 * level, 100)
        )

    def generate(self, rng: Random, config: CalendarArithmeticConfig) -> Draft:
        """Draw a date and a span."""
        what = rng.choice([name for name in QUESTIONS if name != "leap" or config.span_days > 3_000])
        first = date(2000, 1, 1) + timedelta(days=round(365.2425 * config.span_years * rng.uniform(-1, 1)))
        n = rng.randint(config.span_days // 2, config.span_days)
        day, way = rng.randrange(7), rng.choice(("after", "before"))
        if what == "nth":
            n = max(n // 7, 4)
            n += {1: 3, 2: 2, 3: 1}.get(n % 10, 0)
        last = first + timedelta(days=n)
        working = Working()
        answer, kind = _answer(what, first, n, day, way, working), "number"
        if what in ("shift", "nth"):
            kind = "date"
        asks = QUESTIONS[what].format(
            a=_written(first, weekday=what != "days"),
            b=_written(last, weekday=False),
            n=n,
            day=WEEKDAYS[day],
            way=way,
        )
        return self.draft(
            rng,
            phrasings=[f"{{asks}} {NOTE}", f"{NOTE} {{asks}}"],
            fields={"asks": asks},
            truth={"what": what, "asks": asks, "kind": kind},
            answer=answer,
            working=working,
            topic="calendar",
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare numbers as numbers, and dates in the asked form, or with the month's name."""
        if task.ground_truth["kind"] == "number":
            return super().verify(task, answer)
        found = _read_date(plain(answer)) if len(answer) < 200 else None
        if found is None:
            return Verdict.wrong("it is no date in the asked form", status=Status.PARSE_ERROR)
        if found.isoformat() != task.ground_truth["answer"]:
            return Verdict.wrong("another date")
        return Verdict.right()

    def solve(self, task: Task) -> str | None:
        """Use the number of a day by Zeller's way of counting, with years that begin in March."""
        text = task.text
        dates = [
            _day_number(int(year), MONTHS.index(month) + 1, int(day))
            for month, day, year in re.findall(rf"({'|'.join(MONTHS)}) ([0-9]+), ([0-9]+)", text)
        ]
        weekday = next(
            (at for at, name in enumerate(WEEKDAYS) if f"{name}s are" in text or f"th {name}" in text), 0
        )
        if "How many days after" in text:
            return str(dates[1] - dates[0])
        if shift := re.search(r"Which date is ([0-9]+) days (after|before)", text):
            return _from_day_number(dates[0] + int(shift[1]) * (1 if shift[2] == "after" else -1))
        if nth := re.search(r"the ([0-9]+)th", text):
            first = dates[0] + 1 + (weekday - _weekday(dates[0] + 1)) % 7
            return _from_day_number(first + 7 * (int(nth[1]) - 1))
        if "February 29 occur" in text:
            years = [int(year) for year in re.findall(r"[a-z]+ [0-9]+, ([0-9]{4})", text)]
            leaps = [_day_number(y, 2, 29) for y in range(years[0], years[1] + 1) if _is_leap(y)]
            return str(sum(dates[0] < leap < dates[1] for leap in leaps))
        wanted = range(5) if "Monday to Friday" in text else (weekday,)
        return str(sum((dates[1] - at) // 7 - (dates[0] - 1 - at) // 7 for at in wanted))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours."""
        reference = task.reference or "0"
        if task.ground_truth["kind"] == "number":
            yield from slips(reference)
            return
        right = date.fromisoformat(reference)
        for days in (1, -1, 7, -7, 30, 365):
            yield (right + timedelta(days=days)).isoformat()
        yield from (reference[:-3], reference.replace("-", ""), "2023-02-30", reference[::-1])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield dates with the month's name."""
        reference = task.reference or ""
        if task.ground_truth["kind"] == "number":
            yield from super().equivalents(task)
            return
        right = date.fromisoformat(reference)
        name = MONTHS[right.month - 1]
        yield from (f" {reference} ", f"**{reference}**", f"{name} {right.day}, {right.year}")
        yield f"{right.day} {name} {right.year}"


def _written(day: date, *, weekday: bool) -> str:
    text = f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
    return f"{WEEKDAYS[day.weekday()]}, {text}" if weekday else text


def _read_date(text: str) -> date | None:
    names = "|".join(MONTHS)
    forms = (
        r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})",
        rf"(?P<m>{names}) (?P<d>[0-9]{{1,2}}),? (?P<y>[0-9]{{4}})",
        rf"(?P<d>[0-9]{{1,2}})\.? (?P<m>{names}) (?P<y>[0-9]{{4}})",
    )
    for form in forms:
        if match := re.fullmatch(form, text.strip(), re.IGNORECASE):
            month = match["m"]
            number = int(month) if month.isdigit() else MONTHS.index(month.capitalize()) + 1
            try:
                return date(int(match["y"]), number, int(match["d"]))
            except ValueError:
                return None
    return None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _day_number(year: int, month: int, day: int) -> int:
    """Count days from a Monday, with years that begin in March."""
    year, month = (year - 1, month + 9) if month < 3 else (year, month - 3)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day + 1


def _weekday(number: int) -> int:
    return number % 7


def _from_day_number(number: int) -> str:
    year = (number * 400) // 146_097 + 1
    while _day_number(year, 1, 1) > number:
        year -= 1
    month = 12
    while _day_number(year, month, 1) > number:
        month -= 1
    return f"{year:04}-{month:02}-{number - _day_number(year, month, 1) + 1:02}"


def _answer(what: str, first: date, n: int, day: int, way: str, working: Working) -> str:
    if what == "nth":
        offset = (day - first.weekday() - 1) % 7 + 1
        start = first + timedelta(days=offset)
        text = f"The first {WEEKDAYS[day]} is {offset} days later: {start.isoformat()}"
        name = working.step(text, start.isoformat(), work=3)
        last = start + timedelta(days=7 * (n - 1))
        _walk(start, last, working, after=name)
        return last.isoformat()
    sign = -1 if what == "shift" and way == "before" else 1
    last = first + timedelta(days=sign * n)
    name = _walk(min(first, last), max(first, last), working)
    if what == "shift":
        working.step(f"The date is {last.isoformat()}", last.isoformat(), name)
        return last.isoformat()
    if what == "days":
        return str(n)
    if what == "leap":
        leaps = [y for y in range(first.year, last.year + 1) if _is_leap(y) and first < date(y, 2, 29) < last]
        shown = ", ".join(map(str, leaps))
        working.step(f"Leap days between them: {shown or 'none'}", len(leaps), name, work=2 + len(leaps))
        return str(len(leaps))
    wanted = range(5) if what == "weekdays" else (day,)
    weeks, rest = divmod(n + 1, 7)
    text = f"{n + 1} days are {weeks} weeks and {rest} days"
    second = working.step(text, weeks, name, work=multiplying(n + 1, 7))
    more = sum((first.weekday() + at) % 7 in wanted for at in range(rest))
    total = weeks * len(wanted) + more
    text = f"{weeks} * {len(wanted)} + {more} in the rest of the week = {total}"
    working.step(text, total, second, work=multiplying(weeks, 5) + rest)
    return str(total)


def _walk(first: date, last: date, working: Working, *, after: str | None = None) -> str:
    """Write the days between two dates year by year."""
    names: list[str] = [after] if after else []
    days = (last - first).days
    years = [date(year, 1, 1) for year in range(first.year + 1, last.year + 1)]
    marks = [first, *years, last]
    counts = [(b - a).days for a, b in pairwise(marks)]
    months = first.month + last.month if years else last.month - first.month + 1
    shown = " + ".join(map(str, counts[:60])) + (" + ..." if len(counts) > 60 else "")
    text = f"From {first.isoformat()} to {last.isoformat()}, year by year: {shown} = {days} days"
    return working.step(text, days, *names, work=months + 3 * len(years) + adding(*counts))
