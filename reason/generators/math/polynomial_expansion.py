"""Multiplying out products of polynomials."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.math.coefficients import evaluate, multiply, write_polynomial
from reason.generators.math.trees import evaluate_text
from reason.generators.math.worked import Working, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.polynomials import check_expanded

__all__ = ["PolynomialExpansion", "PolynomialExpansionConfig"]

PHRASINGS = (
    "Expand and collect like terms:\n{expression}",
    "Multiply out and simplify\n{expression}",
    "Write\n{expression}\nas a polynomial, without parentheses.",
)
FORM = 'Write it as in "2x^3 - x + 5".'


@dataclass(frozen=True, kw_only=True)
class PolynomialExpansionConfig(Config):
    """Knobs of the expression."""

    num_products: int = 1
    """Products that are added or subtracted."""
    num_factors: int = 2
    """Factors of each product."""
    degree: int = 1
    """Highest degree of a factor."""
    max_coefficient: int = 9
    """Largest coefficient of a factor."""

    def __post_init__(self) -> None:
        """Reject what cannot be read any more."""
        super().__post_init__()
        self.require(1 <= self.num_products <= 20, "num_products", "1 to 20")
        self.require(2 <= self.num_factors <= 12, "num_factors", "2 to 12")
        self.require(1 <= self.degree <= 10, "degree", "1 to 10")
        self.require(2 <= self.max_coefficient <= 10_000, "max_coefficient", "2 to 10000")


@register
class PolynomialExpansion(Family[PolynomialExpansionConfig]):
    """Multiply out sums of products of polynomials and collect like terms.

    Effort is the schoolbook work of all products of two terms.
    """

    id = "PolynomialExpansion-v0"
    domain = "math"

    def at_level(self, level: int) -> PolynomialExpansionConfig:
        """Add factors, products and degrees in turn; then larger coefficients."""
        return PolynomialExpansionConfig(
            num_products=min(1 + level // 2, 20),
            num_factors=min(2 + level // 4, 8),
            degree=min(1 + (level + 2) // 3, 6),
            max_coefficient=min(12 + 2 * level, 10_000),
        )

    def generate(self, rng: Random, config: PolynomialExpansionConfig) -> Draft:
        """Draw factors, and multiply them out."""
        working = Working()
        total = [0]
        texts, after = [], []
        for at in range(config.num_products):
            factors = [_draw_factor(rng, config) for _ in range(config.num_factors)]
            product, work = [1], 0.0
            for factor in factors:
                work += sum(multiplying(a, b) for a in product for b in factor if a and b)
                product = multiply(product, factor)
            shown = "".join(f"({write_polynomial(factor)})" for factor in factors)
            sign = 1 if at == 0 else rng.choice((1, -1))
            texts.append(("" if at == 0 else " + " if sign > 0 else " - ") + shown)
            after.append(
                working.step(f"{shown} = {write_polynomial(product)}", write_polynomial(product), work=work)
            )
            length = max(len(total), len(product))
            total = [
                (total[power] if power < len(total) else 0)
                + (sign * product[power] if power < len(product) else 0)
                for power in range(length)
            ]
        answer = write_polynomial(total)
        working.step(f"Together: {answer}", answer, *after, work=len(total) * config.num_products)
        expression = "".join(texts)
        question = rng.choice(PHRASINGS).format(expression=expression)
        return Draft(
            prompt=f"{question}\n{FORM}\n{ANSWER_INSTRUCTION}",
            ground_truth={"expression": expression, "coefficients": total},
            reference=answer,
            effort=working.work,
            canonical=expression,
            trace=tuple(working.steps),
            metadata={"topic": "polynomials"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare term by term; parentheses and like terms must be gone."""
        truth: dict[tuple[int, ...], int] = {
            (power,): value for power, value in enumerate(task.ground_truth["coefficients"]) if value
        }
        return check_expanded(answer, truth, "x")

    def solve(self, task: Task) -> str | None:
        """Evaluate the expression at as many points as it has coefficients, and interpolate (Newton)."""
        text = next(line for line in task.text.splitlines() if line.startswith("("))
        code = re.sub(r"\)\(", ")*(", re.sub(r"([0-9])x", r"\1*x", text))
        products = [part.strip("()").split(")(") for part in re.split(r"(?<=\)) [-+] (?=\()", text)]
        degree = 1 + max(sum(map(_degree, factors)) for factors in products)
        points = range(degree)
        table = [evaluate_text(code.replace("x", f"({point})")) for point in points]
        differences = list(table)
        for order in range(1, degree):
            for at in range(degree - 1, order - 1, -1):
                differences[at] = (differences[at] - differences[at - 1]) / order
        result = [0]
        for at in range(degree - 1, -1, -1):
            result = multiply(result, [-at, 1])
            result[0] += int(differences[at])
        return write_polynomial(result)

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield polynomials with one coefficient changed, and what is not expanded or collected."""
        reference, coefficients = task.reference or "", list(task.ground_truth["coefficients"])
        for power in range(len(coefficients)):
            changed = [value + (place == power) for place, value in enumerate(coefficients)]
            yield write_polynomial(changed)
        yield from (
            task.ground_truth["expression"],
            f"{reference} + 1",
            f"{reference} + x - x",
            f"x({reference})",
        )
        yield from (
            f"({reference}) + 0*(x)",
            f"{reference} or x",
            str(evaluate(coefficients, 2)),
            f"({reference})^1",
        )

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the terms in the other order, and other spellings."""
        reference, coefficients = task.reference or "", list(task.ground_truth["coefficients"])
        terms = [write_polynomial([0] * power + [value]) for power, value in enumerate(coefficients) if value]
        yield " + ".join(terms).replace("+ -", "- ")
        yield from (reference.replace(" ", ""), f"${reference}$", reference.replace("^", "**"))
        yield re.sub(r"\^([0-9]+)", r"^{\1}", re.sub(r"([0-9])x", r"\1*x", reference))


def _draw_factor(rng: Random, config: PolynomialExpansionConfig) -> list[int]:
    degree = rng.randint(1, config.degree)
    size = config.max_coefficient
    inner = [rng.randint(-size, size) for _ in range(degree - 1)]
    leading = rng.choice((1, 1, -1)) * rng.randint(1, size)
    return [rng.choice((1, -1)) * rng.randint(1, size), *inner, leading]


def _degree(text: str) -> int:
    powers = [int(power) for power in re.findall(r"x\^([0-9]+)", text)]
    return max([*powers, 1 if "x" in text else 0])
