"""Logarithms and exponentials with rational values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying, write_signed, write_sum
from reason.registry import register
from reason.task import Task

__all__ = ["Logarithm", "LogarithmConfig"]

PHRASINGS = {
    "value": (
        "Compute the exact value of\n{expression}",
        "Evaluate this exactly; log_b(x) is the logarithm of x to the base b.\n{expression}",
        "What number is this?\n{expression}",
    ),
    "exponential": (
        "Solve for x exactly:\n{expression}",
        "Which real number x satisfies this equation?\n{expression}",
    ),
    "logarithmic": (
        "Solve for x exactly; log_b is the logarithm to the base b.\n{expression}",
        "Find the real number x with\n{expression}",
    ),
}


@dataclass(frozen=True, kw_only=True)
class LogarithmConfig(Config):
    """Knobs of the expression."""

    num_terms: int = 2
    """Logarithms in an expression, or powers in an equation."""
    max_exponent: int = 5
    """Largest exponent in magnitude."""
    max_coefficient: int = 9
    """Largest coefficient."""

    def __post_init__(self) -> None:
        """Reject what has numbers that are too long."""
        super().__post_init__()
        self.require(1 <= self.num_terms <= 40, "num_terms", "1 to 40")
        self.require(2 <= self.max_exponent <= 100, "max_exponent", "2 to 100")
        self.require(2 <= self.max_coefficient <= 1_000, "max_coefficient", "2 to 1000")


@register
class Logarithm(ValueFamily[LogarithmConfig]):
    """Evaluate logarithms, or solve an exponential or logarithmic equation, with a rational result.

    All bases and arguments are powers of one prime, so that everything is a linear equation in exponents.
    Effort is the schoolbook work of finding the exponents by repeated division, and of that equation.
    """

    id = "Logarithm-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> LogarithmConfig:
        """Add terms, and larger exponents and coefficients."""
        return LogarithmConfig(
            num_terms=min(2 + 2 * level // 3, 40),
            max_exponent=min(4 + level, 100),
            max_coefficient=min(9 + 2 * level, 1_000),
        )

    def generate(self, rng: Random, config: LogarithmConfig) -> Draft:
        """Draw a prime, and an expression or an equation in its powers."""
        asked = rng.choice(tuple(PHRASINGS))
        working = Working()
        if asked == "value":
            expression, answer = _draw_value(rng, config, working)
        elif asked == "exponential":
            expression, answer = _draw_exponential(rng, config, working)
        else:
            expression, answer = _draw_logarithmic(rng, config, working)
        return self.draft(
            rng,
            phrasings=PHRASINGS[asked],
            fields={"expression": expression},
            truth={"asked": asked, "expression": expression},
            answer=str(answer),
            working=working,
            topic="logarithms",
        )

    def solve(self, task: Task) -> str | None:
        """Compute with logarithms of 60 digits, and take the fraction that is nearest."""
        from decimal import Decimal, localcontext

        line = task.text.splitlines()[1]
        with localcontext(prec=60):

            def log(text: str) -> Decimal:
                value = Fraction(text)
                return (Decimal(value.numerator) / Decimal(value.denominator)).ln()

            if "^" in line:
                sides = [(Decimal(0), Decimal(0)), (Decimal(0), Decimal(0))]
                for at, side in enumerate(line.split(" = ")):
                    for base, slope, constant in re.findall(
                        r"\(?([0-9]+(?:/[0-9]+)?)\)?\^\((-?[0-9]*)x((?: [-+] [0-9]+)?)\)", side
                    ):
                        a = Decimal({"": 1, "-": -1}.get(slope, slope or 0))
                        b = Decimal(constant.replace(" ", "") or 0)
                        sides[at] = (sides[at][0] + a * log(base), sides[at][1] + b * log(base))
                (a, b), (c, d) = sides
                value = (d - b) / (a - c)
            else:
                total, _, right = line.partition(" = ")
                constant, slope = Decimal(right or 0), Decimal(0)
                for sign, number, base, inner in re.findall(
                    r"(^-|[-+] |^)([0-9]*)\*?log_\(?([0-9/]+)\)?\(([^()]*)\)", total
                ):
                    factor = Decimal(f"{sign.strip()}{number or 1}") / log(base)
                    if inner == "x":
                        slope += factor
                    else:
                        constant -= factor * log(inner)
                value = -constant if not right else (constant / slope).exp()
            return str(Fraction(value).limit_denominator(10**12))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, the other sign, the reciprocal, and the expression itself."""
        value = Fraction(task.reference or 0)
        yield from (str(value + 1), str(value - 1), str(value * 10 + 1), f"{value + 1}/7")
        if value:
            yield str(-value)
            if abs(value) != 1:
                yield str(1 / value)
        yield task.ground_truth["expression"]


