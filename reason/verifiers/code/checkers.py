"""Checkers: is an output an answer to a case? They run on the host, on plain data, and run nothing.

The vocabulary is testlib's (Mirzayanov): ``exact`` is its fcmp without the last line's end, ``tokens`` wcmp,
``lines`` lcmp, ``float`` rcmp, ``yesno`` yesno/nyesno. Each takes time close to linear in the output.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from reason.sandbox.compare import same_text, same_value

__all__ = ["DEFAULT_TOLERANCE", "TEXT_CHECKERS", "VALUE_CHECKERS", "TextChecker", "ValueChecker"]

TextChecker = Callable[[str, str, float], bool]
"""Of the expected output, the output, and the tolerance."""
ValueChecker = Callable[[Any, Any, float], bool]
"""Of the expected value, the value, and the tolerance."""

DEFAULT_TOLERANCE = 1e-6
"""Absolute or relative, whichever allows more; only the ``float`` checker has one."""

# Possessive, so that no text makes it go back.
_INTEGER = re.compile(r"([+-]?)0*+([0-9]++)", re.ASCII)
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]{1,6})?|[+-]?(?:inf|nan|infinity)",
    re.ASCII | re.IGNORECASE,
)
_MAX_NUMBER_CHARS = 400
"""A longer token is compared as text: no double needs more digits."""


def _exact(expected: str, output: str, tolerance: float) -> bool:
    return expected.rstrip("\r\n") == output.rstrip("\r\n")


def _lines(expected: str, output: str, tolerance: float) -> bool:
    return same_text(expected, output.encode("utf-8", "surrogatepass"))


def _tokens(expected: str, output: str, tolerance: float) -> bool:
    return _words(expected) == _words(output)


def _float(expected: str, output: str, tolerance: float) -> bool:
    wanted, found = _words(expected), _words(output)
    return len(wanted) == len(found) and all(
        _close_tokens(left, right, tolerance) for left, right in zip(wanted, found, strict=True)
    )


def _words(text: str) -> list[str]:
    """Split at white space as judges do: ASCII's."""
    return [word.decode("utf-8", "surrogatepass") for word in text.encode("utf-8", "surrogatepass").split()]


def _yes_no(expected: str, output: str, tolerance: float) -> bool:
    found = [token.lower() for token in _words(output)]
    return set(found) <= {"yes", "no"} and found == [token.lower() for token in _words(expected)]


def _permutation(expected: str, output: str, tolerance: float) -> bool:
    return Counter(_bare_lines(expected)) == Counter(_bare_lines(output))


def _bare_lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _close_tokens(expected: str, found: str, tolerance: float) -> bool:
    if expected == found:
        return True
    if max(len(expected), len(found)) > _MAX_NUMBER_CHARS:
        return False
    if (left := _INTEGER.fullmatch(expected)) and (right := _INTEGER.fullmatch(found)):
        # Two whole numbers are the same or not: a double would not tell 5e16 from 5e16 + 1.
        sign = [match[1] == "-" and match[2] != "0" for match in (left, right)]
        return left[2] == right[2] and sign[0] == sign[1]
    if not (_DECIMAL.fullmatch(expected) and _DECIMAL.fullmatch(found)):
        return False
    return close(float(expected), float(found), tolerance)


def close(expected: float, found: float, tolerance: float) -> bool:
    """Compare numbers by absolute or relative error; infinities and NaN only equal themselves.

    >>> close(1e9, 1e9 + 1, 1e-6), close(0.0, 1e-7, 1e-6), close(math.inf, 1e308, 1e-6)
    (True, True, False)
    """
    if math.isnan(expected) or math.isnan(found):
        return math.isnan(expected) and math.isnan(found)
    if math.isinf(expected) or math.isinf(found):
        return expected == found
    return abs(expected - found) <= tolerance * max(1.0, abs(expected))


def _same_json(expected: Any, value: Any, tolerance: float) -> bool:
    return same_value(expected, value)


def _close_values(expected: Any, value: Any, tolerance: float) -> bool:
    stack = [(expected, value)]
    while stack:
        left, right = stack.pop()
        if isinstance(left, list | tuple) and isinstance(right, list | tuple):
            if len(left) != len(right):
                return False
            stack.extend(zip(left, right, strict=True))
        elif isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return False
            stack.extend((left[key], right[key]) for key in left)
        elif not _close_scalars(left, right, tolerance):
            return False
    return True


def _close_scalars(left: Any, right: Any, tolerance: float) -> bool:
    if same_value(left, right):
        return True
    numbers = all(isinstance(item, int | float) and not isinstance(item, bool) for item in (left, right))
    if not numbers or (isinstance(left, int) and isinstance(right, int)):
        return False
    try:
        return close(float(left), float(right), tolerance)
    except OverflowError:  # an integer beyond all doubles
        return False


def _same_items(expected: Any, value: Any, tolerance: float) -> bool:
    """Compare two lists as multisets; anything else as it is."""
    if not isinstance(expected, list | tuple) or not isinstance(value, list | tuple):
        return same_value(expected, value)
    if len(expected) != len(value):
        return False
    return Counter(map(_key, expected)) == Counter(map(_key, value))


def _key(item: Any) -> str:
    """Write a value so that equal ones, by the rules of ``same_value``, are equal texts."""
    return json.dumps(_whole(item), sort_keys=True)


def _whole(item: Any) -> Any:
    if isinstance(item, list | tuple):
        return [_whole(each) for each in item]
    if isinstance(item, dict):
        return {key: _whole(each) for key, each in item.items()}
    if isinstance(item, float) and item.is_integer():
        return f"number {int(item):x}"
    if isinstance(item, int) and not isinstance(item, bool):
        return f"number {item:x}"
    return f"text {item}" if isinstance(item, str) else item


TEXT_CHECKERS: Mapping[str, TextChecker] = MappingProxyType(
    {
        "tokens": _tokens,
        "exact": _exact,
        "lines": _lines,
        "float": _float,
        "yesno": _yes_no,
        "permutation": _permutation,
    }
)
"""Of printed outputs, by name."""

VALUE_CHECKERS: Mapping[str, ValueChecker] = MappingProxyType(
    {"tokens": _same_json, "exact": _same_json, "float": _close_values, "permutation": _same_items}
)
"""Of returned values, by name: values have no white space, so ``tokens`` is ``exact``."""
