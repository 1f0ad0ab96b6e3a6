"""Inputs of a grammar at a scale: how large, how wide, how long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from reason.problems.expressions import ExpressionError
from reason.problems.grammar import Field, Grammar, GrammarError, Line, Number, Row, Word
from reason.problems.graphs import draw_edges

__all__ = ["MAX_TOKENS", "Scale", "draw_input", "is_numbers_only", "scale_of"]

MAX_TRIES = 60
MAX_TOKENS = 200_000
MAX_TESTS = 2


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How large an input may be where its bounds allow more."""

    size: int
    """Most items of a row or nodes of a graph, and half of the characters of a word; three quarters of it
    at least."""
    side: int
    """The same for both sides of a table."""
    value: int
    """Greatest absolute value of a number that counts nothing."""

    def __post_init__(self) -> None:
        """Reject scales without room."""
        for name, number in vars(self).items():
            if number < 1:
                raise ValueError(f"Scale.{name} must be positive, got {number!r}")


def scale_of(level: int, *, numbers_only: bool = False) -> Scale:
    """Return the scale of a level, each strictly larger than the last.

    >>> scale_of(0), scale_of(3)
    (Scale(size=4, side=3, value=50), Scale(size=10, side=6, value=205))

    Args:
        level: From 0.
        numbers_only: Whether nothing in the grammar is counted, so that only values can grow.
    """
    level = min(level, 60)
    size, value = 4.0, 50.0
    for _ in range(level):
        size = max(size + 1, size * 1.35)
        value *= 1.6
    return Scale(
        size=round(size), side=3 + level, value=4 * 10 ** min(level + 2, 30) if numbers_only else round(value)
    )


class _RedrawError(Exception):
    """A draw led nowhere: numbers read later have no room."""


def draw_input(grammar: Grammar, scale: Scale, rng: Random) -> str:
    """Draw an input, each line ended by a newline.

    Args:
        grammar: What it looks like.
        scale: How large it is.
        rng: The only source of randomness.

    Raises:
        GrammarError: the bounds leave no room at this scale, or it would be huge.
    """
    reason = ""
    for _ in range(MAX_TRIES):
        try:
            count, lines = 1, []
            if grammar.tests is not None:
                low, high = grammar.bounds[grammar.tests].values({})
                count = rng.randint(low, max(low, min(high, MAX_TESTS)))
                lines.append(str(count))
            for _ in range(count):
                lines += _Drawing(grammar, scale, rng).lines()
        except (_RedrawError, ExpressionError) as error:
            reason = str(error)
            continue
        return "".join(f"{line}\n" for line in lines)
    raise GrammarError(f"no input could be drawn: {reason}")


