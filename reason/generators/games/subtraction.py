"""Subtraction games: take an allowed number of coins from one pile; who cannot move loses."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import xor
from random import Random
from typing import Any

from reason.generators.games.impartial import (
    MISS,
    OPPONENTS,
    THINGS,
    ImpartialConfig,
    ImpartialGame,
    Position,
)
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.registry import register

__all__ = ["Subtraction", "SubtractionConfig", "grundy"]

_RULES = """\
We play a game with piles of {things}. A move takes {things} from one pile: exactly {numbers} of them.
We move in turn, and you begin. Whoever makes the last possible move wins: who finds no move has lost. \
I play {opponent}.

The piles: {piles}.

Win the game. You have {turns} turns. {miss}
{form}
{instruction}"""


@dataclass(frozen=True, kw_only=True)
class SubtractionConfig(ImpartialConfig):
    """Knobs of the piles and of what may be taken."""

    num_piles: int = 2
    """Number of piles, named by letters."""
    max_coins: int = 15
    """Coins of the largest pile that may be drawn; the smallest has a third of them."""
    num_choices: int = 3
    """How many different numbers of coins may be taken."""
    max_take: int = 7
    """The largest number that may be taken."""

    def __post_init__(self) -> None:
        """Reject what has no names, or too few numbers."""
        super().__post_init__()
        self.require(1 <= self.num_piles <= 26, "num_piles", "1 to 26")
        self.require(3 <= self.max_coins <= 1_000, "max_coins", "3 to 1000")
        self.require(2 <= self.max_take <= 1_000, "max_take", "2 to 1000")
        self.require(2 <= self.num_choices <= self.max_take, "num_choices", "2 to max_take")


@register
class Subtraction(ImpartialGame[SubtractionConfig]):
    """Win a game of piles from which only certain numbers of coins may be taken, from a won position.

    The reference player knows each pile's Grundy value (Sprague 1935, Grundy 1939). Effort is the number of
    moves between which it chooses.
    """

    id = "Subtraction-v0"
    domain = "games"
    max_level = 12
    form = 'A move is a pile and a number: "A 3" takes three from pile A.'

    def at_level(self, level: int) -> SubtractionConfig:
        """Make the piles higher at each level, and add a pile at every third, a choice at every fourth."""
        return SubtractionConfig(
            num_piles=1 + level // 3,
            max_coins=12 + 3 * level,
            num_choices=3 + level // 4,
            max_take=8 + level // 2,
        )

    def draw(self, rng: Random, config: SubtractionConfig) -> dict[str, Any]:
        """Draw the piles, their letters and the numbers that may be taken."""
        low = max(1, config.max_coins // 3)
        return {
            "things": rng.choice(THINGS),
            "names": "".join(rng.sample(string.ascii_uppercase, config.num_piles)),
            "position": tuple(rng.randint(low, config.max_coins) for _ in range(config.num_piles)),
            "takes": tuple(sorted(rng.sample(range(1, config.max_take + 1), config.num_choices))),
            "misere": False,
        }

    def longest(self, truth: Mapping[str, Any]) -> int:
        """Return the most moves that a game can have, where all take the least."""
        return sum(size // min(truth["takes"]) for size in truth["position"])

    def write_prompt(self, truth: Mapping[str, Any]) -> str:
        """Return the rules and the piles."""
        takes = [str(number) for number in truth["takes"]]
        return _RULES.format(
            things=truth["things"],
            numbers=f"{', '.join(takes[:-1])} or {takes[-1]}",
            opponent=OPPONENTS[truth["opponent"]],
            piles=_write(truth["names"], truth["position"]),
            turns=truth["turns"],
            miss=MISS,
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the piles and the numbers."""
        piles = re.findall(r"([A-Z]): ([0-9]+)", text.partition("The piles: ")[2].partition("\n")[0])
        numbers = text.partition("exactly ")[2].partition(" of them")[0]
        return {
            "things": re.findall(r"piles of ([a-z]+)\.", text)[0],
            "names": "".join(name for name, _ in piles),
            "position": tuple(int(size) for _, size in piles),
            "takes": tuple(int(number) for number in re.findall(r"[0-9]+", numbers)),
            "misere": False,
            "opponent": "optimal" if "I play perfectly" in text else "random",
            "turns": int(re.findall(r"You have ([0-9]+) turns", text)[0]),
        }

    def canonical(self, truth: Mapping[str, Any]) -> Any:
        """Names and order of the piles make no difference."""
        return [sorted(truth["position"]), truth["takes"], truth["opponent"]]

    def options(self, truth: Mapping[str, Any], position: Position) -> dict[str, Position]:
        """Take each allowed number from each pile that holds as many."""
        return {
            f"{truth['names'][pile]} {take}": (*position[:pile], size - take, *position[pile + 1 :])
            for pile, size in enumerate(position)
            for take in truth["takes"]
            if take <= size
        }

    def wins(self, truth: Mapping[str, Any], position: Position) -> bool:
        """Win where the Grundy values of the piles do not cancel."""
        values = grundy(tuple(truth["takes"]), max(position))
        return reduce(xor, (values[size] for size in position), 0) != 0

    def show(self, truth: Mapping[str, Any], position: Position) -> str:
        """List the piles that are left."""
        return f"The piles: {_write(truth['names'], position)}."

    def read_move(self, text: str) -> str | None:
        """Read a letter and a number."""
        match = re.fullmatch(r"([a-z]) ?,? ?([0-9]{1,4})", text)
        return f"{match[1].upper()} {int(match[2])}" if match else None


@lru_cache(maxsize=1024)
def grundy(takes: tuple[int, ...], size: int) -> tuple[int, ...]:
    """Return the Grundy values of piles of 0 to ``size`` coins.

    >>> grundy((1, 2), 6)
    (0, 1, 2, 0, 1, 2, 0)
    """
    values: list[int] = []
    for coins in range(size + 1):
        reached = {values[coins - take] for take in takes if take <= coins}
        values.append(next(value for value in range(len(reached) + 1) if value not in reached))
    return tuple(values)


def _write(names: str, position: Position) -> str:
    return ", ".join(f"{name}: {size}" for name, size in zip(names, position, strict=True))
