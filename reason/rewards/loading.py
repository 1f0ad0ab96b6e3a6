"""Reward rules by name: the name of a rule's file, which is that of its function."""

from __future__ import annotations

import ast
import functools
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reason.config import closest
from reason.errors import ConfigError

__all__ = ["names", "rule"]


@functools.cache
def names() -> tuple[str, ...]:
    """Return the names of all rules, sorted, without importing any: files that define their own name."""
    found = []
    for path in Path(__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == path.stem for node in tree.body):
            found.append(path.stem)
    return tuple(sorted(found))


def rule(name: str) -> Callable[..., Any]:
    """Return a rule's function.

    >>> rule("binary")([1, 0]).tolist()
    [1.0, 0.0]

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in names():
        raise ConfigError(f"there is no reward {name!r}{closest(str(name), names())} ({', '.join(names())})")
    function: Callable[..., Any] = getattr(importlib.import_module(f"{__package__}.{name}"), name)
    return function
