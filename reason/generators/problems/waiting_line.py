"""Customers at several counters."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_heap(text: str) -> str:
    """Keep the times at which counters become free."""
    import heapq

    (_, k), arrivals, services = [list(map(int, line.split())) for line in text.splitlines()]
    free = [0] * k
    total = 0
    for arrival, service in zip(arrivals, services, strict=True):
        start = max(arrival, heapq.heappop(free))
        total += start - arrival
        heapq.heappush(free, start + service)
    return str(total)


def by_counters(text: str) -> str:
    """Write down who is served at each counter."""
    (_, k), arrivals, services = [list(map(int, line.split())) for line in text.splitlines()]
    ends: list[list[int]] = [[0] for _ in range(k)]
    waits = []
    for arrival, service in zip(arrivals, services, strict=True):
        counter = min(ends, key=lambda times: times[-1])
        waits.append(max(0, counter[-1] - arrival))
        counter.append(arrival + waits[-1] + service)
    return str(sum(waits))


def by_minutes(text: str) -> str:
    """Let every minute pass."""
    (n, k), arrivals, services = [list(map(int, line.split())) for line in text.splitlines()]
    busy: list[int] = []
    served = minute = total = 0
    while served < n:
        busy = [end for end in busy if end > minute]
        while served < n and arrivals[served] <= minute and len(busy) < k:
            total += minute - arrivals[served]
            if services[served]:
                busy.append(minute + services[served])
            served += 1
        minute += 1
    return str(total)


@register
class WaitingLine(BundledProblem):
    """Find out how long customers wait at a few counters."""

    id = "ProblemWaitingLine-v0"
    statement = """
Customers come to k counters. Each waits until a counter is free, is served there for some minutes and leaves;
nobody overtakes. How many minutes do all customers wait in total before they are served?

Input
The first line contains two integers n and k (3 <= n <= 200, 1 <= k <= 2).
The second line contains n integers a_1, a_2, ..., a_n (0 <= a_i <= 10000), the minutes in which they come.
The third line contains n integers s_1, s_2, ..., s_n (1 <= s_i <= 10000), the minutes of their service.
The values a_i are in non-decreasing order.

Output
One integer: the minutes that all wait in total.
"""
    examples = (("5 2\n0 1 1 4 9\n5 6 2 7 1\n", "7"),)
    solutions = (by_heap, by_counters)
    brute_force = by_minutes
    seldom = ("0",)
