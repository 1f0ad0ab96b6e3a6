"""The least rotation of a word (Booth 1980; Shiloach 1981)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_two_candidates(text: str) -> str:
    """Compare two beginnings and skip what cannot win (Shiloach)."""
    word = text.strip()
    n, i, j, k = len(word), 0, 1, 0
    while i < n and j < n and k < n:
        left, right = word[(i + k) % n], word[(j + k) % n]
        if left == right:
            k += 1
            continue
        if left > right:
            i += k + 1
        else:
            j += k + 1
        j += i == j
        k = 0
    start = min(i, j)
    return word[start:] + word[:start]


def by_factors(text: str) -> str:
    """Cut the doubled word into Lyndon words (Duval 1983): the one that reaches its middle begins there."""
    word = text.strip()
    double = word + word
    i = start = 0
    while i < len(word):
        start, j, k = i, i + 1, i
        while j < len(double) and double[k] <= double[j]:
            k = i if double[k] < double[j] else k + 1
            j += 1
        while i <= k:
            i += j - k
    return double[start : start + len(word)]


def by_all_rotations(text: str) -> str:
    """Take the least of all rotations."""
    word = text.strip()
    return min(word[i:] + word[:i] for i in range(len(word)))


@register
class LeastRotation(BundledProblem):
    """Find the rotation of a word that comes first in the alphabet."""

    id = "ProblemLeastRotation-v0"
    statement = """
A rotation of a word takes some letters from its beginning and puts them, in their order, at its end. Which of
all rotations of a word (the word itself is one) comes first in the alphabet?

Input
The only line contains the word s (1 <= |s| <= 200), which consists of the letters a to h.

Output
The rotation that comes first.
"""
    examples = (("cabbage\n", "abbagec"),)
    solutions = (by_two_candidates, by_factors)
    brute_force = by_all_rotations
