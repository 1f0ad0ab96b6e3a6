"""Multiplying a chain of matrices (Godbole 1973)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_length(text: str) -> str:
    """Solve short chains before long ones."""
    sides = list(map(int, text.split()[1:]))
    n = len(sides)
    cost = [[0] * n for _ in range(n)]
    for length in range(2, n):
        for i in range(n - length):
            j = i + length
            cost[i][j] = min(
                cost[i][k] + cost[k][j] + sides[i] * sides[k] * sides[j] for k in range(i + 1, j)
            )
    return str(cost[0][n - 1])


def by_recursion(text: str) -> str:
    """Split the chain at its last product, and remember each part."""
    from functools import cache

    @cache
    def cost(part: tuple[int, ...]) -> int:
        if len(part) < 3:
            return 0
        ends = part[0] * part[-1]
        return min(cost(part[: k + 1]) + cost(part[k:]) + ends * part[k] for k in range(1, len(part) - 1))

    return str(cost(tuple(map(int, text.split()[1:]))))


def by_all_orders(text: str) -> str:
    """Remove the inner sides in every order."""

    def cost(sides: list[int]) -> int:
        if len(sides) < 3:
            return 0
        return min(
            sides[k - 1] * sides[k] * sides[k + 1] + cost(sides[:k] + sides[k + 1 :])
            for k in range(1, len(sides) - 1)
        )

    return str(cost(list(map(int, text.split()[1:]))))


@register
class MatrixChain(BundledProblem):
    """Find the cheapest order in which a chain of matrices can be multiplied."""

    id = "ProblemMatrixChain-v0"
    statement = """
To multiply an a x b matrix by a b x c matrix takes a * b * c steps and gives an a x c matrix. The i-th of
n - 1
matrices is of size d_i x d_(i+1). What is the least number of steps that multiplies all of them, in their
order, with brackets put wherever you like?

Input
The first line contains one integer n (3 <= n <= 70).
The second line contains n integers d_1, d_2, ..., d_n (1 <= d_i <= 1000).

Output
One integer: the least number of steps.
"""
    examples = (("5\n4 10 3 12 20\n", "1080"),)
    solutions = (by_length, by_recursion)
    brute_force = by_all_orders
