"""Linear congruences: modular inverses, and a * x = b modulo m."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from reason.family import Config, Draft
from reason.generators.math.number_theory import coprime_to, draw_number, euclid_steps
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["LinearCongruence", "LinearCongruenceConfig"]

PHRASINGS = {
    "inverse": (
        "Find the multiplicative inverse of {a} modulo {modulus}, as an integer from 1 to {last}.",
        "Which integer x with 0 < x < {modulus} satisfies {a} * x \u2261 1 (mod {modulus})?",
    ),
    "solve": (
        "Solve {a} * x \u2261 {b} (mod {modulus}). Answer with the only solution from 0 to {last}.",
        "Find the smallest non-negative integer x for which {a} * x leaves the remainder {b} on division by "
        "{modulus}.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class LinearCongruenceConfig(Config):
    """Knobs of the numbers."""

    digits: int = 3
    """Digits of the modulus."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.digits <= 300, "digits", "2 to 300")


@register
class LinearCongruence(ValueFamily[LinearCongruenceConfig]):
    """Find a modular inverse, or solve a linear congruence whose factor is coprime to the modulus.

    Effort is the schoolbook work of Euclid's extended algorithm (Knuth, volume 2, section 4.5.2).
    """

    id = "LinearCongruence-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> LinearCongruenceConfig:
        """Add a digit a level."""
        return LinearCongruenceConfig(digits=min(3 + level, 300))

    def generate(self, rng: Random, config: LinearCongruenceConfig) -> Draft:
        """Draw a modulus and a number that is coprime to it."""
        modulus = max(7, draw_number(rng, config.digits))
        a = coprime_to(rng, modulus)
        asked = rng.choice(("inverse", "solve"))
        b = 1 if asked == "inverse" else rng.randrange(2, modulus)
        working = Working()
        inverse, last = _invert(a, modulus, working)
        answer = inverse
        if asked == "solve":
            answer = inverse * b % modulus
            text = f"x = {b} * {inverse} = {b * inverse}, which is {answer} modulo {modulus}"
            working.step(text, answer, last, work=2 * multiplying(b, inverse))
        return self.draft(
            rng,
            phrasings=PHRASINGS[asked],
            fields={"a": a, "b": b, "modulus": modulus, "last": modulus - 1},
            truth={"a": str(a), "b": str(b), "modulus": str(modulus)},
            answer=str(answer),
            working=working,
            topic="congruences",
        )

    def solve(self, task: Task) -> str | None:
        """Use Python's ``pow`` with the exponent -1."""
        numbers = [int(number) for number in re.findall(r"[0-9]+", task.text)]
        if "inverse" in task.text:
            a, b, modulus = numbers[0], 1, numbers[1]
        elif "Which" in task.text:
            modulus, a, b = numbers[1], numbers[2], 1
        else:
            a, b, modulus = numbers[:3]
        return str(pow(a, -1, modulus) * b % modulus)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, and numbers that are congruent but not in range."""
        value, modulus = int(task.reference or 0), int(task.ground_truth["modulus"])
        yield from (str(value + modulus), str(value - modulus), str(value + 1), str(value - 1), f"{value}.5")
        yield f"{task.ground_truth['b']}/{task.ground_truth['a']}"


def _invert(a: int, modulus: int, working: Working) -> tuple[int, str]:
    """Run the extended algorithm, a step a division; return the inverse and the last step's id."""
    before, now = 0, 1
    after: list[str] = []
    for high, low, quotient, rest in euclid_steps(modulus, a):
        if rest == 0:
            break
        before, now = now, before - quotient * now
        text = f"{high} = {quotient} * {low} + {rest}, and {rest} = {now} * {a} modulo {modulus}"
        work = multiplying(quotient, low) + multiplying(quotient, now)
        after = [working.step(text, now, *after, work=work)]
    inverse = now % modulus
    return inverse, working.step(f"The inverse of {a} modulo {modulus} is {inverse}", inverse, *after)
