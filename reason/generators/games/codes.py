"""Games of one hidden code: every guess is answered by a mark, and only codes of that mark stay possible."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import permutations, product
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reason.errors import GenerationError
from reason.family import ConfigT, Draft
from reason.generators.games.turns import Game, Move, TextPlayer, TurnGame, count_turns
from reason.seeding import stream
from reason.task import Task

__all__ = ["Code", "CodeGame", "Codes", "Marks", "all_codes", "join_pegs", "pegs", "split_pegs"]

Code = tuple[int, ...]
Codes = NDArray[np.int8]
"""One code a row, one symbol's number a column."""
Marks = NDArray[np.int16]
"""One guess a row, one code a column."""

MAX_LENGTH = 32
"""A code is shorter."""
MAX_POOL = 24
"""Guesses that the reference player weighs at a turn."""
MAX_WEIGHED = 256
"""Possible codes, evenly spaced, by which it weighs a guess."""
MAX_REDRAWS = 50


@lru_cache(maxsize=16)
def all_codes(num_symbols: int, length: int, *, repeats: bool) -> Codes:
    """Return every code in lexicographic order, read-only."""
    rows = product(range(num_symbols), repeat=length) if repeats else permutations(range(num_symbols), length)
    codes = np.array(list(rows), dtype=np.int8)
    codes.flags.writeable = False
    return codes


def pegs(guesses: Codes, codes: Codes) -> tuple[Marks, Marks]:
    """Count, for each guess against each code, the symbols in their places and those in another one.

    A symbol counts as often as it stands in both the guess and the code, as in Mastermind.
    """
    placed = np.zeros((len(guesses), len(codes)), dtype=np.int16)
    shared = np.zeros_like(placed)
    for place in range(codes.shape[1]):
        placed += guesses[:, place, None] == codes[:, place]
    for symbol in np.unique(guesses).tolist():
        one, other = ((side == symbol).sum(axis=1, dtype=np.int16) for side in (guesses, codes))
        shared += np.minimum.outer(one, other)
    return placed, shared - placed


def join_pegs(placed: Marks, misplaced: Marks) -> Marks:
    """Put both counts into one number."""
    return placed * MAX_LENGTH + misplaced


def split_pegs(mark: int) -> tuple[int, int]:
    """Undo :func:`join_pegs`."""
    return divmod(mark, MAX_LENGTH)


