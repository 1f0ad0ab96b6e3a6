from fractions import Fraction
from math import factorial

import pytest
import sympy

from reason.generators.math.expressions import to_sympy
from reason.generators.math.taylor_coefficient import TaylorCoefficient

FAMILY = TaylorCoefficient()
X = sympy.Symbol("x")


@pytest.mark.parametrize("level", range(4))
def test_differentiating_again_and_again_gives_the_coefficient(level):
    for index in range(8):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        value = sympy.diff(to_sympy(truth["f"]), X, truth["order"]).subs(X, 0)
        value = Fraction(str(value)) / (1 if truth["derivative"] else factorial(truth["order"]))
        assert value == Fraction(task.reference)


@pytest.mark.parametrize("level", range(10))
def test_cauchys_integral_gives_the_coefficient(level):
    for index in range(10):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference
