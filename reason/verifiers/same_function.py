"""Whether two expressions in x are the same function, decided at points that nobody can foresee."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

__all__ = ["same_function"]

NUM_POINTS, FEWEST_POINTS = 8, 5
"""Points that are tried, and at how many both must have a value."""
PRECISION, AGREEMENT = 1_600, 1_000
"""Bits that are computed with, and bits that must agree: more than 300 decimals."""
MAX_CHARS = 5_000
_LABEL = re.compile(r"\s*(?:[a-zA-Z]'{0,2}(?:\(x\))?|d[a-z]/dx)\s*=(?!=)")
_CONSTANTS = ("C", "c", "K", "k", "c_1", "C_1")


def same_function(gold: str, answer: str, *, up_to_constant: bool = False) -> bool | None:
    """Compare two analytic expressions at rational points drawn from a hash of both.

    Analytic functions that agree at points which depend on the answer itself, to a thousand bits, are equal
    but for what is made to deceive, and that needs the gold. A difference that is seen is certain.

    >>> same_function("2*sin(x)*cos(x)", "sin(2x)"), same_function("x^2", "x^2 + 10^(-99)")
    (True, False)
    >>> same_function("ln(x^2 + 1)", "ln(2x^2 + 2) + C", up_to_constant=True)
    True

    Args:
        gold: The right expression.
        answer: Hostile text, in LaTeX, plain or code spelling.
        up_to_constant: Whether a difference that is constant, a letter C too, makes no difference.

    Returns:
        None where it cannot be told: the text is no expression, or has no value at enough points.
    """
    from reason.verifiers.math.normalise import clean, marked
    from reason.verifiers.math.numeric import Unknown, context, evaluate
    from reason.verifiers.math.polynomial import TooLarge
    from reason.verifiers.math.reading import Unreadable, readings
    from reason.verifiers.math.scalars import symbols

    if max(len(gold), len(answer)) > MAX_CHARS:
        return None
    texts = [_LABEL.sub("", clean(marked(text)), count=1) for text in (gold, answer)]
    try:
        trees = [next(readings(texts[0], texts[1])), next(readings(texts[1], texts[0]))]
    except Unreadable:
        return None
    if not symbols(trees[1]) <= {"x", *_CONSTANTS}:
        return None
    mp = context()
    differences: list[Any] = []
    with mp.workprec(PRECISION):
        for point in _points(f"{gold}\n{answer}", constants=up_to_constant):
            try:
                other, one = (evaluate(tree, point, mp) for tree in reversed(trees))  # the answer first
            except (Unknown, TooLarge, ValueError, ZeroDivisionError, OverflowError):
                continue
            scale = max(abs(one), abs(other), mp.mpf(2) ** -200)
            difference = one - other
            if up_to_constant and differences:
                difference -= differences[0][0]
            differences.append((one - other, scale))
            if (not up_to_constant or len(differences) > 1) and abs(difference) > scale * mp.mpf(
                2
            ) ** -AGREEMENT:
                return False
    return True if len(differences) >= FEWEST_POINTS else None


def _points(seed: str, *, constants: bool) -> list[Mapping[str, Fraction]]:
    digest = hashlib.shake_256(seed.encode("utf-8", "surrogatepass")).digest(8 * NUM_POINTS + 8)
    parts = [int.from_bytes(digest[at : at + 8], "big") for at in range(0, len(digest), 8)]
    letters = dict.fromkeys(_CONSTANTS, Fraction(parts[-1], 2**62)) if constants else {}
    return [{"x": Fraction(part, 2**63) - 1, **letters} for part in parts[:-1]]
