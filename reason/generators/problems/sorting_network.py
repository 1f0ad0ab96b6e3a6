"""Sorting networks (Knuth, The Art of Computer Programming, volume 3, section 5.3.4)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_simulation(text: str) -> str:
    """Let each comparator work in turn."""
    lines = [list(map(int, line.split())) for line in text.splitlines()]
    wires = lines[1]
    for i, j in lines[2:]:
        if wires[i - 1] > wires[j - 1]:
            wires[i - 1], wires[j - 1] = wires[j - 1], wires[i - 1]
    return " ".join(map(str, wires))


def by_thresholds(text: str) -> str:
    """Send zeros and ones through it for each threshold, and add them up (the 0-1 principle)."""
    from itertools import pairwise

    lines = [list(map(int, line.split())) for line in text.splitlines()]
    values = sorted(set(lines[1]))
    result = [values[0]] * len(lines[1])
    for low, high in pairwise(values):
        bits = [value >= high for value in lines[1]]
        for i, j in lines[2:]:
            bits[i - 1], bits[j - 1] = bits[i - 1] and bits[j - 1], bits[i - 1] or bits[j - 1]
        result = [value + (high - low) * bit for value, bit in zip(result, bits, strict=True)]
    return " ".join(map(str, result))


def by_tracing_back(text: str) -> str:
    """Ask for each wire, from the end, which two values met last."""

    def value(wire: int, last: int) -> int:
        for at in range(last - 1, -1, -1):
            low, high = comparators[at]
            if wire in (low, high):
                return (min if wire == low else max)(value(low, at), value(high, at))
        return wires[wire - 1]

    (n, m), wires, *comparators = [list(map(int, line.split())) for line in text.splitlines()]
    return " ".join(str(value(wire, m)) for wire in range(1, n + 1))


@register
class SortingNetwork(BundledProblem):
    """Send a sequence of numbers through a network of comparators."""

    id = "ProblemSortingNetwork-v0"
    statement = """
A comparator (i, j) looks at the numbers on the wires i and j. If the number on wire i is greater, it
exchanges the two. A network of m comparators works one after the other on n wires. Which numbers are on
the wires at the end?

Input
The first line contains two integers n and m (2 <= n <= 100, 1 <= m <= 100).
The second line contains n integers a_1, a_2, ..., a_n (0 <= a_i <= 10000), the numbers on the wires.
Each of the next m lines contains two integers i and j (1 <= i < j <= n), a comparator.

Output
The n numbers on the wires from the first to the last.
"""
    examples = (("4 3\n30 10 40 20\n1 2\n3 4\n1 4\n", "10 30 20 40"),)
    solutions = (by_simulation, by_thresholds)
    brute_force = by_tracing_back
