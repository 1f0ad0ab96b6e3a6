"""The largest rectangle under a skyline (Morgan, Programming from Specifications, chapter 21)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_stack(text: str) -> str:
    """Keep the buildings that are not yet cut off by a lower one."""
    heights = [*map(int, text.split()[1:]), 0]
    open_at: list[tuple[int, int]] = []
    best = 0
    for at, height in enumerate(heights):
        start = at
        while open_at and open_at[-1][1] >= height:
            start, before = open_at.pop()
            best = max(best, before * (at - start))
        open_at.append((start, height))
    return str(best)


def by_dividing(text: str) -> str:
    """Split at the lowest building."""

    def best(heights: list[int]) -> int:
        if not heights:
            return 0
        low = min(heights)
        at = heights.index(low)
        return max(low * len(heights), best(heights[:at]), best(heights[at + 1 :]))

    return str(best(list(map(int, text.split()[1:]))))


def by_all_pieces(text: str) -> str:
    """Try every stretch of buildings."""
    heights = list(map(int, text.split()[1:]))
    n = len(heights)
    return str(max(min(heights[i:j]) * (j - i) for i in range(n) for j in range(i + 1, n + 1)))


@register
class LargestRectangle(BundledProblem):
    """Find the largest rectangle that fits under a row of buildings."""

    id = "ProblemLargestRectangle-v0"
    statement = """
Buildings of width 1 and of different heights stand side by side on level ground. What is the area of the
largest upright rectangle that they cover?

Input
The first line contains one integer n (1 <= n <= 200).
The second line contains n integers h_1, h_2, ..., h_n (1 <= h_i <= 10000), the heights.

Output
One integer: the area.
"""
    examples = (("6\n4 7 5 5 2 6\n", "16"),)
    solutions = (by_stack, by_dividing)
    brute_force = by_all_pieces
