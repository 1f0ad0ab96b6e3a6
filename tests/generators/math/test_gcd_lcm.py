import pytest
import sympy

from reason.generators.math.gcd_lcm import GCDLCM

FAMILY = GCDLCM()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_sympys(level):
    for index in range(40):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        function = sympy.gcd if truth["asked"] == "gcd" else sympy.lcm
        assert int(task.reference) == function(list(truth["numbers"]))


@pytest.mark.parametrize("level", [0, 3])
def test_the_answer_divides_or_is_divided(level):
    for index in range(40):
        task = FAMILY.task(level=level, index=index)
        value, numbers = int(task.reference), task.ground_truth["numbers"]
        if task.ground_truth["asked"] == "gcd":
            assert not any(number % value for number in numbers)
            assert not any(all(n % (value * k) == 0 for n in numbers) for k in range(2, 100))
        else:
            assert not any(value % number for number in numbers)
            assert not any(
                all((value // k) % n == 0 for n in numbers) for k in range(2, 100) if value % k == 0
            )
