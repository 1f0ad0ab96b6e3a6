"""Answers in words: choices, yes and no, times of day, dates, and text."""

from __future__ import annotations

import datetime
import re

__all__ = ["choice", "clock", "date", "same_text", "yes_no"]

_CHOICE = re.compile(
    r"(?:(?:the\s+)?(?:answer|option|choice|letter)\s*(?:is|:)?\s*)?(?P<open>[(\[])?\s*(?P<letter>[A-Z])\s*"
    r"(?P<close>[)\].:])?(?P<rest>(?<=[)\].:])\s*\S.*|)",
    re.DOTALL | re.IGNORECASE,
)
_HEDGE = re.compile(r"(?:^|[\s,;/(])(?:or|and|[A-J]\)|\([A-J]\)|not|maybe)(?:$|[\s,;/)])")
_TEXT = re.compile(r"\\words\s*\{([^{}]*+)\}")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*((?:a|p)\.?\s?m\.?)?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})\s*((?:a|p)\.?\s?m\.?)", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ],
        1,
    )
    for name in names.split()
}
_DATES = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(
        r"(?:[a-z]+day,?\s+)?(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?"
    ),
    re.compile(
        r"(?:[a-z]+day,?\s+)?(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>[a-z]{3,9})\.?"
        r"(?:,?\s+(?P<year>\d{4}))?"
    ),
)


def _unwrapped(text: str) -> str:
    return _TEXT.sub(r"\1", text).replace("~", " ").strip()


def choice(text: str, *, declared: bool = False) -> tuple[str, str] | None:
    """Read a letter of a multiple choice and what stands behind it: ``(B)``, ``B.``, ``B) 12``.

    Args:
        text: A cleaned text.
        declared: Whether a choice is known to be asked: then small letters count too.
    """
    match = _CHOICE.fullmatch(_unwrapped(text))
    if match is None:
        return None
    letter, rest = match["letter"], (match["rest"] or "").strip()
    bracketed = match["close"] in (")", "]")
    if match["open"] and not bracketed:
        return None
    if (letter.islower() and not (declared or bracketed)) or letter.upper() > "J":
        return None
    if _HEDGE.search(rest):
        return None
    return letter.upper(), rest


def yes_no(text: str) -> bool | None:
    """Read yes, no, true or false, alone."""
    word = _unwrapped(text).strip(" .\"'").casefold()
    return {"yes": True, "true": True, "no": False, "false": False}.get(word)


def clock(text: str) -> tuple[int, int, int] | None:
    """Read a time of day; without a.m. or p.m. it is one of 24 hours.

    >>> clock("3:30 PM"), clock("15:30"), clock("7:61")
    ((15, 30, 0), (15, 30, 0), None)
    """
    text = _unwrapped(text)
    match, hour_only = _CLOCK.fullmatch(text), _HOUR.fullmatch(text)
    if match:
        hour, minute, second, half = int(match[1]), int(match[2]), int(match[3] or 0), match[4]
    elif hour_only:
        hour, minute, second, half = int(hour_only[1]), 0, 0, hour_only[2]
    else:
        return None
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def date(text: str) -> tuple[int | None, int, int] | None:
    """Read a date with the year first or the month in words: other orders of numbers are not clear.

    >>> date("March 5, 2024"), date("5th of March 2024"), date("2024-03-05"), date("03/05/2024")
    ((2024, 3, 5), (2024, 3, 5), (2024, 3, 5), None)
    """
    text = " ".join(_unwrapped(text).casefold().split())
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        found = match.groupdict()
        month = int(found["month"]) if "month" in found else _MONTHS.get(found["name"], 0)
        year = int(found["year"]) if found["year"] else None
        try:
            datetime.date(year or 2000, month, int(found["day"]))
        except ValueError:
            return None
        return year, month, int(found["day"])
    return None


_MARKS = re.compile(r"[()\[\]{}!|']")
_NOISE = re.compile(r"[^\w+\-*/=<>^%.]+")
_ARTICLES = frozenset(("a", "an", "the"))


def same_text(one: str, other: str) -> bool:
    """Tell whether two texts have the same words: case, articles and punctuation do not count.

    In a formula that the grammar does not know, brackets, bars, primes and factorials do: ``(1, 2]`` and
    ``[1, 2)`` are other sets.
    """
    one, other = _unwrapped(one), _unwrapped(other)
    first, second = _words(one), _words(other)
    if not first or first != second:
        return False
    formula = "\\" in one + other or any(any(char.isdigit() for char in word) for word in first)
    return not formula or _MARKS.findall(one) == _MARKS.findall(other)


def _words(text: str) -> list[str]:
    text = _NOISE.sub(" ", text.replace("\\", " ").casefold())
    words = (word.strip(".") for word in text.split())
    return [word for word in words if word and word not in _ARTICLES]
