"""Comparing what a program gave with what was expected: texts as bytes, values as plain JSON data.

Nothing here calls anything of the program's, whatever it returned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from reason.sandbox.protocol import Case, Limits, Program

__all__ = ["check_request", "same_text", "same_value"]

_BLANKS = b" \t\r\f\v"


def check_request(program: Program, cases: Sequence[Case], limits: Limits) -> None:
    """Reject what cannot be run or compared.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: arguments or an expected value are not JSON.
    """
    for name, value, kind in (("program", program, Program), ("limits", limits, Limits)):
        if not isinstance(value, kind):
            raise TypeError(f"{name} must be a {kind.__name__}, got {value!r}")
    for number, case in enumerate(cases):
        if not isinstance(case, Case):
            raise TypeError(f"cases[{number}] must be a Case, got {case!r}")
        if program.mode == "stdio" and case.compare and not isinstance(case.expected, str):
            raise TypeError(
                f"cases[{number}].expected must be text in stdio mode, got {case.expected!r}; "
                "set compare=False where nothing is expected"
            )
        if program.mode == "function" and case.compare and not _is_json(case.expected):
            raise ValueError(f"cases[{number}].expected must be a JSON value, got {case.expected!r}")


def same_text(expected: str, actual: bytes) -> bool:
    """Compare an output with the expected one.

    White space at the end of each line and blank lines at the end do not count; everything else does.
    """
    wanted = expected.encode("utf-8", "surrogatepass")
    if wanted == actual:
        return True
    return _lines(wanted) == _lines(actual)


def same_value(expected: Any, actual: Any) -> bool:
    """Compare two JSON values by exact type.

    ``True`` is not 1 and 1 is not "1"; 1 equals 1.0, for JSON has one kind of number; NaN equals NaN,
    since it can only be the expected answer; a tuple is a list. Values are compared exactly: a tolerance
    is the verifier's business.
    """
    stack = [(expected, actual)]
    while stack:
        left, right = stack.pop()
        if isinstance(left, list | tuple):
            if not isinstance(right, list | tuple) or len(left) != len(right):
                return False
            stack.extend(zip(left, right, strict=True))
        elif isinstance(left, dict):
            if not isinstance(right, dict) or left.keys() != right.keys():
                return False
            stack.extend((left[key], right[key]) for key in left)
        elif not _same_scalar(left, right):
            return False
    return True


def _lines(data: bytes) -> list[bytes]:
    lines = [line.rstrip(_BLANKS) for line in data.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _same_scalar(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str) and left == right
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return False
    if isinstance(left, float) and math.isnan(left):
        return isinstance(right, float) and math.isnan(right)
    return left == right


def _is_json(value: Any) -> bool:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list | tuple):
            stack.extend(item)
        elif isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                return False
            stack.extend(item.values())
        elif item is not None and not isinstance(item, bool | int | float | str):
            return False
    return True
