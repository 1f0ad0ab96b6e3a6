"""Finite sums and products: of polynomials, geometric and telescoping terms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import prod
from random import Random

from reason.family import Config, Draft
from reason.generators.math.coefficients import evaluate, write_polynomial
from reason.generators.math.linear_equation import evaluate_at
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying, write_signed
from reason.registry import register
from reason.task import Task

__all__ = ["FiniteSum", "FiniteSumConfig"]

PHRASINGS = (
    "Compute the {what} of {term} over all integers k from {low} to {high}.",
    "What is the {what} of the values of {term} for k = {low}, {next}, ..., {high}?",
    "Let k run through the integers from {low} to {high}. What is the {what} of {term}?",
)


@dataclass(frozen=True, kw_only=True)
class FiniteSumConfig(Config):
    """Knobs of the sum."""

    length: int = 10
    """Terms, at least; at most one and a half times as many."""
    degree: int = 1
    """Degree of a polynomial term."""
    max_coefficient: int = 9
    """Largest coefficient."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(3 <= self.length <= 1_000, "length", "3 to 1000")
        self.require(1 <= self.degree <= 8, "degree", "1 to 8")
        self.require(2 <= self.max_coefficient <= 1_000, "max_coefficient", "2 to 1000")


@register
class FiniteSum(ValueFamily[FiniteSumConfig]):
    """Compute a finite sum of polynomial, geometric or telescoping terms, or a product of quotients, exactly.

    Effort is the schoolbook work of the closed form (Faulhaber's sums by differences, the geometric series,
    telescoping) and of the largest numbers in it.
    """

    id = "FiniteSum-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> FiniteSumConfig:
        """Take longer sums and higher degrees."""
        return FiniteSumConfig(
            length=min(int(6 * 1.4 ** min(level, 14)), 600),
            degree=min(1 + (level + 1) // 2, 8),
            max_coefficient=min(20 + 3 * level, 1_000),
        )

    def generate(self, rng: Random, config: FiniteSumConfig) -> Draft:
        """Draw the term and the range."""
        kind = rng.choice(("polynomial", "polynomial", "geometric", "telescoping", "product"))
        low = rng.randint(1, 9)
        high = low + rng.randint(config.length, config.length + config.length // 2)
        working = Working()
        size = config.max_coefficient
        if kind == "polynomial":
            coefficients = [rng.randint(-size, size) for _ in range(config.degree)] + [rng.randint(1, size)]
            term, what = write_polynomial(coefficients, "k"), "sum"
            answer = _sum_by_differences(coefficients, low, high, working)
        elif kind == "geometric":
            high = low + min(high - low, 4 + config.degree + min(config.length // 3, 20) + rng.randint(0, 3))
            ratio = Fraction(rng.choice(("2", "3", "-2", "4", "5", "-3", "2/3", "1/2", "-1/3", "5/7", "3/4")))
            factor = rng.randint(2, size)
            term, what = f"{factor} * {write_signed(ratio)}^k", "sum"
            answer = _geometric(factor, ratio, low, high, working)
        else:
            shift = rng.randint(1, 1 + config.degree)
            offset = rng.randint(0, size)
            ends = (low + offset, high + offset)
            if kind == "telescoping":
                factor = rng.randint(1, size)
                left, right = write_polynomial([offset, 1], "k"), write_polynomial([offset + shift, 1], "k")
                bracket = f"({left})" if offset else left
                term, what = f"{factor}/({bracket}({right}))", "sum"
                answer = _telescope(Fraction(factor, shift), ends, shift, working)
            else:
                left, right = write_polynomial([offset + shift, 1], "k"), write_polynomial([offset, 1], "k")
                term, what = f"({left})/({right})" if offset else f"({left})/k", "product"
                answer = _quotients(ends, shift, working)
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"what": what, "term": term, "low": low, "next": low + 1, "high": high},
            truth={"what": what, "term": term, "low": low, "high": high},
            answer=str(answer),
            working=working,
            topic="sums",
        )

    def solve(self, task: Task) -> str | None:
        """Evaluate every term and add or multiply them."""
        match = re.search(
            r"(?:values of|product of|sum of) (?:the values of )?(.*?)(?: over all| for k =|\?)", task.text
        )
        bounds = re.search(r"from ([0-9]+) to ([0-9]+)|for k = ([0-9]+), [0-9]+, \.\.\., ([0-9]+)", task.text)
        if match is None or bounds is None:
            return None
        low, high = (int(bound) for bound in bounds.groups() if bound)
        values = [evaluate_at(match[1], "k", k) for k in range(low, high + 1)]
        return str(prod(values) if "product" in task.text else sum(values))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, and the value with the last term left out."""
        value, truth = Fraction(task.reference or 0), task.ground_truth
        yield from (str(value + 1), str(value - 1), str(value * 10 + 1), f"{value + 1}/7")
        if value:
            yield str(-value)
        last = evaluate_at(truth["term"], "k", truth["high"])
        if truth["what"] == "sum" and last:
            yield str(value - last)


def _sum_by_differences(coefficients: list[int], low: int, high: int, working: Working) -> Fraction:
    """Sum by Newton's forward differences: the sum of C(j, i) over j < n is C(n, i + 1)."""
    degree = len(coefficients) - 1
    row = [evaluate(coefficients, low + at) for at in range(degree + 1)]
    size = sum(multiplying(coefficient, high) for coefficient in coefficients)
    shown = ", ".join(map(str, row))
    after = [working.step(f"The first terms are {shown}", shown, work=size * (degree + 1))]
    total, count, binomial = Fraction(0), high - low + 1, Fraction(1)
    for order in range(degree + 1):
        binomial = binomial * (count - order) / (order + 1)
        total += row[0] * binomial
        work = multiplying(row[0], binomial) + adding(*row)
        text = f"Difference {row[0]} of order {order}, times C({count}, {order + 1}) = {binomial}"
        after.append(working.step(text, row[0] * binomial, after[0], work=work))
        row = [b - a for a, b in pairwise(row)]
    working.step(f"The sum is {total}", total, *after[1:], work=adding(total) * (degree + 1))
    return total


def _geometric(factor: int, ratio: Fraction, low: int, high: int, working: Working) -> Fraction:
    first, beyond = factor * ratio**low, factor * ratio ** (high + 1)
    powers = sum(multiplying(ratio, ratio**power) for power in range(high + 1))
    start = working.step(
        f"The first term is {first}; the one after the last would be {beyond}", beyond, work=powers
    )
    total = (beyond - first) / (ratio - 1)
    text = f"({beyond} - {write_signed(first)}) / ({ratio} - 1) = {total}"
    working.step(text, total, start, work=adding(beyond, first) + multiplying(beyond - first, ratio - 1))
    return total


def _telescope(factor: Fraction, ends: tuple[int, int], shift: int, working: Working) -> Fraction:
    low, high = ends
    parts = [Fraction(1, low + at) for at in range(shift)] + [
        -Fraction(1, high + 1 + at) for at in range(shift)
    ]
    shown = ", ".join(map(str, parts))
    text = f"Each term is {factor} * (1/m - 1/(m + {shift})); what does not cancel is {shown}"
    first = working.step(text, len(parts), work=4)
    total = factor * sum(parts)
    working.step(
        f"{factor} times their sum is {total}", total, first, work=adding(*parts) + multiplying(factor, total)
    )
    return total


def _quotients(ends: tuple[int, int], shift: int, working: Working) -> Fraction:
    low, high = ends
    over, under = [high + 1 + at for at in range(shift)], [low + at for at in range(shift)]
    text = f"What does not cancel is {' * '.join(map(str, over))} over {' * '.join(map(str, under))}"
    first = working.step(text, len(over), work=4)
    total = Fraction(prod(over), prod(under))
    work = sum(multiplying(value, prod(over)) for value in [*over, *under])
    working.step(f"The product is {total}", total, first, work=work)
    return total
