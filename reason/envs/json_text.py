"""Read JSON that a policy wrote: bounded, and with the same refusal in any thread and Python version."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["MAX_DEPTH", "load_json"]

MAX_DEPTH = 32
"""Brackets that may stand inside each other: Python's own limit depends on the caller's stack."""

_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}


def load_json(text: str) -> Any:
    """Read one JSON value.

    >>> load_json('{"a": [1, 2.5]}')
    {'a': [1, 2.5]}

    Args:
        text: Hostile text of any length; the time is linear in it.

    Raises:
        ValueError: it is not JSON (NaN and infinities are none), nested too deeply, or holds an integer of
            thousands of digits.
    """
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += _DEPTH.get(match[0], 0)
        if depth > MAX_DEPTH:
            raise ValueError(f"brackets stand more than {MAX_DEPTH} deep")
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON at character {error.pos}") from None
    except ValueError as error:
        if isinstance(error, _NotANumberError):
            raise ValueError(str(error)) from None
        raise ValueError("a number has too many digits") from None


class _NotANumberError(ValueError):
    pass


def _refuse(constant: str) -> Any:
    raise _NotANumberError(f"JSON has no {constant}")
