"""Optimal prefix codes (Huffman 1952)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_heap(text: str) -> str:
    """Join the two rarest groups until one is left."""
    import heapq

    heap = list(map(int, text.split()[1:]))
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        total += both
        heapq.heappush(heap, both)
    return str(total)


def by_two_queues(text: str) -> str:
    """Take from sorted letters and from groups, which come in order by themselves (van Leeuwen 1976)."""
    letters = sorted(map(int, text.split()[1:]), reverse=True)
    groups: list[int] = []
    total = 0
    while len(letters) + len(groups) > 1:
        both = 0
        for _ in range(2):
            if letters and (not groups or letters[-1] <= groups[0]):
                both += letters.pop()
            else:
                both += groups.pop(0)
        groups.append(both)
        total += both
    return str(total)


def by_all_joins(text: str) -> str:
    """Join any two groups, in every order."""
    from functools import cache
    from itertools import combinations

    @cache
    def total(groups: tuple[int, ...]) -> int:
        if len(groups) < 2:
            return 0
        found = []
        for i, j in combinations(range(len(groups)), 2):
            rest = [group for at, group in enumerate(groups) if at not in (i, j)]
            both = groups[i] + groups[j]
            found.append(both + total(tuple(sorted([*rest, both]))))
        return min(found)

    return str(total(tuple(sorted(map(int, text.split()[1:])))))


@register
class PrefixCode(BundledProblem):
    """Find the length of the shortest binary coding of a text."""

    id = "ProblemPrefixCode-v0"
    statement = """
A text is made of n letters; the i-th of them stands in it f_i times. Each letter gets a code word of zeros
and
ones, and no code word is the beginning of another one. What is the least number of zeros and ones with which
the text can be written?

Input
The first line contains one integer n (2 <= n <= 100).
The second line contains n integers f_1, f_2, ..., f_n (1 <= f_i <= 10000).

Output
One integer: the least length of the coded text.
"""
    examples = (("5\n12 3 7 5 20\n", "97"),)
    solutions = (by_heap, by_two_queues)
    brute_force = by_all_joins
