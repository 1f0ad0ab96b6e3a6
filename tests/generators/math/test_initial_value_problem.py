import pytest
import sympy

from reason.generators.math.expressions import to_sympy
from reason.generators.math.initial_value_problem import InitialValueProblem

FAMILY = InitialValueProblem()
X = sympy.Symbol("x")


@pytest.mark.parametrize("level", range(10))
def test_the_answer_satisfies_the_equation_and_the_initial_values(level):
    for index in range(8):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        y = to_sympy(task.reference)
        left = sum(c * sympy.diff(y, X, n) for n, c in enumerate(truth["characteristic"]))
        right = to_sympy(truth["equation"].partition(" = ")[2])
        assert sympy.expand(left - right) == 0
        for n, value in enumerate(truth["values"]):
            assert sympy.diff(y, X, n).subs(X, 0) == value


@pytest.mark.parametrize("level", [0, 2, 3, 5, 6])
def test_fitting_the_power_series_gives_the_same_function(level):
    for index in range(5):
        task = FAMILY.task(level=level, index=index)
        solved = FAMILY.solve(task)
        assert FAMILY.verify(task, solved).passed, (task.text, solved)
        assert not FAMILY.verify(task, f"{solved} + exp(x)").passed
