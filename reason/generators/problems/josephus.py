"""The problem of Josephus (Graham, Knuth and Patashnik, Concrete Mathematics, section 1.3)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_circle(text: str) -> str:
    """Turn the circle and take out."""
    from collections import deque

    (_, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    circle = deque(values)
    while len(circle) > 1:
        circle.rotate(-(k - 1))
        circle.popleft()
    return str(circle[0])


def by_recurrence(text: str) -> str:
    """Number the places of the last round, and of the one before, back to the first."""
    (n, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    place = 0
    for players in range(2, n + 1):
        place = (place + k) % players
    return str(values[place])


def by_counting(text: str) -> str:
    """Count aloud from player to player."""
    (n, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    left = list(range(n))
    at = -1
    while len(left) > 1:
        for _ in range(k):
            at = at + 1 if at + 1 < n else 0
            while at not in left:
                at = at + 1 if at + 1 < n else 0
        left.remove(at)
    return str(values[left[0]])


@register
class Josephus(BundledProblem):
    """Find who is left when every k-th player of a circle goes."""

    id = "ProblemJosephus-v0"
    statement = """
The n players of a circle each hold a number. They count from 1 to k, beginning with the first player; whoever
says k leaves the circle, and the next player begins again with 1, until one is left. Which number does the
last player hold?

Input
The first line contains two integers n and k (2 <= n <= 100, 1 <= k <= 100).
The second line contains n integers a_1, a_2, ..., a_n (1 <= a_i <= 10000), the numbers in the order of the
circle.

Output
One integer: the number that the last player holds.
"""
    examples = (("5 3\n11 22 33 44 55\n", "44"),)
    solutions = (by_circle, by_recurrence)
    brute_force = by_counting
