"""Word guessing: find a hidden word of a list from marks on the letters of each guess, as in Wordle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from reason.family import Config, Draft
from reason.generators.games.codes import Code, CodeGame, Codes, Marks
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.generators.games.pseudo_words import CONSONANTS, VOWELS
from reason.generators.games.turns import count_turns
from reason.registry import register

__all__ = ["WordGuess", "WordGuessConfig"]

SHAPE = "CVCVC"
"""Consonants and vowels of every word."""
SIGNS = "-YG"
"""Marks of a letter: not in the word, elsewhere in it, in its place."""

_RULES = """\
I have chosen one of these {num_words} made-up words: {words}. Find it within {turns}.

Each turn you name a word of the list. I answer with one sign for each of its letters: G where the secret \
has that letter in the same place, Y where the secret has it in another place, - where it has not. A letter \
that stands more often in your guess than in the secret gets only as many signs G and Y as the secret has of \
it, first the G, then the Y from left to right. {all_right} is the secret and wins. Anything that is no word \
of the list costs a turn and tells you nothing.

An action is a word, such as {example}. {instruction}"""


@dataclass(frozen=True, kw_only=True)
class WordGuessConfig(Config):
    """Knobs of a list of words."""

    num_words: int = 30
    """Words in the list."""
    num_consonants: int = 5
    """Consonants that the words are made of."""
    num_vowels: int = 3
    """Vowels that they are made of: the fewer letters, the more alike the words."""
    num_turns: int = 5
    """Guesses granted."""

    def __post_init__(self) -> None:
        """Reject lists that are too short, or longer than there are words."""
        super().__post_init__()
        self.require(1 <= self.num_consonants <= len(CONSONANTS), "num_consonants", f"1 to {len(CONSONANTS)}")
        self.require(1 <= self.num_vowels <= len(VOWELS), "num_vowels", f"1 to {len(VOWELS)}")
        most = self.num_possible // 2
        self.require(
            2 <= self.num_words <= most, "num_words", f"2 to {most}, half of the words of these letters"
        )
        self.require(1 <= self.num_turns <= 1_000, "num_turns", "1 to 1000")

    @property
    def num_possible(self) -> int:
        """Number of words that the letters make."""
        return int(self.num_consonants ** SHAPE.count("C") * self.num_vowels ** SHAPE.count("V"))


@register
class WordGuess(CodeGame[WordGuessConfig]):
    """Find a hidden made-up word of a list from signs for right and misplaced letters (Wordle)."""

    id = "WordGuess-v0"
    max_level = 25

    def at_level(self, level: int) -> WordGuessConfig:
        """Lengthen the list; the words are made of few letters, so that a guess tells them apart badly."""
        return WordGuessConfig(num_words=6 + level * (level + 11) // 2, num_turns=4 + min(level, 20) // 10)

    def generate(self, rng: Random, config: WordGuessConfig) -> Draft:
        """Draw letters, a list of their words, and one of it."""
        letters = {
            "C": rng.sample(CONSONANTS, config.num_consonants),
            "V": rng.sample(VOWELS, config.num_vowels),
        }
        listed: dict[str, None] = {}
        while len(listed) < config.num_words:
            listed["".join(rng.choice(letters[kind]) for kind in SHAPE)] = None
        prompt = _RULES.format(
            num_words=config.num_words,
            words=", ".join(listed),
            turns=count_turns(config.num_turns),
            all_right="G" * len(SHAPE),
            example=next(iter(listed)),
            instruction=TURN_INSTRUCTION,
        )
        truth = {"words": tuple(listed), "num_turns": config.num_turns}
        return self.draft(rng, prompt, truth, topic="word guessing", symbols=listed)

    def space(self, truth: Mapping[str, Any]) -> Codes:
        """Return the letters' codes of the words of the list."""
        return np.array([list(word.encode()) for word in truth["words"]], dtype=np.int8)

    def marks(self, truth: Mapping[str, Any], guesses: Codes, codes: Codes) -> Marks:
        """Read the signs as the digits of a number in base 3."""
        length = codes.shape[1]
        marks = np.zeros((len(guesses), len(codes)), dtype=np.int16)
        right = [guesses[:, place, None] == codes[:, place] for place in range(length)]
        for place in range(length):
            letter = guesses[:, place, None]
            unmatched = sum((codes[:, at] == letter) & ~right[at] for at in range(length))
            claimed = sum((guesses[:, at, None] == letter) & ~right[at] for at in range(place))
            misplaced = ~right[place] & (unmatched > claimed)
            marks = marks * 3 + 2 * right[place] + misplaced
        return marks

    def tell(self, truth: Mapping[str, Any], guess: Code, mark: int) -> str:
        """Write the signs."""
        signs = ""
        for _ in guess:
            mark, digit = divmod(mark, 3)
            signs = SIGNS[digit] + signs
        return f"{self.write_code(truth, guess)}: {signs}"

    def read_code(self, truth: Mapping[str, Any], action: str) -> Code | str:
        """Read a word of the list."""
        return tuple(action.encode()) if action in truth["words"] else "That is not a word of the list."

    def write_code(self, truth: Mapping[str, Any], code: Code) -> str:
        """Write the letters."""
        return bytes(code).decode()

    def text_codes(self, prompt: str) -> list[str]:
        """Read the list."""
        match = re.search(r"made-up words: ([a-z, ]+)\.", prompt)
        return match[1].split(", ") if match else []

    def text_answer(self, prompt: str, guess: str, code: str) -> str:
        """Cross the letters out one by one."""
        signs, left = ["-"] * len(guess), list(code)
        for place, letter in enumerate(guess):
            if code[place] == letter:
                signs[place] = "G"
                left.remove(letter)
        for place, letter in enumerate(guess):
            if signs[place] == "-" and letter in left:
                signs[place] = "Y"
                left.remove(letter)
        return f"{guess}: {''.join(signs)}"

    def chance(self, config: WordGuessConfig) -> float:
        """Bound the share of all words of all letters that a list of guesses can name.

        A word of one consonant and one vowel is the likeliest secret: those two must be among those drawn.
        """
        letters = config.num_consonants * config.num_vowels / (len(CONSONANTS) * len(VOWELS))
        return min(1.0, config.num_turns * letters / config.num_possible)
