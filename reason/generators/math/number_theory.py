"""Number theory that several families share: primes, factorisations and Euclid's algorithm."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import gcd, isqrt
from random import Random

__all__ = ["divisors", "draw_number", "euclid_steps", "factorize", "is_prime", "primes_to"]

WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Bases with which the Miller-Rabin test is exact below 3.3e24 (Sorenson and Webster, 2015)."""


@lru_cache(maxsize=8)
def primes_to(limit: int) -> tuple[int, ...]:
    """Return the primes up to ``limit``, by the sieve of Eratosthenes."""
    sieve = bytearray([1]) * (limit + 1)
    sieve[:2] = bytes(min(2, limit + 1))
    for number in range(2, isqrt(limit) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit + 1, number)))
    return tuple(number for number in range(limit + 1) if sieve[number])


def is_prime(number: int) -> bool:
    """Tell whether a number below 3.3e24 is prime (a probable prime above)."""
    if number < 2:
        return False
    for prime in WITNESSES:
        if number % prime == 0:
            return number == prime
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(pow(base, odd, number), twos, number) for base in WITNESSES)


def _passes(power: int, twos: int, number: int) -> bool:
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def draw_number(rng: Random, digits: int) -> int:
    """Draw a number of so many digits."""
    return rng.randrange(10 ** (digits - 1), 10**digits)


def factorize(number: int) -> dict[int, int]:
    """Return the prime factors of a positive number with their exponents, by trial division.

    >>> factorize(360)
    {2: 3, 3: 2, 5: 1}
    """
    found: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found[divisor] = found.get(divisor, 0) + 1
            number //= divisor
        divisor += 1 + divisor % 2
    if number > 1:
        found[number] = found.get(number, 0) + 1
    return found


def divisors(number: int) -> list[int]:
    """Return all positive divisors in ascending order."""
    found = [1]
    for prime, exponent in factorize(number).items():
        found = [divisor * prime**power for divisor in found for power in range(exponent + 1)]
    return sorted(found)


def euclid_steps(left: int, right: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield ``(a, b, a // b, a % b)`` for each division of Euclid's algorithm.

    >>> [step[3] for step in euclid_steps(12, 18)]
    [12, 6, 0]
    """
    while right:
        quotient, rest = divmod(left, right)
        yield left, right, quotient, rest
        left, right = right, rest


def coprime_to(rng: Random, modulus: int) -> int:
    """Draw a number from 2 that is coprime to a modulus above 4 and smaller than it."""
    while True:
        number = rng.randrange(2, modulus)
        if gcd(number, modulus) == 1:
            return number
