"""Arithmetic expressions: evaluate nested sums, products, exact quotients and powers in the right order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.trees import Node, draw_tree, evaluate_text, work_out, write_tree
from reason.generators.math.worked import ValueFamily, Working
from reason.registry import register
from reason.task import Task

__all__ = ["ArithmeticExpression", "ArithmeticExpressionConfig"]

PHRASINGS = (
    "Evaluate the expression:\n{expression}",
    "What is the value of the following expression?\n{expression}",
    "Compute\n{expression}",
    "Work out the result, minding the order of operations:\n{expression}",
)
MAX_VALUE_GROWTH = 4
"""Digits that a value may have more than the numbers."""


@dataclass(frozen=True, kw_only=True)
class ArithmeticExpressionConfig(Config):
    """Knobs of the expression."""

    num_operators: int = 6
    """Operators in the expression."""
    digits: int = 2
    """Most digits of a number."""
    powers: bool = True
    """Whether squares and cubes occur."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_operators <= 300, "num_operators", "1 to 300")
        self.require(1 <= self.digits <= 100, "digits", "1 to 100")


@register
class ArithmeticExpression(ValueFamily[ArithmeticExpressionConfig]):
    """Evaluate an arithmetic expression exactly, in the usual order of operations.

    All values on the way are whole numbers. Effort is the schoolbook work on single digits.
    """

    id = "ArithmeticExpression-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> ArithmeticExpressionConfig:
        """Add operators each level, and a digit every three."""
        digits = 2 if level == 0 else 2 + level // 3
        num_operators = min(2 + level + level // 2, 300)
        return ArithmeticExpressionConfig(
            num_operators=num_operators, digits=min(digits, 100), powers=level > 1
        )

    def generate(self, rng: Random, config: ArithmeticExpressionConfig) -> Draft:
        """Draw a tree of whole values."""
        limit = 10 ** (config.digits + MAX_VALUE_GROWTH)

        def leaf(rng: Random) -> Node:
            low = 1 if rng.random() < 0.5 else 10 ** (config.digits - 1)
            number = rng.randrange(low, 10**config.digits)
            if rng.random() < 0.1:
                number = -number
            return Node(value=Fraction(number), written=str(number))

        operators = ["+", "-", "*", "*", "/", *(["^"] if config.powers else [])]
        tree = draw_tree(
            rng, config.num_operators, leaf, operators, lambda v: v.denominator == 1 and abs(v) < limit
        )
        working = Working()
        work_out(tree, working)
        expression = write_tree(tree, rng.choice((None, {"*": "\u00d7", "/": "\u00f7", "-": "\u2212"})))
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"expression": expression},
            truth={"expression": write_tree(tree)},
            answer=str(tree.value),
            working=working,
            topic="arithmetic",
        )

    def solve(self, task: Task) -> str | None:
        """Read the expression and evaluate it by Python's parser."""
        return str(evaluate_text(task.text.splitlines()[1]))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, the other sign, and another order of magnitude."""
        value = int(task.reference or 0)
        yield from (
            str(value + 1),
            str(value - 1),
            str(-value),
            str(value * 10),
            str(value + 10),
            f"{value}.5",
        )
        yield from (task.ground_truth["expression"], f"{value} + 0")
