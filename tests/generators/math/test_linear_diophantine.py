from math import gcd

import pytest

from reason.generators.math.linear_diophantine import NAMES, LinearDiophantine

FAMILY = LinearDiophantine()


@pytest.mark.parametrize("level", range(10))
def test_references_solve_the_equation_and_none_is_said_where_the_divisor_forbids_it(level):
    for index in range(40):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        possible = truth["total"] % gcd(*truth["coefficients"]) == 0
        assert truth["solvable"] is possible
        if possible:
            values = [int(value) for value in task.reference.strip("()").split(", ")]
            assert sum(a * x for a, x in zip(truth["coefficients"], values, strict=True)) == truth["total"]
        else:
            assert task.reference == "none"


def test_small_equations_without_solution_have_none_near_zero():
    for index in range(60):
        task = FAMILY.task(level=0, index=index)
        (a, b), total = task.ground_truth["coefficients"], task.ground_truth["total"]
        if not task.ground_truth["solvable"]:
            assert not any(a * x + b * y == total for x in range(-99, 100) for y in range(-99, 100))


def test_every_solution_is_right():
    task = next(t for t in (FAMILY.task(level=1, index=i) for i in range(20)) if t.ground_truth["solvable"])
    (a, b) = task.ground_truth["coefficients"]
    x, y = (int(value) for value in task.reference.strip("()").split(", "))
    for step in (-3, 1, 10**9):
        assert FAMILY.verify(task, f"({x + step * b}, {y - step * a})").passed
        assert FAMILY.verify(task, f"y = {y - step * a}, x = {x + step * b}").passed
    assert not FAMILY.verify(task, f"({y}, {x})").passed or x == y
    assert not FAMILY.verify(task, f"({x}, {y}, 0)").passed
    assert not FAMILY.verify(task, f"({x}.0, {y})").passed


def test_the_prompt_names_its_unknowns():
    task = FAMILY.task(level=6)
    assert f"({', '.join(NAMES[:4])})" in task.text
