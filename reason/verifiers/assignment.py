r"""Truth assignments as people and models write them: one reading a text, or none.

Accepted, for three variables of which the second is false:

- bits: ``101``, ``1 0 1``, ``1,0,1``, ``[1, 0, 1]``
- truth values: ``[true, false, true]``, ``T F T``, ``TFT``
- DIMACS literals: ``1 -2 3``, ``1 -2 3 0``, a solver's ``s SATISFIABLE`` and ``v`` lines
- named literals: ``x1, ¬x2, x3`` (also ``not``, ``~``, ``!``, ``-``, ``\neg``; and ``x_2``, ``x_{2}``,
  ``x₂``, ``x[2]``)
- equations: ``x1=True, x2=0, x3: T``, ``x1 = T and x2 = F and x3 = T``, ``(x1, x2, x3) = (1, 0, 1)``,
  ``{"x1": true, "x2": false, "x3": true}``, ``{"1": 1, "2": 0, "3": 1}``

Where a text could be read twice:

- Numbers that are all 0s and 1s are bits where there are as many digits as variables, else literals.
- A list of literals may end with one ``0``; a list of bits may not.
- Literals and equations do not mix: ``x1, x2 = False`` says two things.
- An equation names a variable: ``¬x1 = True`` is refused.
- A ``-`` apart from its literal is a bullet before an equation, and refused before a literal.
- The same value given twice is one value; two values, no value, or a value for a variable that does
  not exist is no assignment. So no text can name two assignments and be right with either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from reason.verifiers.spelling import plain

__all__ = ["Assignment", "claims_unsatisfiable", "parse_assignment", "write_bits", "write_literals"]

MAX_NUMBER_DIGITS = 10

_TOKEN = re.compile(
    r"""
    (?P<blank>   [\s,;$"'`&∧•*]+ | \\(?:[,;:! \\]|qquad\b|quad\b|land\b|wedge\b) | and\b)
  | (?P<bracket> \\?[][(){}])
  | (?P<assign>  :=|==|=|:|->|→|↦|⇒|≡ | \\(?:to|mapsto|rightarrow|equiv)\b | is\b)
  | (?P<negation> [-¬~!] | \\(?:neg|lnot)\b | not\b)
  | (?P<variable> (?:variable|var|x) \s? _? (?:[0-9]+|\{\s?[0-9]+\s?\}|\[[0-9]+\]|\([0-9]+\)))
  | (?P<number>  [0-9]+)
  | (?P<word>    [a-z]+ | [\u22a4\u22a5] | \\(?:top|bot)\b)
    """,
    re.VERBOSE,
)
_TRUE = frozenset({"true", "t", "yes", "\u22a4", "\\top"})
_FALSE = frozenset({"false", "f", "no", "\u22a5", "\\bot"})
_SOLVER_LINE = re.compile(r"^[sv](?:[ \t]|$)", re.MULTILINE)

_CLAIMS = frozenset(
    {
        "unsat",
        "s unsatisfiable",
        "unsatisfiable",
        "not satisfiable",
        "no solution",
        "no solution exists",
        "no solutions",
        "no satisfying assignment",
        "no satisfying assignment exists",
        "no assignment satisfies the formula",
        "there is no solution",
        "there is no satisfying assignment",
    }
)
_CLAIM_SUBJECT = re.compile(r"(?:(?:the|this) (?:formula|instance|problem)|it) is ")


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What was read: a value for every variable, or why there is none."""

    values: tuple[bool, ...] | None
    """Variable ``v`` has ``values[v - 1]``; None where the text is no complete assignment."""
    detail: str = ""
    """One line for a person."""


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class _UnreadableError(ValueError):
    """The text is no assignment; the message says why."""


def parse_assignment(text: str, num_vars: int) -> Assignment:
    """Read a complete assignment in any of the module's spellings, in time linear in the text.

    >>> parse_assignment("x1=T, x2=F", 2).values
    (True, False)
    >>> parse_assignment("1 -1 2", 2).detail
    'variable 1 is given two values'
    """
    if len(text) > 4096 + 64 * num_vars:
        return Assignment(values=None, detail=f"an assignment of {num_vars} variables is not that long")
    try:
        tokens = _tokens(_without_solver_lines(text))
        if any(token.kind in ("variable", "assign") for token in tokens):
            pairs = _read_named(tokens)
        else:
            pairs = _read_unnamed([token for token in tokens if token.kind != "bracket"], num_vars)
        return Assignment(values=_complete(pairs, num_vars))
    except _UnreadableError as error:
        return Assignment(values=None, detail=str(error))


def write_literals(values: Sequence[bool]) -> str:
    """Spell an assignment as DIMACS literals.

    >>> write_literals([True, False])
    '1 -2'
    """
    return " ".join(str(variable if value else -variable) for variable, value in enumerate(values, 1))


def write_bits(values: Sequence[bool]) -> str:
    """Spell an assignment as bits.

    >>> write_bits([True, False])
    '10'
    """
    return "".join("01"[value] for value in values)


def claims_unsatisfiable(text: str) -> bool:
    """Say whether the text says that there is no satisfying assignment, and nothing else.

    >>> claims_unsatisfiable("**UNSAT**"), claims_unsatisfiable("not unsatisfiable")
    (True, False)
    """
    if len(text) > 1000:
        return False
    words = " ".join(plain(text).casefold().strip(" .!:\"'").split())
    return _CLAIM_SUBJECT.sub("", words, count=1) in _CLAIMS


def _without_solver_lines(text: str) -> str:
    """Return the literals of a SAT competition output (``c``, ``s`` and ``v`` lines), else the plain text."""
    text = text.strip().strip("`")
    if not _SOLVER_LINE.search(text):
        return unicodedata.normalize("NFKC", plain(text))
    literals: list[str] = []
    for line in text.splitlines():
        kind, *rest = line.split(None, 1) or [""]
        if kind == "v":
            literals += rest
        elif kind == "s" and [word.strip().casefold() for word in rest] != ["satisfiable"]:
            raise _UnreadableError(f"a solution follows 's SATISFIABLE', not {line.strip()!r:.30}")
        elif kind not in ("", "c", "s"):
            raise _UnreadableError(f"a solver's output has lines c, s and v, not {line.strip()!r:.30}")
    return " ".join(literals)


def _tokens(text: str) -> list[_Token]:
    text = text.casefold()
    tokens: list[_Token] = []
    position = 0
    for match in _TOKEN.finditer(text):
        kind, start = match.lastgroup, match.start()
        if start != position:
            break
        position = match.end()
        if kind is not None and kind != "blank":
            tokens.append(_Token(kind, match.group(), start, position))
    if position < len(text):
        raise _UnreadableError(f"cannot read {text[position : position + 20]!r}")
    if tokens and tokens[0].text in ("sat", "satisfiable"):
        del tokens[: 2 if len(tokens) > 1 and tokens[1].text == ":" else 1]
    return tokens


def _read_named(tokens: list[_Token]) -> list[tuple[int, bool]]:
    """Read named literals or equations."""
    if (pairs := _read_tuples(tokens)) is not None:
        return pairs
    for token, following in pairwise(tokens):
        if token.kind == "negation" and following.kind == "bracket":
            raise _UnreadableError("negates a bracket; negate a variable")
    tokens = [token for token in tokens if token.kind != "bracket"]
    literals: list[tuple[int, bool]] = []
    equations: list[tuple[int, bool]] = []
    position = 0
    while position < len(tokens):
        sign = tokens[position] if tokens[position].kind == "negation" else None
        position += sign is not None
        if position == len(tokens) or tokens[position].kind not in ("variable", "number"):
            raise _UnreadableError(f"expected a variable {_place(tokens, position)}")
        name = tokens[position]
        detached = sign is not None and sign.text == "-" and sign.end < name.start
        if position + 1 < len(tokens) and tokens[position + 1].kind == "assign":
            if sign is not None and not detached:
                raise _UnreadableError(f"an equation names a variable, not {sign.text}{name.text}")
            equations.append((_index(name), _truth(tokens, position + 2)))
            position += 3
        else:
            if name.kind == "number" or detached:
                raise _UnreadableError(f"cannot tell what {name.text:.20} stands for: name it x1, or -x1")
            literals.append((_index(name), sign is None))
            position += 1
    if literals and equations:
        raise _UnreadableError("mixes literals and equations: give every variable its value with '='")
    return literals or equations


def _read_tuples(tokens: list[_Token]) -> list[tuple[int, bool]] | None:
    """Read ``(x1, x2) = (1, 0)``; None where the text has another form."""
    equals = [position for position, token in enumerate(tokens) if token.kind == "assign"]
    if len(equals) != 1 or equals[0] == 0 or tokens[equals[0] - 1].kind != "bracket":
        return None
    names = [token for token in tokens[: equals[0]] if token.kind != "bracket"]
    values = [token for token in tokens[equals[0] + 1 :] if token.kind != "bracket"]
    if any(token.kind != "variable" for token in names):
        return None
    if len(names) != len(values):
        raise _UnreadableError(f"{len(names)} variables and {len(values)} values")
    return [(_index(name), _truth(values, position)) for position, name in enumerate(names)]


def _read_unnamed(tokens: list[_Token], num_vars: int) -> list[tuple[int, bool]]:
    """Read bits, truth values or DIMACS literals."""
    if not tokens and num_vars:
        raise _UnreadableError("no assignment")
    if tokens and all(token.kind == "word" for token in tokens):
        if len(tokens) == 1 < num_vars == len(tokens[0].text) and set(tokens[0].text) <= {"t", "f"}:
            return [(variable, letter == "t") for variable, letter in enumerate(tokens[0].text, 1)]
        values = [_truth(tokens, position) for position in range(len(tokens))]
        if len(values) != num_vars:
            raise _UnreadableError(f"{len(values)} truth values for {num_vars} variables")
        return list(enumerate(values, 1))
    if all(token.kind == "number" and set(token.text) <= {"0", "1"} for token in tokens):
        bits = "".join(token.text for token in tokens)
        if len(bits) == num_vars:
            return [(variable, bit == "1") for variable, bit in enumerate(bits, 1)]
        if num_vars > 1:
            raise _UnreadableError(f"{len(bits)} bits for {num_vars} variables")
    return _read_literals(tokens)


def _read_literals(tokens: list[_Token]) -> list[tuple[int, bool]]:
    if tokens and tokens[-1].text == "0" and all(token.kind == "number" for token in tokens[-2:]):
        tokens = tokens[:-1]
    pairs: list[tuple[int, bool]] = []
    sign: _Token | None = None
    for position, token in enumerate(tokens):
        if token.kind == "negation" and sign is None:
            sign = token
            continue
        if token.kind != "number":
            raise _UnreadableError(f"expected a literal {_place(tokens, position)}")
        if sign is not None and sign.text == "-" and sign.end < token.start:
            raise _UnreadableError("a '-' stands apart from its literal")
        if token.text[0] == "0":
            raise _UnreadableError(f"{token.text:.20} is no literal, and {len(tokens)} numbers are no bits")
        pairs.append((_index(token), sign is None))
        sign = None
    if sign is not None:
        raise _UnreadableError(f"nothing follows the last {sign.text!r}")
    return pairs


def _complete(pairs: Iterable[tuple[int, bool]], num_vars: int) -> tuple[bool, ...]:
    values: list[bool | None] = [None] * num_vars
    for variable, value in pairs:
        if not 1 <= variable <= num_vars:
            raise _UnreadableError(f"there is no variable {variable}: they are 1 to {num_vars}")
        if values[variable - 1] not in (None, value):
            raise _UnreadableError(f"variable {variable} is given two values")
        values[variable - 1] = value
    if None in values:
        missing = values.count(None)
        more = f" and {missing - 1} others" if missing > 1 else ""
        raise _UnreadableError(f"no value for variable {values.index(None) + 1}{more}")
    return tuple(value is True for value in values)


def _index(token: _Token) -> int:
    digits = "".join(filter(str.isdecimal, token.text)).lstrip("0") or "0"
    if len(digits) > MAX_NUMBER_DIGITS:
        raise _UnreadableError(f"there is no variable of {len(digits)} digits")
    return int(digits)


def _truth(tokens: Sequence[_Token], position: int) -> bool:
    text = tokens[position].text if position < len(tokens) else ""
    if text in _TRUE or text == "1":
        return True
    if text in _FALSE or text == "0":
        return False
    raise _UnreadableError(f"expected true or false {_place(tokens, position)}")


def _place(tokens: Sequence[_Token], position: int) -> str:
    return f"where {tokens[position].text!r:.30} stands" if position < len(tokens) else "at the end"
