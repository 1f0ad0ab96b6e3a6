r"""Spelling that does not change a value, taken off in linear time.

:func:`plain` is what a checker calls first on an answer that it compares or parses as one short value;
an answer whose lines matter (a grid, a program) is not for it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

__all__ = ["EDGE", "alike", "plain"]

INVISIBLE = "".join(
    map(
        chr,
        (
            *range(0x00, 0x09),  # NUL and other controls that are no white space
            *range(0x0E, 0x1C),
            *range(0x7F, 0x85),
            *range(0x86, 0xA0),
            0x00AD,  # soft hyphen
            0x061C,  # Arabic letter mark
            0x180E,  # Mongolian vowel separator
            *range(0x200B, 0x2010),  # zero-width space and joiners, left-to-right and right-to-left marks
            *range(0x202A, 0x202F),  # embeddings and overrides of direction
            *range(0x2060, 0x2070),  # word joiner, invisible operators, isolates of direction
            0xFEFF,  # byte order mark
        ),
    )
)
"""Characters that show nothing and mean nothing in a value."""

WHITE_SPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" + (
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What ``str.strip`` calls white space."""

EDGE = WHITE_SPACE + INVISIBLE
"""What never belongs to an answer at its two ends."""

_SIGNS = {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2212": "-", "\ufe63": "-"} | {
    "\ufe62": "+",
    "\u066b": ".",  # Arabic decimal separator
    "\u066c": ",",  # Arabic thousands separator
}


@cache
def _folding() -> dict[int, str]:
    """Return the table of characters that are spelt another way: built on first use, for it takes 15 ms."""
    table = dict.fromkeys(map(ord, INVISIBLE), "") | {ord(sign): plain for sign, plain in _SIGNS.items()}
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}  # full-width forms of ASCII
    for digit in re.findall(
        r"\d", "".join(map(chr, range(0x80, 0xD800))) + "".join(map(chr, range(0xE000, 0x20000)))
    ):
        table[ord(digit)] = str(unicodedata.decimal(digit))
    return table


