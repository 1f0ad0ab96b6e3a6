"""The sum of all distances in a tree (Wiener 1947)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_roads(text: str) -> str:
    """Count how many pairs each road lies between."""

    def size(village: int, parent: int) -> int:
        found = 1
        for u, v, w in roads:
            if village in (u, v) and parent not in (u, v):
                below = size(u + v - village, village)
                total.append(below * (n - below) * w)
                found += below
        return found

    (n,), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    total: list[int] = []
    size(1, 0)
    return str(sum(total))


def by_walks(text: str) -> str:
    """Walk from each village to all others."""
    (n,), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    near: dict[int, list[tuple[int, int]]] = {village: [] for village in range(1, n + 1)}
    for u, v, w in roads:
        near[u].append((v, w))
        near[v].append((u, w))
    total = 0
    for start in near:
        distance = {start: 0}
        walk = [start]
        for village in walk:
            for other, w in near[village]:
                if other not in distance:
                    distance[other] = distance[village] + w
                    walk.append(other)
        total += sum(distance.values())
    return str(total // 2)


def by_all_pairs(text: str) -> str:
    """Find all distances (Floyd 1962)."""
    (n,), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    apart = {(u, v): 0 if u == v else 10**9 for u in range(1, n + 1) for v in range(1, n + 1)}
    for u, v, w in roads:
        apart[u, v] = apart[v, u] = w
    for k in range(1, n + 1):
        for u, v in apart:
            apart[u, v] = min(apart[u, v], apart[u, k] + apart[k, v])
    return str(sum(apart.values()) // 2)


@register
class TreeDistances(BundledProblem):
    """Add up the distances of all pairs of villages in a tree of roads."""

    id = "ProblemTreeDistances-v0"
    statement = """
There are n villages and n - 1 roads between them, which form a tree; each road has a length. Add up the
distances of all pairs of villages, each pair once.

Input
The first line contains one integer n (2 <= n <= 100).
Each of the next n - 1 lines contains three integers u_i, v_i and w_i (1 <= u_i, v_i <= n, 1 <= w_i <= 10000):
a road between the villages u_i and v_i of length w_i.

Output
One integer: the sum of the distances.
"""
    examples = (("4\n1 2 5\n2 3 6\n2 4 9\n", "60"),)
    solutions = (by_roads, by_walks)
    brute_force = by_all_pairs
