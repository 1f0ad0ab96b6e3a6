"""The heaviest increasing subsequence (after Fredman 1975)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_last_value(text: str) -> str:
    """Keep the best sum that ends in each value."""
    values = list(map(int, text.split()[1:]))
    best: list[int] = []
    for at, value in enumerate(values):
        before = [best[i] for i in range(at) if values[i] < value]
        best.append(value + max(before, default=0))
    return str(max(best))


def by_ranks(text: str) -> str:
    """Keep the best sums by rank in a tree of prefix maxima (Fenwick 1994)."""
    values = list(map(int, text.split()[1:]))
    rank = {value: at for at, value in enumerate(sorted(set(values)), 1)}
    tree = [0] * (len(rank) + 1)
    for value in values:
        at, best = rank[value] - 1, 0
        while at > 0:
            best = max(best, tree[at])
            at -= at & -at
        at = rank[value]
        while at < len(tree):
            tree[at] = max(tree[at], best + value)
            at += at & -at
    return str(max(tree))


def by_all_subsequences(text: str) -> str:
    """Try every subsequence."""
    from itertools import pairwise

    values = list(map(int, text.split()[1:]))
    best = 0
    for chosen in range(1, 2 ** len(values)):
        taken = [value for at, value in enumerate(values) if chosen >> at & 1]
        if all(left < right for left, right in pairwise(taken)):
            best = max(best, sum(taken))
    return str(best)


@register
class IncreasingSum(BundledProblem):
    """Find the greatest sum of an increasing subsequence."""

    id = "ProblemIncreasingSum-v0"
    statement = """
Delete any of the numbers of a sequence so that those that are left are strictly increasing. What is the
greatest sum that they can have?

Input
The first line contains one integer n (1 <= n <= 100).
The second line contains n integers a_1, a_2, ..., a_n (1 <= a_i <= 10000).

Output
One integer: the greatest sum.
"""
    examples = (("6\n5 9 6 2 7 8\n", "26"),)
    solutions = (by_last_value, by_ranks)
    brute_force = by_all_subsequences
