"""Convex hulls (Andrew 1979; Jarvis 1973)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_chains(text: str) -> str:
    """Build the lower and the upper chain (Andrew), and take the area (the shoelace formula)."""
    points = sorted({tuple(map(int, line.split())) for line in text.splitlines()[1:]})
    hull: list[tuple[int, ...]] = []
    for order in (points, points[::-1]):
        chain: list[tuple[int, ...]] = []
        for x, y in order:
            while len(chain) > 1:
                (a, b), (c, d) = chain[-2:]
                if (c - a) * (y - b) - (d - b) * (x - a) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        hull += chain[:-1]
    area = 0
    for at in range(len(hull)):
        (a, b), (c, d) = hull[at - 1], hull[at]
        area += a * d - b * c
    return str(area)


def by_slices(text: str) -> str:
    """Cut the hull at each x between two trees and add up the slices."""
    from fractions import Fraction

    points = [tuple(map(int, line.split())) for line in text.splitlines()[1:]]
    lines = [(p, q) for p in points for q in points if p[0] < q[0]]
    xs = sorted({x for x, _ in points})
    area = Fraction(0)
    heights = []
    for x in xs:
        ys = [Fraction(y) for a, y in points if a == x]
        ys += [Fraction(b * (c - x) + d * (x - a), c - a) for (a, b), (c, d) in lines if a < x < c]
        heights.append(max(ys) - min(ys))
    for at in range(1, len(xs)):
        area += (xs[at] - xs[at - 1]) * (heights[at - 1] + heights[at])
    return str(area)


def by_all_sides(text: str) -> str:
    """Find the pairs that have all trees on their left, the farthest of each line."""
    points = sorted({tuple(map(int, line.split())) for line in text.splitlines()[1:]})
    area = 0
    for a, b in points:
        for c, d in points:
            side = [(c - a) * (y - b) - (d - b) * (x - a) for x, y in points]
            on_line = [(x, y) for (x, y), s in zip(points, side, strict=True) if s == 0]
            if (a, b) != (c, d) and min(side) >= 0 and {(a, b), (c, d)} == {min(on_line), max(on_line)}:
                area += a * d - b * c
    return str(area)


@register
class ConvexHull(BundledProblem):
    """Find twice the area of the smallest convex fence around some trees."""

    id = "ProblemConvexHull-v0"
    statement = """
Trees stand at n points of a plane. The shortest fence around them is a convex polygon. What is twice the area
that it encloses?

Input
The first line contains one integer n (3 <= n <= 100).
Each of the next n lines contains two integers x_i and y_i (-5000 <= x_i, y_i <= 5000), where a tree stands.

Output
One integer: twice the enclosed area, 0 if all trees stand on one line.
"""
    examples = (("5\n0 0\n4 0\n4 3\n1 1\n-1 5\n", "35"),)
    solutions = (by_chains, by_slices)
    brute_force = by_all_sides
    seldom = ("0",)
