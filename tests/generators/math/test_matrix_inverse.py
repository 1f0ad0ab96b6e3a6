from fractions import Fraction

import pytest

from reason.generators.math.elimination import identity
from reason.generators.math.matrix_inverse import MatrixInverse, read_matrix

FAMILY = MatrixInverse()


def product(one, other):
    columns = list(zip(*other, strict=True))
    return [
        [sum((a * b for a, b in zip(row, col, strict=True)), Fraction(0)) for col in columns] for row in one
    ]


@pytest.mark.parametrize("level", range(10))
def test_multiplying_back_gives_the_right_side(level):
    for index in range(20):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        a, x = read_matrix(truth["a"]), read_matrix(task.reference)
        right = read_matrix(truth["b"]) if truth["what"] == "equation" else identity(len(a))
        assert product(a, x) == right
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_one_wrong_entry_is_wrong():
    task = FAMILY.task(level=4)
    rows = read_matrix(task.reference)
    for i, row in enumerate(rows):
        for j in range(len(row)):
            changed = [list(line) for line in rows]
            changed[i][j] += Fraction(1, 1000)
            text = str([[str(entry) for entry in line] for line in changed]).replace("'", "")
            assert not FAMILY.verify(task, text).passed
