"""Shortest paths in a weighted graph (Dijkstra 1959; Bellman 1958)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_nearest_first(text: str) -> str:
    """Settle the towns in the order of their distance (Dijkstra)."""
    import heapq

    (n, _), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    near: list[list[tuple[int, int]]] = [[] for _ in range(n + 1)]
    for u, v, w in roads:
        near[u].append((v, w))
        near[v].append((u, w))
    heap = [(0, 1)]
    done = set()
    while True:
        length, town = heapq.heappop(heap)
        if town == n:
            return str(length)
        if town not in done:
            done.add(town)
            for other, w in near[town]:
                heapq.heappush(heap, (length + w, other))


def by_relaxation(text: str) -> str:
    """Shorten distances along roads until none becomes shorter (Bellman and Ford)."""
    (n, _), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    distance = [10**9] * (n + 1)
    distance[1] = 0
    changed = True
    while changed:
        changed = False
        for u, v, w in roads:
            for a, b in ((u, v), (v, u)):
                if distance[a] + w < distance[b]:
                    distance[b] = distance[a] + w
                    changed = True
    return str(distance[n])


def by_all_paths(text: str) -> str:
    """Walk all paths that visit no town twice."""

    def shortest(town: int, seen: tuple[int, ...]) -> int:
        if town == n:
            return 0
        found = [10**9]
        for u, v, w in roads:
            for a, b in ((u, v), (v, u)):
                if a == town and b not in seen:
                    found.append(w + shortest(b, (*seen, b)))
        return min(found)

    (n, _), *roads = [list(map(int, line.split())) for line in text.splitlines()]
    return str(shortest(1, (1,)))


@register
class ShortestPath(BundledProblem):
    """Find the length of the shortest road between two towns."""

    id = "ProblemShortestPath-v0"
    statement = """
There are n towns and m roads; each road joins two towns, may be used in both directions and has a length.
It is possible to get from any town to any other one. How long is the shortest way from town 1 to town n?

Input
The first line contains two integers n and m (2 <= n <= 100, n <= m <= 3n).
Each of the next m lines contains three integers u_i, v_i and w_i (1 <= u_i, v_i <= n, u_i != v_i,
1 <= w_i <= 10000): a road between the towns u_i and v_i of length w_i.

Output
One integer: the length of the shortest way from town 1 to town n.
"""
    examples = (("4 5\n1 2 5\n2 4 9\n1 3 8\n3 4 3\n2 3 2\n", "10"),)
    solutions = (by_nearest_first, by_relaxation)
    brute_force = by_all_paths
