from fractions import Fraction

import pytest
import sympy

from reason.generators.math.fraction_arithmetic import FractionArithmetic

FAMILY = FractionArithmetic()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_what_sympy_makes_of_the_expression(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        code = task.text.splitlines()[1].replace("\u00d7", "*").replace(" : ", " / ")
        assert sympy.sympify(code, rational=True) == sympy.Rational(task.reference), task.text


def test_any_fraction_of_the_value_is_right_and_a_rounded_one_is_not():
    for index in range(10):
        task = FAMILY.task(level=2, index=index)
        value = Fraction(task.reference)
        over, under = value.numerator, value.denominator
        assert FAMILY.verify(task, f"{over * 6}/{under * 6}").passed
        assert FAMILY.verify(task, f"\\frac{{{over}}}{{{under}}}").passed
        assert not FAMILY.verify(task, f"{over}/{under + 1}").passed
        assert 1000 % under == 0 or not FAMILY.verify(task, f"{float(value):.3f}").passed
        assert not FAMILY.verify(task, task.ground_truth["expression"]).passed
