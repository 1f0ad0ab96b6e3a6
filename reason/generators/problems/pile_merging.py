"""Merging neighbouring piles by dynamic programming over stretches."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_length(text: str) -> str:
    """Solve short stretches before long ones."""
    values = list(map(int, text.split()[1:]))
    n = len(values)
    prefix = [0]
    for value in values:
        prefix.append(prefix[-1] + value)
    cost = [[0] * (n + 1) for _ in range(n + 1)]
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length
            cost[i][j] = prefix[j] - prefix[i] + min(cost[i][k] + cost[k][j] for k in range(i + 1, j))
    return str(cost[0][n])


def by_recursion(text: str) -> str:
    """Split a stretch at its last merge, and remember each stretch."""
    from functools import cache

    @cache
    def cost(piles: tuple[int, ...]) -> int:
        if len(piles) == 1:
            return 0
        return sum(piles) + min(cost(piles[:k]) + cost(piles[k:]) for k in range(1, len(piles)))

    return str(cost(tuple(map(int, text.split()[1:]))))


def by_all_orders(text: str) -> str:
    """Merge neighbours in every order."""

    def cost(piles: list[int]) -> int:
        if len(piles) == 1:
            return 0
        found = []
        for k in range(len(piles) - 1):
            both = piles[k] + piles[k + 1]
            found.append(both + cost([*piles[:k], both, *piles[k + 2 :]]))
        return min(found)

    return str(cost(list(map(int, text.split()[1:]))))


@register
class PileMerging(BundledProblem):
    """Merge a row of piles into one with the least effort."""

    id = "ProblemPileMerging-v0"
    statement = """
There are n piles of stones in a row. Two neighbouring piles can be merged into one, which takes as much
effort as
both have stones together. What is the least total effort that makes one pile of all?

Input
The first line contains one integer n (2 <= n <= 70).
The second line contains n integers a_1, a_2, ..., a_n (1 <= a_i <= 10000), the stones of the piles.

Output
One integer: the least total effort.
"""
    examples = (("5\n4 1 1 7 3\n", "34"),)
    solutions = (by_length, by_recursion)
    brute_force = by_all_orders
