"""Jumping over stones by dynamic programming."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_stones(text: str) -> str:
    """Find the least effort for each stone from those before it."""
    (n, k), heights = [list(map(int, line.split())) for line in text.splitlines()]
    effort = [0]
    for at in range(1, n):
        effort.append(min(effort[i] + abs(heights[i] - heights[at]) for i in range(max(0, at - k), at)))
    return str(effort[-1])


def by_nearest_first(text: str) -> str:
    """Settle the stones in the order of their effort (Dijkstra)."""
    import heapq

    (n, k), heights = [list(map(int, line.split())) for line in text.splitlines()]
    heap, done = [(0, 0)], set()
    while True:
        effort, at = heapq.heappop(heap)
        if at == n - 1:
            return str(effort)
        if at not in done:
            done.add(at)
            for to in range(at + 1, min(n, at + k + 1)):
                heapq.heappush(heap, (effort + abs(heights[at] - heights[to]), to))


def by_all_ways(text: str) -> str:
    """Jump every way."""

    def effort(at: int) -> int:
        if at == n - 1:
            return 0
        return min(abs(heights[at] - heights[to]) + effort(to) for to in range(at + 1, min(n, at + k + 1)))

    (n, k), heights = [list(map(int, line.split())) for line in text.splitlines()]
    return str(effort(0))


@register
class FrogJumps(BundledProblem):
    """Find the least effort with which a frog reaches the last stone."""

    id = "ProblemFrogJumps-v0"
    statement = """
A frog sits on the first of n stones in a row. It jumps from stone i to one of the stones i + 1, i + 2, ...,
i + k;
a jump between stones of the heights x and y takes an effort of |x - y|. What is the least total effort with
which it reaches the last stone?

Input
The first line contains two integers n and k (4 <= n <= 200, 2 <= k <= 3).
The second line contains n integers h_1, h_2, ..., h_n (1 <= h_i <= 10000), the heights of the stones.

Output
One integer: the least total effort.
"""
    examples = (("6 2\n10 40 30 12 25 60\n", "60"),)
    solutions = (by_stones, by_nearest_first)
    brute_force = by_all_ways
