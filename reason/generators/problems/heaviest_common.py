"""Common subsequences (Wagner and Fischer 1974)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_table(text: str) -> str:
    """Fill the table of beginnings."""
    first, second, weights = text.splitlines()
    weight = dict(zip("abcdef", map(int, weights.split()), strict=True))
    row = [0] * (len(second) + 1)
    for left in first:
        before, row = row, [0]
        for j, right in enumerate(second):
            best = max(before[j + 1], row[-1])
            if left == right:
                best = max(best, before[j] + weight[left])
            row.append(best)
    return str(row[-1])


def by_matches(text: str) -> str:
    """Chain the pairs of equal letters."""
    first, second, weights = text.splitlines()
    weight = dict(zip("abcdef", map(int, weights.split()), strict=True))
    best: dict[tuple[int, int], int] = {}
    for i, left in enumerate(first):
        for j, right in enumerate(second):
            if left == right:
                before = [value for (a, b), value in best.items() if a < i and b < j]
                best[i, j] = weight[left] + max(before, default=0)
    return str(max(best.values(), default=0))


def by_all_subsequences(text: str) -> str:
    """Try every subsequence of the first word."""

    def within(word: str, rest: str) -> bool:
        for letter in word:
            at = rest.find(letter)
            if at < 0:
                return False
            rest = rest[at + 1 :]
        return True

    first, second, weights = text.splitlines()
    weight = dict(zip("abcdef", map(int, weights.split()), strict=True))
    best = 0
    for chosen in range(2 ** len(first)):
        word = "".join(letter for at, letter in enumerate(first) if chosen >> at & 1)
        if within(word, second):
            best = max(best, sum(weight[letter] for letter in word))
    return str(best)


@register
class HeaviestCommonSubsequence(BundledProblem):
    """Find the heaviest word that is a subsequence of two others."""

    id = "ProblemHeaviestCommonSubsequence-v0"
    statement = """
Each of the letters a to f has a weight. A subsequence of a word is what is left when some of its letters are
deleted. What is the greatest total weight of a word that is a subsequence of both s and t?

Input
The first line contains the word s, the second line contains the word t (1 <= |s|, |t| <= 150).
Both consist of the letters a to f.
The third line contains 6 integers w_1, w_2, ..., w_6 (1 <= w_i <= 1000), the weights of a, b, c, d, e and f.

Output
One integer: the greatest total weight, 0 if s and t have no letter in common.
"""
    examples = (("bead\ndecade\n3 1 4 1 5 9\n", "9"),)
    solutions = (by_table, by_matches)
    brute_force = by_all_subsequences
    seldom = ("0",)
