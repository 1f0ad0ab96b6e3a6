"""Factoring polynomials over the integers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from random import Random

from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.math.coefficients import multiply, read_polynomial, write_polynomial
from reason.generators.math.worked import Working, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.polynomials import check_factored

__all__ = ["PolynomialFactoring", "PolynomialFactoringConfig"]

PHRASINGS = (
    "Factor completely over the integers:\n{polynomial}",
    "Write the polynomial\n{polynomial}\nas a product of irreducible polynomials with integer coefficients.",
    "Factorise\n{polynomial}\ninto irreducible factors with integer coefficients.",
)
FORM = 'Take out the greatest common divisor of the coefficients, too. Write it as in "2(x + 1)^2(x^2 + 3)".'


@dataclass(frozen=True, kw_only=True)
class PolynomialFactoringConfig(Config):
    """Knobs of the polynomial."""

    num_factors: int = 2
    """Factors that are no constants."""
    max_coefficient: int = 9
    """Largest constant of a factor."""
    max_leading: int = 1
    """Largest leading coefficient of a factor."""
    quadratics: int = 0
    """How many of the factors are irreducible quadratics."""

    def __post_init__(self) -> None:
        """Reject what cannot be read any more."""
        super().__post_init__()
        self.require(1 <= self.num_factors <= 40, "num_factors", "1 to 40")
        self.require(4 <= self.max_coefficient <= 10_000, "max_coefficient", "4 to 10000")
        self.require(1 <= self.max_leading <= 100, "max_leading", "1 to 100")
        self.require(0 <= self.quadratics <= self.num_factors, "quadratics", "0 to num_factors")


@register
class PolynomialFactoring(Family[PolynomialFactoringConfig]):
    """Write a polynomial as a product of irreducible polynomials with whole coefficients.

    The factors are planted; linear ones are irreducible, and quadratic ones by their discriminant. Effort is
    the schoolbook work of trying the rational roots in order of size, and of dividing by those found.
    """

    id = "PolynomialFactoring-v0"
    domain = "math"

    def at_level(self, level: int) -> PolynomialFactoringConfig:
        """Take more and larger factors, some of them quadratic."""
        return PolynomialFactoringConfig(
            num_factors=min(2 + level // 2, 40),
            max_coefficient=min(50 + 2 * level, 10_000),
            max_leading=min(1 + (level + 1) // 2, 100),
            quadratics=min(level // 3, 10),
        )

    def generate(self, rng: Random, config: PolynomialFactoringConfig) -> Draft:
        """Multiply irreducible factors and a constant."""
        factors = [
            _draw_quadratic(rng, config) if at < config.quadratics else _draw_linear(rng, config)
            for at in range(config.num_factors)
        ]
        content = rng.choice((1, 1, 2, 3, 4, 5, -1))
        product = [content]
        for factor in factors:
            product = multiply(product, factor)
        working = Working()
        _work_out(product, factors, content, working)
        answer = _write(factors, content)
        question = rng.choice(PHRASINGS).format(polynomial=write_polynomial(product))
        return Draft(
            prompt=f"{question}\n{FORM}\n{ANSWER_INSTRUCTION}",
            ground_truth={"coefficients": product, "num_factors": len(factors)},
            reference=answer,
            effort=working.work,
            canonical=product,
            trace=tuple(working.steps),
            metadata={"topic": "polynomials"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Multiply the factors out and count them."""
        truth = task.ground_truth
        polynomial: dict[tuple[int, ...], int] = {
            (power,): value for power, value in enumerate(truth["coefficients"]) if value
        }
        return check_factored(answer, polynomial, "x", num_factors=truth["num_factors"])

    def solve(self, task: Task) -> str | None:
        """Let sympy factor the polynomial (Zassenhaus's algorithm)."""
        import sympy

        text = next(line for line in task.text.splitlines() if re.match(r"-?[0-9]*x", line))
        polynomial = sympy.Poly.from_list(read_polynomial(text)[::-1], sympy.Symbol("x"))
        content, factors = sympy.factor_list(polynomial)
        written = "".join(f"({factor.as_expr()})^{count}" for factor, count in factors)
        return f"{content}*{written}"

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield products with a factor changed, missing or doubled, and the polynomial as it is."""
        reference, coefficients = task.reference or "", list(task.ground_truth["coefficients"])
        yield from (f"{reference}(x + 1)", f"2{reference}", f"{reference} + 1", f"-({reference})", "x", "1")
        yield from (f"{reference} or 1", f"{reference} = 0", reference.replace("x", "y"), f"(1/2){reference}")
        if task.ground_truth["num_factors"] > 1:
            yield from (write_polynomial(coefficients), f"({write_polynomial(coefficients)})")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield factors with their signs turned, and other signs for the product."""
        reference = task.reference or ""
        yield from (
            reference.replace(")(", ")*(").replace(" ", ""),
            f"${reference}$",
            f"-1*(-1)*({reference})",
        )
        yield reference.replace("^2", "\u00b2").replace(")(", ") \\cdot (")
        yield reference.replace("(", "\\left(").replace(")", "\\right)")


