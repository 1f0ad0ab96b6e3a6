"""Minima of all stretches of a sequence, with a stack."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_stack(text: str) -> str:
    """Keep the sum over the stretches that end here."""
    values = list(map(int, text.split()[1:]))
    stack: list[tuple[int, int]] = []
    ending = total = 0
    for value in values:
        count = 1
        while stack and stack[-1][0] >= value:
            other, times = stack.pop()
            ending -= other * times
            count += times
        stack.append((value, count))
        ending += value * count
        total += ending
    return str(total)


def by_dividing(text: str) -> str:
    """Split at the least number: it counts in all stretches that cross it."""

    def total(values: list[int]) -> int:
        if not values:
            return 0
        at = values.index(min(values))
        return values[at] * (at + 1) * (len(values) - at) + total(values[:at]) + total(values[at + 1 :])

    return str(total(list(map(int, text.split()[1:]))))


def by_all_pieces(text: str) -> str:
    """Look at every stretch."""
    values = list(map(int, text.split()[1:]))
    n = len(values)
    return str(sum(min(values[i:j]) for i in range(n) for j in range(i + 1, n + 1)))


@register
class SubarrayMinima(BundledProblem):
    """Add up the least numbers of all stretches of a sequence."""

    id = "ProblemSubarrayMinima-v0"
    statement = """
A stretch of a sequence is one or more consecutive numbers of it. Add up the least numbers of all stretches.

Input
The first line contains one integer n (2 <= n <= 200).
The second line contains n integers a_1, a_2, ..., a_n (1 <= a_i <= 10000).

Output
One integer: the sum over all stretches.
"""
    examples = (("4\n3 1 4 2\n", "17"),)
    solutions = (by_stack, by_dividing)
    brute_force = by_all_pieces
