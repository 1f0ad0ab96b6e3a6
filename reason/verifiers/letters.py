"""Digits for letters, as a policy writes the solution of a cryptarithm."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reason.verifiers.spelling import plain

__all__ = ["read_letter_digits"]

MAX_CHARS = 2_000
_PAIR = re.compile(r"[\"']?([A-Za-z])[\"']?\s*(?:=|:|->|\u2192|\\to(?![A-Za-z]))\s*[\"']?([0-9])[\"']?")
_BETWEEN = re.compile(r"[\s,;{}\[\]()|\\]*(?:and(?![A-Za-z])[\s,]*)?")


def read_letter_digits(text: str, letters: Sequence[str]) -> dict[str, int] | str:
    """Read one digit for each letter.

    >>> read_letter_digits("A=1, b: 2", ["A", "B"])
    {'A': 1, 'B': 2}

    Args:
        text: Hostile text: pairs such as ``A=1``, ``A: 1`` or ``"A": 1``, in any order, with nothing between
            them but commas, brackets, white space and "and".
        letters: The capital letters that must each have one digit.

    Returns:
        The digits by letter, or what is wrong with the text.
    """
    if len(text) > MAX_CHARS:
        return f"an answer has at most {MAX_CHARS} characters"
    lines = " ".join(plain(line) for line in text.splitlines())
    found: dict[str, int] = {}
    place = 0
    for pair in _PAIR.finditer(lines):
        between = _BETWEEN.match(lines, place)
        if between is None or between.end() != pair.start():
            return f"{lines[place : pair.start()].strip()[:30]!r} is no letter with its digit"
        letter, digit = pair[1].upper(), int(pair[2])
        if found.setdefault(letter, digit) != digit:
            return f"{letter} is given two digits"
        place = pair.end()
    between = _BETWEEN.match(lines, place)
    if between is None or between.end() != len(lines):
        return f"{lines[place:].strip()[:30]!r} is no letter with its digit"
    if set(found) != set(letters):
        return f"there must be a digit for each of {', '.join(letters)}"
    return found
