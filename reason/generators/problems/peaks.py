"""Peaks of a table."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_cells(text: str) -> str:
    """Compare each cell with its neighbours."""
    (n, m), *table = [list(map(int, line.split())) for line in text.splitlines()]
    total = 0
    for i in range(n):
        for j in range(m):
            around = [(i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)]
            near = [table[a][b] for a, b in around if 0 <= a < n and 0 <= b < m]
            if all(height < table[i][j] for height in near):
                total += table[i][j]
    return str(total)


def by_marking(text: str) -> str:
    """Mark the cells that are no peaks, neighbour by neighbour."""
    _, *table = [list(map(int, line.split())) for line in text.splitlines()]
    low = set()
    for i, row in enumerate(table):
        for j in range(1, len(row)):
            low |= {(i, j)} if row[j] <= row[j - 1] else set()
            low |= {(i, j - 1)} if row[j - 1] <= row[j] else set()
    for j, column in enumerate(zip(*table, strict=True)):
        for i in range(1, len(column)):
            low |= {(i, j)} if column[i] <= column[i - 1] else set()
            low |= {(i - 1, j)} if column[i - 1] <= column[i] else set()
    cells = [(i, j, height) for i, row in enumerate(table) for j, height in enumerate(row)]
    return str(sum(height for i, j, height in cells if (i, j) not in low))


def by_distance(text: str) -> str:
    """Look for a cell at distance 1 that is as high, among all cells."""
    _, *table = [list(map(int, line.split())) for line in text.splitlines()]
    cells = [(i, j, height) for i, row in enumerate(table) for j, height in enumerate(row)]
    total = 0
    for i, j, height in cells:
        if not any(abs(a - i) + abs(b - j) == 1 and other >= height for a, b, other in cells):
            total += height
    return str(total)


@register
class Peaks(BundledProblem):
    """Add up the heights of all peaks of a mountain range."""

    id = "ProblemPeaks-v0"
    statement = """
A map shows heights in n rows and m columns. A cell is a peak if it is higher than each of the cells above it,
below it, to its left and to its right, as far as there are such cells. What is the sum of the heights of all
peaks?

Input
The first line contains two integers n and m (2 <= n, m <= 50).
Each of the next n lines contains m integers h_{i,1}, ..., h_{i,m} (1 <= h_{i,j} <= 10000), the heights of a
row.

Output
One integer: the sum of the heights of the peaks, 0 if there is none.
"""
    examples = (("3 3\n1 5 2\n7 3 2\n2 4 9\n", "21"),)
    solutions = (by_cells, by_marking)
    brute_force = by_distance
    seldom = ("0",)
