"""The words at the ends of phrases: names of tables and columns, and constants, said and read back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from reason.generators.sql.schema import Link
from reason.generators.sql.tree import Column, Definition

if TYPE_CHECKING:
    from reason.generators.sql.phrase import Phrasebook

__all__ = ["LEAVES", "Leaf", "say_column"]

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONG = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]+) ([0-9]{4})")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_MOST_STEPS = 4


class Leaf(NamedTuple):
    """How one kind of word is said (None where it cannot be) and read."""

    say: Callable[[Phrasebook, Any, str, Random], str | None]
    read: Callable[[Phrasebook, str, str], Iterator[Any]]


def say_column(book: Phrasebook, column: Column, subject: str) -> str:
    """Return what English calls a column: ``author's country``."""
    words = []
    for step in column.path:
        reference = book.schema.tables[subject].columns[step]
        words.append(f"{reference.noun}'s ")
        subject = reference.refers
    return "".join([*words, book.schema.tables[subject].columns[column.name].noun])


def _column(*kinds: str) -> Leaf:
    def say(book: Phrasebook, node: Any, subject: str, rng: Random) -> str | None:
        if not isinstance(node, Column):
            return None
        kind = book.schema.column(subject, node.path, node.name).kind
        return say_column(book, node, subject) if kind in kinds else None

    def read(book: Phrasebook, text: str, subject: str) -> Iterator[Column]:
        return _columns(book, text, subject, kinds, ())

    return Leaf(say, read)


def _columns(
    book: Phrasebook, text: str, table: str, kinds: tuple[str, ...], path: tuple[str, ...]
) -> Iterator[Column]:
    for name, column in book.schema.tables[table].columns.items():
        if column.kind in kinds and column.noun == text:
            yield Column(path, name)
        if column.refers and len(path) < _MOST_STEPS and text.startswith(f"{column.noun}'s "):
            yield from _columns(book, text[len(column.noun) + 3 :], column.refers, kinds, (*path, name))


def _table(noun: str) -> Leaf:
    def say(book: Phrasebook, node: Any, subject: str, rng: Random) -> str | None:
        return str(getattr(book.schema.tables[node], noun)) if node in book.schema.tables else None

    def read(book: Phrasebook, text: str, subject: str) -> Iterator[str]:
        return (name for name, table in book.schema.tables.items() if getattr(table, noun) == text)

    return Leaf(say, read)


def _say_link(book: Phrasebook, node: Link, subject: str, rng: Random) -> str | None:
    return book.schema.tables[node.table].columns[node.column].inverse


def _read_link(book: Phrasebook, text: str, subject: str) -> Iterator[Link]:
    return (link for link in book.schema.links(subject) if _say_link(book, link, "", Random()) == text)


def _say_number(book: Phrasebook, node: Any, subject: str, rng: Random) -> str | None:
    return str(node).removesuffix(".0") if isinstance(node, int | float) else None


def _read_number(book: Phrasebook, text: str, subject: str) -> Iterator[int | float]:
    if match := _NUMBER.fullmatch(text):
        yield float(text) if match[1] else int(text)


def _say_date(book: Phrasebook, node: Any, subject: str, rng: Random) -> str | None:
    if not (isinstance(node, str) and _ISO.fullmatch(node)):
        return None
    if book.style == "business":
        day = datetime.date.fromisoformat(node)
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return node


def _read_date(book: Phrasebook, text: str, subject: str) -> Iterator[str]:
    if _ISO.fullmatch(text):
        yield text
    elif (match := _LONG.fullmatch(text)) and match[2] in _MONTHS:
        yield f"{match[3]}-{_MONTHS.index(match[2]) + 1:02}-{int(match[1]):02}"


def _say_text(book: Phrasebook, node: Any, subject: str, rng: Random) -> str | None:
    return f"'{node}'" if isinstance(node, str) and not _ISO.fullmatch(node) else None


def _read_text(book: Phrasebook, text: str, subject: str) -> Iterator[str]:
    if len(text) > 2 and text[0] == text[-1] == "'" and "' " not in text[1:-1] and "'," not in text[1:-1]:
        yield text[1:-1]


def _say_term(book: Phrasebook, node: Any, subject: str, rng: Random) -> str | None:
    return node.name if isinstance(node, Definition) else None


def _read_term(book: Phrasebook, text: str, subject: str) -> Iterator[Definition]:
    if text in book.terms:
        yield book.terms[text]


def _say_name(book: Phrasebook, node: Any, subject: str, rng: Random) -> str | None:
    return str(node).capitalize()


def _read_name(book: Phrasebook, text: str, subject: str) -> Iterator[str]:
    if text.isalpha():
        yield text.lower()


LEAVES: dict[str, Leaf] = {
    "column": _column("key", "name", "category", "count", "amount", "date"),
    "quantity": _column("count", "amount"),
    "day": _column("date"),
    "word": _column("name", "category"),
    "reference": _column("reference"),
    "singular": _table("noun"),
    "plural": _table("plural"),
    "link": Leaf(_say_link, _read_link),
    "number": Leaf(_say_number, _read_number),
    "date": Leaf(_say_date, _read_date),
    "text": Leaf(_say_text, _read_text),
    "name": Leaf(_say_name, _read_name),
    "term": Leaf(_say_term, _read_term),
}
"""Categories of phrases that end in a word: ``quantity`` is a column of numbers, ``day`` of dates, ``word``
of texts; ``reference`` one that leads to another table; ``link`` the rows that refer to the subject."""
