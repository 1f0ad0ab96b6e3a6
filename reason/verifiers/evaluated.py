"""Whether an answer is a value, or a computation that is left to the reader."""

from __future__ import annotations

import re
from collections.abc import Collection

from reason.verifiers.spelling import plain

__all__ = ["is_evaluated"]

MAX_CHARS = 20_000

_OPERATION = re.compile(
    r"(?:[0-9)}\]!]|(?<![A-Za-z])[A-Za-z])\s*+(?:[-+*^!\u00d7\u00b7\u22c5\u00f7\u2212]|\\(?:times|cdot|div|bmod|pmod|mod)(?![A-Za-z]))"
    r"|[0-9)}]\s*+\(|/[0-9. ]*+/|\\(?:sqrt|log|ln|sum|prod|gcd|lcm|binom|lfloor|lceil)(?![A-Za-z])"
    r"|(?<![A-Za-z_0-9{}])[0-9]++\s*+=|\|\s*+-?[0-9]|[%\u00b0\u20ac\u00a3\u00a5\u2032]|\\circ(?![A-Za-z])"
    r"|(?<![A-Za-z])(?:sqrt|log|ln|sum|gcd|lcm|mod|int|frac)(?![A-Za-z])(?!\{)"
)


_SCIENTIFIC = re.compile(
    r"(?<=[0-9])\s*+(?:\\times|\\cdot|[*\u00d7\u00b7\u22c5])\s*+10\s*+(?:\^|\*\*)\s*+(?:\{-?[0-9]{1,4}\}|-?[0-9]{1,4})"
)
"""The power of ten of a number in scientific notation: it is part of how the number is written."""
_WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,}")


def is_evaluated(text: str, *, words: Collection[str] = ("or", "and")) -> bool:
    r"""Tell whether a text is a value that was worked out.

    It then holds no operation between numbers but one fraction bar, no equation between two numbers, no unit
    and no words.

    >>> is_evaluated("-3/4"), is_evaluated("x = \\frac{3}{4}"), is_evaluated("12*13"), is_evaluated("2^8")
    (True, True, False, False)
    >>> is_evaluated("12 apples")
    False

    Args:
        text: Hostile text; what is longer than 20,000 characters is no value.
        words: Words, in small letters, that may stand in it.
    """
    if len(text) > MAX_CHARS:
        return False
    text = _SCIENTIFIC.sub("", plain(text), count=1)
    return _OPERATION.search(text) is None and all(word.lower() in words for word in _WORD.findall(text))
