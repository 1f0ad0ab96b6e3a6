import re

import pytest

from reason.generators.math.polynomial_expansion import PolynomialExpansion

FAMILY = PolynomialExpansion()


def value_at(text, x):
    code = re.sub(r"([0-9])x", r"\1*x", text).replace(")(", ")*(").replace("^", "**")
    return eval(code, {"x": x})


@pytest.mark.parametrize("level", range(10))
def test_the_answer_has_the_values_of_the_expression_at_more_points_than_its_degree(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        degree = len(task.ground_truth["coefficients"])
        for x in range(-2, degree):
            assert value_at(task.reference, x) == value_at(task.ground_truth["expression"], x)


def test_what_is_not_expanded_is_wrong_though_it_is_equal():
    for index in range(10):
        task = FAMILY.task(level=3, index=index)
        assert not FAMILY.verify(task, task.ground_truth["expression"]).passed
        assert not FAMILY.verify(task, f"{task.reference} + x - x").passed
