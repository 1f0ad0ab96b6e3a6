"""Modular arithmetic: the remainder of sums and products of large powers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.family import Config, Draft
from reason.generators.math.trees import evaluate_text
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["ModularArithmetic", "ModularArithmeticConfig"]

PHRASINGS = (
    "What is the remainder when\n{expression}\nis divided by {modulus}?",
    "Compute\n{expression}\nmodulo {modulus}. The answer is from 0 to {last}.",
    "Find the smallest non-negative integer that is congruent to\n{expression}\nmodulo {modulus}.",
)


@dataclass(frozen=True, kw_only=True)
class ModularArithmeticConfig(Config):
    """Knobs of the expression."""

    num_terms: int = 2
    """Terms of the sum."""
    num_powers: int = 2
    """Powers that each term multiplies."""
    exponent_bits: int = 8
    """Binary digits of an exponent."""
    modulus_digits: int = 3
    """Decimal digits of the modulus."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_terms <= 20, "num_terms", "1 to 20")
        self.require(1 <= self.num_powers <= 10, "num_powers", "1 to 10")
        self.require(1 <= self.exponent_bits <= 1_000, "exponent_bits", "1 to 1000")
        self.require(2 <= self.modulus_digits <= 300, "modulus_digits", "2 to 300")


@register
class ModularArithmetic(ValueFamily[ModularArithmeticConfig]):
    """Find the remainder of a sum of products of powers.

    Effort is the schoolbook work of square-and-multiply, with a reduction after each step (Knuth, volume 2,
    section 4.6.3).
    """

    id = "ModularArithmetic-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> ModularArithmeticConfig:
        """Take longer exponents and moduli, and more powers."""
        return ModularArithmeticConfig(
            num_terms=min(1 + level // 3, 20),
            num_powers=min(1 + level // 4, 10),
            exponent_bits=min(3 + level, 1_000),
            modulus_digits=min(2 + level // 4, 300),
        )

    def generate(self, rng: Random, config: ModularArithmeticConfig) -> Draft:
        """Draw bases, exponents and a modulus."""
        modulus = rng.randrange(10 ** (config.modulus_digits - 1) + 1, 10**config.modulus_digits)
        terms = [
            [
                (
                    rng.randrange(2, modulus),
                    rng.randrange(1 << (config.exponent_bits - 1), 1 << config.exponent_bits),
                )
                for _ in range(config.num_powers)
            ]
            for _ in range(config.num_terms)
        ]
        signs = [1, *(rng.choice((1, 1, -1)) for _ in terms[1:])]
        working = Working()
        total, after = 0, []
        for sign, powers in zip(signs, terms, strict=True):
            product, made = 1, []
            for base, exponent in powers:
                value = _power(base, exponent, modulus, working)
                made.append(f"s{len(working.steps)}")
                product = product * value % modulus
            work = multiplying(modulus, modulus) * len(powers)
            after.append(working.step(f"The term is {product} modulo {modulus}", product, *made, work=work))
            total += sign * product
        total %= modulus
        working.step(f"The terms together are {total} modulo {modulus}", total, *after)
        written = ["*".join(f"{base}^{exponent}" for base, exponent in powers) for powers in terms]
        expression = written[0] + "".join(
            f" {'+' if sign > 0 else '-'} {text}" for sign, text in zip(signs[1:], written[1:], strict=True)
        )
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"expression": expression, "modulus": modulus, "last": modulus - 1},
            truth={"expression": expression, "modulus": str(modulus)},
            answer=str(total),
            working=working,
            topic="modular arithmetic",
        )

    def solve(self, task: Task) -> str | None:
        """Compute the whole number and divide it, or Python's ``pow`` where it is too long."""
        expression = task.text.splitlines()[1]
        modulus = int(re.findall(r"(?:modulo|divided by) ([0-9]+)", task.text)[0])
        if len(expression) < 60:
            return str(int(evaluate_text(expression)) % modulus)
        short = re.sub(r"([0-9]+)\^([0-9]+)", lambda m: str(pow(int(m[1]), int(m[2]), modulus)), expression)
        return str(int(evaluate_text(short)) % modulus)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, numbers that are congruent but not in range, and the expression."""
        value, modulus = int(task.reference or 0), int(task.ground_truth["modulus"])
        yield from (str(value + modulus), str(value - modulus), str(value + 1), str(modulus), f"{value}.5")
        yield from (task.ground_truth["expression"], f"{modulus - value}" if 2 * value != modulus else "-1")


def _power(base: int, exponent: int, modulus: int, working: Working) -> int:
    """Square and multiply from the highest bit down, as one step."""
    value, work = base % modulus, 0.0
    shown = [str(value)]
    for bit in bin(exponent)[3:]:
        work += multiplying(value, value)
        value = value * value % modulus
        if bit == "1":
            work += multiplying(value, base)
            value = value * base % modulus
        shown.append(str(value))
    text = f"{base}^{exponent} modulo {modulus}, squaring and multiplying: {', '.join(shown)}"
    working.step(text, value, work=work + 1)
    return value
