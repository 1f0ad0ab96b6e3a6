"""The measure of a union of intervals (Klee 1977)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_merging(text: str) -> str:
    """Go from left to right and merge what overlaps."""
    total, reached = 0, -(10**9)
    for left, right in sorted(list(map(int, line.split())) for line in text.splitlines()[1:]):
        if right > reached:
            total += right - max(left, reached)
            reached = right
    return str(total)


def by_events(text: str) -> str:
    """Count at each end how many intervals are open."""
    events = []
    for line in text.splitlines()[1:]:
        left, right = map(int, line.split())
        events += [(left, 1), (right, -1)]
    total = depth = last = 0
    for place, change in sorted(events):
        total += (place - last) * (depth > 0)
        depth, last = depth + change, place
    return str(total)


def by_units(text: str) -> str:
    """Paint every unit of length."""
    painted: set[int] = set()
    for line in text.splitlines()[1:]:
        left, right = map(int, line.split())
        painted.update(range(left, right))
    return str(len(painted))


@register
class CoveredLength(BundledProblem):
    """Measure how much of a line is covered by intervals."""

    id = "ProblemCoveredLength-v0"
    statement = """
On a line, n intervals are painted; the i-th reaches from l_i to r_i. What is the length of all that is
painted?

Input
The first line contains one integer n (1 <= n <= 200).
Each of the next n lines contains two integers l_i and r_i (-5000 <= l_i < r_i <= 5000).

Output
One integer: the painted length.
"""
    examples = (("4\n-3 2\n5 9\n1 4\n6 7\n", "11"),)
    solutions = (by_merging, by_events)
    brute_force = by_units
