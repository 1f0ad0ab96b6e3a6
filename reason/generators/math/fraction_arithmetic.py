"""Fractions and decimals: evaluate an expression over them exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.trees import Node, draw_tree, evaluate_text, work_out, write_tree
from reason.generators.math.worked import ValueFamily, Working
from reason.registry import register
from reason.task import Task

__all__ = ["FractionArithmetic", "FractionArithmeticConfig"]

PHRASINGS = (
    "Evaluate the expression exactly:\n{expression}\nGive a fraction or a whole number.",
    "What is the exact value of the following expression, as a fraction?\n{expression}",
    "Compute\n{expression}\nand write the result as a fraction (or a whole number), not rounded.",
)


@dataclass(frozen=True, kw_only=True)
class FractionArithmeticConfig(Config):
    """Knobs of the expression."""

    num_operators: int = 3
    """Operators in the expression."""
    max_denominator: int = 12
    """Largest denominator of a fraction."""
    decimals: bool = True
    """Whether decimals occur beside fractions."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_operators <= 60, "num_operators", "1 to 60")
        self.require(2 <= self.max_denominator <= 10_000, "max_denominator", "2 to 10000")


@register
class FractionArithmetic(ValueFamily[FractionArithmeticConfig]):
    """Add, subtract, multiply and divide fractions and decimals exactly.

    Every fraction of the right value is accepted, reduced or not. Effort is the schoolbook work on single
    digits, common denominators included.
    """

    id = "FractionArithmetic-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> FractionArithmeticConfig:
        """Add an operator a level, and larger denominators."""
        return FractionArithmeticConfig(
            num_operators=min(2 + level, 60),
            max_denominator=min(12 + 3 * level, 10_000),
            decimals=level > 0,
        )

    def generate(self, rng: Random, config: FractionArithmeticConfig) -> Draft:
        """Draw a tree whose last value is no whole number, as a rule."""

        def leaf(rng: Random) -> Node:
            if config.decimals and rng.random() < 0.25:
                value = Fraction(rng.randint(1, 199), rng.choice((10, 10, 100)))
                text = f"{value.numerator * 100 // value.denominator / 100:g}"
                return Node(value=Fraction(text), written=text)
            under = rng.randint(2, config.max_denominator)
            value = Fraction(rng.randint(1, 2 * under), under)
            return Node(value=value, written=str(value))

        tree = draw_tree(
            rng, config.num_operators, leaf, ["+", "-", "*", "/"], lambda v: v != 0 and abs(v) < 1_000
        )
        working = Working()
        work_out(tree, working)
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={
                "expression": write_tree(tree, {"/": ":", "*": "\u00d7"} if rng.random() < 0.5 else None)
            },
            truth={"expression": write_tree(tree)},
            answer=str(tree.value),
            working=working,
            topic="fractions",
        )

    def solve(self, task: Task) -> str | None:
        """Read the expression and evaluate it by Python's parser."""
        return str(evaluate_text(re.sub(" : ", " / ", task.text.splitlines()[1])))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, the reciprocal, the other sign, and a rounded value."""
        value = Fraction(task.reference or 0)
        over, under = value.numerator, value.denominator
        yield from (
            f"{over + 1}/{under}",
            f"{over}/{under + 1}",
            str(-value),
            str(value + 1),
            str(value * 10),
        )
        if abs(value) != 1:
            yield str(1 / value)
        if Fraction(f"{float(value):.4f}") != value:
            yield f"{float(value):.4f}"
        if " " in task.ground_truth["expression"].replace(" / ", "/"):
            yield task.ground_truth["expression"]

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the fraction unreduced and in LaTeX."""
        yield from super().equivalents(task)
        value = Fraction(task.reference or 0)
        over, under = value.numerator, value.denominator
        sign = "-" if value < 0 else ""
        yield from (f"{over * 3}/{under * 3}", f"{sign}\\frac{{{abs(over)}}}{{{under}}}")
