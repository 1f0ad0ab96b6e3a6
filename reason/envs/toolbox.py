"""Find tools and dialects by name: each is one file, and no list knows of them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import Any

from reason.envs.tool import Dialect, Tool
from reason.errors import ConfigError
from reason.family import closest
from reason.task import Task

__all__ = ["DEFAULT_DIALECT", "check_dialect", "check_tools", "find_dialect", "find_tool", "task_tools"]

DEFAULT_DIALECT = "hermes"


@cache
def find_tool(name: str) -> Tool:
    """Return the tool of ``reason/envs/tools/<name>.py`` with its default limits.

    Raises:
        ConfigError: there is none; the message names the nearest.
    """
    tool: Tool = _find(name, "tools", Tool)()
    return tool


@cache
def find_dialect(name: str) -> Dialect:
    """Return the dialect of ``reason/envs/dialects/<name>.py``.

    Raises:
        ConfigError: there is none; the message names the nearest.
    """
    dialect: Dialect = _find(name, "dialects", Dialect)()
    return dialect


def check_tools(tools: Any) -> tuple[Tool, ...]:
    """Return tools that were given by name or as they are.

    Raises:
        ConfigError: one is neither, or two have one name.
    """
    if isinstance(tools, str | Tool) or not isinstance(tools, Iterable):
        raise ConfigError(f"tools must be a list of names or tools, got {tools!r:.80}")
    found = tuple(find_tool(tool) if isinstance(tool, str) else tool for tool in tools)
    for position, tool in enumerate(found):
        if not isinstance(tool, Tool):
            raise ConfigError(
                f"tools[{position}] must be a name or a reason.envs.tool.Tool, got {tool!r:.80}"
            )
        if any(tool.name == other.name for other in found[:position]):
            raise ConfigError(f"tools holds two tools of the name {tool.name!r}")
    return found


def check_dialect(dialect: Any) -> Dialect | None:
    """Return a dialect that was given by name or as it is; None stays None.

    Raises:
        ConfigError: it is neither.
    """
    found = find_dialect(dialect) if isinstance(dialect, str) else dialect
    if found is not None and not isinstance(found, Dialect):
        raise ConfigError(f"dialect must be a name or a reason.envs.tool.Dialect, got {dialect!r:.80}")
    return found


def task_tools(task: Task) -> tuple[str, ...]:
    """Return the names of the functions that a task lists."""
    return tuple(str(tool["function"]["name"]) for tool in task.tools)


def _find(name: str, folder: str, kind: type[Any]) -> Any:
    package = f"reason.envs.{folder}"
    if name not in (known := _names(package)):
        listed = ", ".join(known) or "none"
        raise ConfigError(f"{folder}: there is no {name!r}{closest(name, known)} (there are: {listed})")
    module = importlib.import_module(f"{package}.{name}")
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, kind) and value.__module__ == module.__name__:
            return value
    raise ConfigError(f"{module.__name__} declares no {kind.__name__}")


@cache
def _names(package: str) -> tuple[str, ...]:
    try:
        path = importlib.import_module(package).__path__
    except ModuleNotFoundError:
        return ()
    return tuple(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_"))
