"""Real roots of polynomials."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.coefficients import (
    divide_root,
    evaluate,
    multiply,
    rational_roots,
    read_polynomial,
    write_polynomial,
)
from reason.generators.math.number_theory import divisors
from reason.generators.math.worked import ValueFamily, Working
from reason.registry import register
from reason.task import Task

__all__ = ["PolynomialRoots", "PolynomialRootsConfig", "write_set"]

PHRASINGS = (
    "Find all real solutions of\n{polynomial} = 0",
    "What are the distinct real roots of this polynomial?\n{polynomial}",
    "Solve over the real numbers:\n{polynomial} = 0",
)
FORM = 'Answer with the set of exact values, each once, as in "{{-1, 2/3}}".'


@dataclass(frozen=True, kw_only=True)
class PolynomialRootsConfig(Config):
    """Knobs of the polynomial."""

    num_roots: int = 2
    """Rational roots, counted with multiplicity."""
    max_numerator: int = 9
    """Largest numerator of a root."""
    max_denominator: int = 1
    """Largest denominator of a root."""
    quadratics: int = 0
    """Factors without real roots."""

    def __post_init__(self) -> None:
        """Reject what cannot be read any more."""
        super().__post_init__()
        self.require(1 <= self.num_roots <= 20, "num_roots", "1 to 20")
        self.require(4 <= self.max_numerator <= 1_000, "max_numerator", "4 to 1000")
        self.require(1 <= self.max_denominator <= 50, "max_denominator", "1 to 50")
        self.require(0 <= self.quadratics <= 5, "quadratics", "0 to 5")


@register
class PolynomialRoots(ValueFamily[PolynomialRootsConfig]):
    """Find all real roots of a polynomial whose real roots are rational.

    Roots are planted, beside quadratic factors with negative discriminants. Effort is the schoolbook work of
    the rational root theorem: Horner's rule for each candidate until all roots are found.
    """

    id = "PolynomialRoots-v0"
    domain = "math"
    kind = "set"

    def at_level(self, level: int) -> PolynomialRootsConfig:
        """Add roots every second level, denominators, and factors without roots."""
        return PolynomialRootsConfig(
            num_roots=min(2 + level // 2, 20),
            max_numerator=min(int(75 * 1.1 ** min(level, 40)), 1_000),
            max_denominator=min(1 + level, 8),
            quadratics=min(max(0, level - 1) // 3, 5),
        )

    def generate(self, rng: Random, config: PolynomialRootsConfig) -> Draft:
        """Multiply linear factors, and quadratic ones without real roots."""
        roots = [
            Fraction(
                rng.randint(-config.max_numerator, config.max_numerator),
                rng.randint(1, config.max_denominator),
            )
            for _ in range(config.num_roots)
        ]
        if len(roots) > 2 and rng.random() < 0.3:
            roots[-1] = roots[0]
        product = [rng.choice((1, 1, 2, 3, -1))]
        for root in roots:
            product = multiply(product, [-root.numerator, root.denominator])
        for _ in range(config.quadratics):
            b = rng.randint(-5, 5)
            product = multiply(product, [b * b // 4 + rng.randint(1, 9), b, 1])
        working = Working()
        _work_out(product, sorted(set(roots), key=lambda root: (abs(root), root)), working)
        answer = write_set(roots)
        return self.draft(
            rng,
            phrasings=[f"{text}\n{FORM}" for text in PHRASINGS],
            fields={"polynomial": write_polynomial(product)},
            truth={"coefficients": product},
            answer=answer,
            working=working,
            topic="polynomials",
        )

    def solve(self, task: Task) -> str | None:
        """Isolate the real roots by sympy (continued fractions), and read them as fractions."""
        line = next(line for line in task.text.splitlines() if re.match(r"-?[0-9]*x", line))
        return write_set(rational_roots(read_polynomial(line.removesuffix(" = 0"))))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield sets with a root missing, changed or added."""
        roots = [Fraction(root) for root in (task.reference or "{}").strip("{}").split(", ")]
        coefficients = task.ground_truth["coefficients"]
        if len(roots) > 1:
            yield write_set(roots[1:])
        for other in (roots[0] + 1, roots[-1] - 1, -roots[0], roots[0] + Fraction(1, 2)):
            if evaluate(coefficients, other):
                yield from (write_set([*roots, other]), write_set([*roots[1:], other]))
        yield from ("{}", write_polynomial(coefficients))

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield another order, no braces, and equations."""
        reference = task.reference or ""
        roots = reference.strip("{}").split(", ")
        yield from (f" {reference} ", "{" + ", ".join(reversed(roots)) + "}", ", ".join(roots))
        yield from (f"$\\{{{', '.join(roots)}\\}}$", " or ".join(f"x = {root}" for root in roots))


def write_set(values: Iterable[Fraction]) -> str:
    """Write a set in ascending order.

    >>> write_set([Fraction(2), Fraction(-1, 3), Fraction(2)])
    '{-1/3, 2}'
    """
    return "{" + ", ".join(map(str, sorted(set(values)))) + "}"


def _work_out(product: list[int], roots: list[Fraction], working: Working) -> None:
    left = list(product)
    after: list[str] = []
    for root in roots:
        size = sum(len(str(abs(value))) for value in left)
        tried = 1
        if root and left[0]:
            over = sum(each <= abs(root.numerator) for each in divisors(abs(root.numerator)))
            tried = 2 * abs(root.numerator) * root.denominator // max(1, over) + 1
        while len(left) > 1 and not evaluate(left, root):
            left = divide_root(left, root)
            text = f"{root} is a root; dividing by it leaves {write_polynomial(left)}"
            after = [working.step(text, root, *after, work=tried * size)]
            tried = 1
    working.step(f"{write_polynomial(left)} has no real root", write_polynomial(left), *after)
