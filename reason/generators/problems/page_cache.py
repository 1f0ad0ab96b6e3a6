"""Caches that forget what was used longest ago (Mattson and others 1970)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_order(text: str) -> str:
    """Keep the pages in the order of their last use."""
    from collections import OrderedDict

    (_, size), pages = [list(map(int, line.split())) for line in text.splitlines()]
    cache: OrderedDict[int, None] = OrderedDict()
    total = 0
    for page in pages:
        if page not in cache:
            total += page
            if len(cache) == size:
                cache.popitem(last=False)
        cache[page] = None
        cache.move_to_end(page)
    return str(total)


def by_distance(text: str) -> str:
    """Count the different pages since the last use of each (the stack distance)."""
    (_, size), pages = [list(map(int, line.split())) for line in text.splitlines()]
    total = 0
    for at, page in enumerate(pages):
        before = [i for i in range(at) if pages[i] == page]
        if not before or len(set(pages[before[-1] + 1 : at])) >= size:
            total += page
    return str(total)


def by_clock(text: str) -> str:
    """Note when each page was used last."""
    (_, size), pages = [list(map(int, line.split())) for line in text.splitlines()]
    used: dict[int, int] = {}
    total = 0
    for time, page in enumerate(pages):
        if page not in used:
            total += page
            if len(used) == size:
                del used[min(used, key=lambda other: used[other])]
        used[page] = time
    return str(total)


@register
class PageCache(BundledProblem):
    """Find out what a cache costs that forgets the least recently used page."""

    id = "ProblemPageCache-v0"
    statement = """
A cache holds up to k pages and is empty at first. To read a page that is not in the cache costs as much as
the
number of the page; it is then put into the cache, and if that is full, the page that was not read for the
longest time leaves it. To read a page that is in the cache costs nothing. What do all reads cost?

Input
The first line contains two integers n and k (4 <= n <= 200, 2 <= k <= 10).
The second line contains n integers p_1, p_2, ..., p_n (1 <= p_i <= 5 + n), the pages in the order of reading.

Output
One integer: the total cost.
"""
    examples = (("8 2\n3 5 3 7 5 3 3 9\n", "32"),)
    solutions = (by_order, by_distance)
    brute_force = by_clock
