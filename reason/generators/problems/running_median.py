"""Medians of a growing sequence."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_two_heaps(text: str) -> str:
    """Keep the lower and the upper half in heaps."""
    import heapq

    low: list[int] = []
    high: list[int] = []
    total = 0
    for value in map(int, text.split()[1:]):
        heapq.heappush(low, -value)
        heapq.heappush(high, -heapq.heappop(low))
        if len(high) > len(low):
            heapq.heappush(low, -heapq.heappop(high))
        total -= low[0]
    return str(total)


def by_insertion(text: str) -> str:
    """Keep the beginning sorted."""
    import bisect

    seen: list[int] = []
    total = 0
    for value in map(int, text.split()[1:]):
        bisect.insort(seen, value)
        total += seen[(len(seen) - 1) // 2]
    return str(total)


def by_ranks(text: str) -> str:
    """Look in each beginning for the number with as many before as after it."""
    values = list(map(int, text.split()[1:]))
    total = 0
    for length in range(1, len(values) + 1):
        start = values[:length]
        wanted = (length + 1) // 2
        total += min(value for value in start if sum(other <= value for other in start) >= wanted)
    return str(total)


@register
class RunningMedian(BundledProblem):
    """Add up the medians of all beginnings of a sequence."""

    id = "ProblemRunningMedian-v0"
    statement = """
The median of k numbers is the one at place (k + 1) / 2, rounded down, when they are sorted from the smallest
on. Add up the medians of all beginnings of a sequence: of its first number, of its first two numbers, and so
on.

Input
The first line contains one integer n (1 <= n <= 200).
The second line contains n integers a_1, a_2, ..., a_n (-10000 <= a_i <= 10000).

Output
One integer: the sum of the n medians.
"""
    examples = (("5\n5 1 4 9 2\n", "18"),)
    solutions = (by_two_heaps, by_insertion)
    brute_force = by_ranks
