"""Differentiation of expressions in one variable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.family import Config, Draft
from reason.generators.math.expressions import (
    Expression,
    X,
    add,
    call,
    differentiate,
    multiply,
    number,
    power,
    to_sympy,
    write,
)
from reason.generators.math.mixed import ExpressionFamily
from reason.generators.math.worked import Working
from reason.registry import register
from reason.task import Task

__all__ = ["Derivative", "DerivativeConfig"]

PHRASINGS = (
    "Differentiate with respect to x:\nf(x) = {f}",
    "Find the derivative f'(x) of\nf(x) = {f}",
    "What is df/dx?\nf(x) = {f}",
)
FORM = "Answer with an expression in x; it need not be simplified."


@dataclass(frozen=True, kw_only=True)
class DerivativeConfig(Config):
    """Knobs of the function."""

    num_operations: int = 3
    """Products, quotients, powers and functions that are put together."""
    max_coefficient: int = 9
    """Largest coefficient."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_operations <= 15, "num_operations", "1 to 15")
        self.require(3 <= self.max_coefficient <= 1_000, "max_coefficient", "3 to 1000")


@register
class Derivative(ExpressionFamily[DerivativeConfig]):
    """Differentiate a function built from polynomials, sin, cos, exp, ln, sqrt, products and quotients.

    Any expression that equals the derivative is right. Effort counts the rules that are used and the length
    of what they give.
    """

    id = "Derivative-v0"
    domain = "math"

    def at_level(self, level: int) -> DerivativeConfig:
        """Put more together at two levels of three, with larger coefficients at each."""
        return DerivativeConfig(
            num_operations=min(1 + 2 * level // 3, 15), max_coefficient=min(30 + 2 * level, 1_000)
        )

    def generate(self, rng: Random, config: DerivativeConfig) -> Draft:
        """Draw a function."""
        function = _draw(rng, config.num_operations, config.max_coefficient)
        working = Working()
        slope, _ = differentiate(function, working)
        written = write(function)
        return self.draft(
            rng,
            phrasings=[f"{text}\n{FORM}" for text in PHRASINGS],
            fields={"f": written},
            truth={"f": written},
            answer=write(slope),
            working=working,
            topic="calculus",
        )

    def solve(self, task: Task) -> str | None:
        """Use sympy."""
        import sympy

        line = next(line for line in task.text.splitlines() if line.startswith("f(x) = "))
        slope = sympy.diff(to_sympy(line.removeprefix("f(x) = ")), sympy.Symbol("x"))
        return str(slope).replace("**", "^").replace("log(", "ln(")

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield the function, and the derivative with a constant, a factor or a sign too much."""
        reference = task.reference or ""
        yield from (f"{reference} + 1", f"2*({reference})", f"-({reference})", f"{reference} + x")
        yield from (task.ground_truth["f"], f"d/dx({task.ground_truth['f']})", f"{reference} + C")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the derivative in parentheses, and with terms that cancel."""
        yield from super().equivalents(task)
        yield from (f"({task.reference}) + 1 - 1", f"f'(x) = {task.reference}")


def _draw(rng: Random, operations: int, bound: int) -> Expression:
    """Draw an expression that is defined for all real x."""
    if operations <= 0:
        return _polynomial(rng, bound, 1)
    kind = rng.choice(("function", "function", "product", "power", "sum", "quotient"))
    if operations == 1 and kind in ("product", "quotient", "sum"):
        kind = "power" if kind == "sum" else "function"
    rest = operations - 1
    if kind == "function":
        return multiply(number(rng.choice((-1, 1)) * rng.randint(1, bound)), _function(rng, rest, bound))
    if kind == "power":
        if operations == 1:
            return _polynomial(rng, bound, rng.randint(2, 4))
        return power(_draw(rng, rest, bound), rng.randint(2, 4))
    left = rng.randint(0, rest)
    one, other = _draw(rng, left, bound), _draw(rng, rest - left, bound)
    if kind == "product":
        return multiply(one, other)
    if kind == "sum":
        return add(one, other)
    return ("/", one, add(power(other, 2), number(rng.randint(1, bound))))


def _function(rng: Random, operations: int, bound: int) -> Expression:
    """Draw a function of a polynomial, or of such functions one in another; values inside stay moderate."""
    name = rng.choice(("sin", "cos", "ln", "sqrt") if operations else ("sin", "cos", "exp", "ln", "sqrt"))
    if operations:
        inner = multiply(number(rng.choice((-3, -2, -1, 1, 2, 3))), _function(rng, operations - 1, bound))
        if rng.random() < 0.5:
            inner = add(inner, multiply(number(rng.randint(1, bound)), X))
    else:
        inner = _polynomial(rng, bound, rng.randint(1, 2))
    if name in ("ln", "sqrt"):
        inner = add(power(inner if operations else X, 2), number(rng.randint(1, bound)))
    return call(name, inner)


def _polynomial(rng: Random, bound: int, degree: int) -> Expression:
    total = multiply(number(rng.choice((-1, 1)) * rng.randint(1, bound)), power(X, degree))
    for exponent in range(degree - 1, -1, -1):
        if rng.random() < 0.7:
            coefficient = number(rng.choice((-1, 1)) * rng.randint(1, bound))
            total = add(total, multiply(coefficient, power(X, exponent)))
    return total