def _draw_linear(rng: Random, config: PolynomialFactoringConfig) -> list[int]:
    while True:
        leading = rng.randint(1, config.max_leading)
        constant = rng.randint(-config.max_coefficient, config.max_coefficient)
        if constant and gcd(leading, constant) == 1:
            return [constant, leading]


def _draw_quadratic(rng: Random, config: PolynomialFactoringConfig) -> list[int]:
    """Draw a primitive quadratic whose discriminant is no square, so that it has no rational root."""
    while True:
        a, b = rng.randint(1, min(3, config.max_leading)), rng.randint(-6, 6)
        c = rng.randint(-config.max_coefficient, config.max_coefficient)
        discriminant = b * b - 4 * a * c
        square = discriminant >= 0 and round(discriminant**0.5) ** 2 == discriminant
        if c and not square and gcd(a, b, c) == 1:
            return [c, b, a]


def _write(factors: list[list[int]], content: int) -> str:
    written: dict[str, int] = {}
    for factor in sorted(factors, key=lambda each: (len(each), each[::-1])):
        text = f"({write_polynomial(factor)})"
        written[text] = written.get(text, 0) + 1
    constant = {1: "", -1: "-"}.get(content, str(content))
    return constant + "".join(f"{text}^{count}" if count > 1 else text for text, count in written.items())


def _work_out(product: list[int], factors: list[list[int]], content: int, working: Working) -> None:
    """Take out the constant, then each factor, charging the roots that are tried before."""
    left = [value // content for value in product]
    after = [working.step(f"Take out {content}: {write_polynomial(left)}", content)]
    for factor in sorted(factors, key=lambda each: (len(each), abs(each[0]) + abs(each[1]))):
        size = sum(len(str(abs(value))) for value in left)
        # Candidates p/q up to the root that works: one for each p and q, and both signs.
        tried = 2 * abs(factor[0]) * factor[-1] if len(factor) == 2 else 2 * abs(left[0])
        quotient, rest = _divide(left, factor)
        if any(rest):
            raise ValueError(f"factors must divide the product, got {factor!r}")
        work = min(tried, 1_000) * size + multiplying(max(map(abs, left)), max(map(abs, factor))) * len(left)
        shown = write_polynomial(factor)
        text = f"{write_polynomial(left)} = ({shown}) * ({write_polynomial(quotient)})"
        after = [working.step(text, shown, *after, work=work)]
        left = quotient


def _divide(left: list[int], right: list[int]) -> tuple[list[int], list[int]]:
    rest, quotient = list(left), [0] * (len(left) - len(right) + 1)
    for at in range(len(quotient) - 1, -1, -1):
        quotient[at] = rest[at + len(right) - 1] // right[-1]
        for place, value in enumerate(right):
            rest[at + place] -= quotient[at] * value
    return quotient, rest
