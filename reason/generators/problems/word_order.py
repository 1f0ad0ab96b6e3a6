"""Sorting words by two keys."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_insertion(text: str) -> str:
    """Insert each word behind those that it follows."""
    found: list[str] = []
    for word in text.split()[1:]:
        at = len(found)
        while at and (len(found[at - 1]), found[at - 1]) > (len(word), word):
            at -= 1
        found.insert(at, word)
    return " ".join(found)


def by_key(text: str) -> str:
    """Let the library sort by both keys."""
    return " ".join(sorted(text.split()[1:], key=lambda word: (len(word), word)))


def by_selection(text: str) -> str:
    """Take the shortest words that are left, the first in the alphabet of these, again and again."""
    words = text.split()[1:]
    found = []
    while words:
        shortest = min(map(len, words))
        found.append(min(word for word in words if len(word) == shortest))
        words.remove(found[-1])
    return " ".join(found)


@register
class WordOrder(BundledProblem):
    """Sort words by their length and then by the alphabet."""

    id = "ProblemWordOrder-v0"
    statement = """
Sort words by their length, the shortest first. Words of the same length stand in the order of the alphabet.

Input
The first line contains one integer n (2 <= n <= 100).
Each of the next n lines contains a word s_i (1 <= |s_i| <= 12) that consists of lowercase letters.

Output
The words in their order.
"""
    examples = (("4\npear\nfig\napple\ndate\n", "fig date pear apple"),)
    solutions = (by_insertion, by_key)
    brute_force = by_selection
