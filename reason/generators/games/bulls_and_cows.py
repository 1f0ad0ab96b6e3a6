"""Bulls and cows: find a hidden code of different symbols."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import Any

from reason.family import Config, Draft
from reason.generators.games.codes import Code, CodeGame, Codes, Marks, all_codes, join_pegs, pegs, split_pegs
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.generators.games.turns import count_turns
from reason.registry import register
from reason.task import Task

__all__ = ["BullsAndCows", "BullsAndCowsConfig"]

SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without the symbols that look like others."""
MAX_CODES = 20_000

_SIZES = ((2, 4), (2, 6), (3, 5), (3, 6), (3, 8), (4, 7), (4, 8), (4, 9), (4, 10), (5, 8), (5, 9))
"""Code length and symbols of each level."""
_RULES = """\
I have chosen a secret code of {length} different symbols out of these {num_symbols}: {symbols}. Find it \
within {turns}.

Each turn you name a code of {length} different symbols from the list. I answer with its bulls (symbols that \
the secret has in the same place) and its cows (symbols that the secret has in another place). A guess with \
{length} bulls is the secret and wins. Anything that is no such code costs a turn and tells you nothing.

An action is the symbols of a code, such as {example}. {instruction}"""


@dataclass(frozen=True, kw_only=True)
class BullsAndCowsConfig(Config):
    """Knobs of a code."""

    length: int = 3
    """Symbols in the code."""
    num_symbols: int = 6
    """Symbols to choose from."""
    num_turns: int = 8
    """Guesses granted."""

    def __post_init__(self) -> None:
        """Reject codes that are none, or too many."""
        super().__post_init__()
        self.require(2 <= self.num_symbols <= len(SYMBOLS), "num_symbols", f"2 to {len(SYMBOLS)}")
        self.require(1 <= self.length <= self.num_symbols, "length", "1 to num_symbols")
        count = math.perm(self.num_symbols, self.length)
        self.require(count <= MAX_CODES, "length", f"such that there are at most {MAX_CODES} codes ({count})")
        self.require(1 <= self.num_turns <= 1_000, "num_turns", "1 to 1000")


@register
class BullsAndCows(CodeGame[BullsAndCowsConfig]):
    """Find a hidden code of different symbols from the bulls and cows of each guess."""

    id = "BullsAndCows-v0"
    max_level = len(_SIZES) - 1

    def at_level(self, level: int) -> BullsAndCowsConfig:
        """Lengthen the code and add symbols; a player that keeps to possible codes nearly always has time."""
        length, num_symbols = _SIZES[level]
        return BullsAndCowsConfig(length=length, num_symbols=num_symbols, num_turns=length + num_symbols - 2)

    def generate(self, rng: Random, config: BullsAndCowsConfig) -> Draft:
        """Draw the symbols and their order, and a code."""
        symbols = "".join(rng.sample(SYMBOLS, config.num_symbols))
        prompt = _RULES.format(
            length=config.length,
            num_symbols=config.num_symbols,
            symbols=" ".join(symbols),
            turns=count_turns(config.num_turns),
            example=symbols[: config.length],
            instruction=TURN_INSTRUCTION,
        )
        truth = {"symbols": symbols, "length": config.length, "num_turns": config.num_turns}
        return self.draft(rng, prompt, truth, topic="bulls and cows", symbols=symbols)

    def space(self, truth: Mapping[str, Any]) -> Codes:
        """Return every arrangement of different symbols."""
        return all_codes(len(truth["symbols"]), truth["length"], repeats=False)

    def marks(self, truth: Mapping[str, Any], guesses: Codes, codes: Codes) -> Marks:
        """Put bulls and cows into one number."""
        return join_pegs(*pegs(guesses, codes))

    def tell(self, truth: Mapping[str, Any], guess: Code, mark: int) -> str:
        """Write the bulls and cows."""
        bulls, cows = split_pegs(mark)
        return f"{self.write_code(truth, guess)}: bulls {bulls}, cows {cows}."

    def read_code(self, truth: Mapping[str, Any], action: str) -> Code | str:
        """Read symbols with or without spaces and commas between them."""
        symbols, length = truth["symbols"], truth["length"]
        code = re.sub("[ ,]", "", action).upper()
        numbers = tuple(symbols.find(symbol) for symbol in code)
        if len(code) != length or -1 in numbers or len(set(numbers)) != length:
            return f"That is not a code of {length} different symbols out of {' '.join(symbols)}."
        return numbers

    def write_code(self, truth: Mapping[str, Any], code: Code) -> str:
        """Write the symbols."""
        return "".join(truth["symbols"][number] for number in code)

    def text_codes(self, prompt: str) -> list[str]:
        """Read the symbols and the length."""
        match = re.search(r"code of ([0-9]+) different symbols out of these [0-9]+: ([0-9A-Z ]+)\.", prompt)
        return ["".join(code) for code in permutations(match[2].split(), int(match[1]))] if match else []

    def text_answer(self, prompt: str, guess: str, code: str) -> str:
        """Count symbol by symbol."""
        bulls = sum(one == other for one, other in zip(guess, code, strict=True))
        return f"{guess}: bulls {bulls}, cows {len(set(guess) & set(code)) - bulls}."

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with its symbols apart."""
        yield from super().equivalents(task)
        actions = (task.reference or "").splitlines()
        yield "\n".join(" ".join(action) for action in actions)
        yield "\n".join(", ".join(action) for action in actions)

    def chance(self, config: BullsAndCowsConfig) -> float:
        """Return the share of all codes of all symbols that a list of guesses can name."""
        return min(1.0, config.num_turns / math.perm(len(SYMBOLS), config.length))
