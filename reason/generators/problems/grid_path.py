"""The best way through a table by dynamic programming (Bellman 1957)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_rows(text: str) -> str:
    """Fill a row of least costs after the other."""
    _, *table = [list(map(int, line.split())) for line in text.splitlines()]
    row = [0] + [10**9] * (len(table[0]) - 1)
    for costs in table:
        for j, cost in enumerate(costs):
            row[j] = min(row[j], row[j - 1] if j else 10**9) + cost
    return str(row[-1])


def by_recursion(text: str) -> str:
    """Ask each cell for its cheaper neighbour."""
    from functools import cache

    @cache
    def least(i: int, j: int) -> int:
        if i < 0 or j < 0:
            return 10**9
        if i == j == 0:
            return table[0][0]
        return table[i][j] + min(least(i - 1, j), least(i, j - 1))

    (n, m), *table = [list(map(int, line.split())) for line in text.splitlines()]
    return str(least(n - 1, m - 1))


def by_all_ways(text: str) -> str:
    """Walk every way."""
    from itertools import combinations

    (n, m), *table = [list(map(int, line.split())) for line in text.splitlines()]
    best = 10**9
    for downs in combinations(range(n + m - 2), n - 1):
        i = j = 0
        cost = table[0][0]
        for step in range(n + m - 2):
            i, j = (i + 1, j) if step in downs else (i, j + 1)
            cost += table[i][j]
        best = min(best, cost)
    return str(best)


@register
class GridPath(BundledProblem):
    """Find the cheapest way from one corner of a table to the opposite one."""

    id = "ProblemGridPath-v0"
    statement = """
A table has n rows and m columns, and each cell has a cost. A way leads from the upper left cell to the lower
right one; each of its steps goes one cell to the right or one cell down. The cost of a way is the sum over
all
its cells. What is the least cost of a way?

Input
The first line contains two integers n and m (2 <= n, m <= 50).
Each of the next n lines contains m integers c_{i,1}, ..., c_{i,m} (0 <= c_{i,j} <= 10000), the costs of a
row.

Output
One integer: the least cost.
"""
    examples = (("3 3\n1 9 4\n2 8 1\n7 1 3\n", "14"),)
    solutions = (by_rows, by_recursion)
    brute_force = by_all_ways
