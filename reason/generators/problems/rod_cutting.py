"""Cutting rods (Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_lengths(text: str) -> str:
    """Sell short rods before long ones."""
    (n, cost), prices = [list(map(int, line.split())) for line in text.splitlines()]
    best = [0]
    for length in range(1, n + 1):
        found = prices[length - 1]
        for first in range(1, length):
            found = max(found, prices[first - 1] - cost + best[length - first])
        best.append(found)
    return str(best[n])


def by_pieces(text: str) -> str:
    """Find the best sale in at most 1, 2, 3, ... pieces."""
    (n, cost), prices = [list(map(int, line.split())) for line in text.splitlines()]
    best = [-(10**9), *prices]
    found = best[n]
    pieces = list(best)
    for _ in range(n - 1):
        pieces = [
            max(
                (pieces[length - last] + prices[last - 1] - cost for last in range(1, length)),
                default=-(10**9),
            )
            for length in range(n + 1)
        ]
        found = max(found, pieces[n])
    return str(found)


def by_all_cuts(text: str) -> str:
    """Try every set of cuts."""
    from itertools import pairwise

    (n, cost), prices = [list(map(int, line.split())) for line in text.splitlines()]
    best = -(10**9)
    for cuts in range(2 ** (n - 1)):
        ends = [0, *[at for at in range(1, n) if cuts >> (at - 1) & 1], n]
        lengths = [b - a for a, b in pairwise(ends)]
        best = max(best, sum(prices[length - 1] for length in lengths) - cost * (len(lengths) - 1))
    return str(best)


@register
class RodCutting(BundledProblem):
    """Cut a rod into the pieces that sell best."""

    id = "ProblemRodCutting-v0"
    statement = """
A rod of length n may be cut into pieces of whole lengths; each cut costs c. A piece of length i sells at the
price p_i. What is the highest profit, which is the prices of all pieces minus the costs of all cuts?

Input
The first line contains two integers n and c (1 <= n <= 70, 0 <= c <= 20).
The second line contains n integers p_1, p_2, ..., p_n (1 <= p_i <= 10000), the prices.

Output
One integer: the highest profit.
"""
    examples = (("6 1\n3 9 10 14 15 22\n", "25"),)
    solutions = (by_lengths, by_pieces)
    brute_force = by_all_cuts
