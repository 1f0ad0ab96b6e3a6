"""Whole numbers for named unknowns, as a policy writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reason.verifiers.spelling import plain

__all__ = ["read_integers"]

MAX_CHARS = 20_000
MAX_DIGITS = 1_000
_NUMBER = re.compile(r"([-+]?)\s?([0-9]++)")
_SPACED = re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])")


def read_integers(text: str, names: Sequence[str]) -> list[int] | str:
    """Read one whole number for each unknown.

    >>> read_integers("x = 3, y = -5", ["x", "y"]), read_integers("(3, -5)", ["x", "y"])
    ([3, -5], [3, -5])

    Args:
        text: Hostile text: a tuple in the order of the names, or an equation for each name in any order.
        names: The unknowns.

    Returns:
        The numbers in the order of the names, or what is wrong with the text.
    """
    if len(text) > MAX_CHARS:
        return f"an answer has at most {MAX_CHARS} characters"
    text = plain(_SPACED.sub(" ", text)).replace("\\left", "").replace("\\right", "").strip()
    listed = f"({', '.join(names)})"
    if text.replace(" ", "").startswith(listed.replace(" ", "") + "="):
        text = text.partition("=")[2].strip()
    if text[:1] in "([" and text[-1:] in ")]":
        text = text[1:-1]
    parts = [part.strip() for part in re.split(r"[,;]|(?<![A-Za-z])and(?![A-Za-z])", text)]
    parts = [part for part in parts if part]
    if len(parts) != len(names):
        return f"there must be {len(names)} numbers, got {len(parts)}"
    found: dict[str, int] = {}
    named = ["=" in part for part in parts]
    if any(named) != all(named):
        return "name all unknowns or none"
    for at, part in enumerate(parts):
        name, equals, number = part.rpartition("=")
        key = name.strip().replace("{", "").replace("}", "") if equals else names[at]
        match = _NUMBER.fullmatch(number.strip())
        if key not in names or match is None or len(match[2]) > MAX_DIGITS:
            return f"{part[:40]!r} is no whole number for an unknown"
        if key in found:
            return f"{key} is given twice"
        found[key] = int(match[1] + match[2])
    return [found[name] for name in names]
