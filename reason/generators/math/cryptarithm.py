"""Cryptarithms: letters stand for digits in an addition, and there is exactly one way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from random import Random

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.letters import read_letter_digits

__all__ = ["Cryptarithm", "CryptarithmConfig", "solutions"]

PHRASINGS = (
    "Each letter stands for a different digit, and no number begins with 0:\n{sum}\nFind the digits.",
    "Solve the cryptarithm\n{sum}\nDifferent letters are different digits; leading digits are not 0.",
    "In this addition every letter replaces one digit, different letters different digits, and no number has "
    "a leading zero:\n{sum}\nFind the digits.",
)
FORM = 'There is exactly one solution. Answer with all letters, as in "A=1, B=2, C=3".'
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_DRAWS = 20_000
LADDER = (
    *((2, 3, 4), (2, 4, 5), (2, 5, 6), (2, 6, 7), (2, 7, 8)),
    *((2, 8, 9), (2, 8, 10), (3, 7, 9), (4, 7, 9), (4, 8, 10)),
)
"""Addends, their digits, and the different letters of each level."""


@dataclass(frozen=True, kw_only=True)
class CryptarithmConfig(Config):
    """Knobs of the addition."""

    num_addends: int = 2
    """Numbers that are added."""
    digits: int = 4
    """Digits of the longest addend."""
    num_letters: int = 7
    """Different letters."""

    def __post_init__(self) -> None:
        """Reject what cannot have one solution only."""
        super().__post_init__()
        self.require(2 <= self.num_addends <= 6, "num_addends", "2 to 6")
        self.require(2 <= self.digits <= 8, "digits", "2 to 8")
        self.require(3 <= self.num_letters <= 10, "num_letters", "3 to 10")


@register
class Cryptarithm(Family[CryptarithmConfig]):
    """Find the digits that letters stand for in an addition that has exactly one solution.

    A solver that assigns letters column by column counts the solutions; effort is the number of digits that
    it tries until it has shown that there is no second one. ``correct_letters`` is the share of letters whose
    digit is right.

    Source: verbal arithmetic, as in SEND + MORE = MONEY (H. E. Dudeney, Strand Magazine, July 1924).
    """

    id = "Cryptarithm-v0"
    domain = "math"
    max_level = len(LADDER) - 1
    components = ("correct_letters",)

    def at_level(self, level: int) -> CryptarithmConfig:
        """Take longer and more numbers, and more letters."""
        num_addends, digits, num_letters = LADDER[level]
        return CryptarithmConfig(num_addends=num_addends, digits=digits, num_letters=num_letters)

    def generate(self, rng: Random, config: CryptarithmConfig) -> Draft:
        """Draw additions, replace digits by letters, and keep one with a single solution."""
        for _ in range(MAX_DRAWS):
            pool = rng.sample(range(10), config.num_letters)
            addends = [_draw_number(rng, pool, config.digits) for _ in range(config.num_addends)]
            numbers = [str(number) for number in (*addends, sum(addends))]
            digits = sorted(set("".join(numbers)))
            if len(digits) != config.num_letters:
                continue
            letters = dict(zip(digits, rng.sample(LETTERS, len(digits)), strict=True))
            words = ["".join(letters[digit] for digit in number) for number in numbers]
            found, tried = solutions(words, most=2)
            if len(found) == 1:
                return self._draft(rng, words, found[0], tried)
        raise GenerationError(
            f"Cryptarithm-v0 drew {MAX_DRAWS} additions, and none of {config.num_letters} letters has "
            "exactly one solution: change num_letters, digits or num_addends"
        )

    def _draft(self, rng: Random, words: Sequence[str], solution: Mapping[str, int], tried: int) -> Draft:
        addition = f"{' + '.join(words[:-1])} = {words[-1]}"
        reference = _write(solution)
        steps = []
        for column in range(1, len(words[-1]) + 1):
            letters = [word[-column] for word in words if len(word) >= column]
            total = sum(_value(word[-column:], solution) for word in words[:-1])
            text = f"The last {column} digits: {', '.join(f'{each} = {solution[each]}' for each in letters)}"
            after = [f"s{column - 1}"] if column > 1 else []
            steps.append({"id": f"s{column}", "depends_on": after, "text": text, "value": str(total)})
        # Renaming the letters, or swapping addends, gives the same puzzle.
        order = [*sorted(words[:-1], key=lambda word: _value(word, solution)), words[-1]]
        names = {letter: at for at, letter in enumerate(dict.fromkeys("".join(order)))}
        return Draft(
            prompt=f"{rng.choice(PHRASINGS).format(sum=addition)}\n{FORM}\n{ANSWER_INSTRUCTION}",
            ground_truth={"words": words, "solution": dict(solution)},
            reference=reference,
            effort=float(tried),
            canonical=[[names[letter] for letter in word] for word in order],
            trace=tuple(steps),
            metadata={"topic": "cryptarithms"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the digits with the only solution."""
        solution = task.ground_truth["solution"]
        found = read_letter_digits(answer, sorted(solution))
        if isinstance(found, str):
            return Verdict.wrong(found, status=Status.PARSE_ERROR, components={"correct_letters": 0.0})
        correct = sum(found[letter] == digit for letter, digit in solution.items())
        components = {"correct_letters": correct / len(solution)}
        if correct == len(solution):
            return Verdict.right(components=components)
        return Verdict.wrong(f"{correct} of {len(solution)} letters are right", components=components)

    def solve(self, task: Task) -> str | None:
        """Write the addition as one equation, and try digits for its letters, pruned by size."""
        line = next(
            line for line in task.text.splitlines() if re.fullmatch(r"[A-Z]+(?: \+ [A-Z]+)+ = [A-Z]+", line)
        )
        left, _, result = line.partition(" = ")
        addends = left.split(" + ")
        weights: dict[str, int] = {}
        for sign, word in [*((1, each) for each in addends), (-1, result)]:
            for power, letter in enumerate(reversed(word)):
                weights[letter] = weights.get(letter, 0) + sign * 10**power
        leading = {word[0] for word in (*addends, result)}
        letters = sorted(weights, key=lambda letter: -abs(weights[letter]))
        found = _assign(
            letters, [weights[letter] for letter in letters], [letter in leading for letter in letters]
        )
        return None if found is None else _write(dict(zip(letters, found, strict=True)))

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield digits swapped, missing, doubled, and the sum alone."""
        solution = task.ground_truth["solution"]
        letters = sorted(solution)
        for one, other in pairwise(letters):
            yield _write({**solution, one: solution[other], other: solution[one]})
        yield _write({**solution, letters[0]: (solution[letters[0]] + 1) % 10})
        reference = task.reference or ""
        yield from (
            reference.rpartition(",")[0],
            f"{reference}, {letters[0]}={(solution[letters[0]] + 1) % 10}",
        )
        yield from (
            str(_value(task.ground_truth["words"][-1], solution)),
            f"{reference} or A=1",
            "no solution",
        )

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other orders and signs."""
        solution = task.ground_truth["solution"]
        letters = sorted(solution, reverse=True)
        yield from (
            ", ".join(f"{letter} = {solution[letter]}" for letter in letters),
            _write(solution).lower(),
        )
        yield "\n".join(f"{letter}: {solution[letter]}" for letter in letters)
        yield "{" + ", ".join(f'"{letter}": {solution[letter]}' for letter in letters) + "}"
        yield " ".join(f"{letter}={solution[letter]}" for letter in letters)

    def chance(self, config: CryptarithmConfig) -> float:
        """Guess the digits, where the letters are known: never; they differ from task to task."""
        return 0.0