def _power(rng: Random, prime: int, most: int, working: Working) -> tuple[str, int, str]:
    """Draw a power of the prime; return how it is written, its exponent and the step that finds it."""
    exponent = rng.choice((1, 1, 1, -1)) * rng.randint(1, most)
    value = Fraction(prime) ** exponent
    work = sum(multiplying(prime**power, prime) for power in range(abs(exponent)))
    return (
        str(value),
        exponent,
        working.step(f"{value} = {prime}^{write_signed(exponent)}", exponent, work=work),
    )


def _base(rng: Random, prime: int, most: int, working: Working) -> tuple[str, int, str]:
    while True:
        text, exponent, name = _power(rng, prime, min(most, 6), working)
        if exponent:
            return (f"({text})" if "/" in text else text), exponent, name


def _draw_value(rng: Random, config: LogarithmConfig, working: Working) -> tuple[str, Fraction]:
    total, terms, names = Fraction(0), [], []
    for _ in range(config.num_terms):
        prime = rng.choice((2, 2, 3, 5, 7))
        base, under, first = _base(rng, prime, config.max_exponent, working)
        argument, over, second = _power(rng, prime, config.max_exponent, working)
        factor = rng.choice((1, -1)) * rng.randint(1, config.max_coefficient)
        value = Fraction(over, under)
        text = f"log_{base}({argument})"
        names.append(working.step(f"{text} = {over}/{under} = {value}", value, first, second, work=2))
        total += factor * value
        terms.append((factor, f"*{text}" if abs(factor) != 1 else text))
    work = sum(multiplying(factor, total) for factor, _ in terms) + adding(total) * len(terms)
    working.step(f"Together: {total}", total, *names, work=work)
    return write_sum(terms), total


def _draw_exponential(rng: Random, config: LogarithmConfig, working: Working) -> tuple[str, Fraction]:
    """Draw an equation between two products of powers of one prime with linear exponents."""
    prime = rng.choice((2, 2, 3, 5, 7))
    while True:
        draft = Working()
        sides, slopes, constants, names = [], [0, 0], [0, 0], []
        for at in range(config.num_terms + 1):
            side = int(at >= (config.num_terms + 1) // 2)
            base, exponent, name = _base(rng, prime, config.max_exponent, draft)
            a = rng.choice((1, 1, -1)) * rng.randint(1, min(9, config.max_coefficient))
            b = rng.randint(-config.max_coefficient, config.max_coefficient)
            slopes[side] += exponent * a
            constants[side] += exponent * b
            sides.append((side, f"{base}^({write_sum([(a, 'x'), (b, '')])})"))
            names.append(name)
        if slopes[0] != slopes[1]:
            break
    working.steps += draft.steps
    working.work += draft.work
    slope, constant = slopes[0] - slopes[1], constants[1] - constants[0]
    lines = [write_sum([(a, "x"), (b, "")]) for a, b in zip(slopes, constants, strict=True)]
    last = working.step(
        f"The exponents of {prime}: {lines[0]} = {lines[1]}", slope, *names, work=3 * len(names)
    )
    value = Fraction(constant, slope)
    working.step(
        f"x = {constant}/{write_signed(slope)} = {value}", value, last, work=multiplying(constant, slope)
    )
    texts = [" * ".join(text for side, text in sides if side == wanted) for wanted in (0, 1)]
    return " = ".join(texts), value


def _draw_logarithmic(rng: Random, config: LogarithmConfig, working: Working) -> tuple[str, Fraction]:
    """Draw a sum of logarithms of x to powers of one prime, whose solution is a power of it."""
    prime = rng.choice((2, 2, 3, 5, 7))
    exponent = rng.choice((1, 1, -1)) * rng.randint(1, config.max_exponent + 2)
    while True:
        draft = Working()
        slope, right, terms, names = Fraction(0), Fraction(0), [], []
        for at in range(config.num_terms):
            base, under, name = _base(rng, prime, config.max_exponent, draft)
            factor = rng.choice((1, 1, -1)) * rng.randint(1, config.max_coefficient)
            names.append(name)
            if at == 0 or rng.random() < 0.6:
                slope += Fraction(factor, under)
                argument = "x"
                right += Fraction(factor * exponent, under)
            else:
                argument, over, name = _power(rng, prime, config.max_exponent, draft)
                names.append(name)
                right += Fraction(factor * over, under)
            text = f"log_{base}({argument})"
            terms.append((factor, f"*{text}" if abs(factor) != 1 else text))
        if slope and right.denominator == 1:
            break
    working.steps += draft.steps
    working.work += draft.work
    text = f"With y = log_{prime}(x) this is linear with the slope {slope}, and y = {exponent}"
    last = working.step(text, exponent, *names, work=adding(slope, right) * len(terms))
    value = Fraction(prime) ** exponent
    working.step(f"x = {prime}^{write_signed(exponent)} = {value}", value, last, work=abs(exponent))
    return f"{write_sum(terms)} = {right}", value
