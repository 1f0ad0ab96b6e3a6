import math

import pytest
import sympy

from reason.generators.math.divisor_functions import DivisorFunctions

FAMILY = DivisorFunctions()


def by_sympy(asked, number):
    divisors = sympy.divisors(number)
    return {
        "count": lambda: len(divisors),
        "sum": lambda: sum(divisors),
        "totient": lambda: sympy.totient(number),
        "odd": lambda: sum(d % 2 for d in divisors),
        "square": lambda: sum(math.isqrt(d) ** 2 == d for d in divisors),
        "coprime": lambda: sum(math.gcd(d, number // d) == 1 and d * d < number for d in divisors),
    }[asked]()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_counted_over_all_divisors(level):
    for index in range(30):
        task = FAMILY.task(level=level, index=index)
        assert int(task.reference) == by_sympy(task.ground_truth["asked"], int(task.ground_truth["number"]))


def test_every_question_is_asked():
    asked = {FAMILY.task(level=1, index=index).ground_truth["asked"] for index in range(80)}
    assert asked == {"count", "sum", "totient", "odd", "square", "coprime"}
