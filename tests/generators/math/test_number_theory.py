import math

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from reason.generators.math.number_theory import (
    coprime_to,
    divisors,
    draw_number,
    euclid_steps,
    factorize,
    is_prime,
    primes_to,
)
from reason.seeding import stream


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, 30, 1_000])
def test_the_sieve_has_sympys_primes(limit):
    assert list(primes_to(limit)) == list(sympy.primerange(limit + 1))


@given(st.integers(-5, 10**12))
def test_primality_is_sympys(number):
    assert is_prime(number) == sympy.isprime(number)


@pytest.mark.parametrize("number", [561, 1_105, 3_215_031_751, 3_825_123_056_546_413_051, 2**61 - 1])
def test_strong_pseudoprimes_are_told_from_primes(number):
    assert is_prime(number) == sympy.isprime(number)


@given(st.integers(1, 10**6))
def test_factors_and_divisors_are_sympys(number):
    assert factorize(number) == sympy.factorint(number)
    assert divisors(number) == sympy.divisors(number)


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_euclids_last_divisor_is_the_greatest_common_one(left, right):
    steps = list(euclid_steps(left, right))
    assert all(a == q * b + r for a, b, q, r in steps)
    assert steps[-1][1] == math.gcd(left, right)
    assert steps[-1][3] == 0


def test_drawn_numbers_have_their_digits_and_coprimality():
    rng = stream("number theory")
    for digits in (1, 2, 5):
        assert {len(str(draw_number(rng, digits))) for _ in range(50)} == {digits}
    for modulus in (5, 12, 30, 97):
        assert math.gcd(coprime_to(rng, modulus), modulus) == 1
