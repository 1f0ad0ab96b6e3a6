"""What callers hand to environments, checked in one place: seeds, options, counts, actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

from reason.errors import ConfigError
from reason.family import closest

__all__ = ["check_action", "check_count", "check_options", "check_seed"]


def check_action(action: Any, name: str = "action") -> str:
    """Return an action as a plain string.

    Raises:
        TypeError: it is not a string.
    """
    if not isinstance(action, str):
        raise TypeError(f"{name} must be a string, got {type(action).__name__}: {action!r:.80}")
    return action if type(action) is str else str.__str__(action)


def check_count(value: Any, name: str, *, least: int = 1) -> int:
    """Return an integer that is not below ``least``.

    Raises:
        ConfigError: it is not an integer, or too small.
    """
    try:
        number = least - 1 if isinstance(value, bool) else index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ConfigError(f"{name} must be an integer from {least}, got {value!r:.80}")
    return number


def check_seed(seed: Any, name: str = "seed") -> int | None:
    """Return a seed as an integer from 0, None as None.

    Raises:
        ConfigError: it is neither.
    """
    return None if seed is None else check_count(seed, name, least=0)


def check_options(options: Mapping[str, Any] | None, known: Iterable[str]) -> dict[str, Any]:
    """Copy the options of a ``reset``.

    Raises:
        ConfigError: they are no mapping, or one is unknown or None.
    """
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise ConfigError(f"options must be a mapping, got {options!r:.80}")
    known = tuple(known)
    for name, value in options.items():
        if name not in known:
            raise ConfigError(
                f"no option {name!r}{closest(str(name), known)} (the options: {', '.join(known)})"
            )
        if value is None:
            raise ConfigError(f"options[{name!r}] must have a value; leave it out to keep the environment's")
    return dict(options)
