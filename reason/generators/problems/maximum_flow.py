"""Maximum flows (Ford and Fulkerson 1956; Edmonds and Karp 1972)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_augmenting(text: str) -> str:
    """Send water along shortest ways that have room (Edmonds and Karp)."""
    (n, _), *pipes = [list(map(int, line.split())) for line in text.splitlines()]
    room = {(u, v): 0 for u in range(1, n + 1) for v in range(1, n + 1)}
    for u, v, w in pipes:
        room[u, v] += w
        room[v, u] += w
    flow = 0
    while True:
        parent, walk = {1: 0}, [1]
        for node in walk:
            for other in range(1, n + 1):
                if other not in parent and room[node, other]:
                    parent[other] = node
                    walk.append(other)
        if n not in parent:
            return str(flow)
        way = [n]
        while way[-1] != 1:
            way.append(parent[way[-1]])
        steps = list(zip(way[1:], way, strict=False))
        amount = min(room[step] for step in steps)
        flow += amount
        for u, v in steps:
            room[u, v] -= amount
            room[v, u] += amount


def by_pushing(text: str) -> str:
    """Let water overflow downhill, and lift what cannot run off (Goldberg and Tarjan 1986)."""
    (n, _), *pipes = [list(map(int, line.split())) for line in text.splitlines()]
    room = {(u, v): 0 for u in range(1, n + 1) for v in range(1, n + 1)}
    for u, v, w in pipes:
        room[u, v] += w
        room[v, u] += w
    height = [0] * (n + 1)
    extra = [0] * (n + 1)
    height[1] = n
    for v in range(2, n + 1):
        extra[v], room[v, 1], room[1, v] = room[1, v], room[v, 1] + room[1, v], 0
    while active := [node for node in range(2, n) if extra[node]]:
        node = active[0]
        lower = [v for v in range(1, n + 1) if room[node, v] and height[v] < height[node]]
        if not lower:
            height[node] = 1 + min(height[v] for v in range(1, n + 1) if room[node, v])
            continue
        amount = min(extra[node], room[node, lower[0]])
        room[node, lower[0]] -= amount
        room[lower[0], node] += amount
        extra[node] -= amount
        extra[lower[0]] += amount
    return str(extra[n])


def by_all_cuts(text: str) -> str:
    """Try every cut between the source and the sink."""
    (n, _), *pipes = [list(map(int, line.split())) for line in text.splitlines()]
    best = 10**9
    for chosen in range(2 ** (n - 2)):
        side = {1} | {node for node in range(2, n) if chosen >> (node - 2) & 1}
        best = min(best, sum(w for u, v, w in pipes if (u in side) != (v in side)))
    return str(best)


@register
class MaximumFlow(BundledProblem):
    """Find how much water pipes can carry from a source to a sink."""

    id = "ProblemMaximumFlow-v0"
    statement = """
Pipes join n stations; it is possible to get from any station to any other one along pipes. Water may run
through a pipe in either direction, at most w_i litres per second. How many litres per second can run from
station 1 to station n?

Input
The first line contains two integers n and m (2 <= n <= 60, n <= m <= 3n).
Each of the next m lines contains three integers u_i, v_i and w_i (1 <= u_i, v_i <= n, u_i != v_i,
1 <= w_i <= 10000): a pipe between the stations u_i and v_i.

Output
One integer: the litres per second.
"""
    examples = (("4 5\n1 2 5\n2 4 9\n1 3 8\n3 4 3\n2 3 2\n", "10"),)
    solutions = (by_augmenting, by_pushing)
    brute_force = by_all_cuts
