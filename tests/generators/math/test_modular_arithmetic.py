import re

import pytest

from reason.generators.math.modular_arithmetic import ModularArithmetic

FAMILY = ModularArithmetic()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_that_of_pythons_whole_numbers(level):
    for index in range(30):
        task = FAMILY.task(level=level, index=index)
        modulus, total = int(task.ground_truth["modulus"]), 0
        for sign, product in re.findall(r"(^|[-+]) ?([0-9^*]+)", task.ground_truth["expression"]):
            value = 1
            for base, exponent in re.findall(r"([0-9]+)\^([0-9]+)", product):
                value = value * int(base) ** int(exponent) % modulus
            total += -value if sign == "-" else value
        assert int(task.reference) == total % modulus


def test_congruent_numbers_out_of_range_are_wrong():
    task = FAMILY.task(level=3)
    value, modulus = int(task.reference), int(task.ground_truth["modulus"])
    assert not FAMILY.verify(task, str(value + modulus)).passed
    assert not FAMILY.verify(task, str(value - modulus)).passed
    assert not FAMILY.verify(task, task.ground_truth["expression"]).passed
