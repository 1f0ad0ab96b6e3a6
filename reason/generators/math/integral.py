"""Integration: antiderivatives, and definite integrals of polynomials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import factorial
from random import Random

from reason.family import Config, Draft
from reason.generators.math.coefficients import evaluate
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
from reason.generators.math.mixed import ExpressionFamily, slips
from reason.generators.math.worked import Working, adding, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.evaluated import is_evaluated
from reason.verifiers.math import verify_math

__all__ = ["Integral", "IntegralConfig"]

PHRASINGS = (
    "Find an antiderivative with respect to x of\nf(x) = {f}",
    "Integrate with respect to x (the constant may be left out):\nf(x) = {f}",
)
DEFINITE = "Compute the definite integral from x = {low} to x = {high} of\nf(x) = {f}"


@dataclass(frozen=True, kw_only=True)
class IntegralConfig(Config):
    """Knobs of the integrand."""

    num_terms: int = 2
    """Terms, each of another kind (power, parts, substitution, reciprocal)."""
    max_coefficient: int = 9
    """Largest coefficient."""
    max_degree: int = 3
    """Largest power of x beside an exponential or a trigonometric function."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_terms <= 10, "num_terms", "1 to 10")
        self.require(4 <= self.max_coefficient <= 1_000, "max_coefficient", "4 to 1000")
        self.require(1 <= self.max_degree <= 8, "max_degree", "1 to 8")


