"""Minimum spanning trees (Kruskal 1956; Prim 1957)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_cheapest_cable(text: str) -> str:
    """Take the cheapest cables that join what is apart (Kruskal)."""
    (n, _), *cables = [list(map(int, line.split())) for line in text.splitlines()]
    leader = list(range(n + 1))
    total = 0
    for u, v, w in sorted(cables, key=lambda cable: cable[2]):
        while leader[u] != u:
            u = leader[u]
        while leader[v] != v:
            v = leader[v]
        if u != v:
            leader[u] = v
            total += w
    return str(total)


def by_growing(text: str) -> str:
    """Grow one tree by the cheapest cable that leaves it (Prim)."""
    (n, _), *cables = [list(map(int, line.split())) for line in text.splitlines()]
    inside, total = {1}, 0
    while len(inside) < n:
        w, house = min((w, v if u in inside else u) for u, v, w in cables if (u in inside) != (v in inside))
        inside.add(house)
        total += w
    return str(total)


def by_all_choices(text: str) -> str:
    """Try every set of n - 1 cables."""
    from itertools import combinations

    (n, _), *cables = [list(map(int, line.split())) for line in text.splitlines()]
    best = 10**9
    for chosen in combinations(cables, n - 1):
        group = {house: {house} for house in range(1, n + 1)}
        for u, v, _ in chosen:
            joined = group[u] | group[v]
            for house in joined:
                group[house] = joined
        if len(group[1]) == n:
            best = min(best, sum(w for _, _, w in chosen))
    return str(best)


@register
class SpanningTree(BundledProblem):
    """Find the cheapest set of cables that joins all houses."""

    id = "ProblemSpanningTree-v0"
    statement = """
There are n houses and m offers: each offer is to lay a cable between two houses at a price. The houses are
joined if there is a way along cables from any house to any other one; all offers together form a connected
graph. What is the least total price of cables that join all houses?

Input
The first line contains two integers n and m (2 <= n <= 100, n <= m <= 3n).
Each of the next m lines contains three integers u_i, v_i and w_i (1 <= u_i, v_i <= n, u_i != v_i,
1 <= w_i <= 10000): a cable between the houses u_i and v_i at the price w_i.

Output
One integer: the least total price.
"""
    examples = (("4 5\n1 2 7\n2 3 4\n3 1 5\n3 4 9\n2 4 6\n", "15"),)
    solutions = (by_cheapest_cable, by_growing)
    brute_force = by_all_choices
