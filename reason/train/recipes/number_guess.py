"""Number guessing for a model from random weights: few words, and a player whose success is known exactly."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import gymnasium

from reason.envs.wrappers.rendering import Renderer, Rendering
from reason.task import Task

__all__ = ["Terse", "consistent_player", "demonstrator_success", "terse"]


class Terse(Renderer):
    """Say ``guess 0 to 14``, ``higher`` and ``lower``, and read a bare number as an action.

    The full prompt has some 120 words, which a model of fifty thousand weights would spend its time on.
    """

    def show(self, task: Task, role: str, content: str) -> str:
        """Keep the range of the prompt, and of an observation the one word that matters."""
        if found := re.match(r"I have chosen a whole number from (-?\d+) to (-?\d+),", content):
            return f"guess {found[1]} to {found[2]}"
        if "mine is higher" in content:
            return "higher"
        if "mine is lower" in content:
            return "lower"
        return "invalid"

    def read(self, task: Task, text: str) -> str:
        """Put a bare number between the tags of an answer; any other text stays as it is."""
        return f"<answer>{text.strip()}</answer>" if re.fullmatch(r"-?\d{1,20}", text.strip()) else text


def terse(env: gymnasium.Env[str, str]) -> Rendering:
    """Wrap ``reason/NumberGuess-v0`` in few words."""
    return Rendering(env, Terse())


def consistent_player(task: Task, messages: Sequence[Mapping[str, Any]], rng: random.Random) -> str:
    """Name a number that all answers so far allow, each with equal probability.

    Args:
        task: Not looked at: the conversation says all.
        messages: The conversation so far, in the full wording or in that of :class:`Terse`.
        rng: Draws the number.
    """
    opening = next(message["content"] for message in messages if message["role"] == "user")
    low, high = (int(number) for number in re.findall(r"-?\d+", opening)[:2])
    guess = None
    for message in messages:
        if message["role"] == "assistant":
            guess = int(re.sub(r"[^0-9-]", "", message["content"]))
        elif guess is not None:
            low, high = (guess + 1, high) if "higher" in message["content"] else (low, guess - 1)
    return str(rng.randint(low, high))


@cache
def demonstrator_success(size: int, turns: int) -> float:
    """Return how often :func:`consistent_player` finds a uniformly hidden number, exactly.

    With n numbers left and t turns, a guess is right with 1/n, and else leaves the k numbers below it
    or the n - 1 - k above it: S(n, t) = (1 + sum over k of (k S(k, t-1) + (n-1-k) S(n-1-k, t-1)) / n) / n.

    >>> round(demonstrator_success(15, 4), 3), round(demonstrator_success(31, 5), 3)
    (0.604, 0.543)

    Args:
        size: Numbers that are left.
        turns: Guesses that are left.
    """
    if size <= 0 or turns <= 0:
        return 0.0
    found = sum(
        below * demonstrator_success(below, turns - 1)
        + (size - 1 - below) * demonstrator_success(size - 1 - below, turns - 1)
        for below in range(size)
    )
    return (1 + found / size) / size
