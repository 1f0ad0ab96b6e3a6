"""Kayles: knock down one pin or two that stand side by side; who knocks down the last one wins."""

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
    ImpartialConfig,
    ImpartialGame,
    Position,
)
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.registry import register

__all__ = ["Kayles", "KaylesConfig", "grundy"]

_RULES = """\
We play Kayles against each other. Pins stand in rows of numbered places, and some have fallen already.
A move knocks down one standing pin, or two standing pins whose places in one row are neighbours.
We move in turn, and you begin. Whoever knocks down the last pin wins. I play {opponent}.

{rows}

Win the game. You have {turns} turns. {miss}
{form}
{instruction}"""


@dataclass(frozen=True, kw_only=True)
class KaylesConfig(ImpartialConfig):
    """Knobs of the rows."""

    num_rows: int = 2
    """Number of rows, named by letters."""
    row_length: int = 6
    """Places a row."""
    standing: float = 0.8
    """Share of the pins that stand at the beginning."""

    def __post_init__(self) -> None:
        """Reject what has no names, or no pins."""
        super().__post_init__()
        self.require(1 <= self.num_rows <= 26, "num_rows", "1 to 26")
        self.require(2 <= self.row_length <= 50, "row_length", "2 to 50")
        self.require(0.1 <= self.standing <= 1, "standing", "0.1 to 1")


@register
class Kayles(ImpartialGame[KaylesConfig]):
    """Win Kayles, in which pins fall alone or in neighbouring pairs, from a position that is won.

    The reference player knows the Grundy value of each run of pins (Guy and Smith 1956). Effort is the
    number of moves between which it chooses.
    """

    id = "Kayles-v0"
    domain = "games"
    max_level = 12
    form = 'A move is a row and one or two places: "A 3" knocks down pin 3 of row A, "A 3 4" pins 3 and 4.'

    def at_level(self, level: int) -> KaylesConfig:
        """Lengthen the rows at each level, and at every fifth make them shorter but one more."""
        return KaylesConfig(num_rows=2 + level // 5, row_length=5 + level - 3 * (level // 5))

    def draw(self, rng: Random, config: KaylesConfig) -> dict[str, Any]:
        """Draw which pins stand."""
        rows = tuple(
            sum((rng.random() < config.standing) << place for place in range(config.row_length))
            for _ in range(config.num_rows)
        )
        return {
            "names": "".join(rng.sample(string.ascii_uppercase, config.num_rows)),
            "length": config.row_length,
            "position": rows,
            "misere": False,
        }

    def longest(self, truth: Mapping[str, Any]) -> int:
        """Return the most moves that a game can have: one pin each."""
        return sum(row.bit_count() for row in truth["position"])

    def write_prompt(self, truth: Mapping[str, Any]) -> str:
        """Return the rules and the rows."""
        return _RULES.format(
            opponent=OPPONENTS[truth["opponent"]],
            rows=_write(truth, truth["position"]),
            turns=truth["turns"],
            miss=MISS,
            form=self.form,
            instruction=TURN_INSTRUCTION,
        )

    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the rows."""
        rows = re.findall(r"^Row ([A-Z]): (.+)$", text, re.MULTILINE)
        places = [row.split() for _, row in rows]
        return {
            "names": "".join(name for name, _ in rows),
            "length": len(places[0]),
            "position": tuple(sum((pin != "-") << place for place, pin in enumerate(row)) for row in places),
            "misere": False,
            "opponent": "optimal" if "I play perfectly" in text else "random",
            "turns": int(re.findall(r"You have ([0-9]+) turns", text)[0]),
        }

    def canonical(self, truth: Mapping[str, Any]) -> Any:
        """Only the lengths of the runs of pins make a difference."""
        return [sorted(run for row in truth["position"] for run in _runs(row)), truth["opponent"]]

    def options(self, truth: Mapping[str, Any], position: Position) -> dict[str, Position]:
        """Knock down each pin, and each pair of neighbours."""
        found: dict[str, Position] = {}
        for at, row in enumerate(position):
            for place in range(truth["length"]):
                for width in (1, 2):
                    pins = ((1 << width) - 1) << place
                    if row & pins == pins:
                        named = " ".join(str(place + 1 + step) for step in range(width))
                        move = f"{truth['names'][at]} {named}"
                        found[move] = (*position[:at], row & ~pins, *position[at + 1 :])
        return found

    def wins(self, truth: Mapping[str, Any], position: Position) -> bool:
        """Win where the Grundy values of the runs do not cancel."""
        values = grundy(truth["length"])
        return reduce(xor, (values[run] for row in position for run in _runs(row)), 0) != 0

    def simplify(self, position: Position) -> Position:
        """Return the lengths of the runs of pins."""
        return tuple(sorted(run for row in position for run in _runs(row)))

    def follow(self, truth: Mapping[str, Any], simple: Position) -> set[Position]:
        """Split one run into two by taking one or two pins out of it."""
        found = set()
        for at, run in enumerate(simple):
            for width in range(1, min(run, 2) + 1):
                for left in range(run - width + 1):
                    parts = (*simple[:at], *simple[at + 1 :], left, run - width - left)
                    found.add(tuple(sorted(part for part in parts if part)))
        return found

    def show(self, truth: Mapping[str, Any], position: Position) -> str:
        """Draw the rows."""
        return f"\n{_write(truth, position)}\n"

    def read_move(self, text: str) -> str | None:
        """Read a letter and one place or two neighbours, in either order."""
        match = re.fullmatch(r"([a-z]) ?,? ?([0-9]{1,3})(?: ?(?:,|and|\+)? ?([0-9]{1,3}))?", text)
        if not match or (match[3] is not None and " " not in text and "," not in text):
            return None
        places = sorted(int(place) for place in match.groups()[1:] if place is not None)
        return " ".join([match[1].upper(), *map(str, places)])


@lru_cache(maxsize=64)
def grundy(length: int) -> tuple[int, ...]:
    """Return the Grundy values of runs of 0 to ``length`` pins.

    >>> grundy(9)
    (0, 1, 2, 3, 1, 4, 3, 2, 1, 4)
    """
    values = [0]
    for run in range(1, length + 1):
        rests = (run - width for width in (1, 2) if width <= run)
        reached = {values[left] ^ values[rest - left] for rest in rests for left in range(rest + 1)}
        values.append(next(value for value in range(len(reached) + 1) if value not in reached))
    return tuple(values)


@lru_cache(maxsize=1 << 16)
def _runs(row: int) -> tuple[int, ...]:
    return tuple(len(run) for run in f"{row:b}".split("0") if run)


def _write(truth: Mapping[str, Any], position: Position) -> str:
    width = len(str(truth["length"]))
    lines = []
    for name, row in zip(truth["names"], position, strict=True):
        pins = [str(place + 1) if row >> place & 1 else "-" for place in range(truth["length"])]
        lines.append(f"Row {name}: " + " ".join(pin.rjust(width) for pin in pins))
    return "\n".join(lines)
