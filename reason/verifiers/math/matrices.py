"""Matrices and vectors, in LaTeX or as lists of lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reason.verifiers.math.tree import Expression, Group, Matrix, Product, Sum

__all__ = ["column", "equal", "value"]

Rows = tuple[tuple[Expression, ...], ...]
MAX_ENTRIES = 400


def value(node: Expression) -> Rows | None:
    """Return the rows of a matrix, or of a sum or a product of matrices; None for what is none."""
    match node:
        case Matrix(rows=rows, fence="("):
            return rows
        case Group(items=(Matrix(fence="(") as inner,)):
            return inner.rows
        case Group(items=items) if len(items) > 0 and all(_is_row(item) for item in items):
            rows = tuple(item.items for item in items if isinstance(item, Group))
            return rows if len({len(row) for row in rows}) == 1 and node.opening in ("[", "(") else None
        case Sum(terms=terms):
            return _sum([value(term) for term in terms])
        case Product(factors=factors):
            return _product(factors)
    return None


def _is_row(node: Expression) -> bool:
    return isinstance(node, Group) and node.opening == "[" and node.closing == "]"


def _sum(parts: Sequence[Rows | None]) -> Rows | None:
    found = [part for part in parts if part is not None]
    if len(found) != len(parts) or len({(len(part), len(part[0])) for part in found}) != 1:
        return None
    return tuple(
        tuple(Sum(entries) for entries in zip(*rows, strict=True)) for rows in zip(*found, strict=True)
    )


def _product(factors: tuple[Expression, ...]) -> Rows | None:
    matrices = [rows for rows in map(value, factors) if rows is not None]
    if not matrices or sum(len(rows) * len(rows[0]) for rows in matrices) > MAX_ENTRIES:
        return None
    scalars = tuple(each for each in factors if value(each) is None)
    product: Rows | None = matrices[0]
    for factor in matrices[1:]:
        product = _times(product, factor)
    if product is None or not scalars:
        return product
    return tuple(tuple(Product((*scalars, entry)) for entry in row) for row in product)


def _times(left: Rows | None, right: Rows) -> Rows | None:
    if left is None or len(left[0]) != len(right):
        return None
    columns = list(zip(*right, strict=True))
    return tuple(
        tuple(Sum(tuple(Product(pair) for pair in zip(row, entries, strict=True))) for entries in columns)
        for row in left
    )


def column(node: Expression) -> tuple[Expression, ...] | None:
    """Return the entries of a column or row vector."""
    rows = value(node)
    if rows is None:
        return None
    if len(rows) == 1:
        return rows[0]
    return tuple(row[0] for row in rows) if len(rows[0]) == 1 else None


def equal(one: Rows, other: Rows | None, same: Callable[[Expression, Expression], bool]) -> bool:
    """Compare entry by entry."""
    if other is None or len(one) != len(other) or len(one[0]) != len(other[0]):
        return False
    if len(one) * len(one[0]) > MAX_ENTRIES:
        return one == other
    return all(
        same(a, b) for left, right in zip(one, other, strict=True) for a, b in zip(left, right, strict=True)
    )
