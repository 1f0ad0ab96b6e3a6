"""The diameter of a tree."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_two_walks(text: str) -> str:
    """Walk as far as can be, and from there as far as can be."""
    (n,), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    near: list[list[tuple[int, int]]] = [[] for _ in range(n + 1)]
    for u, v, w in roads:
        near[u].append((v, w))
        near[v].append((u, w))
    start, best = 1, 0
    for _ in range(2):
        distance = {start: 0}
        walk = [start]
        for village in walk:
            for other, w in near[village]:
                if other not in distance:
                    distance[other] = distance[village] + w
                    walk.append(other)
        best, start = max((length, village) for village, length in distance.items())
    return str(best)


def by_depths(text: str) -> str:
    """Join the two deepest branches at each village."""

    def depth(village: int, parent: int) -> tuple[int, int]:
        first = second = inside = 0
        for u, v, w in roads:
            if village in (u, v) and parent not in (u, v):
                below, best = depth(u + v - village, village)
                first, second = sorted((first, second, below + w))[:0:-1]
                inside = max(inside, best)
        return first, max(inside, first + second)

    (_,), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    return str(depth(1, 0)[1])


def by_all_pairs(text: str) -> str:
    """Find all distances (Floyd 1962)."""
    (n,), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    apart = {(u, v): 0 if u == v else 10**9 for u in range(1, n + 1) for v in range(1, n + 1)}
    for u, v, w in roads:
        apart[u, v] = apart[v, u] = w
    for k in range(1, n + 1):
        for u, v in apart:
            apart[u, v] = min(apart[u, v], apart[u, k] + apart[k, v])
    return str(max(apart.values()))


@register
class TreeDiameter(BundledProblem):
    """Find the two villages of a tree of roads that are farthest apart."""

    id = "ProblemTreeDiameter-v0"
    statement = """
There are n villages and n - 1 roads between them, which form a tree; each road has a length. How far is it
between the two villages that are farthest apart?

Input
The first line contains one integer n (2 <= n <= 100).
Each of the next n - 1 lines contains three integers u_i, v_i and w_i (1 <= u_i, v_i <= n, 1 <= w_i <= 10000):
a road between the villages u_i and v_i of length w_i.

Output
One integer: the greatest distance between two villages.
"""
    examples = (("4\n1 2 5\n2 3 6\n2 4 9\n", "15"),)
    solutions = (by_two_walks, by_depths)
    brute_force = by_all_pairs
