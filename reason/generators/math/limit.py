"""Limits of quotients that vanish above and below, and limits at infinity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.coefficients import divide_root, evaluate, multiply
from reason.generators.math.expressions import X, add, number, power, to_sympy, write
from reason.generators.math.expressions import multiply as times
from reason.generators.math.mixed import slips
from reason.generators.math.power_series import draw_factor, multiply_series, rational_near, write_series
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["Limit", "LimitConfig"]

PHRASINGS = (
    "Find the limit as x tends to {point} of\nf(x) = {f}",
    "What is the limit of f(x) as x -> {point}?\nf(x) = {f}",
)
FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class LimitConfig(Config):
    """Knobs of the function."""

    order: int = 2
    """Order of the zero above and below."""
    max_coefficient: int = 9
    """Largest coefficient."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.order <= 8, "order", "1 to 8")
        self.require(4 <= self.max_coefficient <= 1_000, "max_coefficient", "4 to 1000")


@register
class Limit(ValueFamily[LimitConfig]):
    """Find the limit of a quotient of polynomials, of Taylor remainders, or of a difference of roots.

    Common factors are divided out, leading terms compared, series expanded. Effort is the schoolbook work.
    """

    id = "Limit-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> LimitConfig:
        """Take higher orders and larger coefficients."""
        return LimitConfig(order=min(1 + (level + 1) // 2, 8), max_coefficient=min(12 + 4 * level, 1_000))

    def generate(self, rng: Random, config: LimitConfig) -> Draft:
        """Draw one of four kinds of limits."""
        working = Working()
        written, point, value = rng.choice(KINDS)(rng, config, working)
        return self.draft(
            rng,
            phrasings=[f"{text}\n{FORM}" for text in PHRASINGS],
            fields={"f": written, "point": point},
            truth={"f": written, "point": point},
            answer=str(value),
            working=working,
            topic="calculus",
        )

    def solve(self, task: Task) -> str | None:
        """Evaluate very near the point with many digits, and find the fraction."""
        import mpmath  # type: ignore[import-untyped]
        import sympy

        line = next(line for line in task.text.splitlines() if line.startswith("f(x) = "))
        said = re.search(r"(?:tends to|->) (-?[0-9]+|infinity)", task.text)
        point = said[1] if said else ""
        function = sympy.lambdify(sympy.Symbol("x"), to_sympy(line.removeprefix("f(x) = ")), "mpmath")
        with mpmath.workdps(900):
            tiny = mpmath.mpf(10) ** -75
            return str(rational_near(function(1 / tiny if point == "infinity" else int(point) + tiny)))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give, and infinity."""
        reference = task.reference or "0"
        yield from slips(reference)
        yield from ("infinity", "undefined", "0/0")
        if reference != "0":
            yield "0"


def _written(coefficients: Iterable[int]) -> str:
    total = number(0)
    for exponent, coefficient in reversed(list(enumerate(coefficients))):
        if coefficient:
            total = add(total, times(number(coefficient), power(X, exponent)))
    return write(total)


def _nonzero(rng: Random, bound: int) -> int:
    return rng.choice((-1, 1)) * rng.randint(1, bound)


def _common_factor(rng: Random, config: LimitConfig, working: Working) -> tuple[str, str, Fraction]:
    point = _nonzero(rng, 6)
    while True:
        tops, bottoms = (
            [_nonzero(rng, config.max_coefficient), rng.randint(-9, 9), _nonzero(rng, 5)] for _ in "ab"
        )
        if evaluate(bottoms, point) and evaluate(tops, point):
            break
    shared = [1]
    for _ in range(config.order):
        shared = multiply(shared, [-point, 1])
    above, below = multiply(tops, shared), multiply(bottoms, shared)
    written = f"({_written(above)})/({_written(below)})"
    for step in range(config.order):
        work = 2 * sum(multiplying(c, point) for c in [*above, *below])
        above, below = divide_root(above, Fraction(point)), divide_root(below, Fraction(point))
        text = f"Both parts vanish at {point}; without the factor: ({_written(above)})/({_written(below)})"
        working.step(text, step + 1, *([f"s{step}"] if step else []), work=work)
    value = evaluate(above, point) / evaluate(below, point)
    text = f"At {point} it is {evaluate(above, point)}/{evaluate(below, point)} = {value}"
    working.step(text, value, f"s{config.order}", work=8)
    return written, str(point), value


def _at_infinity(rng: Random, config: LimitConfig, working: Working) -> tuple[str, str, Fraction]:
    """Compare powers of polynomials, with lower terms that do not matter."""
    degree, outer = rng.randint(1, 1 + config.order), rng.randint(1, 1 + config.order)
    bound = config.max_coefficient
    inner = [_nonzero(rng, bound) for _ in range(degree)] + [_nonzero(rng, 9)]
    below = [rng.randint(-bound, bound) for _ in range(degree * outer)] + [_nonzero(rng, bound)]
    value = Fraction(inner[-1] ** outer, below[-1])
    top = f"({_written(inner)})^{outer}" if outer > 1 else f"({_written(inner)})"
    text = f"The leading terms are {inner[-1]}^{outer} x^{degree * outer} and {below[-1]} x^{degree * outer}"
    first = working.step(text, inner[-1] ** outer, work=4.0 * outer + 2 * degree)
    working.step(f"Their quotient is {value}", value, first, work=multiplying(inner[-1] ** outer, below[-1]))
    return f"{top}/({_written(below)})", "infinity", value


def _difference_of_roots(rng: Random, config: LimitConfig, working: Working) -> tuple[str, str, Fraction]:
    """Take sqrt(m^2 x^2 + a x + b) - sqrt(m^2 x^2 + c x + d), which tends to (a - c) / (2 m)."""
    m, bound = rng.randint(1, 2 + config.order), config.max_coefficient
    a, c = rng.sample(range(-bound, bound + 1), 2)
    b, d = _nonzero(rng, bound), _nonzero(rng, bound)
    value = Fraction(a - c, 2 * m)
    written = f"sqrt({_written([b, a, m * m])}) - sqrt({_written([d, c, m * m])})"
    text = f"Times the sum of the roots, over it: ({_written([b - d, a - c])}) over the sum of the roots"
    first = working.step(text, a - c, work=10)
    working.step(f"The sum of the roots grows like {2 * m}*x, so the limit is {value}", value, first, work=8)
    return written, "infinity", value


def _remainder(rng: Random, config: LimitConfig, working: Working) -> tuple[str, str, Fraction]:
    """Take a product of functions less its Taylor polynomial, over a power of x."""
    order = config.order + 1
    while True:
        factors = [draw_factor(rng, 5) for _ in range(2)]
        steps = Working()
        series: list[Fraction] = []
        for name, coefficient in factors:
            terms = [coefficient(n) for n in range(order + 1)]
            steps.step(f"{name}: {write_series(terms)}", write_series(terms), work=order + 1)
            series = multiply_series(series, terms, steps) if series else terms
        if series[order]:
            break
    working.steps, working.work = steps.steps, steps.work
    total = number(0)
    for exponent in range(order - 1, -1, -1):
        total = add(total, times(number(-series[exponent]), power(X, exponent)))
    factor = rng.randint(1, 9)
    value = series[order] / factor
    rest = "" if total == number(0) else write(total)
    above = "*".join(name for name, _ in factors)
    joined = f" - {rest[1:]}" if rest.startswith("-") else f" + {rest}" if rest else ""
    below = f"({factor}*x^{order})" if factor > 1 else f"x^{order}"
    text = f"All lower terms cancel; {series[order]}/{factor} = {value} is left"
    working.step(text, value, f"s{len(working.steps)}", work=order)
    return f"({above}{joined})/{below}", "0", value


KINDS: tuple[Callable[[Random, LimitConfig, Working], tuple[str, str, Fraction]], ...] = (
    _common_factor,
    _at_infinity,
    _difference_of_roots,
    _remainder,
    _remainder,
)