class _Drawing:
    """One input while it is drawn."""

    def __init__(self, grammar: Grammar, scale: Scale, rng: Random) -> None:
        self.grammar, self.scale, self.rng = grammar, scale, rng
        self.sizes, self.nested = grammar.sizes, grammar.nested
        self.known: dict[str, int] = {}
        self.tokens = 0

    def lines(self) -> list[str]:
        """Draw all lines."""
        found: list[str] = []
        for line in self.grammar.lines:
            found += self._line(line)
        return found

    def _line(self, line: Line) -> list[str]:
        count = 1 if line.repeat is None else self._room(line.repeat.value(self.known))
        pair: list[tuple[int, int]] = []
        fields = line.fields
        if self._is_pair(line):
            pair = self._pairs(fields[0].name, fields[1].name, count)  # type: ignore[union-attr]
            fields = fields[2:]
        found = []
        column = self._column(line, count)
        for at in range(count):
            tokens = [str(value) for value in pair[at]] if pair else []
            for each in fields:
                tokens += [str(column[at])] if column else self._field(each)
            found.append(" ".join(tokens))
        return [text for text in found if text]

    def _is_pair(self, line: Line) -> bool:
        if len(line.fields) < 2 or not all(isinstance(each, Number) for each in line.fields[:2]):
            return False
        return bool(self.grammar.properties.get(_name(line.fields[0]), frozenset()))

    def _column(self, line: Line, count: int) -> list[int]:
        """Draw a column whose values depend on each other."""
        if line.repeat is None or len(line.fields) != 1 or not isinstance(line.fields[0], Number):
            return []
        name = line.fields[0].name
        return self._values(name, count) if name in self.grammar.properties else []

    def _pairs(self, first: str, second: str, count: int) -> list[tuple[int, int]]:
        wanted = self.grammar.properties[first]
        if wanted & {"simple", "connected", "tree", "acyclic"}:
            low, high = self.grammar.bounds[first].values(self.known)
            edges = draw_edges(range(low, high + 1), count, wanted, self.rng)
            if edges is None:
                raise _RedrawError("there are no such edges")
            return edges
        found = []
        for _ in range(count):
            for _ in range(MAX_TRIES):
                left = self._number(first)
                self.known[first] = left
                right = self._number(second)
                if "ordered" in wanted and left > right:
                    left, right = right, left
                if left != right or "unequal" not in wanted:
                    break
            else:
                raise _RedrawError(f"{first} and {second} cannot differ")
            for name, value in ((first, left), (second, right)):
                low, high = self.grammar.bounds[name].values(self.known)
                if not low <= value <= high:
                    raise _RedrawError(f"{name} has no room")
                self.known[name] = value
            found.append((left, right))
        return found

    def _field(self, each: Field) -> list[str]:
        if isinstance(each, Row):
            count = self._room(each.count.value(self.known))
            if isinstance(each.item, Word):
                return [self._word(each.item) for _ in range(count)]
            return [str(value) for value in self._values(each.item.name, count)]
        if isinstance(each, Word):
            return [self._word(each)]
        self.known[each.name] = value = self._number(each.name)
        return [str(value)]

    def _room(self, count: int) -> int:
        self.tokens += max(count, 0)
        if count < 0 or self.tokens > MAX_TOKENS:
            raise _RedrawError(f"there would be {count} items")
        return count

    def _values(self, name: str, count: int) -> list[int]:
        wanted = self.grammar.properties.get(name, frozenset())
        if "permutation" in wanted:
            return self.rng.sample(range(1, count + 1), count)
        if "distinct" in wanted:
            low, high = self._range(name, most=max(self.scale.value, 2 * count))
            if high - low + 1 < count:
                raise _RedrawError(f"{name} has no room for {count} distinct values")
            values = self.rng.sample(range(low, high + 1), count)
        else:
            values = [self._number(name) for _ in range(count)]
        return sorted(values) if "sorted" in wanted else values

    def _number(self, name: str) -> int:
        if name in self.sizes:
            low, high = self.grammar.bounds[name].values(self.known)
            return self._size(low, high, name)
        low, high = self._range(name, most=self.scale.value)
        return self.rng.randint(low, high)

    def _size(self, low: int, high: int, name: str) -> int:
        size = self.scale.side if name in self.nested else self.scale.size
        # A letter is less than a number.
        size = 2 * size if name.startswith("|") else size
        most = max(low, min(high, size))
        if most > high:
            raise _RedrawError(f"{name} has no room")
        return self.rng.randint(max(low, min(most, size - size // 4)), most)

    def _range(self, name: str, *, most: int) -> tuple[int, int]:
        low, high = self.grammar.bounds[name].values(self.known)
        if low > high:
            raise _RedrawError(f"{name} has no room")
        # The values nearest to zero that the bounds allow, as many as the scale says.
        start = min(max(low, -most), high)
        stop = max(min(high, most), low)
        if low > 0:
            stop = max(stop, min(high, low + most))
        if high < 0:
            start = min(start, max(low, high - most))
        return start, stop

    def _word(self, word: Word) -> str:
        if word.length is not None:
            length = word.length.value(self.known)
        else:
            low, high = self.grammar.bounds[f"|{word.name}|"].values(self.known)
            length = self._size(low, high, f"|{word.name}|")
        self._room(length)
        self.known[f"|{word.name}|"] = length
        return "".join(self.rng.choices(word.alphabet, k=length))


def _name(each: Field) -> str:
    return each.item.name if isinstance(each, Row) else each.name


def is_numbers_only(grammar: Grammar) -> bool:
    """Tell whether nothing in a grammar is counted: no rows, words or repeated lines that can grow."""
    return not grammar.sizes and not any(re.match(r"\|", name) for name in _lengths(grammar))


def _lengths(grammar: Grammar) -> list[str]:
    words = [each.item if isinstance(each, Row) else each for line in grammar.lines for each in line.fields]
    return [f"|{word.name}|" for word in words if isinstance(word, Word) and word.length is None]
