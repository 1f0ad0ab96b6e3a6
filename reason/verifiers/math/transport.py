"""Syntax trees as JSON data, to send them to a worker."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import Any

from reason.verifiers.math import tree
from reason.verifiers.math.tree import Expression

__all__ = ["decoded", "encoded"]


def encoded(node: Any) -> Any:
    """Return a tree as JSON data."""
    if isinstance(node, Fraction):
        return ["/", f"{node.numerator:x}", f"{node.denominator:x}"]
    if isinstance(node, tuple):
        return ["()", *map(encoded, node)]
    if hasattr(node, "__dataclass_fields__"):
        return [type(node).__name__, *(encoded(getattr(node, field.name)) for field in fields(node))]
    return node


def decoded(data: Any) -> Expression:
    """Return the tree of :func:`encoded`'s data."""
    node: Expression = _decoded(data)
    return node


def _decoded(data: Any) -> Any:
    if not isinstance(data, list):
        return data
    head, *rest = data
    if head == "/":
        return Fraction(int(rest[0], 16), int(rest[1], 16))
    if head == "()":
        return tuple(map(_decoded, rest))
    return getattr(tree, head)(*map(_decoded, rest))
