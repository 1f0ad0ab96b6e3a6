"""The maximum subarray (Bentley, Programming Pearls, column 8)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_ends(text: str) -> str:
    """Keep the best sum that ends here (Kadane)."""
    best = ending = -(10**9)
    for value in map(int, text.split()[1:]):
        ending = max(ending, 0) + value
        best = max(best, ending)
    return str(best)


def by_prefix_sums(text: str) -> str:
    """Take the greatest difference of two prefix sums."""
    lowest, total, best = 0, 0, -(10**9)
    for value in map(int, text.split()[1:]):
        total += value
        best = max(best, total - lowest)
        lowest = min(lowest, total)
    return str(best)


def by_all_pieces(text: str) -> str:
    """Add up every piece."""
    values = list(map(int, text.split()[1:]))
    n = len(values)
    return str(max(sum(values[i:j]) for i in range(n) for j in range(i + 1, n + 1)))


@register
class MaximumSubarray(BundledProblem):
    """Find the greatest sum of consecutive numbers."""

    id = "ProblemMaximumSubarray-v0"
    statement = """
Choose one or more consecutive numbers of a sequence. What is the greatest sum that they can have?

Input
The first line contains one integer n (1 <= n <= 200).
The second line contains n integers a_1, a_2, ..., a_n (-10000 <= a_i <= 10000).

Output
One integer: the greatest sum.
"""
    examples = (("7\n-3 5 -2 8 -9 4 4\n", "11"),)
    solutions = (by_ends, by_prefix_sums)
    brute_force = by_all_pieces
