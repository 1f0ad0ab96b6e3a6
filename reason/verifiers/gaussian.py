"""Complex numbers with rational parts, as a policy writes them: a + bi, worked out."""

from __future__ import annotations

import re
from fractions import Fraction

from reason.verifiers.spelling import plain

__all__ = ["read_gaussian"]

MAX_CHARS = 2_000
_FRACTION = re.compile(r"\\[dt]?frac\s*+\{\s*+(-?[0-9]++)\s*+\}\s*+\{\s*+([0-9]++)\s*+\}")
_NUMBER = r"(?:[0-9]++(?:/[0-9]++|\.[0-9]++)?+)"
_TERM = re.compile(
    rf"(?P<sign>[-+]?)(?:\((?P<inner>-?{_NUMBER})\)|(?P<bare>{_NUMBER}))?+(?:\*?(?P<unit>[ij])(?:/(?P<under>[0-9]++))?)?"
)


def read_gaussian(text: str) -> tuple[Fraction, Fraction] | str:
    r"""Read a complex number with rational parts.

    >>> read_gaussian("3 - 2i"), read_gaussian("-\\frac{1}{2}i")
    ((Fraction(3, 1), Fraction(-2, 1)), (Fraction(0, 1), Fraction(-1, 2)))

    Args:
        text: Hostile text: at most one real and one imaginary term, in either order; the unit is i or j.

    Returns:
        The real and the imaginary part, or what is wrong with the text.
    """
    if len(text) > MAX_CHARS:
        return f"a number has at most {MAX_CHARS} characters"
    text = plain(text).replace("\u2212", "-")
    text = _FRACTION.sub(lambda match: f"({match[1]}/{match[2]})", text)
    text = text.rpartition("=")[2] if re.match(r"\s*[a-z]\s*=", text) else text
    text = re.sub(r"\\(?:left|right|,|cdot(?![A-Za-z]))", lambda m: "*" if m[0] == "\\cdot" else "", text)
    if re.search(r"[0-9ij] [0-9ij]", text):
        return "a sign is missing between two terms"
    text = text.replace(" ", "")
    parts: dict[bool, Fraction] = {}
    place = 0
    while place < len(text):
        match = _TERM.match(text, place)
        number = match and (match["inner"] or match["bare"])
        if (
            match is None
            or match.end() == place
            or not (number or match["unit"])
            or (place and not match["sign"])
        ):
            return f"it cannot be read from {text[place : place + 20]!r} on"
        try:
            value = Fraction(number or 1) / int(match["under"] or 1)
        except ZeroDivisionError:
            return "there is a division by zero"
        imaginary = match["unit"] is not None
        if imaginary in parts:
            return "write one real and one imaginary part"
        parts[imaginary] = -value if match["sign"] == "-" else value
        place = match.end()
    if not parts:
        return "there is no number"
    return parts.get(False, Fraction(0)), parts.get(True, Fraction(0))
