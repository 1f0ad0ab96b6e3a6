"""Whole numbers written in a base from 2 to 36."""

from __future__ import annotations

import re

from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["MAX_NUMERAL_CHARS", "check_numeral", "write_numeral"]

MAX_NUMERAL_CHARS = 5_000
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PREFIXES = {2: "0b", 8: "0o", 16: "0x"}
_INDEX = re.compile(r"(?P<numeral>.*?)_(?:\{(?P<braced>[0-9]{1,2})\}|(?P<bare>[0-9]{1,2}))", re.DOTALL)


def write_numeral(number: int, base: int) -> str:
    """Write a whole number of at least 0 in a base from 2 to 36.

    >>> write_numeral(255, 16), write_numeral(0, 2)
    ('FF', '0')
    """
    digits = []
    while number:
        number, digit = divmod(number, base)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits)) or "0"


def check_numeral(answer: str, number: int, base: int) -> Verdict:
    """Judge whether an answer writes a number in a base.

    Args:
        answer: Hostile text. Small letters, leading zeros, spaces between groups, the base as an index, and
            the prefixes 0b, 0o and 0x in their bases are understood.
        number: The number, at least 0.
        base: From 2 to 36.
    """
    if len(answer) > MAX_NUMERAL_CHARS:
        return Verdict.wrong(f"a numeral has at most {MAX_NUMERAL_CHARS} digits", status=Status.PARSE_ERROR)
    text = plain(answer)
    if index := _INDEX.fullmatch(text):
        if int(index["braced"] or index["bare"]) != base:
            return Verdict.wrong("the index names another base")
        text = index["numeral"]
    text = text.strip("() ").upper()
    if base in PREFIXES:
        text = text.removeprefix(PREFIXES[base].upper())
    if re.fullmatch(r"[0-9A-Z]+(?: [0-9A-Z]{3,4})++", text):
        text = text.replace(" ", "")
    allowed = DIGITS[:base]
    if not text or any(character not in allowed for character in text):
        return Verdict.wrong(f"it is no number in base {base}", status=Status.PARSE_ERROR)
    if text.lstrip("0") != write_numeral(number, base).lstrip("0"):
        return Verdict.wrong("another number")
    return Verdict.right()
