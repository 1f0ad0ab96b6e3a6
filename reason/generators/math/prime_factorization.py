"""Prime factorisation of a whole number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd, prod
from random import Random

from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.generators.math.number_theory import is_prime, primes_to
from reason.generators.math.worked import Working, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict
from reason.verifiers.factorization import check_factorization

__all__ = ["PrimeFactorization", "PrimeFactorizationConfig"]

PHRASINGS = (
    "Write {number} as a product of primes.",
    "Find the prime factorisation of {number}.",
    "Factor {number} completely into prime numbers.",
    "Which primes multiply to {number}? Give each as often as it divides.",
    "Decompose {number} into prime factors.",
    "Express {number} as a product of prime powers.",
)
FORM = 'Write it as in "2^3 * 5 * 7"; the order does not matter.'


@dataclass(frozen=True, kw_only=True)
class PrimeFactorizationConfig(Config):
    """Knobs of the number."""

    max_prime: int = 100
    """Largest prime that is drawn."""
    num_primes: int = 4
    """Prime factors, counted with multiplicity."""

    def __post_init__(self) -> None:
        """Reject what takes too long to factor."""
        super().__post_init__()
        self.require(7 <= self.max_prime <= 1_000_000, "max_prime", "7 to 1000000")
        self.require(2 <= self.num_primes <= 100, "num_primes", "2 to 100")


@register
class PrimeFactorization(Family[PrimeFactorizationConfig]):
    """Write a whole number as a product of primes.

    Effort is the schoolbook work of trial division by primes, up to the root of what is left.
    """

    id = "PrimeFactorization-v0"
    domain = "math"

    def at_level(self, level: int) -> PrimeFactorizationConfig:
        """Take larger primes and more of them."""
        largest = min(int(100 * 1.4 ** min(level, 40)), 100_000)
        return PrimeFactorizationConfig(max_prime=largest, num_primes=min(4 + level // 3, 100))

    def generate(self, rng: Random, config: PrimeFactorizationConfig) -> Draft:
        """Multiply primes, each as likely as any other."""
        primes = primes_to(config.max_prime)
        chosen = rng.choices(primes, k=config.num_primes)
        number = prod(chosen)
        factors = {prime: chosen.count(prime) for prime in sorted(set(chosen))}
        working = Working()
        left, work = number, 0.0
        after: list[str] = []
        for prime in primes:
            if prime * prime > left:
                break
            work += multiplying(prime, left // prime)
            while left % prime == 0:
                text = f"{left} / {prime} = {left // prime}; no smaller prime divides {left}"
                left //= prime
                after = [working.step(text, prime, *after, work=work)]
                work = multiplying(prime, left)
        if left > 1:
            working.step(f"{left} is prime: no prime up to its root divides it", left, *after, work=work)
        answer = _write(factors)
        return Draft(
            prompt=f"{rng.choice(PHRASINGS).format(number=number)}\n{FORM}\n{ANSWER_INSTRUCTION}",
            ground_truth={
                "number": str(number),
                "factors": [[prime, count] for prime, count in factors.items()],
            },
            reference=answer,
            effort=working.work,
            canonical=str(number),
            trace=tuple(working.steps),
            metadata={"topic": "primes"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the multiset of primes, which is unique."""
        return check_factorization(answer, dict(task.ground_truth["factors"]))

    def solve(self, task: Task) -> str | None:
        """Split by Pollard's rho (1975), tested by Miller and Rabin."""
        number = int(re.findall(r"[0-9]+", task.text)[0])
        waiting, found = [number], []
        while waiting:
            part = waiting.pop()
            if part == 1:
                continue
            if is_prime(part):
                found.append(part)
            else:
                divisor = _rho(part)
                waiting += [divisor, part // divisor]
        return " * ".join(map(str, found))

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield products with a composite factor, a missing one, or one too many."""
        reference = task.reference or ""
        factors = dict(task.ground_truth["factors"])
        every = [prime for prime, count in factors.items() for _ in range(count)]
        yield " * ".join(map(str, [every[0] * every[1], *every[2:]]))
        yield from (_write({prime: count + 1 for prime, count in factors.items()}), f"{reference} * 2")
        yield from (" * ".join(map(str, every[1:])), str(prod(every)), f"{reference} + 0", f"-({reference})")
        yield from (f"{reference} or 2", f"{reference} = {prod(every) + 1}", f"2 * 3 = {reference}")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other orders, powers written out, and LaTeX."""
        reference = task.reference or ""
        factors = dict(task.ground_truth["factors"])
        every = [prime for prime, count in factors.items() for _ in range(count)]
        yield from (" * ".join(map(str, reversed(every))), "\u00d7".join(map(str, every)))
        yield from (reference.replace("*", "\\cdot"), f"{task.ground_truth['number']} = {reference}")
        yield f"${reference}$".replace("*", "\\times")


def _write(factors: dict[int, int]) -> str:
    return " * ".join(f"{prime}^{count}" if count > 1 else str(prime) for prime, count in factors.items())


def _rho(number: int) -> int:
    """Return a proper divisor of a composite number."""
    if number % 2 == 0:
        return 2
    for constant in range(1, 100):
        slow = fast = 2
        while True:
            slow = (slow * slow + constant) % number
            fast = (fast * fast + constant) % number
            fast = (fast * fast + constant) % number
            divisor = gcd(abs(slow - fast), number)
            if divisor == number:
                break
            if divisor > 1:
                return divisor
    return next(divisor for divisor in range(3, number, 2) if number % divisor == 0)
