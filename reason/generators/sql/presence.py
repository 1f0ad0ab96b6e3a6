"""What a condition says about NULL: of which columns it leaves a value for sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

__all__ = [
    "COMPARISONS",
    "Place",
    "conditions_on",
    "is_link",
    "known_column",
    "parts",
    "place_of",
    "rejected",
]

_STRICT = (
    exp.Lower, exp.Upper, exp.Length, exp.Substring, exp.Cast, exp.Add, exp.Sub, exp.Mul, exp.Paren,
    exp.DPipe, exp.StrPosition, exp.Neg, exp.TimeToStr, exp.TsOrDsToTimestamp,
)  # fmt: skip
"""What is NULL if any part is."""
COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
Place = tuple[str, str]
"""An alias and a column."""


def place_of(column: exp.Expr) -> Place:
    """Return the alias and the name of a column."""
    return column.text("table"), column.name


def is_link(condition: Any) -> bool:
    """Say whether a condition ties two columns together."""
    if not isinstance(condition, exp.EQ):
        return False
    return isinstance(condition.left, exp.Column) and isinstance(condition.right, exp.Column)


def parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the conditions of which all must hold."""
    if isinstance(condition, exp.Paren):
        if isinstance(condition.this, exp.And | exp.Paren):
            yield from parts(condition.this)
        else:
            yield condition
    elif isinstance(condition, exp.And):
        yield from parts(condition.left)
        yield from parts(condition.right)
    else:
        yield condition


def conditions_on(join: exp.Join) -> Iterator[exp.Expr]:
    """Yield the conditions of a join of which all must hold."""
    on = join.args.get("on")
    return parts(on) if on is not None else iter(())


def _columns(node: exp.Expr) -> set[Place]:
    """Return the columns that must have a value for an expression to have one."""
    if isinstance(node, exp.Column):
        return {place_of(node)}
    if isinstance(node, _STRICT):
        return {place for part in node.iter_expressions() for place in _columns(part)}
    return set()


def rejected(node: exp.Expr) -> set[Place]:
    """Return the columns that are not NULL where a condition holds."""
    match node:
        case exp.Paren():
            return rejected(node.this)
        case exp.And():
            return rejected(node.left) | rejected(node.right)
        case exp.Or():
            return rejected(node.left) & rejected(node.right)
        case exp.Not(this=inner):
            if isinstance(inner, exp.Paren):
                inner = inner.this
            if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
                return _columns(inner.this)
            if isinstance(inner, exp.In) and inner.args.get("query") is not None:
                return set()
            return rejected(inner) if isinstance(inner, exp.In | exp.Between | exp.Like | exp.EQ) else set()
        case exp.In() | exp.Between() | exp.Like():
            return _columns(node.this)
    return _columns(node.this) | _columns(node.expression) if isinstance(node, COMPARISONS) else set()


def known_column(node: exp.Expr) -> Place | None:
    """Return the column of ``NOT column IS NULL``."""
    if (
        isinstance(node, exp.Not)
        and isinstance(node.this, exp.Is)
        and isinstance(node.this.expression, exp.Null)
    ):
        inner = node.this.this
        return place_of(inner) if isinstance(inner, exp.Column) else None
    return None
