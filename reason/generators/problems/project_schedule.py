"""The critical path of a project (Kelley and Walker 1959)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_order(text: str) -> str:
    """Take the tasks in an order in which all that they wait for is done (Kahn 1962)."""
    _, days, *rules = [list(map(int, line.split())) for line in text.splitlines()]
    waits = [sum(after == task for _, after in rules) for task in range(1, len(days) + 1)]
    free = [task for task, count in enumerate(waits, 1) if count == 0]
    start = [0] * (len(days) + 1)
    for task in free:
        for before, after in rules:
            if before == task:
                start[after] = max(start[after], start[task] + days[task - 1])
                waits[after - 1] -= 1
                if waits[after - 1] == 0:
                    free.append(after)
    return str(max(start[task] + days[task - 1] for task in free))


def by_recursion(text: str) -> str:
    """Ask for each task when what it waits for is finished."""
    from functools import cache

    @cache
    def end(task: int) -> int:
        return days[task - 1] + max((end(before) for before, after in rules if after == task), default=0)

    (n, _), days, *rules = [list(map(int, line.split())) for line in text.splitlines()]
    return str(max(end(task) for task in range(1, n + 1)))


def by_waiting(text: str) -> str:
    """Put off what begins too early until nothing does."""
    _, days, *rules = [list(map(int, line.split())) for line in text.splitlines()]
    start = [0] * len(days)
    for _ in days:
        for before, after in rules:
            start[after - 1] = max(start[after - 1], start[before - 1] + days[before - 1])
    return str(max(map(int.__add__, start, days)))


@register
class ProjectSchedule(BundledProblem):
    """Find the earliest day on which a project can be finished."""

    id = "ProblemProjectSchedule-v0"
    statement = """
A project has n tasks; task i takes d_i days. Each of m rules (u, v) says that task v cannot begin before
task u
is finished; the rules form no cycle. Any number of tasks can be worked on at once. What is the least number
of
days in which all tasks are finished?

Input
The first line contains two integers n and m (3 <= n <= 100, 2 <= m <= 200).
The second line contains n integers d_1, d_2, ..., d_n (1 <= d_i <= 10000), the days.
Each of the next m lines contains two integers u_i and v_i (1 <= u_i, v_i <= n, u_i != v_i), a rule.

Output
One integer: the least number of days.
"""
    examples = (("4 3\n5 2 7 4\n1 2\n3 2\n2 4\n", "13"),)
    solutions = (by_order, by_recursion)
    brute_force = by_waiting
