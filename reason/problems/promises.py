"""What a statement promises of its inputs beyond bounds: distinct values, trees, permutations."""

# ruff: noqa: E501 - a pattern broken in the middle is harder to read than a long line

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reason.problems.expressions import Expression
from reason.problems.grammar import Bounds, GrammarError, Line, Number, Property, Row

__all__ = ["find_properties"]

_PROMISE = re.compile(r"[^.\n]*\bguaranteed\b[^\n.]*")
_KEPT = re.compile(
    r"sum of|distinct|different|connected|tree|self[- ]?loops?|multiple edges|acyclic|permutation|sorted"
    r"|(?:in )?(?:non[- ]?)?(?:de|in)creasing order|fits? in|does not exceed|at most|<|no two|32-bit|64-bit|consists? (?:only )?of",
    re.IGNORECASE,
)


def find_properties(
    plain: str, lines: Sequence[Line], bounds: Mapping[str, Bounds]
) -> tuple[dict[str, frozenset[Property]], dict[str, Bounds]]:
    """Return the properties that a statement tells, and bounds that follow from them.

    Raises:
        GrammarError: it promises what cannot be kept here; the message cites it.
    """
    for match in _PROMISE.finditer(plain):
        if not _KEPT.search(match[0]):
            raise GrammarError(f"a promise is not understood: {match[0].strip()[:100]!r}")
    found: dict[str, set[Property]] = {}
    implied: dict[str, Bounds] = {}
    for line in lines:
        for each in line.fields:
            if isinstance(each, Row) and isinstance(each.item, Number):
                name = each.item.name
                told = _row_properties(plain, name)
                if "permutation" in told:
                    implied[name] = Bounds(low=Expression(operator="number", number=1), high=each.count)
                found.setdefault(name, set()).update(told)
        if line.repeat is not None and len(line.fields) == 1 and isinstance(line.fields[0], Number):
            found.setdefault(line.fields[0].name, set()).update(_row_properties(plain, line.fields[0].name))
        pair = [each for each in line.fields if isinstance(each, Number)][:2]
        if len(pair) == 2 and list(line.fields[:2]) == pair:
            first, second = pair[0].name, pair[1].name
            told = _pair_properties(plain, first, second, line, bounds)
            found.setdefault(first, set()).update(told)
    return {name: frozenset(told) for name, told in found.items() if told}, implied


def _row_properties(plain: str, name: str) -> set[Property]:
    told: set[Property] = set()
    n = re.escape(name)
    if re.search(
        rf"permutation\s+{n}(?![A-Za-z])|{n}(?:_\w+)?\)? (?:is|form|be|are) (?:a )?permutation|permutation of [^.]{{0,60}}(?<!\w){n}_|(?<!\w){n}_\w+[^.\n]{{0,60}}(?:—|-|is|form) a permutation",
        plain,
    ) or (name.startswith("values") and "permutation" in plain):
        told.add("permutation")
    elif re.search(
        rf"(?:distinct|different|unique)(?: \w+)? (?:integers|numbers|values|elements)[^.<\n]{{0,40}}?(?<!\w){n}(?:_|\b)"
        rf"|(?<!\w){n}(?:_\w+)? (?:are|is) (?:all |pairwise )?(?:distinct|different|unique)"
        rf"|(?:all|no two)(?: of)?(?: the)?(?: (?:numbers|values|elements|integers))? {n}(?:_\w+)? (?:are )?(?:pairwise )?(?:distinct|different|equal)"
        rf"|(?<!\w){n}_i != {n}_j",
        plain,
        re.IGNORECASE,
    ):
        told.add("distinct")
    if re.search(
        rf"(?<!\w){n}_1 <=? {n}_2 <=? \.\.\.|(?<!\w){n}(?:_\w+)? (?:are|is) (?:given )?(?:sorted )?in (?:strictly )?(?:ascending|increasing|non-decreasing) order|(?<!\w){n}(?:_\w+)? (?:are|is) sorted|sorted (?:array|sequence|list) {n}\b",
        plain,
    ):
        told.add("sorted")
        if re.search(rf"(?<!\w){n}_1 < {n}_2|strictly increasing", plain):
            told.add("distinct")
    return told


def _pair_properties(
    plain: str, first: str, second: str, line: Line, bounds: Mapping[str, Bounds]
) -> set[Property]:
    told: set[Property] = set()
    a, b = rf"{re.escape(first)}(?:_\w+)?", rf"{re.escape(second)}(?:_\w+)?"
    if re.search(rf"(?<!\w){a}\s*!=\s*{b}(?!\w)|(?<!\w){b}\s*!=\s*{a}(?!\w)", plain):
        told.add("unequal")
    if re.search(rf"(?<!\w){a}\s*<=\s*{b}(?!\w)", plain):
        told.add("ordered")
    elif re.search(rf"(?<!\w){a}\s*<\s*{b}(?!\w)", plain):
        told |= {"ordered", "unequal"}
    same = first in bounds and second in bounds and bounds[first].high == bounds[second].high
    if line.repeat is None or not same or "ordered" in told:
        return told
    if re.search(
        r"self[- ]?loops?|multiple edges|simple (?:undirected |directed |connected )*graph|at most one (?:road|edge)|no two (?:roads|edges)",
        plain,
        re.I,
    ):
        told.add("simple")
    if re.search(r"\btree\b", plain, re.I) and line.repeat.operator == "-":
        told.add("tree")
    elif re.search(
        r"(?:graph|network|roads?|cities|it|which) (?:is|are|form|forms) (?:a )?(?:\w+ )?connected|connected (?:\w+ )?graph(?!s)|forms? a connected|possible to (?:get|travel|reach|go) from (?:any|every)",
        plain,
        re.I,
    ):
        told.add("connected")
    if re.search(r"acyclic|no (?:directed )?cycles?|\bDAG\b", plain):
        told.add("acyclic")
    return told
