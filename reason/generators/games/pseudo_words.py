"""Words that mean nothing: names that no model has met and that no two tasks need to share."""

from __future__ import annotations

from random import Random

__all__ = ["CONSONANTS", "VOWELS", "count_names", "draw_names"]

CONSONANTS = "bdlmnrstvw"
"""Chosen so that consonant and vowel in turn spell hardly any word of English."""
VOWELS = "aeiou"


def count_names(num_syllables: int) -> int:
    """Return how many names there are.

    >>> count_names(2)
    2500
    """
    return int((len(CONSONANTS) * len(VOWELS)) ** num_syllables)


def draw_names(rng: Random, count: int, *, num_syllables: int) -> list[str]:
    """Draw different names, each syllable a consonant and a vowel; every set of names is equally likely."""
    syllables = [consonant + vowel for consonant in CONSONANTS for vowel in VOWELS]
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(rng.choice(syllables) for _ in range(num_syllables))] = None
    return list(names)
