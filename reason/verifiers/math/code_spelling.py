r"""Answers as programs print them, and names of Greek letters, respelt as the grammar reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from reason.verifiers.math.lexicon import CONSTANTS, FUNCTIONS, GREEK, SYMBOLS

__all__ = ["respelt"]

MAX_DEPTH = 40
MAX_CELLS = 400

_MODULE = re.compile(r"(?<![\\A-Za-z.])(?:math|cmath|np|numpy|sympy|sp|mpmath|mp|S)\.(?=[A-Za-z])")
_GROUPED = re.compile(r"(?<![\w.])[0-9]{1,3}(?:_[0-9]{3})++(?!\w)")
_ROWS = re.compile(r"\[[^\[\]]*+\]")
_NAME = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}(?![A-Za-z])")
_EMPTY = re.compile(r"(?<![\\A-Za-z])EmptySet(?:\(\))?+(?![A-Za-z(])")
_SUBSCRIPT = re.compile(r"(?<![\\A-Za-z])([A-Za-z]_\{?[0-9]{1,2})(?![0-9])")
_DIGIT = re.compile(r"(?<![\\A-Za-z])([A-Za-z])([0-9]{1,2})(?![0-9.])")
_FORMULA = re.compile(r"[0-9+*/^=(<>\-]")


def respelt(text: str, other: str) -> str:
    r"""Rewrite code and Greek names; a text without them stays as it is.

    >>> respelt("Union(Interval(0, 1), FiniteSet(Rational(5, 2)))", "")
    '[0, 1]\\cup \\{(5)/(2)\\}'
    >>> respelt("2*theta", r"2\theta")
    '2*\\theta '

    Args:
        text: A cleaned answer.
        other: What it is compared with: a letter that is a command there is a letter here.
    """
    text = _MODULE.sub("", text) if "." in text else text
    if "_" in text:
        text = _GROUPED.sub(lambda number: number[0].replace("_", ""), text)
    if _CALL.search(text):
        text = _called(text)
    if text.startswith("[") and text.endswith("]"):
        text = _printed_matrix(text)
    if "EmptySet" in text:
        text = _EMPTY.sub(r"\\emptyset ", text)
    return _greek(_indexed(text, other), other)


def _indexed(text: str, other: str) -> str:
    """Write ``x1`` with a subscript where the other answer has ``x_1``."""
    if "_" not in other or "_" in text:
        return text
    names = {name.replace("{", "") for name in _SUBSCRIPT.findall(other)}
    return _DIGIT.sub(
        lambda name: f"{name[1]}_{{{name[2]}}}" if f"{name[1]}_{name[2]}" in names else name[0], text
    )


def _greek(text: str, other: str) -> str:
    words = set(_NAME.findall(text))
    letters = words & GREEK
    if not letters:
        return text
    known = words <= GREEK | FUNCTIONS.keys() | CONSTANTS.keys() | SYMBOLS.keys()
    formula = known and _FORMULA.search(text) is not None
    meant = {
        name
        for name in letters
        if (formula and len(name) > 2) or re.search(rf"\\(?:var)?{name}(?![A-Za-z])", other) is not None
    }
    return _NAME.sub(lambda word: f"\\{word[0]} " if word[0] in meant else word[0], text)


def _printed_matrix(text: str) -> str:
    """Read the rows of ``[1, 2; 3, 4]`` and of ``[[1 2] [3 4]]``."""
    inner = text[1:-1]
    if ";" in inner and "[" not in inner:
        rows = inner.split(";")
    elif "," not in inner and len(_ROWS.findall(inner)) > 1 and not _ROWS.sub("", inner).strip():
        rows = [row[1:-1] for row in _ROWS.findall(inner)]
    else:
        return text
    cells = [[cell for cell in re.split(r"[,\s]+", row.strip()) if cell] for row in rows]
    if not 0 < sum(map(len, cells)) <= MAX_CELLS:
        return text
    return "[" + ", ".join(f"[{', '.join(row)}]" for row in cells) + "]"


# Calls -----------------------------------------------------------------------------------------


@dataclass
class _Frame:
    """A bracket that is open: what stands in it, cut at its commas where it belongs to a call."""

    call: str
    closing: str
    parts: list[list[str]] = field(default_factory=lambda: [[]])


_CLOSING = {"(": ")", "[": "]", "{": "}"}


def _called(text: str) -> str:
    """Rewrite the calls from the innermost out; a text whose brackets do not match stays as it is."""
    frames = [_Frame("", "")]
    for match in _PIECE.finditer(text):
        piece, name = match[0], match["call"]
        frame = frames[-1]
        if name or piece in _CLOSING:
            frames.append(_Frame(name or "", ")" if name else _CLOSING[piece]))
            if not name:
                frames[-1].parts[-1].append(piece)
        elif piece == frame.closing:
            frames.pop()
            content = ["".join(part).strip() for part in frame.parts]
            if not frame.call:
                frames[-1].parts[-1].append("".join(frame.parts[0]) + piece)
                continue
            written = _CALLS[frame.call](content if content != [""] else [])
            if written is None:
                return text
            frames[-1].parts[-1].append(written)
        elif piece == "," and frame.call:
            frame.parts.append([])
        else:
            frame.parts[-1].append(piece)
        if len(frames) > MAX_DEPTH:
            return text
    return "".join(frames[0].parts[0]) if len(frames) == 1 else text


Writer = Callable[[list[str]], str | None]


def _unquoted(text: str) -> str:
    return text.strip("'\"")


def _value(arguments: list[str]) -> str | None:
    return f"({_unquoted(arguments[0])})" if len(arguments) == 1 else None


def _quotient(arguments: list[str]) -> str | None:
    if len(arguments) == 2:
        return f"(({arguments[0]})/({arguments[1]}))"
    return _value(arguments)


def _complex(arguments: list[str]) -> str | None:
    return f"({arguments[0]} + ({arguments[1]})i)" if len(arguments) == 2 else None


def _matrix(arguments: list[str]) -> str | None:
    return arguments[0] if len(arguments) == 1 else None


def _set(arguments: list[str]) -> str | None:
    if not arguments:
        return r"\emptyset "
    inner = ", ".join(arguments)
    if len(arguments) == 1 and inner[0] in "[{(" and inner[-1] in "]})":
        inner = inner[1:-1].removesuffix("\\").removeprefix("\\")
    return rf"\{{{inner}\}}"


def _interval(left: str, right: str) -> Writer:
    def write(arguments: list[str]) -> str | None:
        if not 2 <= len(arguments) <= 4:
            return None
        flags = [*arguments[2:], "False", "False"]
        low, high = arguments[:2]
        opening = "(" if flags[0] == "True" or low.lstrip("-") in ("oo", "inf") else left
        closing = ")" if flags[1] == "True" or high.lstrip("-") in ("oo", "inf") else right
        return f"{opening}{low}, {high}{closing}"

    return write


def _joined(sign: str) -> Writer:
    def write(arguments: list[str]) -> str | None:
        return sign.join(arguments) if len(arguments) >= 2 else None

    return write


def _two(form: str) -> Writer:
    def write(arguments: list[str]) -> str | None:
        return form.format(*arguments) if len(arguments) == 2 else None

    return write


def _one(form: str) -> Writer:
    def write(arguments: list[str]) -> str | None:
        return form.format(*arguments) if len(arguments) == 1 else None

    return write


_CALLS: dict[str, Writer] = {
    **dict.fromkeys(["Rational", "Fraction"], _quotient),
    **dict.fromkeys(
        ["Integer", "Float", "Decimal", "float", "int", "Symbol", "sympify", "nsimplify"], _value
    ),
    **dict.fromkeys(["Matrix", "ImmutableMatrix", "MutableDenseMatrix", "array", "matrix"], _matrix),
    **dict.fromkeys(["FiniteSet", "set", "frozenset"], _set),
    "complex": _complex,
    "Interval": _interval("[", "]"),
    "Interval.open": _interval("(", ")"),
    "Interval.Lopen": _interval("(", "]"),
    "Interval.Ropen": _interval("[", ")"),
    "Union": _joined(r"\cup "),
    "Intersection": _joined(r"\cap "),
    "Complement": _joined(r"\setminus "),
    "Or": _joined(" or "),
    "And": _joined(" and "),
    "Eq": _two("{} = {}"),
    "Ne": _two(r"{} \ne {}"),
    "Lt": _two("{} < {}"),
    "Le": _two(r"{} \le {}"),
    "Gt": _two("{} > {}"),
    "Ge": _two(r"{} \ge {}"),
    **dict.fromkeys(["Pow", "pow", "power"], _two("(({})^({}))")),
    "root": _two(r"({0})^{{1/({1})}}"),
    "log10": _one(r"\log_{{10}}({})"),
    "log2": _one(r"\log_{{2}}({})"),
}
_NAMES = "|".join(re.escape(name) for name in sorted(_CALLS, key=len, reverse=True))
_CALL = re.compile(rf"(?<![\\A-Za-z.])(?:{_NAMES})\(")
_PIECE = re.compile(rf"(?<![\\A-Za-z.])(?P<call>{_NAMES})\(|[()\[\]{{}},]|[^()\[\]{{}},A-Za-z]++|[A-Za-z]++")
