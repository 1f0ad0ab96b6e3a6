"""Nim: take from one heap at a time; who takes the last one wins, or loses."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
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

__all__ = ["Nim", "NimConfig"]

_RULES = """\
We play Nim against each other. There are heaps of {things}; a move takes one or more {things} from one heap.
We move in turn, and you begin. Whoever takes the very last one {verdict}. I play {opponent}.

The heaps: {heaps}.

Win the game. You have {turns} turns. {miss}
{form}
{instruction}"""


@dataclass(frozen=True, kw_only=True)
class NimConfig(ImpartialConfig):
    """Knobs of the heaps."""

    num_heaps: int = 3
    """Number of heaps, named by letters."""
    max_stones: int = 7
    """Stones of the largest heap that may be drawn."""
    misere: bool = False
    """Whether the last stone loses, instead of winning."""

    def __post_init__(self) -> None:
        """Reject what has no names, or takes too long to play."""
        super().__post_init__()
        self.require(2 <= self.num_heaps <= 26, "num_heaps", "2 to 26")
        self.require(2 <= self.max_stones <= 1_000, "max_stones", "2 to 1000")


@register
class Nim(ImpartialGame[NimConfig]):
    """Win Nim with several heaps, with or against the last stone, from a position that is won.

    The reference player leaves a nim-sum of zero (Bouton 1901; in misere play, until all heaps are single
    stones). Effort is the number of moves between which it chooses.
    """

    id = "Nim-v0"
    domain = "games"
    max_level = 12
    form = 'A move is a heap and a number: "A 3" takes three from heap A.'

    def at_level(self, level: int) -> NimConfig:
        """Add stones at each level, a heap at every third, and the misere rule at every other."""
        return NimConfig(num_heaps=2 + level // 3, max_stones=5 + level, misere=level % 2 == 1 and level > 1)

    def draw(self, rng: Random, config: NimConfig) -> dict[str, Any]:
        """Draw the heaps and their letters."""
        return {
            "things": rng.choice(THINGS),
            "names": "".join(rng.sample(string.ascii_uppercase, config.num_heaps)),
            "position": tuple(rng.randint(1, config.max_stones) for _ in range(config.num_heaps)),
            "misere": config.misere,
        }

    def write_prompt(self, truth: Mapping[str, Any]) -> str:
        """Return the rules and the heaps."""
        return _RULES.format(
            things=truth["things"],
            verdict="loses" if truth["misere"] else "wins",
            opponent=OPPONENTS[truth["opponent"]],
            heaps=_write(truth["names"], truth["position"]),
            turns=truth["turns"],
            miss=MISS,
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the heaps and what the rules leave open."""
        heaps = re.findall(r"([A-Z]: )([0-9]+)", text.partition("The heaps: ")[2].partition("\n")[0])
        return {
            "things": re.findall(r"heaps of ([a-z]+);", text)[0],
            "names": "".join(name[0] for name, _ in heaps),
            "position": tuple(int(size) for _, size in heaps),
            "misere": "last one loses" in text,
            "opponent": "optimal" if "I play perfectly" in text else "random",
            "turns": int(re.findall(r"You have ([0-9]+) turns", text)[0]),
        }

    def canonical(self, truth: Mapping[str, Any]) -> Any:
        """Names and order of the heaps make no difference."""
        return [sorted(truth["position"]), truth["misere"], truth["opponent"]]

    def options(self, truth: Mapping[str, Any], position: Position) -> dict[str, Position]:
        """Take any number of stones from any heap."""
        return {
            f"{truth['names'][heap]} {size - left}": (*position[:heap], left, *position[heap + 1 :])
            for heap, size in enumerate(position)
            for left in range(size)
        }

    def wins(self, truth: Mapping[str, Any], position: Position) -> bool:
        """A nim-sum other than zero wins; among single stones the misere rule turns this round."""
        nim_sum = reduce(xor, position, 0)
        if truth["misere"] and max(position) <= 1:
            return nim_sum == 0
        return nim_sum != 0

    def show(self, truth: Mapping[str, Any], position: Position) -> str:
        """List the heaps that are left."""
        return f"The heaps: {_write(truth['names'], position)}."

    def read_move(self, text: str) -> str | None:
        """Read a letter and a number."""
        match = re.fullmatch(r"([a-z]) ?,? ?([0-9]{1,4})", text)
        return f"{match[1].upper()} {int(match[2])}" if match else None


def _write(names: str, position: Position) -> str:
    return ", ".join(f"{name}: {size}" for name, size in zip(names, position, strict=True) if size)
