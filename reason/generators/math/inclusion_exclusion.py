"""Counting multiples by inclusion and exclusion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import comb, lcm
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["InclusionExclusion", "InclusionExclusionConfig"]

PHRASINGS = (
    "How many integers from {low} to {high} (both included) are divisible by {asked} of {divisors}?",
    "Count the integers n with {low} <= n <= {high} that are multiples of {asked} of {divisors}.",
    "Of the integers from {low} to {high} (ends included), how many have {asked} of {divisors} as a divisor?",
)
ASKED = ("at least one", "none", "exactly one", "at least two", "exactly two")


@dataclass(frozen=True, kw_only=True)
class InclusionExclusionConfig(Config):
    """Knobs of the question."""

    num_divisors: int = 3
    """Numbers whose multiples are counted."""
    max_divisor: int = 15
    """Largest of them."""
    max_end: int = 2_000
    """Largest end of the range."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.num_divisors <= 10, "num_divisors", "2 to 10")
        self.require(
            self.num_divisors + 3 <= self.max_divisor <= 1_000, "max_divisor", "num_divisors + 3 to 1000"
        )
        self.require(100 <= self.max_end <= 1_000_000, "max_end", "100 to 1000000")


@register
class InclusionExclusion(ValueFamily[InclusionExclusionConfig]):
    """Count the integers of a range that are divisible by at least one, none, or a given number of divisors.

    With S(j) the sum, over all sets of j divisors, of the multiples of their least common multiple, exactly m
    divide S(m) - C(m+1, m) S(m+1) + C(m+2, m) S(m+2) - ... numbers (Stanley, Enumerative Combinatorics,
    volume 1, section 2.1). Effort is the schoolbook work of the least common multiples and the quotients.
    """

    id = "InclusionExclusion-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> InclusionExclusionConfig:
        """Take more divisors, larger ones, and longer ranges."""
        return InclusionExclusionConfig(
            num_divisors=min(2 + (level + 1) // 2, 8),
            max_divisor=min(12 + 4 * level, 1_000),
            max_end=min(int(1_000 * 1.6 ** min(level, 15)), 1_000_000),
        )

    def generate(self, rng: Random, config: InclusionExclusionConfig) -> Draft:
        """Draw divisors, a range and what is asked."""
        divisors = sorted(rng.sample(range(2, config.max_divisor + 1), config.num_divisors))
        high = rng.randint(config.max_end // 2, config.max_end)
        low = rng.choice((1, rng.randint(2, high // 3)))
        asked = rng.choice(ASKED if config.num_divisors > 2 else ASKED[:4])
        working = Working()
        total = _count(divisors, low, high, asked, working)
        *most, last = map(str, divisors)
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"low": low, "high": high, "asked": asked, "divisors": f"{', '.join(most)} and {last}"},
            truth={"low": low, "high": high, "asked": asked, "divisors": divisors},
            answer=str(total),
            working=working,
            topic="inclusion-exclusion",
        )

    def solve(self, task: Task) -> str | None:
        """Mark the multiples one by one."""
        low, high, *divisors = (int(number) for number in re.findall(r"[0-9]+", task.text))
        asked = next(each for each in ASKED if each in task.text)
        marks = bytearray(high + 1)
        for divisor in divisors:
            for multiple in range(0, high + 1, divisor):
                marks[multiple] += 1
        return str(sum(_fits(asked, count) for count in marks[low:]))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours and the rest of the range."""
        truth, value = task.ground_truth, int(task.reference or 0)
        yield from (str(value + 1), str(value - 1), f"{value}.5", f"-{value + 1}", str(2 * value + 1))
        rest = truth["high"] - truth["low"] + 1 - value
        if rest != value:
            yield str(rest)


def _fits(asked: str, count: int) -> bool:
    return {
        "at least one": count >= 1,
        "none": count == 0,
        "exactly one": count == 1,
        "at least two": count >= 2,
        "exactly two": count == 2,
    }[asked]


def _count(divisors: list[int], low: int, high: int, asked: str, working: Working) -> int:
    sums, names = [], []
    for order in range(len(divisors) + 1):
        total, work = 0, 0.0
        for chosen in combinations(divisors, order):
            multiple = lcm(*chosen)
            multiples = high // multiple - (low - 1) // multiple
            total += multiples
            work += multiplying(high, multiple) + sum(multiplying(multiple, each) for each in chosen)
            work += adding(total, multiples)
        sums.append(total)
        text = f"Multiples of all {order} divisors of a set, summed over the sets: {total}"
        names.append(working.step(text, total, work=work))
    exactly = [
        sum((-1) ** (j - m) * comb(j, m) * sums[j] for j in range(m, len(sums))) for m in range(len(sums))
    ]
    total = sum(count for m, count in enumerate(exactly) if _fits(asked, m))
    working.step(f"By inclusion and exclusion {total} numbers remain", total, *names, work=adding(*sums))
    return total
