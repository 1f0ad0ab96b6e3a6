"""Turning one word into another (Levenshtein 1966; the table is Wagner and Fischer's, 1974)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_table(text: str) -> str:
    """Fill the table row by row."""
    first, second, insertion, deletion, replacement = text.split()
    put, take, change = int(insertion), int(deletion), int(replacement)
    row = [put * j for j in range(len(second) + 1)]
    for i, left in enumerate(first, 1):
        before, row = row, [take * i]
        for j, right in enumerate(second, 1):
            keep = before[j - 1] + (0 if left == right else change)
            row.append(min(before[j] + take, row[-1] + put, keep))
    return str(row[-1])


def by_shortest_path(text: str) -> str:
    """Walk from the beginnings of both words to their ends, nearest place first (Dijkstra)."""
    import heapq

    first, second, *costs = text.split()
    put, take, change = map(int, costs)
    heap = [(0, 0, 0)]
    done = set()
    while True:
        cost, i, j = heapq.heappop(heap)
        if (i, j) == (len(first), len(second)):
            return str(cost)
        if (i, j) in done:
            continue
        done.add((i, j))
        if i < len(first):
            heapq.heappush(heap, (cost + take, i + 1, j))
        if j < len(second):
            heapq.heappush(heap, (cost + put, i, j + 1))
        if i < len(first) and j < len(second):
            heapq.heappush(heap, (cost + (0 if first[i] == second[j] else change), i + 1, j + 1))


def by_recursion(text: str) -> str:
    """Try every edit of the first letters."""

    def distance(left: str, right: str) -> int:
        if not left or not right:
            return take * len(left) + put * len(right)
        keep = distance(left[1:], right[1:]) + (0 if left[0] == right[0] else change)
        return min(keep, distance(left[1:], right) + take, distance(left, right[1:]) + put)

    first, second, *costs = text.split()
    put, take, change = map(int, costs)
    return str(distance(first, second))


@register
class EditDistance(BundledProblem):
    """Find the cheapest insertions, deletions and replacements that turn one word into another."""

    id = "ProblemEditDistance-v0"
    statement = """
To insert a letter anywhere in a word costs x, to delete a letter costs y, and to replace a letter by
another one costs z. What is the least cost of turning the word s into the word t?

Input
The first line contains the word s, the second line contains the word t (1 <= |s|, |t| <= 150).
Both consist of the letters a to h.
The third line contains three integers x, y and z (1 <= x, y, z <= 1000).

Output
One integer: the least total cost.
"""
    examples = (("badge\nbeach\n3 4 5\n", "17"),)
    solutions = (by_table, by_shortest_path)
    brute_force = by_recursion
