import mpmath
import pytest
import sympy

from reason.generators.math.derivative import Derivative
from reason.generators.math.expressions import to_sympy

FAMILY = Derivative()
X = sympy.Symbol("x")


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_the_limit_of_difference_quotients(level):
    with mpmath.workdps(120):
        for index in range(6):
            task = FAMILY.task(level=level, index=index)
            function = sympy.lambdify(X, to_sympy(task.ground_truth["f"]), "mpmath")
            slope = sympy.lambdify(X, to_sympy(task.reference), "mpmath")
            for point in (mpmath.mpf("0.37"), mpmath.mpf("-0.81")):
                step = mpmath.mpf(10) ** -40
                quotient = (function(point + step) - function(point - step)) / (2 * step)
                assert mpmath.almosteq(quotient, slope(point), rel_eps=1e-20, abs_eps=1e-30)


@pytest.mark.parametrize("level", range(0, 8, 2))
def test_sympys_derivative_is_accepted_and_that_of_another_function_is_not(level):
    for index in range(6):
        task = FAMILY.task(level=level, index=index)
        solved = FAMILY.solve(task)
        assert FAMILY.verify(task, solved).passed, (task.text, solved)
        assert not FAMILY.verify(task, f"{solved} + x^2").passed