@register
class Integral(ExpressionFamily[IntegralConfig]):
    """Find an antiderivative of an elementary function, or the value of a definite integral of a polynomial.

    Integration by parts, by substitution, and of reciprocals of linear factors. Any antiderivative is right:
    the answer is judged by its difference from one, which must be constant. Effort counts the steps and the
    length of what they give.
    """

    id = "Integral-v0"
    domain = "math"
    kind = "antiderivative"

    def at_level(self, level: int) -> IntegralConfig:
        """Add terms, powers and larger coefficients in turn."""
        return IntegralConfig(
            num_terms=min(1 + (level + 1) // 3, 10),
            max_coefficient=min(50 + 3 * level, 1_000),
            max_degree=min(1 + level // 2, 8),
        )

    def generate(self, rng: Random, config: IntegralConfig) -> Draft:
        """Draw terms whose antiderivatives are known by rule."""
        working = Working()
        if rng.random() < 0.2:
            return self._definite(rng, config, working)
        integrand, whole, names = number(0), number(0), []
        for _ in range(config.num_terms):
            term, integral = rng.choice(KINDS)(rng, config)
            text = f"An antiderivative of {write(term)} is {write(integral)}"
            names.append(working.step(text, write(integral), work=1 + len(write(integral)) / 4))
            integrand, whole = add(integrand, term), add(whole, integral)
        slope, _ = differentiate(whole, check := Working())
        working.step(
            f"The derivative of the sum is {write(slope)}", write(slope), *names, work=check.work / 2
        )
        written = write(integrand)
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"f": written},
            truth={"f": written, "definite": False},
            answer=write(whole),
            working=working,
            topic="calculus",
        )

    def _definite(self, rng: Random, config: IntegralConfig, working: Working) -> Draft:
        degree = config.num_terms + config.max_degree
        coefficients = [rng.randint(-config.max_coefficient, config.max_coefficient) for _ in range(degree)]
        coefficients.append(rng.choice((-1, 1)) * rng.randint(1, config.max_coefficient))
        low = rng.randint(-4, 3)
        high = rng.randint(low + 1, 5)
        whole = [Fraction(0), *(Fraction(c, at + 1) for at, c in enumerate(coefficients))]
        ends = [evaluate(whole, end) for end in (low, high)]
        value = ends[1] - ends[0]
        shown = write(_polynomial(whole))
        work = sum(multiplying(high, high**at) + multiplying(c, high**at) for at, c in enumerate(whole))
        first = working.step(f"An antiderivative is F(x) = {shown}", shown, work=1 + len(shown) / 4)
        text = f"F({high}) - F({low}) = {ends[1]} - ({ends[0]}) = {value}"
        working.step(text, value, first, work=2 * work + adding(*ends))
        written = write(_polynomial(coefficients))
        return self.draft(
            rng,
            phrasings=[DEFINITE],
            fields={"f": written, "low": low, "high": high},
            truth={"f": written, "definite": True, "low": low, "high": high},
            answer=str(value),
            working=working,
            topic="calculus",
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare antiderivatives up to a constant, and definite integrals as numbers."""
        if not task.ground_truth["definite"]:
            return super().verify(task, answer)
        if not is_evaluated(answer):
            return Verdict.wrong("it is no value that is worked out", status=Status.PARSE_ERROR)
        return verify_math(task.ground_truth["answer"], answer, kind="number")

    def solve(self, task: Task) -> str | None:
        """Use sympy; for definite integrals, interpolation at whole numbers."""
        import sympy

        line = next(line for line in task.text.splitlines() if line.startswith("f(x) = "))
        function, x = to_sympy(line.removeprefix("f(x) = ")), sympy.Symbol("x")
        if "definite" not in task.text:
            whole = sum(sympy.integrate(term, x) for term in sympy.Add.make_args(function))
            return str(whole).replace("**", "^").replace("log(", "ln(")
        low, high = (int(part.split()[0].rstrip(",")) for part in task.text.splitlines()[0].split("x = ")[1:])
        points = range(low, low + sympy.degree(function, x) + 1)
        return str(_by_interpolation([Fraction(str(function.subs(x, at))) for at in points], low, high))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield the integrand, its derivative, and antiderivatives with a factor or a term too much."""
        reference = task.reference or ""
        if task.ground_truth["definite"]:
            yield from slips(reference)
            return
        yield from (task.ground_truth["f"], f"2*({reference})", f"-({reference})", f"{reference} + x")
        yield from (f"integral of {task.ground_truth['f']}", f"{reference} + x + C", "C")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the antiderivative with a constant."""
        yield from super().equivalents(task)
        if not task.ground_truth["definite"]:
            yield from (f"{task.reference} + C", f"{task.reference} - 7", f"F(x) = {task.reference} + C")


def _by_interpolation(values: Sequence[Fraction], low: int, high: int) -> Fraction:
    """Integrate the polynomial with given values at ``low``, ``low + 1``, ..., by differences."""
    total, row, product = Fraction(0), list(values), [Fraction(1)]
    for order in range(len(values)):
        whole = [Fraction(0), *(c / (at + 1) for at, c in enumerate(product))]
        total += row[0] * evaluate(whole, high - low)
        row = [b - a for a, b in pairwise(row)]
        longer = [Fraction(0), *product]
        product = [
            (a - order * b) / (order + 1) for a, b in zip(longer, [*product, Fraction(0)], strict=True)
        ]
    return total


def _polynomial(coefficients: Iterable[Fraction | int]) -> Expression:
    total = number(0)
    for exponent, coefficient in reversed(list(enumerate(coefficients))):
        if coefficient:
            total = add(total, multiply(number(coefficient), power(X, exponent)))
    return total


def _nonzero(rng: Random, bound: int) -> int:
    return rng.choice((-1, 1)) * rng.randint(1, bound)


def _power_term(rng: Random, config: IntegralConfig) -> tuple[Expression, Expression]:
    low, high = sorted(rng.sample(range(config.max_degree + 3), 2))
    coefficients = [Fraction(0)] * (high + 1)
    coefficients[low], coefficients[high] = (Fraction(_nonzero(rng, config.max_coefficient)) for _ in "ab")
    whole = [Fraction(0), *(c / (at + 1) for at, c in enumerate(coefficients))]
    return _polynomial(coefficients), _polynomial(whole)


def _parts_term(rng: Random, config: IntegralConfig) -> tuple[Expression, Expression]:
    """Integrate a power of x times exp, sin or cos by parts, as often as the power says."""
    degree, a = rng.randint(1, config.max_degree), _nonzero(rng, 9)
    factor = _nonzero(rng, config.max_coefficient)
    inner = multiply(number(a), X)
    name = rng.choice(("exp", "sin", "cos"))
    cycle = {
        "exp": [("exp", 1)],
        "sin": [("cos", -1), ("sin", -1), ("cos", 1), ("sin", 1)],
        "cos": [("sin", 1), ("cos", -1), ("sin", -1), ("cos", 1)],
    }[name]
    whole = number(0)
    for order in range(degree + 1):
        function, sign = cycle[order % len(cycle)]
        falling = factorial(degree) // factorial(degree - order)
        coefficient = Fraction((-1) ** order * sign * factor * falling, a ** (order + 1))
        part = multiply(power(X, degree - order), call(function, inner))
        whole = add(whole, multiply(number(coefficient), part))
    return multiply(number(factor), multiply(power(X, degree), call(name, inner))), whole


def _substitution_term(rng: Random, config: IntegralConfig) -> tuple[Expression, Expression]:
    """Integrate x^(n-1) g(a x^n + b), where g has a known antiderivative."""
    n, a = rng.randint(2, config.max_degree + 2), _nonzero(rng, 5)
    inner = add(multiply(number(a), power(X, n)), number(_nonzero(rng, 9)))
    factor = _nonzero(rng, config.max_coefficient)
    name = rng.choice(("exp", "sin", "cos", "power"))
    if name == "power":
        exponent = rng.randint(2, config.max_degree + 2)
        outer, whole = power(inner, exponent), power(inner, exponent + 1)
        scale = Fraction(factor, a * n * (exponent + 1))
    else:
        function, sign = {"exp": ("exp", 1), "sin": ("cos", -1), "cos": ("sin", 1)}[name]
        outer, whole = call(name, inner), call(function, inner)
        scale = Fraction(sign * factor, a * n)
    term = multiply(number(factor), multiply(power(X, n - 1), outer))
    return term, multiply(number(scale), whole)


def _reciprocal_term(rng: Random, config: IntegralConfig) -> tuple[Expression, Expression]:
    """Integrate (2 a x + b) / (a x^2 + b x + c), whose denominator has no real zero."""
    a, b = rng.randint(1, 5), rng.randint(-6, 6)
    c = b * b // (4 * a) + rng.randint(1, 9)
    below = _polynomial([c, b, a])
    factor = _nonzero(rng, config.max_coefficient)
    above = _polynomial([factor * b, 2 * factor * a])
    return ("/", above, below), multiply(number(factor), call("ln", below))


KINDS: tuple[Callable[[Random, IntegralConfig], tuple[Expression, Expression]], ...] = (
    _power_term,
    _parts_term,
    _parts_term,
    _substitution_term,
    _reciprocal_term,
)
