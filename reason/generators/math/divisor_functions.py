"""Divisors: their number and sum, Euler's totient, and how many divisors have a property."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd, isqrt, prod
from random import Random

from reason.family import Config, Draft
from reason.generators.math.number_theory import factorize, primes_to
from reason.generators.math.worked import ValueFamily, Working, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["DivisorFunctions", "DivisorFunctionsConfig"]

PHRASINGS = {
    "count": (
        "How many positive divisors does {number} have?",
        "Find the number of positive divisors of {number}.",
    ),
    "sum": (
        "What is the sum of all positive divisors of {number}, including {number} itself?",
        "Add up all positive divisors of {number} (1 and the number itself included). What is the sum?",
    ),
    "totient": (
        "How many of the integers from 1 to {number} are coprime to {number}?",
        "Compute Euler's totient of {number}.",
    ),
    "odd": ("How many odd positive divisors does {number} have?",),
    "square": ("How many positive divisors of {number} are perfect squares (1 included)?",),
    "coprime": ("In how many ways can {number} be written as a * b with positive coprime integers a < b?",),
}


@dataclass(frozen=True, kw_only=True)
class DivisorFunctionsConfig(Config):
    """Knobs of the number."""

    max_prime: int = 20
    """Largest prime factor."""
    num_primes: int = 5
    """Prime factors, counted with multiplicity."""

    def __post_init__(self) -> None:
        """Reject what takes too long to factor."""
        super().__post_init__()
        self.require(7 <= self.max_prime <= 10_000, "max_prime", "7 to 10000")
        self.require(3 <= self.num_primes <= 60, "num_primes", "3 to 60")


@register
class DivisorFunctions(ValueFamily[DivisorFunctionsConfig]):
    """Count or add the divisors of a number, or count what is coprime to it.

    The answers are the multiplicative functions of number theory (Hardy and Wright, chapters 16 and 17).
    Effort is the schoolbook work of trial division and of the products.
    """

    id = "DivisorFunctions-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> DivisorFunctionsConfig:
        """Take more and larger primes."""
        return DivisorFunctionsConfig(
            max_prime=min(120 + 20 * level, 10_000), num_primes=min(4 + level // 2 + level // 4, 60)
        )

    def generate(self, rng: Random, config: DivisorFunctionsConfig) -> Draft:
        """Multiply primes, small ones more often, and ask one of six questions."""
        primes = primes_to(config.max_prime)
        chosen = [primes[int(len(primes) * rng.random() ** 2)] for _ in range(config.num_primes - 1)]
        chosen.append(primes[rng.randrange(len(primes) // 2, len(primes))])
        number = prod(chosen)
        factors = {prime: chosen.count(prime) for prime in sorted(set(chosen))}
        # What only has small answers is asked less often, so that no answer is likely.
        asked = rng.choice(
            ("count", "sum", "sum", "sum", "totient", "totient", "totient", "odd", "square", "coprime")
        )
        working = Working()
        largest = chosen[-1]
        work = sum(multiplying(prime, number) for prime in primes if prime <= largest)
        text = " * ".join(f"{prime}^{count}" for prime, count in factors.items())
        first = working.step(f"{number} = {text}", text, work=work)
        answer = _answer(asked, factors, working, first)
        return self.draft(
            rng,
            phrasings=PHRASINGS[asked],
            fields={"number": number},
            truth={"number": str(number), "asked": asked},
            answer=str(answer),
            working=working,
            topic="divisors",
        )

    def solve(self, task: Task) -> str | None:
        """List all divisors by sympy, and look at each; the totient by inclusion and exclusion."""
        number = int(re.findall(r"[0-9]{2,}", task.text)[0])
        if "coprime to" in task.text or "totient" in task.text:
            primes = list(factorize(number))
            subsets = range(1 << len(primes))
            products = [prod(p for at, p in enumerate(primes) if subset >> at & 1) for subset in subsets]
            signs = [(-1) ** subset.bit_count() for subset in subsets]
            return str(sum(s * (number // p) for s, p in zip(signs, products, strict=True)))
        from sympy import divisors

        found = divisors(number)
        if "sum" in task.text:
            return str(sum(found))
        if "odd" in task.text:
            return str(sum(d % 2 for d in found))
        if "squares" in task.text:
            return str(sum(isqrt(d) ** 2 == d for d in found))
        if "coprime" in task.text:
            return str(sum(gcd(d, number // d) == 1 and d * d < number for d in found))
        return str(len(found))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours and the number itself."""
        value = int(task.reference or 0)
        yield from (str(value + 1), str(value - 1), str(value * 2), f"-{value}", f"{value}.5")
        yield task.ground_truth["number"]


def _answer(asked: str, factors: dict[int, int], working: Working, first: str) -> int:
    parts = {
        "count": [count + 1 for count in factors.values()],
        "odd": [count + 1 for prime, count in factors.items() if prime > 2],
        "square": [count // 2 + 1 for count in factors.values()],
        "sum": [sum(prime**power for power in range(count + 1)) for prime, count in factors.items()],
        "totient": [prime ** (count - 1) * (prime - 1) for prime, count in factors.items()],
        "coprime": [2] * (len(factors) - 1),
    }[asked]
    names, value = [], 1
    rule = {
        "count": "e + 1 choices",
        "odd": "e + 1 choices for an odd prime",
        "square": "floor(e / 2) + 1 choices",
        "sum": "1 + p + ... + p^e",
        "totient": "p^(e - 1) * (p - 1)",
        "coprime": "all of p^e goes to a or to b; half of the choices have a < b",
    }[asked]
    for part in parts:
        names.append(
            working.step(
                f"The factor of a prime power p^e is {part} ({rule})", part, first, work=len(str(part))
            )
        )
    for part in parts:
        value *= part
    work = sum(multiplying(part, value) for part in parts)
    working.step(f"{' * '.join(map(str, parts)) or '1'} = {value}", value, *(names or [first]), work=work)
    return value
