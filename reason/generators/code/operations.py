"""What the operators, functions and methods of the small Python do: the allowed ones, and no others."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

__all__ = ["BINARY", "BUILTINS", "COMPARE", "METHODS"]

BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
BUILTINS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "bool": bool,
    "enumerate": lambda items: list(enumerate(items)),
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "range": range,
    "reversed": lambda items: list(reversed(items)),
    "set": set,
    "sorted": sorted,
    "str": str,
    "sum": sum,
    "zip": lambda *items: list(zip(*items, strict=False)),
}
METHODS: dict[type, frozenset[str]] = {
    str: frozenset(["upper", "lower", "count", "replace", "startswith", "endswith", "join", "find", "split"]),
    list: frozenset(["append", "count", "pop", "extend", "index", "insert", "reverse", "sort"]),
    dict: frozenset(["get", "items", "keys", "values", "setdefault"]),
    set: frozenset(["add"]),
}
