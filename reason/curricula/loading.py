"""Curricula by name: the name of a rule's file."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reason.config import closest
from reason.curricula.curriculum import Curriculum
from reason.errors import ConfigError

__all__ = ["load", "names", "rule"]

_CONTRACT = ("curriculum", "loading")


def names() -> tuple[str, ...]:
    """Return the names of all rules, sorted, without importing any."""
    found = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return tuple(sorted(name for name in found if not name.startswith("_") and name not in _CONTRACT))


def rule(name: str) -> type[Curriculum]:
    """Return the class of a rule.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in names():
        raise ConfigError(
            f"there is no curriculum {name!r}{closest(str(name), names())} ({', '.join(names())})"
        )
    module = importlib.import_module(f"{__package__}.{name}")
    public = [getattr(module, item) for item in module.__all__]
    found = [item for item in public if isinstance(item, type) and issubclass(item, Curriculum)]
    if len(found) != 1:
        raise ConfigError(f"{module.__name__} must list one curriculum in __all__, got {found!r}")
    return found[0]


def load(name: str, envs: Mapping[str, int | None], **options: Any) -> Curriculum:
    """Make a curriculum over environments.

    >>> import random
    >>> load("fixed", {"SAT-v0": None}, level=4).next(random.Random(0)).level
    4

    Args:
        name: Of the rule: the name of its file.
        envs: Id of each environment and its hardest level; None where levels have no end.
        **options: The rule's own, as its constructor documents them.

    Raises:
        ConfigError: there is no such rule, it has no such option, or an option cannot be.
    """
    made = rule(name)
    known = [item for item in inspect.signature(made).parameters if item != "envs"]
    for option in options:
        if option not in known:
            listed = ", ".join(known) or "none"
            raise ConfigError(
                f"{name} has no option {option!r}{closest(option, known)} (its options: {listed})"
            )
    try:
        return made(envs, **options)  # type: ignore[call-arg]
    except TypeError as error:
        raise ConfigError(f"{name}: {error}") from error
