"""Unit jobs with deadlines (Sahni 1976)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_dropping(text: str) -> str:
    """Take the jobs by deadline, and drop the cheapest where they are too many."""
    import heapq

    jobs = sorted(list(map(int, line.split())) for line in text.splitlines()[1:])
    taken: list[int] = []
    for deadline, pay in jobs:
        heapq.heappush(taken, pay)
        if len(taken) > deadline:
            heapq.heappop(taken)
    return str(sum(taken))


def by_latest_day(text: str) -> str:
    """Give each job, the best paid first, the latest free day."""
    jobs = sorted([list(map(int, line.split())) for line in text.splitlines()[1:]], key=lambda job: -job[1])
    busy: set[int] = set()
    total = 0
    for deadline, pay in jobs:
        for day in range(deadline, 0, -1):
            if day not in busy:
                busy.add(day)
                total += pay
                break
    return str(total)


def by_all_choices(text: str) -> str:
    """Try every set of jobs, each done in the order of the deadlines."""
    jobs = sorted(list(map(int, line.split())) for line in text.splitlines()[1:])
    best = 0
    for chosen in range(2 ** len(jobs)):
        taken = [job for at, job in enumerate(jobs) if chosen >> at & 1]
        if all(day <= deadline for day, (deadline, _) in enumerate(taken, 1)):
            best = max(best, sum(pay for _, pay in taken))
    return str(best)


@register
class Deadlines(BundledProblem):
    """Choose jobs of one day each that are done before their deadlines, for the highest pay."""

    id = "ProblemDeadlines-v0"
    statement = """
Each of n jobs takes one day. Job i is paid p_i if it is done on day d_i or earlier, and nothing else. Days
are
counted from 1, and on one day one job can be done. What is the highest total pay?

Input
The first line contains one integer n (1 <= n <= 100).
Each of the next n lines contains two integers d_i and p_i (1 <= d_i <= n, 1 <= p_i <= 10000).

Output
One integer: the highest total pay.
"""
    examples = (("5\n2 30\n1 45\n2 20\n1 50\n4 15\n", "95"),)
    solutions = (by_dropping, by_latest_day)
    brute_force = by_all_choices
