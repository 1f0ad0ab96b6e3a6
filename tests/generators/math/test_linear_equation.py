import re
from fractions import Fraction

import pytest

from reason.generators.math.linear_equation import LinearEquation, evaluate_at

FAMILY = LinearEquation()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_put_into_the_equation_makes_both_sides_equal(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        code = re.sub(r"(?<=[0-9)])(?=[x(])", "*", task.ground_truth["equation"])
        code = re.sub(r"[0-9]+", r"Fraction(\g<0>)", code)
        left, right = code.split(" = ")

        def difference(x, left=left, right=right):
            return eval(left, {"Fraction": Fraction, "x": x}) - eval(right, {"Fraction": Fraction, "x": x})

        assert difference(Fraction(task.reference)) == 0, task.text
        assert difference(Fraction(0)) != difference(Fraction(1)), "one value only"


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [("3(2x - 1)/5 - x", 4, "1/5"), ("-x + 2", -3, "5"), ("2(x + 1) + 3(x - 1)", 1, "4")],
)
def test_texts_are_evaluated_as_they_read(text, x, value):
    assert str(evaluate_at(text, "x", x)) == value
