"""Linear Diophantine equations: any integers that solve them, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from random import Random

from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.math.number_theory import draw_number, euclid_steps
from reason.generators.math.worked import Working, multiplying, write_sum
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.integers import read_integers
from reason.verifiers.spelling import plain

__all__ = ["LinearDiophantine", "LinearDiophantineConfig"]

PHRASINGS = (
    "Find integers {names} with\n{equation}",
    "Give one solution in integers (negative ones are allowed) of\n{equation}",
    "Solve the Diophantine equation\n{equation}\nOne solution is enough.",
)
NAMES = "xyzuvwpqrst"
CLAIMS = frozenset(("none", "no solution", "no solutions", "no integer solution", "no integer solutions"))
UNSOLVABLE_SHARE = 0.2


@dataclass(frozen=True, kw_only=True)
class LinearDiophantineConfig(Config):
    """Knobs of the equation."""

    num_unknowns: int = 2
    """Unknowns of the equation."""
    digits: int = 2
    """Digits of the coefficients."""
    unsolvable_share: float = UNSOLVABLE_SHARE
    """Share of the equations that have no solution."""

    def __post_init__(self) -> None:
        """Reject what cannot be written."""
        super().__post_init__()
        self.require(2 <= self.num_unknowns <= len(NAMES), "num_unknowns", f"2 to {len(NAMES)}")
        self.require(1 <= self.digits <= 100, "digits", "1 to 100")
        self.require(0 <= self.unsolvable_share <= 0.5, "unsolvable_share", "0 to 0.5")


@register
class LinearDiophantine(Family[LinearDiophantineConfig]):
    """Solve a linear equation in integers, or see that the divisor of its coefficients forbids it.

    Every solution is right. Effort is the schoolbook work of Euclid's extended algorithm (Bezout's identity).
    """

    id = "LinearDiophantine-v0"
    domain = "math"

    def at_level(self, level: int) -> LinearDiophantineConfig:
        """Add digits, and an unknown every third level."""
        return LinearDiophantineConfig(
            num_unknowns=min(2 + level // 3, len(NAMES)), digits=min(2 + level - level // 3, 100)
        )

    def generate(self, rng: Random, config: LinearDiophantineConfig) -> Draft:
        """Draw coefficients, with a common divisor where there shall be no solution."""
        solvable = rng.random() >= config.unsolvable_share
        divisor = rng.choice((1, 1, 2, 3, 5, 6)) if solvable else rng.randint(2, 9)
        coefficients = [
            divisor * draw_number(rng, config.digits) * rng.choice((1, 1, -1))
            for _ in range(config.num_unknowns)
        ]
        common = gcd(*coefficients)
        total = common * rng.randrange(-(10**config.digits), 10**config.digits)
        if not solvable:
            total += rng.randrange(1, common)
        working = Working()
        factors = _bezout(coefficients, working)
        last = f"s{len(working.steps)}"
        names = NAMES[: config.num_unknowns]
        equation = f"{write_sum(list(zip(coefficients, names, strict=True)))} = {total}"
        if solvable:
            values = [factor * (total // common) for factor in factors]
            values = _shorten(values, coefficients)
            reference = f"({', '.join(map(str, values))})"
            text = f"Multiply by {total} / {common} = {total // common}, and shift: {reference}"
            working.step(text, reference, last, work=multiplying(total, common) * len(values))
        else:
            reference = "none"
            working.step(f"{common} divides the left side and does not divide {total}: none", "none", last)
        question = rng.choice(PHRASINGS).format(names=", ".join(names), equation=equation)
        form = f"({', '.join(names)})"
        return Draft(
            prompt=f'{question}\nAnswer with the tuple {form}, or with "none" if there is no solution in '
            f"integers.\n{ANSWER_INSTRUCTION}",
            ground_truth={"coefficients": coefficients, "total": total, "solvable": solvable},
            reference=reference,
            effort=working.work,
            canonical=[sorted(coefficients), total],
            trace=tuple(working.steps),
            metadata={"topic": "Diophantine equations"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Put the numbers into the equation, or judge the claim that there are none."""
        truth = task.ground_truth
        if len(answer) < 100 and plain(answer).casefold() in CLAIMS:
            if truth["solvable"]:
                return Verdict.wrong("there is a solution")
            return Verdict.right()
        names = NAMES[: len(truth["coefficients"])]
        values = read_integers(answer, names)
        if isinstance(values, str):
            return Verdict.wrong(values, status=Status.PARSE_ERROR)
        found = sum(a * x for a, x in zip(truth["coefficients"], values, strict=True))
        if found != truth["total"]:
            return Verdict.wrong("the two sides are not equal")
        return Verdict.right()

    def solve(self, task: Task) -> str | None:
        """Use modular inverses: solve for the first unknown modulo the divisor of the others."""
        equation = next(line for line in task.text.splitlines() if " = " in line)
        left, _, right = equation.partition(" = ")
        terms = re.findall(r"(-?) ?([0-9]*)([a-z])", left.replace("+", " "))
        coefficients = [int(f"{sign}{number or 1}") for sign, number, _ in terms]
        return _by_inverses(coefficients, int(right))

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield numbers off by one, in another order, too few, and false claims."""
        truth, reference = task.ground_truth, task.reference or ""
        if not truth["solvable"]:
            zeros = ", ".join("0" for _ in truth["coefficients"])
            yield from (f"({zeros})", "yes", "(1/2, 1/2)", "not none", "none or (1, 1)")
            return
        values = [int(value) for value in reference.strip("()").split(", ")]
        yield from ("none", "no solution", reference[:-1] + ", 0)", f"{reference} or none", str(values[0]))
        for at in range(len(values)):
            changed = [value + (place == at) for place, value in enumerate(values)]
            yield f"({', '.join(map(str, changed))})"
        yield f"({', '.join(f'{value}.5' for value in values)})"

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield another solution, equations for the unknowns, and other brackets."""
        truth, reference = task.ground_truth, task.reference or ""
        if not truth["solvable"]:
            yield from ("None", "no solution", "**none**", "\\text{none}", "No integer solutions.")
            return
        values = [int(value) for value in reference.strip("()").split(", ")]
        a, b = truth["coefficients"][:2]
        other = [values[0] + b, values[1] - a, *values[2:]]
        yield from (f"({', '.join(map(str, other))})", reference.strip("()"), f"${reference}$")
        yield ", ".join(f"{name} = {value}" for name, value in zip(NAMES, values, strict=False))

    def chance(self, config: LinearDiophantineConfig) -> float:
        """Claim that there is none, or answer zeros and hope for a total of zero."""
        return config.unsolvable_share + 0.5 / 10.0**config.digits


