"""Linear differential equations with constant coefficients and initial values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.coefficients import multiply as product
from reason.generators.math.elimination import solve_system, write_matrix
from reason.generators.math.expressions import (
    Expression,
    X,
    add,
    call,
    multiply,
    number,
    power,
    to_sympy,
    write,
)
from reason.generators.math.mixed import ExpressionFamily
from reason.generators.math.worked import Working, multiplying, write_sum
from reason.registry import register
from reason.task import Task

__all__ = ["InitialValueProblem", "InitialValueProblemConfig"]

PHRASINGS = (
    "Solve the initial value problem\n{equation}\n{values}",
    "Find the function y(x) that satisfies\n{equation}\nwith {values}",
)
FORM = "Answer with y as an expression in x."
Mode = tuple[int, int, int]
"""A solution x^k exp(a x) cos(b x) of the homogeneous equation, or its sine where b is negative: k, a, b."""


@dataclass(frozen=True, kw_only=True)
class InitialValueProblemConfig(Config):
    """Knobs of the equation."""

    order: int = 2
    """Order of the equation."""
    max_root: int = 4
    """Largest real or imaginary part of a root of the characteristic polynomial."""
    forced: bool = False
    """Whether some equations have a right side."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.order <= 6, "order", "1 to 6")
        self.require(2 <= self.max_root <= 20, "max_root", "2 to 20")