class CodeGame(TurnGame[ConfigT]):
    """A game whose hidden part is ``ground_truth["secret"]``, one of the codes of a space that all may know.

    The reference player is Irving's: it names the code that leaves the fewest possibilities on average; in a
    large space it weighs only 24 codes, all possible, against 256. Effort is the number of codes that were
    possible before each of its guesses, summed: what there was to keep in mind.
    A code that it does not find in time is drawn again, which is rare unless the turns are made few.

    Source: R. W. Irving, Towards an optimum Mastermind strategy, Journal of Recreational Mathematics 11
    (1978-79).
    """

    @abstractmethod
    def space(self, truth: Mapping[str, Any]) -> Codes:
        """Return every code that the rules allow."""

    @abstractmethod
    def marks(self, truth: Mapping[str, Any], guesses: Codes, codes: Codes) -> Marks:
        """Return, as one number from 0, how each guess is answered where each code is the hidden one."""

    @abstractmethod
    def tell(self, truth: Mapping[str, Any], guess: Code, mark: int) -> str:
        """Write what the world answers, as one line."""

    @abstractmethod
    def read_code(self, truth: Mapping[str, Any], action: str) -> Code | str:
        """Return the code that an action names, or why it names none."""

    @abstractmethod
    def write_code(self, truth: Mapping[str, Any], code: Code) -> str:
        """Write a code as an action."""

    @abstractmethod
    def text_codes(self, prompt: str) -> list[str]:
        """Return every code of a prompt as an action."""

    @abstractmethod
    def text_answer(self, prompt: str, guess: str, code: str) -> str:
        """Write the line that answers a guess where ``code`` is hidden, without :meth:`marks`."""

    def draft(
        self, rng: Random, prompt: str, truth: Mapping[str, Any], *, topic: str, symbols: Iterable[str]
    ) -> Draft:
        """Hide a code; once the draft is kept, one that the reference player finds in time."""
        space = self.space(truth)

        def finish(kept: Draft) -> Draft:
            for _ in range(MAX_REDRAWS):
                game = self.rehearse(prompt, kept.ground_truth)
                if game.passed:
                    return replace(kept, reference=game.reference, effort=self._effort(truth, game))
                kept = replace(kept, ground_truth={**truth, "secret": _draw(rng, space)})
            turns = count_turns(truth["num_turns"])
            raise GenerationError(
                f"{self.id}: the reference player finds no code of {len(space)} within {turns}"
            )

        return Draft(
            prompt=prompt,
            ground_truth={**truth, "secret": _draw(rng, space)},
            reference=None,
            canonical=[len(space), sorted(symbols)],
            metadata={"topic": topic, "possible_codes": len(space)},
            finish=finish,
        )

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the guesses so far and their answers."""
        truth = task.ground_truth
        lines = [self.tell(truth, tuple(code), mark) for code, mark in state["history"]]
        return "\n".join([*lines, f"{count_turns(self.max_turns(task) - state['turn'])} left."])

    def move(self, task: Task, state: Mapping[str, Any], action: str) -> Move:
        """Mark a guess."""
        truth = task.ground_truth
        guess = self.read_code(truth, action)
        if isinstance(guess, str):
            return Move(told=guess, valid=False)
        mark = int(self.marks(truth, _codes([guess]), _codes([truth["secret"]]))[0, 0])
        return Move(
            told=self.tell(truth, guess, mark),
            changes={"history": (*state["history"], (guess, mark))},
            passed=guess == tuple(truth["secret"]),
        )

    def progress(self, task: Task, state: Mapping[str, Any]) -> float:
        """Return the share of the bits of the code that the answers gave."""
        left = len(self._possible(task.ground_truth, state))
        return 1 - math.log(left) / math.log(len(self.space(task.ground_truth)))

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Name the code that leaves the fewest possible ones on average; a possible one among equals."""
        truth = task.ground_truth
        possible, space = self._possible(truth, state), self.space(truth)
        if len(possible) <= 2:
            return self.write_code(truth, tuple(possible[0].tolist()))
        small = len(space) <= MAX_POOL
        pool = np.concatenate([possible, space]) if small else _spread(possible, MAX_POOL)
        marks = self.marks(truth, pool, _spread(possible, MAX_WEIGHED))
        remaining = [int((np.bincount(row) ** 2).sum()) for row in marks]
        return self.write_code(truth, tuple(pool[remaining.index(min(remaining))].tolist()))

    def text_player(self, prompt: str) -> TextPlayer:
        """Name codes in a random order, passing over those that the answers so far rule out."""
        codes = self.text_codes(prompt)
        stream("code game", prompt).shuffle(codes)
        while codes:
            guess = codes[0]
            told = (yield guess).partition("\n")[0]
            codes = [code for code in codes[1:] if self.text_answer(prompt, guess, code) == told]

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield games that end with another code, with two, with none, or go on after the end."""
        *before, last = (task.reference or "").splitlines()
        truth = task.ground_truth
        others = [tuple(code) for code in self.space(truth).tolist() if code != list(truth["secret"])]
        for other in stream("near misses", task.task_id).sample(others, min(3, len(others))):
            written = self.write_code(truth, other)
            yield from ("\n".join([*before, written]), "\n".join([*before, f"{last} or {written}"]))
        for ends in ([last, last], [], [last[:-1]], [f"{last} {last}"]):
            yield "\n".join([*before, *ends])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in another case and in emphasis."""
        yield from super().equivalents(task)
        actions = (task.reference or "").splitlines()
        yield from ("\n".join(actions).upper(), "\n".join(actions).lower())
        for spelling in ("**{}**", "`{}`", "{}."):
            yield "\n".join(spelling.format(action) for action in actions)

    def _possible(self, truth: Mapping[str, Any], state: Mapping[str, Any]) -> Codes:
        """Return the codes that fit all answers so far."""
        possible = self.space(truth)
        for guess, mark in state["history"]:
            possible = possible[self.marks(truth, _codes([guess]), possible)[0] == mark]
        return possible

    def _effort(self, truth: Mapping[str, Any], game: Game) -> float:
        return float(sum(len(self._possible(truth, state)) for state in game.states))


def _codes(rows: Sequence[Sequence[int]]) -> Codes:
    return np.array(rows, dtype=np.int8)


def _draw(rng: Random, codes: Codes) -> list[int]:
    code: list[int] = codes[rng.randrange(len(codes))].tolist()
    return code


def _spread(codes: Codes, count: int) -> Codes:
    """Return at most ``count`` of the codes, evenly spaced."""
    return codes[:: -(-len(codes) // count)]