def _bezout(numbers: list[int], working: Working) -> list[int]:
    """Return factors with which the numbers add up to their greatest common divisor."""
    common, factors = abs(numbers[0]), [1 if numbers[0] > 0 else -1]
    after: list[str] = []
    for number in numbers[1:]:
        r, s, x, y, work = common, abs(number), (1, 0), (0, 1), 0.0
        for _, low, quotient, _ in euclid_steps(r, s):
            work += multiplying(quotient, low) + multiplying(quotient, y[0]) + multiplying(quotient, y[1])
            x, y = y, (x[0] - quotient * y[0], x[1] - quotient * y[1])
        new = x[0] * common + x[1] * abs(number)
        factors = [factor * x[0] for factor in factors] + [x[1] if number > 0 else -x[1]]
        text = f"{x[0]} * {common} + {x[1]} * {abs(number)} = {new}, their greatest common divisor"
        common = new
        after = [working.step(text, common, *after, work=work)]
    return factors


def _shorten(values: list[int], coefficients: list[int]) -> list[int]:
    """Make the values smaller by solutions of the equation with the right side 0."""
    values = list(values)
    for at in range(len(values) - 1):
        a, b = coefficients[at], coefficients[at + 1]
        common = gcd(a, b)
        times = values[at] // abs(b // common) * (1 if b > 0 else -1)
        values[at] -= times * (b // common)
        values[at + 1] += times * (a // common)
    return values


def _by_inverses(coefficients: list[int], total: int) -> str:
    if total % gcd(*coefficients):
        return "none"
    values = []
    while len(coefficients) > 1:
        a, rest = coefficients[0], gcd(*coefficients[1:])
        common = gcd(a, rest)
        modulus = rest // common
        x = total // common * pow(a // common, -1, modulus) % modulus if modulus > 1 else 0
        values.append(x)
        total -= a * x
        coefficients = coefficients[1:]
    return f"({', '.join(map(str, [*values, total // coefficients[0]]))})"
