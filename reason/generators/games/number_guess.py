"""Number guessing: find a hidden number from "higher" and "lower"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION
from reason.generators.games.turns import Move, TextPlayer, TurnGame, count_turns
from reason.registry import register
from reason.task import Task

__all__ = ["NumberGuess", "NumberGuessConfig"]

LARGEST = 2**52
"""Sizes and offsets up to here give numbers that every reader of JSON keeps exactly."""

_INTEGER = re.compile(r"(?:guess )?([+-]?)([0-9]++|[0-9]{1,3}(?:,[0-9]{3})++)", re.ASCII)
_RULES = """\
I have chosen a whole number from {low} to {high}, both included. Find it within {turns}.

Each turn you name one whole number of that range, and I answer "higher" (mine is higher), "lower" (mine is \
lower) or "correct". Anything else costs a turn and tells you nothing.

An action is a whole number, such as {low}. {instruction}"""


@dataclass(frozen=True, kw_only=True)
class NumberGuessConfig(Config):
    """Knobs of a range of numbers."""

    size: int = 31
    """How many numbers the range holds."""
    max_offset: int = 1_000_000
    """The range begins anywhere from minus this to this."""
    spare_turns: int = 0
    """Turns more than bisection needs at worst."""

    def __post_init__(self) -> None:
        """Reject ranges that cannot be written in a prompt."""
        super().__post_init__()
        self.require(2 <= self.size <= LARGEST, "size", "2 to 2**52")
        self.require(0 <= self.max_offset <= LARGEST // 2, "max_offset", "0 to 2**51")
        self.require(0 <= self.spare_turns <= 1_000, "spare_turns", "0 to 1000")

    @property
    def num_turns(self) -> int:
        """Turns granted: n guesses tell 2**n - 1 numbers apart, and no strategy does with fewer."""
        return self.size.bit_length() + self.spare_turns


@register
class NumberGuess(TurnGame[NumberGuessConfig]):
    """Find a hidden number from the answers "higher" and "lower", within the turns that bisection needs.

    The reference player bisects, which is optimal in the worst case. Effort is the number of its guesses.
    """

    id = "NumberGuess-v0"
    max_level = 50

    def at_level(self, level: int) -> NumberGuessConfig:
        """Give ranges that take one guess more a level, and that no guess may be wasted on."""
        return NumberGuessConfig(size=2 ** (level + 2) - 1)

    def generate(self, rng: Random, config: NumberGuessConfig) -> Draft:
        """Draw where the range begins and which number of it is hidden."""
        low = rng.randint(-config.max_offset, config.max_offset)
        high = low + config.size - 1
        prompt = _RULES.format(
            low=low, high=high, turns=count_turns(config.num_turns), instruction=TURN_INSTRUCTION
        )
        truth = {"low": low, "high": high, "num_turns": config.num_turns, "secret": rng.randint(low, high)}
        draft = Draft(
            prompt=prompt,
            ground_truth=truth,
            reference=None,
            metadata={"topic": "number guessing", "size": config.size},
        )
        return self.rehearsed(draft, lambda game: float(len(game.actions)))

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the guesses so far and their answers."""
        lines = [f"{number} is {_verdict(sign)}." for number, sign in state["history"]]
        return "\n".join([*lines, f"{count_turns(self.max_turns(task) - state['turn'])} left."])

    def move(self, task: Task, state: Mapping[str, Any], action: str) -> Move:
        """Compare a number with the hidden one."""
        truth = task.ground_truth
        number = _read_integer(action)
        if number is None or not truth["low"] <= number <= truth["high"]:
            return Move(
                told=f"That is not a whole number from {truth['low']} to {truth['high']}.", valid=False
            )
        sign = (truth["secret"] > number) - (truth["secret"] < number)
        return Move(
            told=f"{number} is {_verdict(sign)}.",
            changes={"history": (*state["history"], (number, sign))},
            passed=sign == 0,
        )

    def progress(self, task: Task, state: Mapping[str, Any]) -> float:
        """Return the share of the bits of the number that the answers gave."""
        truth = task.ground_truth
        low, high = _bounds(truth, state)
        return 1 - math.log(high - low + 1) / math.log(truth["high"] - truth["low"] + 1)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Name the middle of what is left."""
        low, high = _bounds(task.ground_truth, state)
        return str((low + high) // 2)

    def text_player(self, prompt: str) -> TextPlayer:
        """Find the number's binary digits from the highest down, as in binary lifting."""
        low, high = (int(number) for number in re.findall(r"-?[0-9]+", prompt)[:2])
        base, bit = low - 1, 1 << (high - low + 1).bit_length()
        while bit := bit >> 1:
            if base + bit > high:
                continue
            observation = yield str(base + bit)
            if " is higher" in observation:
                base += bit

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield games that end beside the number, stop before it, go on after it, or name two."""
        *before, last = (task.reference or "").splitlines()
        number = int(last)
        for end in (f"{number + 1}", f"{number - 1}", f"{number}.5", f"{number} or {number + 1}"):
            yield "\n".join([*before, end])
        yield "\n".join([*before, last, last])
        yield from ("\n".join(before), " ".join([*before, last, last]), "higher", "correct")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with other spellings of its numbers."""
        yield from super().equivalents(task)
        actions = [int(action) for action in (task.reference or "").splitlines()]
        for spelling in ("{:+d}", "guess {}", "Guess {}.", "**{}**", "${}$", "{:,}"):
            yield "\n".join(spelling.format(number) for number in actions)

    def chance(self, config: NumberGuessConfig) -> float:
        """Bound the share of the numbers, over all ranges, that a list of guesses can name."""
        return min(1.0, config.num_turns / max(config.size, 2 * config.max_offset + 1))


def _verdict(sign: int) -> str:
    return ("too high: mine is lower", "correct", "too low: mine is higher")[sign + 1]


def _read_integer(text: str) -> int | None:
    match = _INTEGER.fullmatch(text)
    return int(match[1] + match[2].replace(",", "")) if match else None


def _bounds(truth: Mapping[str, Any], state: Mapping[str, Any]) -> tuple[int, int]:
    """Return the least and the greatest number that the answers leave."""
    lows = [number + 1 for number, sign in state["history"] if sign > 0]
    highs = [number - 1 for number, sign in state["history"] if sign < 0]
    return max([truth["low"], *lows]), min([truth["high"], *highs])
