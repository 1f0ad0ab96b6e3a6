"""Suffix arrays (Manber and Myers 1993)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_doubling(text: str) -> str:
    """Sort by 1, 2, 4, ... letters (Manber and Myers)."""
    word = text.strip()
    n = len(word)
    rank = [ord(letter) for letter in word]
    length = 1
    while True:
        keys = [(rank[i], rank[i + length] if i + length < n else -1) for i in range(n)]
        order = {key: at for at, key in enumerate(sorted(set(keys)))}
        rank = [order[key] for key in keys]
        if len(order) == n:
            break
        length *= 2
    return " ".join(str(i + 1) for i in sorted(range(n), key=lambda i: rank[i]))


def by_sorting(text: str) -> str:
    """Sort the endings."""
    word = text.strip()
    return " ".join(str(len(word) - len(end) + 1) for end in sorted(word[i:] for i in range(len(word))))


def by_counting(text: str) -> str:
    """Count for each ending how many come before it."""
    word = text.strip()
    n = len(word)
    before = [sum(word[j:] < word[i:] for j in range(n)) for i in range(n)]
    return " ".join(str(before.index(place) + 1) for place in range(n))


@register
class SuffixOrder(BundledProblem):
    """Sort the endings of a word by the alphabet."""

    id = "ProblemSuffixOrder-v0"
    statement = """
The i-th ending of a word is the word from its i-th letter on. Sort all endings by the alphabet, where a word
stands before all longer words that begin with it.

Input
The only line contains the word s (1 <= |s| <= 100), which consists of the letters a to h.

Output
The numbers of the endings in their sorted order.
"""
    examples = (("cabbage\n", "2 5 4 3 1 7 6"),)
    solutions = (by_doubling, by_sorting)
    brute_force = by_counting
