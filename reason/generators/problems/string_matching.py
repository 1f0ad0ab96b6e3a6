"""Finding a pattern in a text (Knuth, Morris and Pratt 1977)."""

from reason.generators.problems.bundled import BundledProblem
from reason.registry import register


def by_borders(text: str) -> str:
    """Go through the text once, falling back to borders of the pattern (Knuth, Morris and Pratt)."""
    body, pattern, key = text.split()
    fall = [0]
    matched = 0
    for letter in pattern[1:]:
        while matched and pattern[matched] != letter:
            matched = fall[matched - 1]
        matched += pattern[matched] == letter
        fall.append(matched)
    total = matched = 0
    for at, letter in enumerate(body):
        while matched and (matched == len(pattern) or pattern[matched] != letter):
            matched = fall[matched - 1]
        matched += pattern[matched] == letter
        if matched == len(pattern):
            total += (at - len(pattern) + 2) * int(key) + 1
    return str(total)


def by_searching(text: str) -> str:
    """Let the library find the next place each time."""
    body, pattern, key = text.split()
    total, at = 0, body.find(pattern)
    while at >= 0:
        total += (at + 1) * int(key) + 1
        at = body.find(pattern, at + 1)
    return str(total)


def by_comparing(text: str) -> str:
    """Compare the pattern with every piece of the text."""
    body, pattern, key = text.split()
    places = [at + 1 for at in range(len(body)) if body[at : at + len(pattern)] == pattern]
    return str(sum(place * int(key) + 1 for place in places))


@register
class StringMatching(BundledProblem):
    """Find all places where a pattern stands in a text, overlapping ones too."""

    id = "ProblemStringMatching-v0"
    statement = """
The pattern p stands at place i of the text s if the letters of s from the i-th on are p; places are counted
from 1, and they may overlap. The worth of place i is k * i + 1. What is the worth of all places together?

Input
The first line contains the text s (7 <= |s| <= 200), the second line contains the pattern p
(1 <= |p| <= 2). Both consist of the letters a, b and c.
The third line contains one integer k (1 <= k <= 10000).

Output
One integer: the sum of the worths, 0 where p stands nowhere in s.
"""
    examples = (("ababbaba\nab\n10\n", "103"),)
    solutions = (by_borders, by_searching)
    brute_force = by_comparing
    seldom = ("0",)
