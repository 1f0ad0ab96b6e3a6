"""The next greater value, with a stack."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_stack(text: str) -> str:
    """Keep the numbers that still wait for a greater one."""
    values = list(map(int, text.split()[1:]))
    found = [-1] * len(values)
    waiting: list[int] = []
    for at, value in enumerate(values):
        while waiting and values[waiting[-1]] < value:
            found[waiting.pop()] = value
        waiting.append(at)
    return " ".join(map(str, found))


def by_jumping(text: str) -> str:
    """Go from the right, and jump from one greater number to the next."""
    values = list(map(int, text.split()[1:]))
    n = len(values)
    greater = [n] * n
    for at in range(n - 2, -1, -1):
        other = at + 1
        while other < n and values[other] <= values[at]:
            other = greater[other]
        greater[at] = other
    return " ".join(str(values[at]) if at < n else "-1" for at in greater)


def by_looking(text: str) -> str:
    """Look for it from each number on."""
    values = list(map(int, text.split()[1:]))
    rests = [[other for other in values[at:] if other > value] for at, value in enumerate(values)]
    return " ".join(str([*rest, -1][0]) for rest in rests)


@register
class NextGreater(BundledProblem):
    """Find for each number the next one that is greater."""

    id = "ProblemNextGreater-v0"
    statement = """
For each number of a sequence, find the first number to its right that is greater.

Input
The first line contains one integer n (1 <= n <= 200).
The second line contains n integers a_1, a_2, ..., a_n (1 <= a_i <= 10000).

Output
For each number of the sequence, in its order, the first greater number to its right, or -1 if there is none.
"""
    examples = (("6\n5 3 8 8 2 9\n", "8 8 9 9 9 -1"),)
    solutions = (by_stack, by_jumping)
    brute_force = by_looking
