"""Cutting a sequence into even parts (the linear partition problem; Skiena, The Algorithm Design Manual)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_bisection(text: str) -> str:
    """Search for the least bound, and cut greedily below it."""
    (_, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    low, high = max(values), sum(values)
    while low < high:
        bound = (low + high) // 2
        parts, load = 1, 0
        for value in values:
            if load + value > bound:
                parts, load = parts + 1, 0
            load += value
        low, high = (low, bound) if parts <= k else (bound + 1, high)
    return str(low)


def by_table(text: str) -> str:
    """Find the best for each beginning and each number of parts."""
    (n, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    prefix = [0]
    for value in values:
        prefix.append(prefix[-1] + value)
    best = list(prefix)
    for _ in range(k - 1):
        best = [0] + [
            min(max(best[i], prefix[end] - prefix[i]) for i in range(end)) for end in range(1, n + 1)
        ]
    return str(best[n])


def by_all_cuts(text: str) -> str:
    """Try every set of k - 1 cuts."""
    from itertools import combinations, pairwise

    (n, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    best = 10**9
    for cuts in combinations(range(1, n), k - 1):
        ends = [0, *cuts, n]
        best = min(best, max(sum(values[a:b]) for a, b in pairwise(ends)))
    return str(best)


@register
class BalancedParts(BundledProblem):
    """Cut a sequence into parts so that the heaviest part is light."""

    id = "ProblemBalancedParts-v0"
    statement = """
Cut a sequence of n numbers into k parts of consecutive numbers, each of at least one number. What is the
least
value that the greatest sum of a part can have?

Input
The first line contains two integers n and k (3 <= n <= 100, 2 <= k <= 3).
The second line contains n integers a_1, a_2, ..., a_n (1 <= a_i <= 10000).

Output
One integer: the least possible greatest sum.
"""
    examples = (("6 3\n5 9 2 8 4 4\n", "14"),)
    solutions = (by_bisection, by_table)
    brute_force = by_all_cuts
