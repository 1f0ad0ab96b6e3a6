"""Answers that are Python literals: other spellings of them, and neighbours that are wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reason.sandbox.compare import same_value

__all__ = ["is_telling", "other_spellings", "wrong_values"]

_GUESSES = frozenset([*range(-2, 11), 42, 100])


def is_telling(value: Any) -> bool:
    """Tell whether a value is no likely guess: not empty, and no small or round number."""
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int):
        return value not in _GUESSES
    return len(value) > 1 and len(repr(value)) <= 120


def other_spellings(value: Any) -> Iterator[str]:
    """Yield other ways to write a value."""
    text = repr(value)
    yield f" {text} "
    yield f"({text})"
    if isinstance(value, str):
        yield json.dumps(value)
    elif isinstance(value, list):
        yield text.replace(", ", ",")
        yield f"[ {text[1:-1]} ]"
    elif isinstance(value, dict):
        yield json.dumps(value)
        yield repr(dict(reversed(value.items())))
    else:
        yield f"`{text}`"


def wrong_values(value: Any) -> Iterator[str]:
    """Yield values that are near and are not the value."""
    others: list[Any] = [[value], None]
    if isinstance(value, int):
        others += [value + 1, value - 1, -value if value else 7, str(value), float(value)]
    elif isinstance(value, str):
        others += [value[:-1], f"{value}x", value[::-1], value.swapcase()]
    elif isinstance(value, list):
        others += [value[:-1], value[::-1], [*value, value[-1]] if value else [0], tuple(value)]
        others.append([item + 1 if isinstance(item, int) else item for item in value])
    elif isinstance(value, dict):
        others += [list(value), dict(list(value.items())[:-1]), {**value, "zz": 1}, list(value.items())]
        others.append({key: item + 1 if isinstance(item, int) else item for key, item in value.items()})
    for other in others:
        if not same_value(value, other) or type(value) is not type(other):
            yield repr(other)
