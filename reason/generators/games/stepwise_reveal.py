"""Stepwise reveal: pay for one letter after another, and name the word as soon as it is worth it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.family import Config
from reason.generators.games.decisions import JUDGED, DecisionGame, Node, Outcome, Truth
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.registry import register

__all__ = ["StepwiseReveal", "StepwiseRevealConfig"]

_RULES = """\
I have drawn one of these words; the weights say how likely each is (weight 4 is twice as likely as weight 2):

{words}

Each turn you either take the next hint or name a word. The hints come in this order, each at its own price:
{hints}

Naming my word ends the game and earns {prize}. Naming another one costs {penalty}, and the game goes on \
without it.

The result is {prize}, less all that you paid. {judged}
{form}
{instruction}"""
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_LETTERS = ("bdgklmnprst", "aeiou")


@dataclass(frozen=True, kw_only=True)
class StepwiseRevealConfig(Config):
    """Knobs of the words and the hints."""

    num_words: int = 6
    """Words of which one is hidden."""
    word_length: int = 4
    """Letters a word, and so hints."""
    num_letters: int = 3
    """Consonants, and vowels, that the words of a task are made of."""
    prize: int = 100
    """What the right word earns."""
    max_price: int = 15
    """The highest price of a hint."""

    def __post_init__(self) -> None:
        """Reject what has too few words, or too many positions to be valued."""
        super().__post_init__()
        self.require(2 <= self.num_words <= 12, "num_words", "2 to 12")
        self.require(4 <= self.word_length <= 6, "word_length", "4 to 6")
        self.require(2 <= self.num_letters <= 5, "num_letters", "2 to 5")
        self.require(10 <= self.prize <= 1_000_000, "prize", "10 to 1000000")
        self.require(1 <= self.max_price <= self.prize, "max_price", "1 to prize")


@register
class StepwiseReveal(DecisionGame[StepwiseRevealConfig]):
    """Buy letters of a hidden word one by one, and guess it as soon as guessing is worth more.

    An optimal stopping problem over the words that the letters and the wrong guesses leave, solved exactly.
    Effort is the number of action values in the solution.
    """

    id = "StepwiseReveal-v0"
    domain = "games"
    max_level = 7
    form = 'An action is "hint", or "guess" and a word that is still possible.'

    def at_level(self, level: int) -> StepwiseRevealConfig:
        """Add a word at each level, and a letter at every third."""
        return StepwiseRevealConfig(num_words=3 + level, word_length=4 + level // 3)

    def draw(self, rng: Random, config: StepwiseRevealConfig) -> dict[str, Any]:
        """Draw the words, their weights, and the hints' order and prices."""
        letters = [rng.sample(kind, config.num_letters) for kind in _LETTERS]
        words: dict[str, None] = {}
        while len(words) < config.num_words:
            words["".join(rng.choice(letters[at % 2]) for at in range(config.word_length))] = None
        return {
            "words": list(words),
            "weights": [rng.randint(1, 6) for _ in words],
            "order": rng.sample(range(config.word_length), config.word_length),
            "prices": [rng.randint(1, config.max_price) for _ in range(config.word_length)],
            "penalty": rng.randint(5, 40),
            "prize": config.prize,
        }

    def write_prompt(self, truth: Truth) -> str:
        """Return the rules, the words and the hints."""
        hints = [
            f"{at}. the {_ORDINALS[place]} letter, for {price}"
            for at, (place, price) in enumerate(zip(truth["order"], truth["prices"], strict=True), 1)
        ]
        words = [f"{word} ({weight})" for word, weight in zip(truth["words"], truth["weights"], strict=True)]
        return _RULES.format(
            words=", ".join(words),
            hints="\n".join(hints),
            prize=truth["prize"],
            penalty=truth["penalty"],
            judged=JUDGED.format(turns=truth["turns"]),
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the words and the hints."""
        words = re.findall(r"([a-z]+) \((\d+)\)", text)
        hints = re.findall(r"^\d+\. the ([a-z]+) letter, for (\d+)$", text, re.MULTILINE)
        return {
            "words": [word for word, _ in words],
            "weights": [int(weight) for _, weight in words],
            "order": [_ORDINALS.index(place) for place, _ in hints],
            "prices": [int(price) for _, price in hints],
            "penalty": int(re.findall(r"another one costs (\d+)", text)[0]),
            "prize": int(re.findall(r"game and earns (\d+)", text)[0]),
            "turns": int(re.findall(r"You have (\d+) turns", text)[0]),
        }

    def stake(self, truth: Truth, best: float) -> float:
        """Giving away half the prize leaves nothing."""
        return float(truth["prize"] / 2)

    def first(self, truth: Truth) -> Node:
        """Begin with no hint and all words."""
        return (0, tuple(range(len(truth["words"]))))

    def longest(self, truth: Truth) -> int:
        """Take all hints, and name all words."""
        return len(truth["order"]) + len(truth["words"])

    def choices(self, truth: Truth, node: Node) -> list[str]:
        """Name a word that is possible, or take the next hint."""
        hints, left = node
        guesses = [f"guess {truth['words'][word]}" for word in left]
        return guesses if hints == len(truth["order"]) else [*guesses, "hint"]

    def outcomes(self, truth: Truth, node: Node, choice: str) -> list[Outcome]:
        """Split the words by the letter, or take one out."""
        hints, left = node
        weights = truth["weights"]
        total = sum(weights[word] for word in left)
        if choice != "hint":
            word = truth["words"].index(choice.removeprefix("guess "))
            others = tuple(other for other in left if other != word)
            right = Outcome(weights[word] / total, None, "That is my word.", truth["prize"])
            wrong = Outcome(1 - right.chance, (hints, others), "That is not my word.", -truth["penalty"])
            return [right, wrong] if others else [right]
        place = truth["order"][hints]
        parts: dict[str, list[int]] = {}
        for word in left:
            parts.setdefault(truth["words"][word][place], []).append(word)
        return [
            Outcome(
                chance=sum(weights[word] for word in part) / total,
                gain=-truth["prices"][hints],
                node=(hints + 1, tuple(part)),
                told=f"The {_ORDINALS[place]} letter is {letter}.",
            )
            for letter, part in sorted(parts.items())
        ]

    def show(self, truth: Truth, node: Node) -> str:
        """List the words that are left."""
        hints, left = node
        words = ", ".join(truth["words"][word] for word in left)
        return f"Still possible: {words}. Hints taken: {hints} of {len(truth['order'])}."

    def read_choice(self, truth: Truth, text: str) -> str | None:
        """Read a word to name, or a wish for a hint."""
        match = re.fullmatch(r"hint|guess ([a-z]{1,20})", text)
        return match[0] if match else None
