from fractions import Fraction

import mpmath
import pytest
import sympy

from reason.generators.math.expressions import to_sympy
from reason.generators.math.integral import Integral

FAMILY = Integral()
X = sympy.Symbol("x")


@pytest.mark.parametrize("level", range(10))
def test_differentiating_the_answer_gives_the_integrand(level):
    with mpmath.workdps(40):
        for index in range(12):
            task = FAMILY.task(level=level, index=index)
            truth = task.ground_truth
            function = sympy.lambdify(X, to_sympy(truth["f"]), "mpmath")
            if truth["definite"]:
                value = mpmath.quad(function, [truth["low"], truth["high"]])
                exact = Fraction(task.reference)
                assert mpmath.almosteq(value, mpmath.mpf(exact.numerator) / exact.denominator, 1e-15, 1e-15)
                continue
            slope = sympy.lambdify(X, sympy.diff(to_sympy(task.reference), X), "mpmath")
            for point in (mpmath.mpf("0.37"), mpmath.mpf("-0.81"), mpmath.mpf("1.2")):
                assert mpmath.almosteq(slope(point), function(point), 1e-20, 1e-20)


@pytest.mark.parametrize("level", [0, 2, 4, 6])
def test_sympys_antiderivative_is_accepted(level):
    for index in range(5):
        task = FAMILY.task(level=level, index=index)
        solved = FAMILY.solve(task)
        assert FAMILY.verify(task, solved).passed, (task.text, solved)


def test_any_constant_is_right_and_any_other_term_is_wrong():
    task = next(
        task
        for task in (FAMILY.task(level=2, index=index) for index in range(20))
        if not task.ground_truth["definite"]
    )
    for added in ("", " + C", " + 5", " - 3/7 + C"):
        assert FAMILY.verify(task, task.reference + added).passed
    for added in (" + x", " + exp(x)", " + C*x"):
        assert not FAMILY.verify(task, task.reference + added).passed
