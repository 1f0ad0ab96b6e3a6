"""Knobs: what a family can be told, checked when it is told."""

from __future__ import annotations

import difflib
import functools
import typing
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal, Self, TypeVar, get_args, get_origin

from reason.errors import ConfigError
from reason.frozen import freeze, thaw

__all__ = ["Config", "ConfigT", "closest", "frozen_values"]


def closest(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known name nearest to ``name``, or an empty string."""
    by_lower = {item.lower(): item for item in known}
    match = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[match[0]]!r}?" if match else ""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Knobs of a family: subclass it as a frozen keyword-only dataclass of JSON values.

    A subclass that checks ranges overrides ``__post_init__``, calls ``super().__post_init__()`` first
    (it checks types and ``Literal`` choices), and then :meth:`require` for each range.
    """

    def __post_init__(self) -> None:
        """Reject values that are not of the annotated type."""
        kind: Any = type(self)
        for name, hint in _knob_types(kind).items():
            value = getattr(self, name)
            if get_origin(hint) is Literal:
                choices = get_args(hint)
                if value not in choices:
                    raise ConfigError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
            elif hint is float and type(value) is int:
                object.__setattr__(self, name, float(value))
            elif hint in (int, float, str, bool) and type(value) is not hint:
                raise ConfigError(f"{name} must be of type {hint.__name__}, got {value!r}")

    def require(self, condition: bool, name: str, expected: str) -> None:
        """Reject the knob ``name`` unless ``condition`` holds.

        Raises:
            ConfigError: the condition is false; the message says what was ``expected``.
        """
        if not condition:
            raise ConfigError(f"{name} must be {expected}, got {getattr(self, name)!r}")

    def to_dict(self) -> dict[str, Any]:
        """Return the knobs as plain JSON data."""
        data = thaw(asdict(self))
        return typing.cast("dict[str, Any]", data)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the knobs."""
        return tuple(item.name for item in fields(cls))

    @classmethod
    def from_dict(cls, knobs: Mapping[str, Any]) -> Self:
        """Build a configuration from JSON data.

        Raises:
            ConfigError: a knob is unknown (with "did you mean"), missing, or out of range.
        """
        cls.check_names(knobs)
        try:
            return cls(**frozen_values(knobs))
        except TypeError as error:
            raise ConfigError(f"{cls.__name__}: {error}") from error

    @classmethod
    def check_names(cls, knobs: Mapping[str, Any]) -> None:
        """Reject names that are no knobs of this family."""
        for name in knobs:
            if name not in cls.names():
                listed = ", ".join(cls.names()) or "none"
                raise ConfigError(f"there is no knob {name!r}{closest(name, cls.names())} (knobs: {listed})")


@functools.cache
def _knob_types(config_type: type[Config]) -> dict[str, Any]:
    hints = typing.get_type_hints(config_type)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is not ClassVar}


ConfigT = TypeVar("ConfigT", bound=Config)


def frozen_values(knobs: Mapping[str, Any]) -> dict[str, Any]:
    """Return knobs as a configuration holds them: lists as tuples."""
    return {name: freeze(value, name=name) for name, value in knobs.items()}
