"""Whether a text is an input of a grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reason.problems.expressions import ExpressionError
from reason.problems.grammar import Bounds, Field, Grammar, Line, Number, Row, Word
from reason.problems.graphs import is_acyclic, is_connected

__all__ = ["match_input"]

MAX_CHARS = 4_000_000
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}")


class _MismatchError(Exception):
    """A text is not of the grammar."""


def match_input(grammar: Grammar, text: str) -> str | None:
    """Return why a text is no input of the grammar, or None where it is one.

    Blank lines and white space at the ends of lines do not count.
    """
    if len(text) > MAX_CHARS:
        return f"it has more than {MAX_CHARS} characters"
    lines = iter([line.split() for line in text.splitlines() if line.strip()])
    try:
        count = 1
        if grammar.tests is not None:
            known: dict[str, int] = {}
            _read_number(_next(lines, 1)[0], grammar.tests, grammar.bounds, known)
            count = known[grammar.tests]
        for _ in range(count):
            _match_one(grammar, lines)
        if extra := next(lines, None):
            return f"there is a line too many: {' '.join(extra)[:60]!r}"
    except _MismatchError as error:
        return str(error)
    except ExpressionError as error:
        return f"a bound has no value: {error}"
    return None


def _match_one(grammar: Grammar, lines: Iterator[list[str]]) -> None:
    known: dict[str, int] = {}
    columns: dict[str, list[list[int]]] = {}
    for line in grammar.lines:
        repeat = 1 if line.repeat is None else line.repeat.value(known)
        for _ in range(repeat):
            _match_line(line, grammar.bounds, lines, known, columns)
        _check_properties(grammar, line, known, columns)


def _match_line(
    line: Line,
    bounds: Mapping[str, Bounds],
    lines: Iterator[list[str]],
    known: dict[str, int],
    columns: dict[str, list[list[int]]],
) -> None:
    widths = [each.count.value(known) if isinstance(each, Row) else 1 for each in line.fields]
    if sum(widths) == 0:
        return
    tokens = _next(lines, None if _grows(line, known) else sum(widths))
    position = 0
    for each in line.fields:
        # A number may say how many follow it on its own line.
        width = each.count.value(known) if isinstance(each, Row) else 1
        if position + width > len(tokens):
            raise _MismatchError(f"a line is too short: {' '.join(tokens)[:60]!r}")
        _match_field(each, tokens[position : position + width], bounds, known, columns)
        position += width
    if position != len(tokens):
        raise _MismatchError(f"a line is too long: {' '.join(tokens)[:60]!r}")


def _grows(line: Line, known: Mapping[str, int]) -> bool:
    own = {each.name for each in line.fields if isinstance(each, Number)}
    return any(isinstance(each, Row) and each.count.names & own for each in line.fields)


def _match_field(
    each: Field,
    tokens: Sequence[str],
    bounds: Mapping[str, Bounds],
    known: dict[str, int],
    columns: dict[str, list[list[int]]],
) -> None:
    item = each.item if isinstance(each, Row) else each
    if isinstance(item, Word):
        for token in tokens:
            _check_word(item, token, bounds, known)
        return
    values = [_read_number(token, item.name, bounds, known) for token in tokens]
    columns.setdefault(item.name, []).append(values)


def _read_number(token: str, name: str, bounds: Mapping[str, Bounds], known: dict[str, int]) -> int:
    if not _INTEGER.fullmatch(token):
        raise _MismatchError(f"{name} is {token[:30]!r}, which is no whole number")
    value = int(token)
    low, high = bounds[name].values(known)
    if not low <= value <= high:
        raise _MismatchError(f"{name} is {value}, which is not from {low} to {high}")
    known[name] = value
    return value


def _check_word(word: Word, token: str, bounds: Mapping[str, Bounds], known: dict[str, int]) -> None:
    if word.length is not None:
        low = high = word.length.value(known)
    else:
        low, high = bounds[f"|{word.name}|"].values(known)
    known[f"|{word.name}|"] = len(token)
    if not low <= len(token) <= high:
        raise _MismatchError(f"{word.name} has {len(token)} characters, not {low} to {high}")
    if strange := sorted(set(token) - set(word.alphabet)):
        raise _MismatchError(f"{word.name} holds {strange[0]!r}, which is not in {word.alphabet!r}")


def _check_properties(
    grammar: Grammar, line: Line, known: Mapping[str, int], columns: Mapping[str, list[list[int]]]
) -> None:
    names = [each.item.name if isinstance(each, Row) else each.name for each in line.fields]
    for name in names:
        wanted = grammar.properties.get(name, frozenset())
        rows = columns.get(name, [])
        if line.repeat is not None and not any(isinstance(each, Row) for each in line.fields):
            rows = [[value for row in rows for value in row]]
        for values in rows:
            if "distinct" in wanted and len(set(values)) < len(values):
                raise _MismatchError(f"the values of {name} are not distinct")
            if "permutation" in wanted and sorted(values) != list(range(1, len(values) + 1)):
                raise _MismatchError(f"{name} is no permutation")
            if "sorted" in wanted and sorted(values) != values:
                raise _MismatchError(f"the values of {name} are not sorted")
    if len(names) >= 2 and names[0] in columns and names[1] in columns:
        pairs = [
            (left[0], right[0])
            for left, right in zip(columns[names[0]], columns[names[1]], strict=True)
            if left and right
        ]
        _check_pairs(grammar, names[0], pairs, known)


def _check_pairs(grammar: Grammar, name: str, pairs: list[tuple[int, int]], known: Mapping[str, int]) -> None:
    wanted = grammar.properties.get(name, frozenset())
    if wanted & {"unequal", "simple", "tree"} and any(left == right for left, right in pairs):
        raise _MismatchError(f"{name} and its neighbour are equal")
    if "ordered" in wanted and any(left > right for left, right in pairs):
        raise _MismatchError(f"{name} is greater than its neighbour")
    if wanted & {"simple", "tree"} and len({tuple(sorted(pair)) for pair in pairs}) < len(pairs):
        raise _MismatchError("an edge stands twice")
    low, high = grammar.bounds[name].values(known)
    if wanted & {"connected", "tree"} and not is_connected(range(low, high + 1), pairs):
        raise _MismatchError("the graph is not connected")
    if "tree" in wanted and len(pairs) != high - low:
        raise _MismatchError("the graph is no tree")
    if "acyclic" in wanted and not is_acyclic(range(low, high + 1), pairs):
        raise _MismatchError("the graph has a cycle")


def _next(lines: Iterator[list[str]], width: int | None) -> list[str]:
    tokens = next(lines, None)
    if tokens is None:
        raise _MismatchError("it ends too soon")
    if width is not None and len(tokens) != width:
        raise _MismatchError(f"a line should hold {width} items: {' '.join(tokens)[:60]!r}")
    return tokens
