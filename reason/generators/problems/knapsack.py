"""The knapsack problem (Bellman 1957)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_capacity(text: str) -> str:
    """Keep the best value for each capacity."""
    (_, capacity), *items = [list(map(int, line.split())) for line in text.splitlines()]
    best = [0] * (capacity + 1)
    for weight, value in items:
        for room in range(capacity, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return str(best[capacity])


def by_dominance(text: str) -> str:
    """Keep the loads that no other load beats in both weight and value (Nemhauser and Ullmann 1969)."""
    (_, capacity), *items = [list(map(int, line.split())) for line in text.splitlines()]
    loads = [(0, 0)]
    for weight, value in items:
        more = loads + [(w + weight, v + value) for w, v in loads if w + weight <= capacity]
        loads = []
        for w, v in sorted(more, key=lambda load: (load[0], -load[1])):
            if not loads or v > loads[-1][1]:
                loads.append((w, v))
    return str(loads[-1][1])


def by_all_loads(text: str) -> str:
    """Try every set of items."""
    (n, capacity), *items = [list(map(int, line.split())) for line in text.splitlines()]
    best = 0
    for chosen in range(2**n):
        load = [item for at, item in enumerate(items) if chosen >> at & 1]
        if sum(weight for weight, _ in load) <= capacity:
            best = max(best, sum(value for _, value in load))
    return str(best)


@register
class Knapsack(BundledProblem):
    """Pack the most valuable load that a knapsack can carry."""

    id = "ProblemKnapsack-v0"
    statement = """
A knapsack can carry items of total weight c. Each of n items has a weight and a value and can be taken once.
What is the greatest total value of items that the knapsack can carry?

Input
The first line contains two integers n and c (1 <= n <= 100, 20 <= c <= 40n).
Each of the next n lines contains two integers w_i and v_i (1 <= w_i <= 50, 1 <= v_i <= 1000), the weight
and the value of an item.

Output
One integer: the greatest total value.
"""
    examples = (("4 20\n12 40\n7 25\n9 31\n5 8\n", "65"),)
    solutions = (by_capacity, by_dominance)
    brute_force = by_all_loads
