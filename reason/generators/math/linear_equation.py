"""Linear equations in one unknown, with parentheses and fractions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.trees import evaluate_text
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying, write_sum
from reason.registry import register
from reason.task import Task

__all__ = ["LinearEquation", "LinearEquationConfig"]

PHRASINGS = (
    "Solve for {name}:\n{equation}",
    "For which value of {name} does this hold?\n{equation}",
    "Find {name} such that\n{equation}\nGive the exact value.",
)
Group = tuple[int, int, int, int]
"""Factor and divisor before the parentheses, and slope and constant in them."""


@dataclass(frozen=True, kw_only=True)
class LinearEquationConfig(Config):
    """Knobs of the equation."""

    num_groups: int = 3
    """Terms with parentheses, over both sides."""
    max_coefficient: int = 9
    """Largest coefficient."""
    fractions: bool = False
    """Whether groups are divided by numbers."""

    def __post_init__(self) -> None:
        """Reject what cannot be read any more."""
        super().__post_init__()
        self.require(1 <= self.num_groups <= 60, "num_groups", "1 to 60")
        self.require(3 <= self.max_coefficient <= 10_000, "max_coefficient", "3 to 10000")


@register
class LinearEquation(ValueFamily[LinearEquationConfig]):
    """Solve a linear equation in one unknown exactly.

    Effort is the schoolbook work of multiplying out, collecting and dividing.
    """

    id = "LinearEquation-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> LinearEquationConfig:
        """Add groups, then fractions, then larger coefficients."""
        return LinearEquationConfig(
            num_groups=min(1 + level, 60), max_coefficient=min(12 + 2 * level, 10_000), fractions=level > 3
        )

    def generate(self, rng: Random, config: LinearEquationConfig) -> Draft:
        """Draw both sides until exactly one value solves the equation."""
        size = config.max_coefficient
        while True:
            groups = [_draw_group(rng, config) for _ in range(config.num_groups)]
            sides = [groups[: (len(groups) + 1) // 2], groups[(len(groups) + 1) // 2 :]]
            extras = [(rng.randint(-size, size), rng.randint(-size, size)) for _ in sides]
            slopes, constants = zip(*map(_total, sides, extras), strict=True)
            if slopes[0] != slopes[1]:
                break
        working = Working()
        name = rng.choice("xyztn")
        after = [_expand(side, extra, name, working) for side, extra in zip(sides, extras, strict=True)]
        slope, constant = slopes[0] - slopes[1], constants[1] - constants[0]
        work = adding(slopes[0], slopes[1]) + adding(constants[0], constants[1])
        collected = f"{write_sum([(slope, name)])} = {constant}"
        last = working.step(f"Collect the terms: {collected}", collected, *after, work=work)
        answer = constant / slope
        working.step(f"{name} = {answer}", answer, last, work=multiplying(constant, slope))
        equation = " = ".join(_write(side, extra, name) for side, extra in zip(sides, extras, strict=True))
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"equation": equation, "name": name},
            truth={"equation": equation.replace(name, "x"), "name": name},
            canonical=equation.replace(name, "x"),
            answer=str(answer),
            working=working,
            topic="linear equations",
        )

    def solve(self, task: Task) -> str | None:
        """Evaluate both sides at 0 and 1: that fixes the two lines."""
        equation = next(line for line in task.text.splitlines() if " = " in line)
        name = re.findall(r"[a-z]", equation)[0]
        left, right = equation.split(" = ")
        at = [evaluate_at(left, name, x) - evaluate_at(right, name, x) for x in (0, 1)]
        return str(-at[0] / (at[1] - at[0]))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, the other sign, the reciprocal and a rounded value."""
        value = Fraction(task.reference or 0)
        yield from (str(value + 1), str(value - 1), str(value * 10 + 1), f"{value + 1}/7")
        if value:
            yield from (str(-value), str(value * 2))
            if abs(value) != 1:
                yield str(1 / value)
        if Fraction(f"{float(value):.3f}") != value:
            yield f"{float(value):.3f}"

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the value as an equation, too."""
        yield from super().equivalents(task)
        yield f"{task.ground_truth['name']} = {task.reference}"


def evaluate_at(text: str, name: str, x: Fraction | int) -> Fraction:
    """Evaluate an expression of a prompt, in which a number may stand before a letter or parenthesis."""
    code = re.sub(r"(?<=[0-9a-z)])\s*(?=\()|(?<=[0-9)])(?=[a-z])", "*", text)
    return evaluate_text(code.replace(name, f"({x})"))


def _draw_group(rng: Random, config: LinearEquationConfig) -> Group:
    size = config.max_coefficient
    divisor = rng.randint(2, 6) if config.fractions and rng.random() < 0.5 else 1
    factor = rng.choice((1, -1)) * rng.randint(2, size)
    return (
        factor,
        divisor,
        rng.choice((1, -1)) * rng.randint(1, size),
        rng.choice((1, -1)) * rng.randint(1, size),
    )


def _total(side: Sequence[Group], extra: tuple[int, int]) -> tuple[Fraction, Fraction]:
    slope = sum((Fraction(f * a, d) for f, d, a, _ in side), Fraction(extra[0]))
    constant = sum((Fraction(f * b, d) for f, d, _, b in side), Fraction(extra[1]))
    return slope, constant


def _expand(side: Sequence[Group], extra: tuple[int, int], name: str, working: Working) -> str:
    after = []
    for group in side:
        factor, divisor, a, b = group
        terms = write_sum([(Fraction(factor * a, divisor), name), (Fraction(factor * b, divisor), "")])
        work = multiplying(factor, a) + multiplying(factor, b) + (2 if divisor > 1 else 0)
        after.append(working.step(f"{_write([group], (0, 0), name)} = {terms}", terms, work=work))
    slope, constant = _total(side, extra)
    total = write_sum([(slope, name), (constant, "")])
    numbers = [Fraction(f * a, d) for f, d, a, _ in side] + [Fraction(f * b, d) for f, d, _, b in side]
    return working.step(f"This side is {total}", total, *after, work=adding(*numbers, *extra))


def _write(side: Sequence[Group], extra: tuple[int, int], name: str) -> str:
    text = ""
    for factor, divisor, a, b in side:
        sign = ("-" if factor < 0 else "") if not text else (" - " if factor < 0 else " + ")
        inner = write_sum([(a, name), (b, "")])
        text += f"{sign}{abs(factor)}({inner})" + (f"/{divisor}" if divisor > 1 else "")
    rest = write_sum([(extra[0], name), (extra[1], "")])
    if rest == "0" and text:
        return text
    if not text:
        return rest
    return f"{text} - {rest[1:]}" if rest.startswith("-") else f"{text} + {rest}"
