"""Input sections that show the lines themselves, as AtCoder's do: ``N M``, ``A_1 A_2 ... A_N``."""

# ruff: noqa: E501 - a pattern broken in the middle is harder to read than a long line

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reason.problems.expressions import Expression
from reason.problems.grammar import Field, GrammarError, Line, Number, Row, Word
from reason.problems.phrases import find_alphabet, read_count
from reason.problems.statement import plain_name

__all__ = ["read_format"]

_ANNOUNCED = re.compile(
    r"(?:in the following format|following format|format is as follows|format below)[^\n:]*[:.]?[^\n]*\n"
)
_TOKEN = re.compile(r"[A-Za-z]\w*")


def read_format(section: str, plain: str) -> tuple[Line, ...] | None:
    """Return the lines that a section shows, or None where it shows none.

    Raises:
        GrammarError: it shows something that is not understood.
    """
    announced = _ANNOUNCED.search(section)
    if not announced:
        return None
    rows = [line.split() for line in _block(section[announced.end() :])]
    if not rows:
        raise GrammarError("the format of the input is announced and not shown")
    lines: list[Line] = []
    at = 0
    while at < len(rows):
        # x_1 y_1 / (x_2 y_2 /) ... / x_N y_N
        dots = next((to for to in (at + 1, at + 2) if to < len(rows) and rows[to] in (["..."], [":"])), None)
        if dots is not None and dots + 1 < len(rows):
            lines.append(_repeated(rows[at], rows[dots + 1], plain))
            at = dots + 2
        else:
            lines.append(Line(fields=tuple(_fields(rows[at], plain))))
            at += 1
    return tuple(lines)


def _block(text: str) -> Iterator[str]:
    shown = False
    for line in text.splitlines():
        words = line.strip().strip("'").replace("'''", "")
        if not words:
            if shown:
                return
            continue
        if not all(_TOKEN.fullmatch(word) or word in ("...", ":") for word in words.split()):
            return
        shown = True
        yield words


def _repeated(first: Sequence[str], last: Sequence[str], plain: str) -> Line:
    index = _last_index(last[0], depth=2 if "..." in first or _is_table(first[0]) else 1)
    start = re.search(r"_?0(?:_|$)", first[0])
    count = read_count(index)
    if start:
        count = Expression(operator="+", operands=(count, Expression(operator="number", number=1)))
    return Line(fields=tuple(_fields(first, plain)), repeat=count)


def _is_table(token: str) -> bool:
    return bool(re.search(r"_\d_\d$|_\d\d$", token))


def _last_index(token: str, *, depth: int) -> str:
    """Return the index that counts lines: the first of two, the only one of one."""
    parts = token.split("_")[1:]
    if not parts:
        match = re.fullmatch(r"[a-z]+([A-Z]|\d+|n|m)|[A-Z]([A-Z]|\d+)", token)
        if match is None:
            raise GrammarError(f"how many lines there are is not understood: {token!r}")
        return match[1] or match[2]
    if depth == 2 and len(parts) == 1 and len(parts[0]) == 2:
        return parts[0][0]
    return parts[0]


def _fields(tokens: Sequence[str], plain: str) -> Iterator[Field]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        dots = next((to for to in (at + 1, at + 2) if to < len(tokens) and tokens[to] == "..."), None)
        if dots is not None:
            if dots + 1 >= len(tokens):
                raise GrammarError(f"a row has no end: {' '.join(tokens)[:60]!r}")
            last = tokens[dots + 1]
            parts = last.split("_")[1:] or [re.sub(r"^[a-z]+|^[A-Z](?=\w)", "", last)]
            index = (
                parts[-1][-1] if len(parts) == 1 and len(parts[0]) == 2 and parts[0].isalpha() else parts[-1]
            )
            name = plain_name(token) if "_" in token else token[:1]
            item = _item(name, plain)
            count = read_count(index)
            if re.search(r"_?0$", token):
                count = Expression(operator="+", operands=(count, Expression(operator="number", number=1)))
            yield Row(item=item, count=count)
            at = dots + 2
        elif token in ("...", ":"):
            raise GrammarError(f"dots without a beginning: {' '.join(tokens)[:60]!r}")
        else:
            yield _item(plain_name(token), plain)
            at += 1


def _item(name: str, plain: str) -> Number | Word:
    n = re.escape(name)
    if re.search(
        rf"\|{n}(?:_\w+)?\||(?<!\w){n}(?:_\w+)?,? (?:is|are|will be) (?:all )?(?:an? )?(?:non-empty )?(?:strings?|words?|lowercase|uppercase|characters?|consist)"
        rf"|(?<!\w){n}(?:_\w+)? (?:consists?|contains?) (?:only )?(?:of|from)? |(?:strings?|words?) {n}(?![A-Za-z])|length of {n}(?!\w)",
        plain,
    ):
        length = re.search(
            rf"(?:{n}(?:_\w+)? (?:is|are) (?:an? )?strings? of length|length of {n}(?:_\w+)? is) (?:exactly )?(\d+|[A-Z](?!\w))",
            plain,
        )
        return Word(
            name=name,
            alphabet=find_alphabet(name, "", plain),
            length=read_count(length[1]) if length else None,
        )
    return Number(name=name)