_STYLE = re.compile(r"\\(?:text|math|mbox)")
_LATEX = re.compile(
    r"\\(?P<style>text(?:rm|bf|it|tt|sf|normal|up)?|math(?:rm|bf|it|sf|tt)|mbox)\s*+\{"
    r"|\\(?P<command>[A-Za-z]++)|\\.|(?P<brace>[{}])|(?P<script>[_^])|[^\\{}_^]++|\\",
    re.DOTALL,
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_LETTER = re.compile(r"[A-Za-z]")
_RUNS = {"$": 2, "*": 3, "_": 3, "`": 1 << 20}
"""Delimiters that enclose a whole text, and how many of them may stand together."""
_RUN = re.compile(r"\$++|\*++|_++|`++")
_NAME = re.compile(r"[a-z0-9_]++")
_FULL_STOPS = (".", "\u3002")


def plain(text: str) -> str:
    r"""Take off the spelling that does not change a value.

    What goes: zero-width and direction marks and control characters; other scripts' and full-width digits,
    signs and letters (to ASCII); ``\text{}``, ``\mathrm{}`` and their kin; ``$…$``, ``\(…\)``, ``\[…\]``,
    Markdown bold, italics and backticks where they enclose the whole; one final full stop; runs of white
    space (to one space). Superscripts, fractions and case mean something and stay, and so do the
    underscores of a name such as ``__init__``.

    >>> plain("$\\text{x}\u200b = \u22124\uff12$.")
    'x = -42'

    Args:
        text: Any string; a hostile one costs time linear in its length.

    Returns:
        The plain spelling; it is its own plain spelling.
    """
    text = text.translate(_folding())
    if _STYLE.search(text):
        text = _without_styles(text)
    text = " ".join(text.split())
    start, stop = 0, len(text)
    while True:
        while start < stop and text[start] == " ":
            start += 1
        while start < stop and text[stop - 1] == " ":
            stop -= 1
        width = _enclosing(text, start, stop)
        if width:
            start, stop = start + width, stop - width
        elif _ends_in_full_stop(text, start, stop):
            stop -= 1
        else:
            return text[start:stop]


def _enclosing(text: str, start: int, stop: int) -> int:
    """Return the width of the delimiters that enclose ``text[start:stop]``, or 0.

    The ends are compared first: only where they fit is the inside read, and then no more than once a kind.
    """
    if text.startswith(("\\(", "\\["), start):
        opening, closing = text[start : start + 2], "\\)" if text[start + 1] == "(" else "\\]"
    else:
        run = _RUN.match(text, start, stop)
        if not run or len(run[0]) > _RUNS[text[start]]:
            return 0
        opening = closing = run[0]
    width = len(opening)
    inside_stop = stop - width
    if inside_stop <= start + width or not text.startswith(closing, inside_stop):
        return 0
    inside = text[start + width : inside_stop]
    if inside.endswith("\\") or inside.isspace():
        return 0
    if width == 2 and closing[0] == "\\":
        return 0 if closing in inside else 2
    mark = opening[0]
    if mark in inside.replace("\\" + mark, "") or (mark == "_" and _NAME.fullmatch(inside)):
        return 0
    return width


def _ends_in_full_stop(text: str, start: int, stop: int) -> bool:
    if stop - start < 2 or text[stop - 1] not in _FULL_STOPS:
        return False
    return text[stop - 2] not in _FULL_STOPS and text[stop - 2] != "\\"


def _without_styles(text: str) -> str:
    r"""Put the content of ``\text{…}`` in its place, without joining it to a command before or after."""
    closes = _matching_braces(text)
    dropped: set[int] = set()
    parts: list[str] = []
    binds = False  # the last part, white space aside, takes what follows as its argument
    after_command = False  # the last part is a command, to which a letter would join
    for token in _LATEX.finditer(text):
        part = token[0]
        if token["style"] and token.end() - 1 in closes:
            if binds:
                part = "{"
            else:
                dropped.add(closes[token.end() - 1])
                continue
        elif token["brace"] and token.start() in dropped:
            continue
        if after_command and _LETTER.match(part):
            part = " " + part
        parts.append(part)
        after_command = bool(token["command"])
        binds = after_command or bool(token["script"]) or (binds and part.isspace())
    return "".join(parts)


def _matching_braces(text: str) -> dict[int, int]:
    """Map each opening brace that is closed to its closing one; escaped braces are not braces."""
    closes: dict[int, int] = {}
    opened: list[int] = []
    for token in _BRACE.finditer(text):
        if token[0] == "{":
            opened.append(token.start())
        elif token[0] == "}" and opened:
            closes[opened.pop()] = token.start()
    return closes


_FRACTION = re.compile(r"\\[dt]?frac\s*+(?:\{([^{}]*+)\}\s*+\{([^{}]*+)\}|(\d)\s*+(\d))", re.ASCII)
_NOISE = re.compile(
    r"\\(?:left|right|displaystyle|boxed|fbox)(?![A-Za-z])|[\\{}$\s]|(?<=\d),(?=\d{3}(?!\d))", re.ASCII
)
_NUMBER = re.compile(r"[-+]?\d{1,18}(?:\.\d{1,18}|/0{0,2}[1-9]\d{0,17})?", re.ASCII)


def alike(first: str, second: str) -> bool:
    r"""Tell whether two answers are spellings of one value, as far as spelling shows.

    It only decides whether a completion contradicts itself, so it is generous: case, brackets around the
    whole, ``x =`` before a value, ``\frac{1}{2}``, ``1/2`` and ``0.5`` make no difference.

    >>> alike(r"x = \frac{1}{2}", "0.5"), alike("5", "-5")
    (True, False)
    """
    if first == second:
        return True
    one, other = _key(first), _key(second)
    if one == other:
        return True
    if not (_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)):
        return False
    from fractions import Fraction  # rare, and not for `import reason`

    return Fraction(one) == Fraction(other)


def _key(text: str) -> str:
    text = _FRACTION.sub(lambda match: f"{match[1] or match[3]}/{match[2] or match[4]}", plain(text))
    text = _NOISE.sub("", text).casefold()
    name, equals, value = text.partition("=")
    if equals and name.isalnum() and not name[0].isdigit():
        text = value
    return text.strip("()")
