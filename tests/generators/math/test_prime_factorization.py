import pytest
import sympy

from reason.generators.math.prime_factorization import PrimeFactorization

FAMILY = PrimeFactorization()


@pytest.mark.parametrize("level", range(10))
def test_the_factors_are_sympys(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        assert sympy.factorint(int(truth["number"])) == dict(truth["factors"])
        assert FAMILY.verify(task, task.reference).passed


def test_the_steps_name_every_prime_once_for_each_time_it_divides():
    for index in range(20):
        task = FAMILY.task(level=2, index=index)
        primes = sorted(int(step["value"]) for step in task.trace)
        assert primes == sorted(p for p, count in task.ground_truth["factors"] for _ in range(count))


def test_composite_factors_are_wrong():
    task = FAMILY.task(level=0)
    number = task.ground_truth["number"]
    (prime, _), *_ = task.ground_truth["factors"]
    for answer in (number, f"{prime} * {int(number) // prime}", f"1 * {number}", "", "2 * 2 * 2"):
        assert not FAMILY.verify(task, answer).passed
    assert FAMILY.verify(task, f"1 * {task.reference}").passed
