"""The assignment problem (Kuhn 1955; Munkres 1957)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_potentials(text: str) -> str:
    """Add one worker at a time along a cheapest alternating way (the Hungarian method)."""
    (n,), *cost = [list(map(int, line.split())) for line in text.splitlines()]
    u, v, worker = [0] * (n + 1), [0] * (n + 1), [0] * (n + 1)
    for i in range(1, n + 1):
        worker[0] = i
        j = 0
        least, way, used = [10**9] * (n + 1), [0] * (n + 1), [False] * (n + 1)
        while worker[j]:
            used[j] = True
            delta, to = 10**9, 0
            for k in range(1, n + 1):
                if not used[k]:
                    rest = cost[worker[j] - 1][k - 1] - u[worker[j]] - v[k]
                    if rest < least[k]:
                        least[k], way[k] = rest, j
                    if least[k] < delta:
                        delta, to = least[k], k
            for k in range(n + 1):
                if used[k]:
                    u[worker[k]] += delta
                    v[k] -= delta
                else:
                    least[k] -= delta
            j = to
        while j:
            worker[j] = worker[way[j]]
            j = way[j]
    return str(-v[0])


def by_sets_of_jobs(text: str) -> str:
    """Give jobs to one worker after the other, and remember the best for each set of jobs."""
    _, *cost = [list(map(int, line.split())) for line in text.splitlines()]
    best = {0: 0}
    for row in cost:
        after: dict[int, int] = {}
        for taken, total in best.items():
            for job, price in enumerate(row):
                if not taken >> job & 1:
                    key = taken | 1 << job
                    after[key] = min(after.get(key, 10**9), total + price)
        best = after
    return str(min(best.values()))


def by_permutations(text: str) -> str:
    """Try every assignment."""
    from itertools import permutations

    (n,), *cost = [list(map(int, line.split())) for line in text.splitlines()]
    return str(min(sum(cost[i][job] for i, job in enumerate(jobs)) for jobs in permutations(range(n))))


@register
class Assignment(BundledProblem):
    """Give each worker one job so that the total cost is least."""

    id = "ProblemAssignment-v0"
    statement = """
There are n workers and n jobs. Worker i does job j at the cost c_{i,j}. Each worker does exactly one job and
each
job is done. What is the least total cost?

Input
The first line contains one integer n (2 <= n <= 14).
Each of the next n lines contains n integers c_{i,1}, ..., c_{i,n} (0 <= c_{i,j} <= 10000), the costs of one
worker.

Output
One integer: the least total cost.
"""
    examples = (("3\n4 2 8\n4 3 7\n3 1 6\n", "12"),)
    solutions = (by_potentials, by_sets_of_jobs)
    brute_force = by_permutations
