"""Weighted interval scheduling (Kleinberg and Tardos, Algorithm Design, section 6.1)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_last_booking(text: str) -> str:
    """Take the bookings by their ends; each goes with the best that ends before it begins."""
    import bisect

    bookings = sorted(
        [list(map(int, line.split())) for line in text.splitlines()[1:]], key=lambda each: each[1]
    )
    ends: list[int] = []
    best = [0]
    for start, end, rent in bookings:
        best.append(max(best[-1], best[bisect.bisect_left(ends, start)] + rent))
        ends.append(end)
    return str(best[-1])


def by_days(text: str) -> str:
    """Go through the days from the last to the first."""
    bookings = [list(map(int, line.split())) for line in text.splitlines()[1:]]
    days = sorted({day for start, end, _ in bookings for day in (start, end + 1)})
    best = dict.fromkeys(days, 0)
    for at in range(len(days) - 2, -1, -1):
        best[days[at]] = best[days[at + 1]]
        for start, end, rent in bookings:
            if start == days[at]:
                best[start] = max(best[start], rent + best[end + 1])
    return str(best[days[0]])


def by_all_choices(text: str) -> str:
    """Try every set of bookings."""
    from itertools import pairwise

    bookings = sorted(list(map(int, line.split())) for line in text.splitlines()[1:])
    best = 0
    for chosen in range(2 ** len(bookings)):
        taken = [each for at, each in enumerate(bookings) if chosen >> at & 1]
        if all(before[1] < after[0] for before, after in pairwise(taken)):
            best = max(best, sum(rent for _, _, rent in taken))
    return str(best)


@register
class WeightedIntervals(BundledProblem):
    """Choose bookings of one room that do not overlap, for the highest rent."""

    id = "ProblemWeightedIntervals-v0"
    statement = """
For one room there are n requests: each wants it from day l to day r, both included, and pays a rent. On one
day the room serves one request only. What is the highest total rent?

Input
The first line contains one integer n (1 <= n <= 100).
Each of the next n lines contains three integers l_i, r_i and p_i (1 <= l_i <= r_i <= 1000,
1 <= p_i <= 1000), the first day, the last day and the rent.

Output
One integer: the highest total rent.
"""
    examples = (("4\n1 3 50\n3 5 70\n4 9 60\n6 8 30\n", "110"),)
    solutions = (by_last_booking, by_days)
    brute_force = by_all_choices
