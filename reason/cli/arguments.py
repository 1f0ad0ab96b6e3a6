"""Values of the command line that several commands read: levels, knobs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from reason.errors import ConfigError

__all__ = ["LEVELS_HELP", "SET_HELP", "format_levels", "parse_knobs", "parse_levels"]

LEVELS_HELP = "Levels, such as 0-9 or 0,3,5-7."
SET_HELP = "A knob of the family, such as num_vars=20; may be given several times."

MOST_LEVELS = 10_000

_WORDS = {"True": True, "False": False, "None": None}


def parse_levels(text: str | None) -> tuple[int, ...] | None:
    """Read levels: numbers and ranges with both ends in, separated by commas.

    >>> parse_levels("0-2,7")
    (0, 1, 2, 7)

    Raises:
        ConfigError: it is not of that form, a range runs backwards, or there are too many.
    """
    if text is None:
        return None
    levels: dict[int, None] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,9})\s*(?:-\s*([0-9]{1,9})\s*)?", part)
        if match is None:
            raise ConfigError(f"levels look like 0-9 or 0,3,5-7, got {text!r:.80}")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ConfigError(f"levels {part.strip()!r} run backwards; write {last}-{first}")
        if last - first >= MOST_LEVELS:
            raise ConfigError(f"levels {part.strip()!r} are more than {MOST_LEVELS}")
        levels.update(dict.fromkeys(range(first, last + 1)))
    return tuple(levels)


def format_levels(levels: Sequence[int]) -> str | None:
    """Write levels as :func:`parse_levels` reads them; None where there are none.

    >>> format_levels([0, 1, 2, 7])
    '0-2,7'
    """
    ranges: list[list[int]] = []
    for level in sorted(levels):
        if ranges and level == ranges[-1][1] + 1:
            ranges[-1][1] = level
        else:
            ranges.append([level, level])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges) or None


def parse_knobs(settings: Sequence[str] | None) -> dict[str, Any]:
    """Read ``name=value`` settings; a value is JSON, or text where it is none.

    >>> parse_knobs(["num_vars=20", "mode=threshold", "proof=True"])
    {'num_vars': 20, 'mode': 'threshold', 'proof': True}

    Raises:
        ConfigError: one has no ``=``, or a name is set twice.
    """
    knobs: dict[str, Any] = {}
    for setting in settings or ():
        name, equals, text = setting.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ConfigError(f"--set takes name=value, got {setting!r:.80}")
        if name in knobs:
            raise ConfigError(f"--set gives {name!r} twice")
        knobs[name] = _value(text.strip())
    return knobs


def _value(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
