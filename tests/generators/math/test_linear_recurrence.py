import pytest

from reason.generators.math.linear_recurrence import LinearRecurrence, _compute
from reason.generators.math.worked import Working

FAMILY = LinearRecurrence()


@pytest.mark.parametrize("level", range(10))
def test_the_companion_matrix_gives_the_same_term(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference
        assert task.trace[-1]["value"] == task.reference


@pytest.mark.parametrize(
    ("coefficients", "start", "added", "index", "value"),
    [
        ([1, 1], [0, 1], (0, 0, 0), 30, 832_040),  # Fibonacci
        ([2], [1], (0, 0, 0), 20, 2**20),
        ([1], [0], (0, 1, 0), 100, 5_050),  # triangular numbers
        ([1], [0], (0, 0, 1), 10, 385),  # sums of squares
        ([1, 1, 1], [0, 0, 1], (0, 0, 0), 12, 274),  # tribonacci
    ],
)
def test_famous_sequences(coefficients, start, added, index, value):
    assert _compute(coefficients, start, added, index, Working()) == value
