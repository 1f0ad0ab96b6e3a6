import json
from fractions import Fraction
from itertools import permutations

import pytest
import sympy

from reason.generators.math.matrix_invariant import QUESTIONS, MatrixInvariant

FAMILY = MatrixInvariant()


def leibniz(matrix):
    total = 0
    for order in permutations(range(len(matrix))):
        inversions = sum(a > b for at, b in enumerate(order) for a in order[:at])
        term = (-1) ** inversions
        for row, column in enumerate(order):
            term *= matrix[row][column]
        total += term
    return total


@pytest.mark.parametrize("level", range(9))
def test_the_answer_is_that_of_another_definition(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        matrix = json.loads(truth["matrix"])
        match truth["what"]:
            case "determinant":
                assert leibniz(matrix) == Fraction(task.reference)
            case "rank":
                assert sympy.Matrix(matrix).rank() == int(task.reference)
            case "trace_power":
                assert (sympy.Matrix(matrix) ** 3).trace() == int(task.reference)
            case "eigenvalues":
                values = {int(value) for value in task.reference.strip("{}").split(", ")}
                assert values == set(sympy.Matrix(matrix).eigenvals())
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_every_question_is_asked():
    asked = {FAMILY.task(level=3, index=index).ground_truth["what"] for index in range(50)}
    assert asked == set(QUESTIONS)


def test_the_order_of_eigenvalues_is_free():
    tasks = (FAMILY.task(level=2, index=index) for index in range(50))
    task = next(task for task in tasks if task.reference.count(",") == 2)
    values = task.reference.strip("{}").split(", ")
    assert FAMILY.verify(task, ", ".join(values[::-1])).passed
    assert not FAMILY.verify(task, ", ".join(values[1:])).passed
