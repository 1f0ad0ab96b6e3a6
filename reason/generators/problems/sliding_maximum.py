"""Greatest values of a sliding window."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_queue(text: str) -> str:
    """Keep the values that can still become the greatest."""
    from collections import deque

    (_, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    queue: deque[int] = deque()
    found = []
    for at, value in enumerate(values):
        while queue and values[queue[-1]] <= value:
            queue.pop()
        queue.append(at)
        if queue[0] <= at - k:
            queue.popleft()
        if at >= k - 1:
            found.append(values[queue[0]])
    return " ".join(map(str, found))


def by_blocks(text: str) -> str:
    """Take the maxima from both ends of blocks of the window's length."""
    (n, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    left, right = list(values), list(values)
    for at in range(1, n):
        if at % k:
            left[at] = max(left[at], left[at - 1])
    for at in range(n - 2, -1, -1):
        if (at + 1) % k:
            right[at] = max(right[at], right[at + 1])
    return " ".join(str(max(right[at], left[at + k - 1])) for at in range(n - k + 1))


def by_windows(text: str) -> str:
    """Look at every window."""
    (n, k), values = [list(map(int, line.split())) for line in text.splitlines()]
    return " ".join(str(max(values[at : at + k])) for at in range(n - k + 1))


@register
class SlidingMaximum(BundledProblem):
    """Find the greatest value in each window of a sequence."""

    id = "ProblemSlidingMaximum-v0"
    statement = """
A window of k numbers moves over a sequence from its beginning to its end, one number at a time. What is the
greatest number in each of its positions?

Input
The first line contains two integers n and k (3 <= n <= 200, 1 <= k <= n).
The second line contains n integers a_1, a_2, ..., a_n (-10000 <= a_i <= 10000).

Output
The greatest number of each position of the window, from the first to the last.
"""
    examples = (("7 3\n4 1 6 2 2 5 3\n", "6 6 6 5 5"),)
    solutions = (by_queue, by_blocks)
    brute_force = by_windows
