"""What the inputs of a problem look like: fields on lines, lines in blocks, numbers in bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reason.errors import ReasonError
from reason.problems.expressions import Expression, ExpressionError

__all__ = ["Bounds", "Field", "Grammar", "GrammarError", "Line", "Number", "Property", "Row", "Word"]

Property = Literal[
    "distinct", "permutation", "sorted", "unequal", "simple", "connected", "tree", "acyclic", "ordered"
]
"""``distinct``, ``permutation`` and ``sorted`` are of one row or column; ``unequal`` (u != v) and
``ordered`` (l <= r) of the first two numbers of a line; the others of the graph whose edges they are."""


class GrammarError(ReasonError, ValueError):
    """A problem's inputs cannot be understood or drawn; the message is the reason."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """One whole number."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word without blanks."""

    name: str
    alphabet: str
    """The characters that may stand in it, sorted."""
    length: Expression | None = None
    """Its length where something says it; else the bounds of ``|name|`` do."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Several items of one kind on one line, with blanks between them."""

    item: Number | Word
    count: Expression


Field = Number | Word | Row


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line, or as many lines of one form as ``repeat`` says."""

    fields: tuple[Field, ...]
    repeat: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The least and the greatest value of a number, both allowed."""

    low: Expression
    high: Expression

    def values(self, known: Mapping[str, int]) -> tuple[int, int]:
        """Return both; ``known`` are the numbers read before."""
        return self.low.value(known), self.high.value(known)


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """The inputs of one problem."""

    lines: tuple[Line, ...]
    bounds: Mapping[str, Bounds]
    """By name of the number, or by ``|name|`` for the length of a word."""
    properties: Mapping[str, frozenset[Property]] = field(default_factory=dict)
    """By name of the row or column, or of the first number of a line."""
    tests: str | None = None
    """Name of the number that stands alone on the first line and says how many inputs follow."""

    def __post_init__(self) -> None:
        """Reject what could never be drawn: numbers without bounds, or used before they are read.

        Raises:
            GrammarError: there is such a number; the message names it.
        """
        known: set[str] = set()
        if self.tests is not None:
            self._check_bounds(self.tests, known)
        for line in self.lines:
            self._require(line.repeat, known)
            for each in line.fields:
                self._check_field(each, known, repeated=line.repeat is not None)
        if not known:
            raise GrammarError("the input holds nothing that can be drawn")

    def _check_field(self, each: Field, known: set[str], *, repeated: bool) -> None:
        if isinstance(each, Row):
            self._require(each.count, known)
            item: Number | Word = each.item
        else:
            item = each
        if item.name in known:
            raise GrammarError(f"{item.name} stands for two things")
        if isinstance(item, Word):
            if item.length is not None:
                self._require(item.length, known)
            else:
                self._check_bounds(f"|{item.name}|", known)
        else:
            self._check_bounds(item.name, known)
        known.add(item.name)

    def _check_bounds(self, name: str, known: set[str]) -> None:
        if name not in self.bounds:
            what = f"length of {name.strip('|')}" if name.startswith("|") else name
            raise GrammarError(f"the statement gives no bounds for {what}")
        self._require(self.bounds[name].low, known)
        self._require(self.bounds[name].high, known)

    @staticmethod
    def _require(expression: Expression | None, known: set[str]) -> None:
        names = expression.names if expression is not None else frozenset()
        if missing := sorted(name for name in names if name.strip("|") not in known):
            raise GrammarError(f"{missing[0]} is needed before it is read")

    @property
    def sizes(self) -> frozenset[str]:
        """Numbers that say how much there is of something: counts, lengths, nodes of a graph."""
        found: set[str] = set()
        for line in self.lines:
            if line.repeat is not None:
                found |= line.repeat.names
                for each in line.fields:
                    if isinstance(each, Number) and _is_label(self.bounds[each.name]):
                        found |= self.bounds[each.name].high.names
            for each in line.fields:
                if isinstance(each, Row):
                    found |= each.count.names
                    if isinstance(each.item, Number) and _is_label(self.bounds[each.item.name]):
                        found |= self.bounds[each.item.name].high.names
                    each = each.item
                if isinstance(each, Word) and each.length is not None:
                    found |= each.length.names
        return frozenset(found)

    @property
    def nested(self) -> frozenset[str]:
        """Sizes of tables: rows of rows, so that their product counts."""
        found: set[str] = set()
        for line in self.lines:
            if line.repeat is None:
                continue
            for each in line.fields:
                if isinstance(each, Row):
                    found |= line.repeat.names | each.count.names
                elif isinstance(each, Word) and each.length is not None:
                    found |= line.repeat.names | each.length.names
        return frozenset(found)


def _is_label(bounds: Bounds) -> bool:
    try:
        low = bounds.low.value({})
    except ExpressionError:
        return False
    return bounds.high.operator == "name" and low in (0, 1)