@register
class InitialValueProblem(ExpressionFamily[InitialValueProblemConfig]):
    """Solve a linear differential equation with constant coefficients and given initial values.

    The roots of the characteristic polynomial are planted: real, repeated, or complex; the right side is a
    polynomial times an exponential that is no root (Boyce and DiPrima, Elementary Differential Equations,
    chapters 3 and 4). Effort is the schoolbook work of the roots and of the linear system.
    """

    id = "InitialValueProblem-v0"
    domain = "math"

    def at_level(self, level: int) -> InitialValueProblemConfig:
        """Raise the order, and the size of the roots between two orders."""
        return InitialValueProblemConfig(
            order=min(1 + (level + 1) // 3, 6),
            max_root=min(5 + level, 20),
            forced=level % 3 != 2 or level > 4,
        )

    def generate(self, rng: Random, config: InitialValueProblemConfig) -> Draft:
        """Draw roots, a particular solution and initial values."""
        modes, characteristic = _draw_modes(rng, config)
        order = config.order
        taken = {a for _, a, b in modes if b == 0}
        special: list[Fraction] = []
        rate = 0
        if config.forced:
            rate = rng.choice([r for r in range(-order - 2, order + 3) if r not in taken])
            special = [Fraction(rng.randint(-9, 9)) for _ in range(rng.randint(0, 1 + order // 2))]
            special.append(Fraction(rng.choice((-1, 1)) * rng.randint(1, 9)))
        right = _apply(characteristic, special, rate)
        values = [rng.randint(-9, 9) for _ in range(order)]
        working = Working()
        roots = ", ".join(f"{a} +- {abs(b)}i" if b else str(a) for _, a, b in modes)
        work = sum(multiplying(c, c) * (1 + config.max_root) for c in characteristic)
        working.step(f"Roots of the characteristic polynomial: {roots}", roots, work=work)
        if special:
            shown = write(_times_exponential(special, rate))
            text = f"A particular solution is {shown}"
            working.step(text, shown, "s1", work=12.0 * len(special) * order)
        start = _jets([(k, a, b) for k, a, b in modes], order)
        own = _derivatives(special, rate, order)
        system = [[start[mode][row] for mode in range(order)] for row in range(order)]
        rest = [Fraction(value) - at for value, at in zip(values, own, strict=True)]
        working.step(f"The initial values give {write_matrix(system)} c = {list(map(str, rest))}", str(rest))
        constants = solve_system(system, rest, working)
        solution = _times_exponential(special, rate) if special else number(0)
        for constant, mode in zip(constants, modes, strict=True):
            solution = add(solution, multiply(number(constant), _mode(mode)))
        answer = write(solution)
        working.step(f"y = {answer}", answer, f"s{len(working.steps)}", work=len(answer) / 4)
        return self._asked(rng, characteristic, right, rate, values, answer, working)

    def _asked(
        self,
        rng: Random,
        characteristic: Sequence[int],
        right: Sequence[Fraction],
        rate: int,
        values: Sequence[int],
        answer: str,
        working: Working,
    ) -> Draft:
        names = ["y", "y'", "y''", *(f"y^({n})" for n in range(3, 7))]
        left = write_sum([(c, names[n]) for n, c in reversed(list(enumerate(characteristic)))])
        equation = f"{left} = {write(_times_exponential(right, rate))}"
        given = ", ".join(f"{names[n]}(0) = {value}" for n, value in enumerate(values))
        return self.draft(
            rng,
            phrasings=[f"{text}\n{FORM}" for text in PHRASINGS],
            fields={"equation": equation, "values": given},
            truth={"equation": equation, "values": list(values), "characteristic": list(characteristic)},
            answer=answer,
            working=working,
            topic="differential equations",
        )

    def solve(self, task: Task) -> str | None:
        """Find the roots by sympy, and fit all constants to the power series of the solution."""
        import sympy

        x = sympy.Symbol("x")
        line = next(line for line in task.text.splitlines() if line.startswith(("y", "-y")))
        left, _, right = line.partition(" = ")
        values = [int(v) for v in re.findall(r"\(0\) = (-?[0-9]+)", task.text)]
        coefficients = _read_left(left, len(values))
        function = to_sympy(right)
        # The equation's right side is a polynomial times exp(rate x): annihilate it by more roots.
        degree, rate = 0, 0
        if function != 0:
            grown = next(iter(function.atoms(sympy.exp)), sympy.Integer(1))
            rate = grown.args[0].coeff(x) if function.has(sympy.exp) else 0
            degree = 1 + sympy.degree(sympy.expand(function / grown), x) if function.has(x) else 1
            degree = max(int(degree), 1)
        poly = sympy.Poly(coefficients[::-1], x)
        basis = []
        for root, count in sympy.roots(poly).items():
            real, imaginary = root.as_real_imag()
            if imaginary >= 0:
                for k in range(count):
                    wave = [sympy.cos(imaginary * x), sympy.sin(imaginary * x)] if imaginary else [1]
                    basis += [x**k * sympy.exp(real * x) * part for part in wave]
        basis += [x**k * sympy.exp(rate * x) for k in range(degree)]
        size = len(basis)
        series = list(values)
        forced = function
        while len(series) < size:
            known = sum(c * series[len(series) - len(values) + n] for n, c in enumerate(coefficients[:-1]))
            series.append(forced.subs(x, 0) - known)
            forced = sympy.diff(forced, x)
        rows = []
        for each in basis:
            row = []
            for _ in range(size):
                row.append(each.subs(x, 0) if hasattr(each, "subs") else each)
                each = sympy.diff(each, x)
            rows.append(row)
        constants = sympy.Matrix(rows).T.LUsolve(sympy.Matrix(series))
        return str(sum(c * each for c, each in zip(constants, basis, strict=True))).replace("**", "^")

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield other functions, and solutions with other initial values."""
        reference = task.reference or ""
        yield from (f"{reference} + 1", f"2*({reference}) + 1", f"({reference}) + x", f"{reference} + C")
        yield from (task.ground_truth["equation"], f"({reference})*exp(x)+1", "C*exp(x)")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the equation y = ..."""
        yield from super().equivalents(task)
        yield from (f"y = {task.reference}", f"y(x) = {task.reference}")


def _draw_modes(rng: Random, config: InitialValueProblemConfig) -> tuple[list[Mode], list[int]]:
    """Draw roots; return the solutions that they give, and the characteristic polynomial."""
    modes: list[Mode] = []
    polynomial = [1]
    bound = config.max_root
    while len(modes) < config.order:
        a = rng.randint(-bound, bound)
        if config.order - len(modes) >= 2 and rng.random() < 0.4:
            b = rng.randint(1, bound)
            if any((0, a, b) == mode for mode in modes):
                continue
            modes += [(0, a, b), (0, a, -b)]
            polynomial = product(polynomial, [a * a + b * b, -2 * a, 1])
            continue
        seen = sum(mode[1:] == (a, 0) for mode in modes)
        modes.append((seen, a, 0))
        polynomial = product(polynomial, [-a, 1])
    return modes, polynomial


def _mode(mode: Mode) -> Expression:
    k, a, b = mode
    wave = call("cos" if b > 0 else "sin", multiply(number(abs(b)), X)) if b else number(1)
    grown = call("exp", multiply(number(a), X)) if a else number(1)
    return multiply(power(X, k), multiply(grown, wave))


def _times_exponential(coefficients: Sequence[Fraction | int], rate: int) -> Expression:
    total = number(0)
    for exponent, coefficient in reversed(list(enumerate(coefficients))):
        if coefficient:
            total = add(total, multiply(number(coefficient), power(X, exponent)))
    return multiply(total, call("exp", multiply(number(rate), X))) if rate else total


def _step(coefficients: Sequence[Fraction], rate: int) -> list[Fraction]:
    """Differentiate a polynomial times exp(rate x), as the polynomial that it gives."""
    slope = [(n + 1) * c for n, c in enumerate(coefficients[1:])] + [Fraction(0)]
    return [s + rate * c for s, c in zip(slope, coefficients, strict=False)] if coefficients else []


def _apply(characteristic: Sequence[int], coefficients: Sequence[Fraction], rate: int) -> list[Fraction]:
    """Return the left side of the equation at a polynomial times exp(rate x)."""
    total = [Fraction(0)] * len(coefficients)
    current = list(coefficients)
    for c in characteristic:
        total = [t + c * v for t, v in zip(total, current, strict=True)]
        current = _step(current, rate)
    return total


def _derivatives(coefficients: Sequence[Fraction], rate: int, count: int) -> list[Fraction]:
    """Return the derivatives of a polynomial times exp(rate x) at 0, from the value on."""
    found, current = [], list(coefficients)
    for _ in range(count):
        found.append(current[0] if current else Fraction(0))
        current = _step(current, rate)
    return found


def _jets(modes: Sequence[Mode], count: int) -> list[list[Fraction]]:
    """Return the derivatives at 0 of the solutions of the homogeneous equation."""
    jets = []
    for k, a, b in modes:
        if not b:
            jets.append(_derivatives([Fraction(int(n == k)) for n in range(k + 1)], a, count))
            continue
        # exp(a x) (cos(b x) + i sin(b x)) has the derivatives (a + b i)^n at 0.
        real, imaginary, parts = Fraction(1), Fraction(0), []
        for _ in range(count):
            parts.append(real if b > 0 else imaginary)
            real, imaginary = real * a - imaginary * abs(b), real * abs(b) + imaginary * a
        jets.append(parts)
    return jets


def _read_left(text: str, order: int) -> list[int]:
    """Read the coefficients of y, y', ... on the left side."""
    found = [0] * (order + 1)
    for sign, factor, mark in re.findall(r"(^-|[-+] |^)([0-9]*)y('{0,2}(?!\^)|\^\([0-9]\))", text):
        at = int(mark[2:-1]) if "^" in mark else len(mark)
        found[at] = int(f"{sign.strip()}{factor or 1}")
    return found
