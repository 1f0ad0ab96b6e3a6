"""The widest path (Pollack 1960)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_widest_first(text: str) -> str:
    """Settle the towns in the order of the load that reaches them."""
    import heapq

    (n, _), *bridges = [list(map(int, line.split())) for line in text.splitlines()]
    near: list[list[tuple[int, int]]] = [[] for _ in range(n + 1)]
    for u, v, w in bridges:
        near[u].append((v, w))
        near[v].append((u, w))
    heap, done = [(-(10**9), 1)], set()
    while True:
        load, town = heapq.heappop(heap)
        if town == n:
            return str(-load)
        if town not in done:
            done.add(town)
            for other, w in near[town]:
                heapq.heappush(heap, (max(load, -w), other))


def by_strongest_bridges(text: str) -> str:
    """Open the strongest bridges until both towns are joined."""
    (n, _), *bridges = [list(map(int, line.split())) for line in text.splitlines()]
    group = {town: {town} for town in range(1, n + 1)}
    for u, v, w in sorted(bridges, key=lambda bridge: -bridge[2]):
        joined = group[u] | group[v]
        for town in joined:
            group[town] = joined
        if 1 in group[n]:
            return str(w)
    return "0"


def by_all_paths(text: str) -> str:
    """Walk all paths that visit no town twice."""

    def widest(town: int, seen: tuple[int, ...]) -> int:
        if town == n:
            return 10**9
        found = [0]
        for u, v, w in bridges:
            for a, b in ((u, v), (v, u)):
                if a == town and b not in seen:
                    found.append(min(w, widest(b, (*seen, b))))
        return max(found)

    (n, _), *bridges = [list(map(int, line.split())) for line in text.splitlines()]
    return str(widest(1, (1,)))


@register
class WidestPath(BundledProblem):
    """Find the heaviest truck that can cross the bridges between two towns."""

    id = "ProblemWidestPath-v0"
    statement = """
There are n towns and m bridges; each bridge joins two towns, may be used in both directions and carries
trucks
up to some weight. It is possible to get from any town to any other one. What is the weight of the heaviest
truck that can drive from town 1 to town n?

Input
The first line contains two integers n and m (2 <= n <= 100, n <= m <= 3n).
Each of the next m lines contains three integers u_i, v_i and w_i (1 <= u_i, v_i <= n, u_i != v_i,
1 <= w_i <= 10000): a bridge between the towns u_i and v_i that carries the weight w_i.

Output
One integer: the weight.
"""
    examples = (("4 5\n1 2 50\n2 4 30\n1 3 40\n3 4 35\n2 3 10\n", "35"),)
    solutions = (by_widest_first, by_strongest_bridges)
    brute_force = by_all_paths
