"""Adding to ranges of a row by differences."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_differences(text: str) -> str:
    """Note where each addition begins and ends."""
    (n, _), values, *additions = [list(map(int, line.split())) for line in text.splitlines()]
    change = [0] * (n + 2)
    for left, right, amount in additions:
        change[left] += amount
        change[right + 1] -= amount
    total, result = 0, []
    for at, value in enumerate(values, 1):
        total += change[at]
        result.append(value + total)
    return " ".join(map(str, result))


def by_place(text: str) -> str:
    """Add up for each place."""
    _, values, *additions = [list(map(int, line.split())) for line in text.splitlines()]
    result = [
        value + sum(amount for left, right, amount in additions if left <= at <= right)
        for at, value in enumerate(values, 1)
    ]
    return " ".join(map(str, result))


def by_doing(text: str) -> str:
    """Do one addition after the other."""
    _, values, *additions = [list(map(int, line.split())) for line in text.splitlines()]
    for left, right, amount in additions:
        for at in range(left, right + 1):
            values[at - 1] += amount
    return " ".join(map(str, values))


@register
class RangeAdditions(BundledProblem):
    """Apply additions to stretches of a row of numbers."""

    id = "ProblemRangeAdditions-v0"
    statement = """
An addition (l, r, v) adds v to each of the numbers from the l-th to the r-th of a row. Apply m additions.

Input
The first line contains two integers n and m (2 <= n <= 100, 2 <= m <= 100).
The second line contains n integers a_1, a_2, ..., a_n (-1000 <= a_i <= 1000).
Each of the next m lines contains three integers l_i, r_i and v_i (1 <= l_i <= r_i <= n, -1000 <=
v_i <= 1000).

Output
The n numbers at the end.
"""
    examples = (("4 3\n5 0 -2 7\n1 3 10\n2 2 -4\n3 4 1\n", "15 6 9 8"),)
    solutions = (by_differences, by_place)
    brute_force = by_doing
