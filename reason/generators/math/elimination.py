"""Gaussian elimination in fractions, with the work that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reason.generators.math.worked import Working, adding, multiplying

__all__ = ["Matrix", "eliminate", "identity", "solve_system", "write_matrix", "write_row"]

Matrix = list[list[Fraction]]


def identity(size: int) -> Matrix:
    """Return the matrix with ones on the diagonal."""
    return [[Fraction(int(row == column)) for column in range(size)] for row in range(size)]


def write_row(row: Sequence[Fraction | int]) -> str:
    """Write the entries of a row.

    >>> write_row([1, Fraction(1, 2)])
    '[1, 1/2]'
    """
    return f"[{', '.join(map(str, row))}]"


def write_matrix(matrix: Sequence[Sequence[Fraction | int]]) -> str:
    """Write a matrix as a list of its rows.

    >>> write_matrix([[1, 2], [3, 4]])
    '[[1, 2], [3, 4]]'
    """
    return f"[{', '.join(write_row(row) for row in matrix)}]"


def eliminate(
    matrix: Sequence[Sequence[Fraction | int]], columns: int, working: Working, *, reduced: bool
) -> tuple[Matrix, list[int], Fraction]:
    """Bring a matrix into row echelon form.

    Args:
        matrix: Rows; those beyond ``columns`` are carried along.
        columns: Columns in which pivots are sought.
        working: Where the steps are written, one a column.
        reduced: Whether pivots become 1 and what is above them 0.

    Returns:
        The form, the columns of its pivots, and the factor by which the determinant was divided.
    """
    rows = [[Fraction(entry) for entry in row] for row in matrix]
    pivots: list[int] = []
    factor = Fraction(1)
    for column in range(columns):
        at = len(pivots)
        found = next((row for row in range(at, len(rows)) if rows[row][column]), None)
        if found is None:
            continue
        if found != at:
            rows[at], rows[found] = rows[found], rows[at]
            factor = -factor
        work = 1.0
        pivot = rows[at][column]
        if reduced:
            work += sum(multiplying(entry, pivot) for entry in rows[at])
            rows[at] = [entry / pivot for entry in rows[at]]
            factor *= pivot
        for row in range(0 if reduced else at + 1, len(rows)):
            if row == at or not rows[row][column]:
                continue
            times = rows[row][column] / rows[at][column]
            work += sum(multiplying(times, entry) for entry in rows[at][column:])
            rows[row] = [a - times * b for a, b in zip(rows[row], rows[at], strict=True)]
            work += sum(adding(entry) for entry in rows[row][column:])
        pivots.append(column)
        after = [f"s{len(working.steps)}"] if working.steps else []
        text = f"Column {column + 1} cleared by its pivot: {write_matrix(rows)}"
        working.step(text, write_matrix(rows), *after, work=work)
    return rows, pivots, factor


def solve_system(
    matrix: Sequence[Sequence[Fraction | int]], right: Sequence[Fraction | int], working: Working
) -> list[Fraction]:
    """Solve a square system that has one solution.

    Raises:
        ValueError: it has none, or many.
    """
    size = len(matrix)
    rows, pivots, _ = eliminate(
        [[*row, value] for row, value in zip(matrix, right, strict=True)], size, working, reduced=True
    )
    if len(pivots) < size:
        raise ValueError(f"matrix must have full rank, got rank {len(pivots)} of {size}")
    return [row[size] for row in rows]
