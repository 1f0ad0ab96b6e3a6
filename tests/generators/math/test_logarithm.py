import math
import re
from fractions import Fraction

import pytest

from reason.generators.math.logarithm import Logarithm

FAMILY = Logarithm()


def logarithm(base, x):
    return math.log(x.numerator) / math.log(base) - math.log(x.denominator) / math.log(base)


def side(text, x):
    """Evaluate one side in floats: powers by their logarithms, so that nothing overflows."""
    powers = re.findall(r"\(?([0-9]+(?:/[0-9]+)?)\)?\^\(([^()]*)\)", text)
    if powers:
        total = 0.0
        for base, exponent in powers:
            slope, constant = 0, 0
            for sign, number, name in re.findall(r"(^-|[-+] |^)([0-9]*)(x?)", exponent):
                if number or name:
                    value = int(f"{sign.strip()}{number or 1}")
                    slope, constant = (value, constant) if name else (slope, value)
            total += float(slope * x + constant) * math.log(Fraction(base))
        return total
    total = 0.0
    for sign, number, base, inner in re.findall(
        r"(^-|[-+] |^)([0-9]*)\*?log_\(?([0-9/]+)\)?\(([^()]*)\)", text
    ):
        argument = x if inner == "x" else Fraction(inner)
        total += int(f"{sign.strip()}{number or 1}") * logarithm(Fraction(base), argument)
    return total if "log" in text else float(text)


@pytest.mark.parametrize("level", range(10))
def test_the_answer_fits_numerically(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        value, expression = Fraction(task.reference), task.ground_truth["expression"]
        if task.ground_truth["asked"] == "value":
            assert side(expression, None) == pytest.approx(float(value), abs=1e-8)
        else:
            left, right = expression.split(" = ")
            assert side(left, value) == pytest.approx(side(right, value), rel=1e-9, abs=1e-7), task.text


@pytest.mark.parametrize("level", [0, 4, 8])
def test_the_second_solver_agrees(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference, task.text


def test_a_logarithm_that_is_not_worked_out_is_no_answer():
    task = next(
        t for t in (FAMILY.task(level=1, index=i) for i in range(20)) if t.ground_truth["asked"] == "value"
    )
    assert not FAMILY.verify(task, task.ground_truth["expression"]).passed
