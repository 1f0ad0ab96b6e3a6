import pytest
import sympy

from reason.generators.math.expressions import to_sympy
from reason.generators.math.limit import Limit

FAMILY = Limit()
X = sympy.Symbol("x")


@pytest.mark.parametrize("level", range(10))
def test_values_near_the_point_come_to_the_limit(level):
    for index in range(20):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference


@pytest.mark.parametrize("level", [0, 1, 2])
def test_sympys_limit_is_the_same(level):
    for index in range(6):
        task = FAMILY.task(level=level, index=index)
        point = sympy.oo if task.ground_truth["point"] == "infinity" else int(task.ground_truth["point"])
        assert sympy.limit(to_sympy(task.ground_truth["f"]), X, point) == sympy.Rational(task.reference)


def test_parts_vanish_or_grow_together():
    points = {FAMILY.task(level=1, index=index).ground_truth["point"] for index in range(40)}
    assert {"0", "infinity"} < points
