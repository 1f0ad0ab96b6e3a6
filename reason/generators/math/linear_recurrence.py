"""Sequences given by recurrences: compute a term."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying, write_sum
from reason.registry import register
from reason.task import Task

__all__ = ["LinearRecurrence", "LinearRecurrenceConfig"]

PHRASINGS = (
    "A sequence is given by {start} and\n{rule} for n >= {order}.\nWhat is a({index})?",
    "Let {start}, and let\n{rule} for all n >= {order}.\nCompute a({index}).",
    "The sequence a(0), a(1), a(2), ... satisfies {start} and\n{rule} (n >= {order}).\nFind a({index}).",
)


@dataclass(frozen=True, kw_only=True)
class LinearRecurrenceConfig(Config):
    """Knobs of the recurrence."""

    order: int = 2
    """Terms before that a term depends on."""
    index: int = 8
    """Index of the term asked for, at least."""
    max_coefficient: int = 4
    """Largest coefficient."""
    polynomial: bool = False
    """Whether a multiple of n, or of n^2, is added."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.order <= 10, "order", "1 to 10")
        self.require(2 <= self.index <= 1_000, "index", "2 to 1000")
        self.require(2 <= self.max_coefficient <= 100, "max_coefficient", "2 to 100")


@register
class LinearRecurrence(ValueFamily[LinearRecurrenceConfig]):
    """Compute a term of a sequence that is given by a linear recurrence and its first terms.

    Effort is the schoolbook work of computing all terms before it.
    """

    id = "LinearRecurrence-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> LinearRecurrenceConfig:
        """Go two terms further a level, and depend on more terms."""
        return LinearRecurrenceConfig(
            order=min(2 + level // 4, 10), index=min(5 + 2 * level, 1_000), polynomial=level > 1
        )

    def generate(self, rng: Random, config: LinearRecurrenceConfig) -> Draft:
        """Draw coefficients and first terms."""
        size = config.max_coefficient
        coefficients = [rng.randint(-size, size) for _ in range(config.order - 1)]
        coefficients.append(rng.choice((1, -1)) * rng.randint(1, size))
        start = [rng.randint(-9, 9) for _ in range(config.order)]
        if not any(start):
            start[-1] = 1
        added = (rng.randint(-9, 9), 0, 0)
        if config.polynomial and rng.random() < 0.6:
            added = (added[0], rng.choice((1, -1)) * rng.randint(1, 4), rng.choice((0, 0, 1, -1)))
        index = config.index + rng.randint(0, 1)
        working = Working()
        answer = _compute(coefficients, start, added, index, working)
        terms = [(value, f"a(n - {at})") for at, value in enumerate(coefficients, 1)]
        rule = f"a(n) = {write_sum([*terms, (added[2], 'n^2'), (added[1], 'n'), (added[0], '')])}"
        first = ", ".join(f"a({at}) = {value}" for at, value in enumerate(start))
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"start": first, "rule": rule, "order": config.order, "index": index},
            truth={"coefficients": coefficients, "start": start, "added": added, "index": index},
            answer=str(answer),
            working=working,
            topic="recurrences",
        )

    def solve(self, task: Task) -> str | None:
        """Raise the companion matrix of the recurrence, with n and n^2 beside it, to a power."""
        start = [int(value) for value in re.findall(r"a\([0-9]+\) = (-?[0-9]+)", task.text)]
        index = int(re.findall(r"(?:What is|Compute|Find) a\(([0-9]+)\)", task.text)[0])
        rule = next(line for line in task.text.splitlines() if line.startswith("a(n) = "))
        rule = re.split(r" for | \(n >=", rule.removeprefix("a(n) = "))[0]
        order = len(start)
        weights = [0] * (order + 3)  # of a(n - 1), ..., a(n - order), then n^2, n and 1
        for sign, number, term in re.findall(r"(^-|[-+] |^)([0-9]*)(a\(n - [0-9]+\)|n\^2|n|)", rule):
            if number or term:
                place = {"n^2": order, "n": order + 1, "": order + 2}.get(term)
                at = int(term[6:-1]) - 1 if place is None else place
                weights[at] += int(f"{sign.strip()}{number or 1}")
        size = order + 3
        # State: a(n-1), ..., a(n-order), n^2, n, 1; one step makes n to n + 1.
        matrix = [weights, *([int(column == row) for column in range(size)] for row in range(order - 1))]
        matrix += [[0] * order + tail for tail in ([1, 2, 1], [0, 1, 1], [0, 0, 1])]
        state = [*reversed(start), order * order, order, 1]
        steps = index - order + 1
        power = [[int(row == column) for column in range(size)] for row in range(size)]
        while steps > 0:
            if steps & 1:
                power = _multiply(power, matrix)
            matrix, steps = _multiply(matrix, matrix), steps >> 1
        return str(sum(a * b for a, b in zip(power[0], state, strict=True)))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, and the terms before and after."""
        value, truth = int(task.reference or 0), task.ground_truth
        yield from (str(value + 1), str(value - 1), f"{value}.5", str(value * 10 + 1))
        for index in (truth["index"] - 1, truth["index"] + 1):
            yield str(_compute(truth["coefficients"], truth["start"], truth["added"], index, Working()))


def _compute(
    coefficients: Sequence[int], start: Sequence[int], added: Sequence[int], index: int, working: Working
) -> int:
    terms = list(start)
    order = len(start)
    for n in range(order, index + 1):
        before = terms[: -order - 1 : -1]
        products = [a * x for a, x in zip(coefficients, before, strict=True)]
        extra = added[0] + added[1] * n + added[2] * n * n
        terms.append(sum(products) + extra)
        work = sum(multiplying(a, x) for a, x in zip(coefficients, before, strict=True))
        shown = " + ".join(f"({a})*({x})" for a, x in zip(coefficients, before, strict=True) if a)
        text = f"a({n}) = {shown or 0}{f' + ({extra})' if extra else ''} = {terms[n]}"
        after = [f"s{at - order + 1}" for at in range(max(order, n - order), n)]
        working.step(text, terms[n], *after, work=work + adding(*products, extra))
    return terms[index]


def _multiply(one: Sequence[Sequence[int]], other: Sequence[Sequence[int]]) -> list[list[int]]:
    columns = list(zip(*other, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in one]
