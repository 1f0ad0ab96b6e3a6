"""Probabilities and expectations with several dice, as exact fractions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import prod
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import slips
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["DiceProbability", "DiceProbabilityConfig"]

PHRASINGS = (
    "Fair dice with {faces} faces are rolled; each shows a number from 1 to its number of faces. {question}",
    "Someone rolls fair dice, numbered from 1 up, that have {faces} faces. {question}",
)
QUESTIONS = {
    "sum": "What is the probability that the numbers add up to exactly {n}?",
    "sum_least": "What is the probability that the sum is at least {n}?",
    "largest": "What is the probability that the largest number shown is exactly {n}?",
    "smallest": "What is the probability that the smallest number shown is exactly {n}?",
    "expected_largest": "What is the expected value of the largest number shown?",
    "exactly": "What is the probability that exactly {k} of the dice show {n} or more?",
}
FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class DiceProbabilityConfig(Config):
    """Knobs of the dice."""

    num_dice: int = 3
    """Dice that are rolled."""
    max_faces: int = 12
    """Largest number of faces; the smallest is 4."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.num_dice <= 30, "num_dice", "2 to 30")
        self.require(6 <= self.max_faces <= 100, "max_faces", "6 to 100")


@register
class DiceProbability(ValueFamily[DiceProbabilityConfig]):
    """Find a probability or an expectation with several dice, as an exact fraction.

    Sums by convolution, extremes by their distribution functions (Feller, An Introduction to Probability
    Theory, volume 1, chapters 2 and 11). Effort is the schoolbook work of the table.
    """

    id = "DiceProbability-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> DiceProbabilityConfig:
        """Take more dice, with more faces."""
        return DiceProbabilityConfig(num_dice=min(3 + level, 30), max_faces=min(40 + level, 100))

    def generate(self, rng: Random, config: DiceProbabilityConfig) -> Draft:
        """Draw dice and what is asked."""
        faces = sorted(rng.randint(4, config.max_faces) for _ in range(config.num_dice))
        what = rng.choice(tuple(QUESTIONS))
        working = Working()
        total = prod(faces)
        sums = range(len(faces) + 1, sum(faces))
        n = rng.randint(2, min(faces) if what in ("smallest", "exactly") else max(faces))
        k = rng.randint(1, len(faces) - 1)
        if what in ("sum", "sum_least"):
            n = rng.choice(sums)
            counts = _sums(faces, working)
            value = Fraction(counts[n] if what == "sum" else sum(counts[n:]), total)
            work = adding(total) * (1 if what == "sum" else len(counts) - n)
        elif what == "exactly":
            value, work = _exactly(faces, n, working)[k], 1.0
        else:
            value, work = _extreme(faces, what, n, working)
        working.step(f"The answer is {value}", value, f"s{len(working.steps)}", work=work)
        *most, last = map(str, faces)
        question = QUESTIONS[what].format(n=n, k=k)
        return self.draft(
            rng,
            phrasings=[f"{text} {FORM}" for text in PHRASINGS],
            fields={"faces": f"{', '.join(most)} and {last}", "question": question},
            truth={"faces": faces, "what": what, "question": question},
            answer=str(value),
            working=working,
            topic="probability",
        )

    def solve(self, task: Task) -> str | None:
        """Follow the dice one by one through all states that matter, with probabilities."""
        listed = re.search(r"((?:[0-9]+, )*[0-9]+ and [0-9]+) faces", task.text)
        faces = [int(number) for number in re.findall("[0-9]+", listed[1])] if listed else []
        what = next(
            name
            for name, said in QUESTIONS.items()
            if re.search(re.escape(said).replace(r"\{n\}", "[0-9]+").replace(r"\{k\}", "[0-9]+"), task.text)
        )
        question = re.findall("[0-9]+", task.text.partition("What is")[2])
        n = int(question[-1]) if question else 0
        join = {"largest": max, "expected_largest": max, "smallest": min}
        states = {0 if what != "smallest" else 10**9: Fraction(1)}
        for count in faces:
            after: dict[int, Fraction] = {}
            for state, chance in states.items():
                for shown in range(1, count + 1):
                    if what in join:
                        new = join[what](state, shown)
                    else:
                        new = state + (int(shown >= n) if what == "exactly" else shown)
                    after[new] = after.get(new, Fraction(0)) + chance / count
            states = after
        if what == "expected_largest":
            return str(sum(state * chance for state, chance in states.items()))
        if what == "sum_least":
            return str(sum(chance for state, chance in states.items() if state >= n))
        return str(states[int(question[0])] if what == "exactly" else states[n])

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give."""
        yield from slips(task.reference or "0")
        yield "1.5" if task.reference != "3/2" else "2.5"


def _sums(faces: Sequence[int], working: Working) -> list[int]:
    """Return how many rolls have each sum."""
    counts = [1]
    for die in faces:
        after = [0] * (len(counts) + die)
        for total, count in enumerate(counts):
            for shown in range(1, die + 1):
                after[total + shown] += count
        counts = after
        work = sum(adding(count) for count in counts if count)
        shown_counts = ", ".join(map(str, counts))
        text = f"With the die of {die} faces, rolls by their sum from 0 on: {shown_counts}"
        before = [f"s{len(working.steps)}"] if working.steps else []
        working.step(text, shown_counts, *before, work=work)
    return counts


def _extreme(faces: Sequence[int], what: str, n: int, working: Working) -> tuple[Fraction, float]:
    total = prod(faces)
    if what == "smallest":
        tails = [prod(max(0, die - bound + 1) for die in faces) for bound in (n, n + 1)]
        text = f"All dice show at least {n} in {tails[0]} rolls, at least {n + 1} in {tails[1]}, of {total}"
        value, count = Fraction(tails[0] - tails[1], total), 3
    else:
        bounds = range(max(faces) + 1) if what == "expected_largest" else (n - 1, n)
        below = [prod(min(die, bound) for die in faces) for bound in bounds]
        said = ", ".join(map(str, bounds)), ", ".join(map(str, below))
        text = f"The largest is at most {said[0]} in {said[1]} of {total} rolls"
        steps = zip(bounds[1:], pairwise(below), strict=True)
        rolls = {bound: b - a for bound, (a, b) in steps}
        if what == "expected_largest":
            value = Fraction(sum(bound * number for bound, number in rolls.items()), total)
        else:
            value = Fraction(rolls[n], total)
        count = len(bounds) + 1
    work = count * sum(multiplying(die, prod(faces[:at])) for at, die in enumerate(faces))
    working.step(text, total, work=work)
    return value, adding(total) * count


def _exactly(faces: Sequence[int], n: int, working: Working) -> list[Fraction]:
    """Return the probabilities that 0, 1, ... dice show ``n`` or more."""
    chances = [Fraction(1)]
    for die in faces:
        hit = Fraction(die - n + 1, die)
        after = [Fraction(0)] * (len(chances) + 1)
        work = 0.0
        for at, chance in enumerate(chances):
            after[at] += chance * (1 - hit)
            after[at + 1] += chance * hit
            work += 2 * multiplying(chance, hit)
        chances = after
        shown = ", ".join(map(str, chances))
        before = [f"s{len(working.steps)}"] if working.steps else []
        text = f"The die of {die} faces shows {n} or more with {hit}; chances of 0, 1, ... so far: {shown}"
        working.step(text, shown, *before, work=work)
    return chances
