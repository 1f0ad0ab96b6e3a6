"""Counting inversions by merging (Knuth, The Art of Computer Programming, volume 3, section 5.1.1)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_pairs(text: str) -> str:
    """Look at all pairs."""
    values = list(map(int, text.split()[1:]))
    total = 0
    for at, left in enumerate(values):
        for right in values[at + 1 :]:
            if left > right:
                total += left - right
    return str(total)


def by_merging(text: str) -> str:
    """Count while two sorted halves are merged."""

    def sort(values: list[int]) -> tuple[list[int], int]:
        if len(values) < 2:
            return values, 0
        middle = len(values) // 2
        (left, a), (right, b) = sort(values[:middle]), sort(values[middle:])
        total, merged, rest = a + b, [], sum(left)
        while left and right:
            if left[0] <= right[0]:
                rest -= left[0]
                merged.append(left.pop(0))
            else:
                total += rest - len(left) * right[0]
                merged.append(right.pop(0))
        return merged + left + right, total

    return str(sort(list(map(int, text.split()[1:])))[1])


def by_swapping(text: str) -> str:
    """Sort by swapping neighbours and add up what each swap mends."""
    values = list(map(int, text.split()[1:]))
    total = 0
    for _ in values:
        for at in range(len(values) - 1):
            if values[at] > values[at + 1]:
                total += values[at] - values[at + 1]
                values[at], values[at + 1] = values[at + 1], values[at]
    return str(total)


@register
class Inversions(BundledProblem):
    """Add up how far the pairs of a sequence that are out of order are apart in value."""

    id = "ProblemInversions-v0"
    statement = """
Two numbers of a sequence are out of order if the greater one stands before the smaller one. Add up the
differences of all pairs that are out of order.

Input
The first line contains one integer n (2 <= n <= 100).
The second line contains n integers a_1, a_2, ..., a_n (0 <= a_i <= 10000).

Output
One integer: the sum of the differences.
"""
    examples = (("5\n7 2 9 4 1\n", "31"),)
    solutions = (by_pairs, by_merging)
    brute_force = by_swapping
    seldom = ("0",)
