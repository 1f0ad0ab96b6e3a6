import math

import pytest

from reason.generators.math.digit_problems import DigitProblems, _count_with_sum
from reason.generators.math.worked import Working

FAMILY = DigitProblems()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_what_another_way_gives(level):
    for index in range(30):
        task = FAMILY.task(level=level, index=index)
        truth = {name: value if name == "asked" else int(value) for name, value in task.ground_truth.items()}
        if truth["asked"] == "last":
            expected = pow(truth["base"], truth["exponent"], 10 ** truth["count"])
        elif truth["asked"] == "zeros":
            expected = sum(truth["number"] // 5**power for power in range(1, 60))
        elif truth["asked"] == "digit_sum":
            expected = sum(map(int, str(truth["left"] * truth["right"])))
        else:
            expected = int(FAMILY.solve(task))
        assert int(task.reference) == expected, task.text


@pytest.mark.parametrize(
    ("number", "total"), [(0, 0), (9, 9), (1234, 10), (5000, 17), (99_999, 22), (20_000, 2)]
)
def test_counts_by_digit_sum_are_those_of_listing_all_numbers(number, total):
    listed = sum(sum(map(int, str(n))) == total for n in range(number + 1))
    assert _count_with_sum(number, total, Working()) == listed


def test_trailing_zeros_are_those_of_the_factorial():
    for index in range(60):
        task = FAMILY.task(level=0, index=index)
        if task.ground_truth["asked"] == "zeros":
            number = int(task.ground_truth["number"])
            value, zeros = math.factorial(number), 0
            while value % 10**50 == 0:
                value, zeros = value // 10**50, zeros + 50
            while value % 10 == 0:
                value, zeros = value // 10, zeros + 1
            assert int(task.reference) == zeros
            return