def _draw_number(rng: Random, pool: Sequence[int], digits: int) -> int:
    leading = rng.choice([digit for digit in pool if digit])
    return int("".join(map(str, (leading, *rng.choices(pool, k=digits - 1)))))


def solutions(words: Sequence[str], *, most: int) -> tuple[list[dict[str, int]], int]:
    """Solve an addition column by column from the right; the carry that begins the sum is tried first.

    Args:
        words: The addends, and their sum last, which is as long as the longest addend at least.
        most: Solutions after which it stops.

    Returns:
        The solutions, and how many digits were tried.
    """
    search = _Search(words, most)
    lead = words[-1][0]
    if len(words[-1]) == max(map(len, words[:-1])):
        search.column(0, 0)
    else:
        for digit in range(1, min(len(words) - 1, 10)):
            search.tried += 1
            search.digits = {lead: digit}
            search.used = 1 << digit
            search.column(0, 0)
            if len(search.found) >= most:
                break
    return search.found, search.tried


class _Search:
    """State of the search: the digits that are given, as a table and as bits."""

    def __init__(self, words: Sequence[str], most: int) -> None:
        self.columns = [
            ([word[-1 - at] for word in words[:-1] if len(word) > at], words[-1][-1 - at])
            for at in range(len(words[-1]))
        ]
        self.leading = {word[0] for word in words}
        self.most = most
        self.digits: dict[str, int] = {}
        self.used = 0
        self.found: list[dict[str, int]] = []
        self.tried = 0

    def column(self, at: int, carry: int) -> None:
        """Go on with a column into which a carry comes."""
        if at == len(self.columns):
            if carry == 0:
                self.found.append(dict(self.digits))
            return
        counts: dict[str, int] = {}
        for letter in self.columns[at][0]:
            if letter in self.digits:
                carry += self.digits[letter]
            else:
                counts[letter] = counts.get(letter, 0) + 1
        self.choose(at, carry, list(counts.items()))

    def choose(self, at: int, total: int, free: list[tuple[str, int]]) -> None:
        """Give digits to the free letters of a column, then to the letter under it."""
        if free:
            (letter, count), *rest = free
            for digit in range(letter in self.leading, 10):
                if not self.used >> digit & 1:
                    self.tried += 1
                    self.digits[letter] = digit
                    self.used ^= 1 << digit
                    self.choose(at, total + count * digit, rest)
                    self.used ^= 1 << digit
                    del self.digits[letter]
                    if len(self.found) >= self.most:
                        return
            return
        carry, digit = divmod(total, 10)
        letter = self.columns[at][1]
        if letter in self.digits:
            if self.digits[letter] == digit:
                self.column(at + 1, carry)
        elif not self.used >> digit & 1 and (digit or letter not in self.leading):
            self.tried += 1
            self.digits[letter] = digit
            self.used ^= 1 << digit
            self.column(at + 1, carry)
            self.used ^= 1 << digit
            del self.digits[letter]


def _assign(
    letters: Sequence[str], weights: Sequence[int], leading: Sequence[bool]
) -> tuple[int, ...] | None:
    """Assign digits so that the weighted sum is 0: the heaviest letters first, pruned by what is left."""
    if len(letters) <= 4:
        for digits in permutations(range(10), len(letters)):
            begins = any(first and not d for first, d in zip(leading, digits, strict=True))
            if not begins and not sum(w * d for w, d in zip(weights, digits, strict=True)):
                return digits
        return None
    reach = [0] * (len(weights) + 1)
    for at in range(len(weights) - 1, -1, -1):
        reach[at] = reach[at + 1] + 9 * abs(weights[at])

    def search(at: int, total: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if abs(total) > reach[at]:
            return
        if at == len(weights):
            yield chosen
            return
        for digit in range(1 if leading[at] else 0, 10):
            if digit not in chosen:
                yield from search(at + 1, total + weights[at] * digit, (*chosen, digit))

    return next(search(0, 0, ()), None)


def _value(word: str, solution: Mapping[str, int]) -> int:
    return int("".join(str(solution[letter]) for letter in word))


def _write(solution: Mapping[str, int]) -> str:
    return ", ".join(f"{letter}={digit}" for letter, digit in sorted(solution.items()))
