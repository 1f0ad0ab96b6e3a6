"""Equations with absolute values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random

from reason.family import Config, Draft
from reason.generators.math.polynomial_roots import write_set
from reason.generators.math.worked import ValueFamily, Working, multiplying, write_sum
from reason.registry import register
from reason.task import Task

__all__ = ["AbsoluteValue", "AbsoluteValueConfig"]

PHRASINGS = (
    "Solve over the real numbers:\n{equation}",
    "Find all real x with\n{equation}",
    "Which real numbers x satisfy this equation?\n{equation}",
)
FORM = 'Answer with the set of exact values, as in "{{-1, 2/3}}".'
Term = tuple[int, int, int]
"""Factor before the bars, and slope and constant in them."""


@dataclass(frozen=True, kw_only=True)
class AbsoluteValueConfig(Config):
    """Knobs of the equation."""

    num_terms: int = 2
    """Absolute values."""
    max_coefficient: int = 9
    """Largest constant."""
    max_slope: int = 3
    """Largest slope in an absolute value."""

    def __post_init__(self) -> None:
        """Reject what cannot be read any more."""
        super().__post_init__()
        self.require(1 <= self.num_terms <= 30, "num_terms", "1 to 30")
        self.require(5 <= self.max_coefficient <= 10_000, "max_coefficient", "5 to 10000")
        self.require(1 <= self.max_slope <= 50, "max_slope", "1 to 50")


@register
class AbsoluteValue(ValueFamily[AbsoluteValueConfig]):
    """Solve an equation between a sum of absolute values and a linear term.

    There are finitely many solutions. The two sides are linear between the zeros of the absolute values;
    each piece is solved, and its solution kept where it lies in the piece. Effort is the schoolbook work of
    that.
    """

    id = "AbsoluteValue-v0"
    domain = "math"
    kind = "set"

    def at_level(self, level: int) -> AbsoluteValueConfig:
        """Add an absolute value each second level, and larger coefficients."""
        return AbsoluteValueConfig(
            num_terms=min(1 + (level + 1) // 2, 30),
            max_coefficient=min(30 + 4 * level, 10_000),
            max_slope=min(3 + level, 50),
        )

    def generate(self, rng: Random, config: AbsoluteValueConfig) -> Draft:
        """Draw the left side, plant one solution, and draw anew while no or too many numbers solve it."""
        while True:
            terms = [_draw_term(rng, config, at) for at in range(config.num_terms)]
            slope = rng.choice((0, 0, 1, -1, 2, -2))
            planted = rng.randint(-config.max_coefficient, config.max_coefficient)
            constant = sum(f * abs(a * planted + b) for f, a, b in terms) - slope * planted
            working = Working()
            solutions = _solve(terms, slope, constant, working)
            if solutions:
                break
        left = _write(terms)
        equation = f"{left} = {write_sum([(slope, 'x'), (constant, '')])}"
        answer = write_set(solutions)
        return self.draft(
            rng,
            phrasings=[f"{text}\n{FORM}" for text in PHRASINGS],
            fields={"equation": equation},
            truth={"terms": terms, "slope": slope, "constant": constant},
            answer=answer,
            working=working,
            topic="absolute values",
        )

    def solve(self, task: Task) -> str | None:
        """Choose the sign of every absolute value in all ways, and put each candidate into the equation."""
        line = next(line for line in task.text.splitlines() if "|" in line)
        left, right = line.split(" = ")
        terms = [
            (int(f"{sign.strip()}{factor or 1}"), *_line(inner))
            for sign, factor, inner in re.findall(r"(^-|[-+] |^)([0-9]*)\|([^|]*)\|", left)
        ]
        if len(terms) > 12:
            return None
        slope, constant = _line(right)
        found = set()
        for choice in range(1 << len(terms)):
            signs = [1 if choice >> at & 1 else -1 for at in range(len(terms))]
            a = sum(s * f * p for s, (f, p, _) in zip(signs, terms, strict=True)) - slope
            b = sum(s * f * q for s, (f, _, q) in zip(signs, terms, strict=True)) - constant
            if a:
                x = Fraction(-b, a)
                if sum(f * abs(p * x + q) for f, p, q in terms) == slope * x + constant:
                    found.add(x)
        return write_set(found)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield sets with a solution missing, changed or added."""
        roots = [Fraction(root) for root in (task.reference or "{}").strip("{}").split(", ")]
        truth = task.ground_truth
        if len(roots) > 1:
            yield write_set(roots[1:])
        for other in (roots[0] + 1, -roots[0], roots[-1] + Fraction(1, 3)):
            total = sum(f * abs(a * other + b) for f, a, b in truth["terms"])
            if total != truth["slope"] * other + truth["constant"]:
                yield from (write_set([*roots, other]), write_set([*roots[1:], other]))
        yield from ("{}", "no solution")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield another order, no braces, and equations."""
        reference = task.reference or ""
        roots = reference.strip("{}").split(", ")
        yield from (f" {reference} ", "{" + ", ".join(reversed(roots)) + "}", ", ".join(roots))
        yield " or ".join(f"x = {root}" for root in roots)


def _draw_term(rng: Random, config: AbsoluteValueConfig, at: int) -> Term:
    factor = 1 if rng.random() < 0.6 else rng.choice((2, 3, -1, -2) if at else (2, 3))
    constant = rng.randint(-config.max_coefficient, config.max_coefficient)
    return factor, rng.randint(1, config.max_slope), constant


def _solve(terms: Sequence[Term], slope: int, constant: int, working: Working) -> list[Fraction] | None:
    """Solve piece by piece; None where a whole piece solves the equation."""
    corners = sorted({Fraction(-b, a) for _, a, b in terms})
    bounds = [None, *corners, None]
    names, found = [], set()
    for low, high in pairwise(bounds):
        inside = _between(low, high)
        signs = [1 if a * inside + b > 0 else -1 for _, a, b in terms]
        p = sum(s * f * a for s, (f, a, _) in zip(signs, terms, strict=True)) - slope
        q = sum(s * f * b for s, (f, _, b) in zip(signs, terms, strict=True)) - constant
        work = sum(multiplying(f, a) + multiplying(f, b) for f, a, b in terms) + multiplying(p, q)
        piece = f"Between {'-inf' if low is None else low} and {'inf' if high is None else high}"
        equation = f"{write_sum([(p, 'x'), (q, '')])} = 0"
        if p == 0:
            if q == 0:
                return None
            names.append(working.step(f"{piece} it is {equation}: no solution", "none", work=work))
            continue
        x = Fraction(-q, p)
        fits = (low is None or x >= low) and (high is None or x <= high)
        text = f"{piece} it is {equation}, so x = {x}, which {'lies' if fits else 'does not lie'} there"
        names.append(working.step(text, x, work=work))
        if fits:
            found.add(x)
    working.step(f"The solutions are {write_set(found)}", write_set(found), *names)
    return sorted(found)


def _between(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is None:
        return Fraction(0) if high is None else high - 1
    return low + 1 if high is None else (low + high) / 2


def _write(terms: Sequence[Term]) -> str:
    return write_sum([(factor, f"|{write_sum([(a, 'x'), (b, '')])}|") for factor, a, b in terms])


def _line(text: str) -> tuple[int, int]:
    """Read the slope and the constant of a linear term."""
    slope = constant = 0
    for sign, number, name in re.findall(r"(^-|[-+] |^)([0-9]*)(x?)", text):
        if name:
            slope = int(f"{sign.strip()}{number or 1}")
        elif number:
            constant = int(f"{sign.strip()}{number}")
    return slope, constant
