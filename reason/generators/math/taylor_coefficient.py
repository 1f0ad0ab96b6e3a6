"""Coefficients of Taylor series."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.expressions import to_sympy
from reason.generators.math.mixed import slips
from reason.generators.math.power_series import draw_factor, multiply_series, rational_near, write_series
from reason.generators.math.worked import ValueFamily, Working
from reason.registry import register
from reason.task import Task

__all__ = ["TaylorCoefficient", "TaylorCoefficientConfig"]

PHRASINGS = (
    "What is the coefficient of x^{order} in the Taylor series around x = 0 of\nf(x) = {f}",
    "Expand in powers of x around 0 and give the coefficient of x^{order}:\nf(x) = {f}",
)
DERIVATIVE = "What is the value at x = 0 of the derivative of order {order} of\nf(x) = {f}"
FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class TaylorCoefficientConfig(Config):
    """Knobs of the function."""

    num_factors: int = 2
    """Functions that are multiplied."""
    order: int = 3
    """Power of x that is asked for, at least; one more at most."""
    max_multiple: int = 5
    """Largest multiple of x in an argument."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_factors <= 6, "num_factors", "1 to 6")
        self.require(1 <= self.order <= 14, "order", "1 to 14")
        self.require(2 <= self.max_multiple <= 50, "max_multiple", "2 to 50")


@register
class TaylorCoefficient(ValueFamily[TaylorCoefficientConfig]):
    """Find a coefficient of the Taylor series of a product of elementary functions, exactly.

    The series are multiplied term by term (Cauchy product). Effort is the schoolbook work.
    """

    id = "TaylorCoefficient-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> TaylorCoefficientConfig:
        """Ask for higher powers, and multiply more functions."""
        return TaylorCoefficientConfig(
            num_factors=min(2 + level // 4, 6),
            order=min(2 + level, 14),
            max_multiple=min(9 + level // 2, 50),
        )

    def generate(self, rng: Random, config: TaylorCoefficientConfig) -> Draft:
        """Draw functions until the coefficient is not zero."""
        while True:
            order = config.order + rng.randint(0, 1)
            factors = [draw_factor(rng, config.max_multiple) for _ in range(config.num_factors)]
            working = Working()
            product: list[Fraction] = []
            for name, coefficient in factors:
                series = [coefficient(n) for n in range(order + 1)]
                working.step(f"{name}: {write_series(series)}", write_series(series), work=order + 1)
                product = multiply_series(product, series, working) if product else series
            if product[order]:
                break
        value, phrasings = product[order], PHRASINGS
        slope = rng.random() < 0.3
        if slope:
            phrasings = (DERIVATIVE, DERIVATIVE)
            for n in range(2, order + 1):
                value *= n
        after = f"s{len(working.steps)}"
        working.step(f"The term of x^{order} gives {value}", value, after, work=order)
        written = "*".join(name for name, _ in factors)
        return self.draft(
            rng,
            phrasings=[f"{text}\n{FORM}" for text in phrasings],
            fields={"f": written, "order": order},
            truth={"f": written, "order": order, "derivative": slope},
            answer=str(value),
            working=working,
            topic="calculus",
        )

    def solve(self, task: Task) -> str | None:
        """Use Cauchy's integral on a small circle, by a discrete Fourier transform with many digits."""
        import mpmath  # type: ignore[import-untyped]
        import sympy

        line = next(line for line in task.text.splitlines() if line.startswith("f(x) = "))
        said = re.search(r"x\^([0-9]+) in the|of x\^([0-9]+):|of order ([0-9]+)", task.text)
        order = next(int(group) for group in (said.groups() if said else ()) if group)
        function = sympy.lambdify(sympy.Symbol("x"), to_sympy(line.removeprefix("f(x) = ")), "mpmath")
        with mpmath.workdps(160):
            radius, points = mpmath.mpf(1) / 400, 64
            roots = [mpmath.expjpi(mpmath.mpf(2 * k) / points) for k in range(points)]
            total = sum(function(radius * root) * root ** (-order) for root in roots) / points
            value = rational_near((total / radius**order).real)
            if "derivative" in task.text:
                value *= int(mpmath.factorial(order))
        return str(value)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give."""
        yield from slips(task.reference or "0")
