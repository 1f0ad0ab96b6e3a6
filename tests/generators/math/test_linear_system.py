from fractions import Fraction

import pytest
import sympy

from reason.generators.math.linear_system import LinearSystem, determinant

FAMILY = LinearSystem()


@pytest.mark.parametrize("level", range(10))
def test_the_solution_fits_every_equation_and_is_the_only_one(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        rows = [list(row) for row in task.ground_truth["rows"]]
        values = [Fraction(value) for value in task.reference.strip("()").split(", ")]
        for *row, total in rows:
            assert sum(a * x for a, x in zip(row, values, strict=True)) == total
        assert sympy.Matrix([row[:-1] for row in rows]).det() != 0


@pytest.mark.parametrize(
    "rows",
    [
        [[2]],
        [[0, 1], [1, 0]],
        [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        [[0, 2, 1], [0, 1, 5], [3, 1, 1]],
        [[0, 0], [1, 2]],
    ],
)
def test_determinants_are_sympys(rows):
    assert determinant(rows) == sympy.Matrix(rows).det()


def test_the_order_of_a_tuple_counts():
    task = next(
        t
        for t in (FAMILY.task(level=1, index=i) for i in range(9))
        if len(set(t.reference.strip("()").split(", "))) > 1
    )
    x, y = task.reference.strip("()").split(", ")
    assert not FAMILY.verify(task, f"({y}, {x})").passed
