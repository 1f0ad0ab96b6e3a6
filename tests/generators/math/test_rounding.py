from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest

from reason.generators.math.rounding import Rounding, _round

FAMILY = Rounding()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_what_the_decimal_module_rounds_to(level):
    for index in range(40):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        with localcontext(prec=300, rounding=ROUND_HALF_UP):
            left, right = Decimal(truth["left"]), Decimal(truth["right"])
            value = left * right if truth["sign"] == "*" else left / right
            assert Decimal(task.reference) == value.quantize(Decimal(1).scaleb(truth["place"])), task.text


@pytest.mark.parametrize(
    ("value", "place", "text"),
    [
        ("2.5", 0, "3"),
        ("2.45", -1, "2.5"),
        ("0.999", -2, "1.00"),
        ("1449", 2, "1400"),
        ("1450", 2, "1500"),
        ("9.96", -1, "10.0"),
    ],
)
def test_halves_go_away_from_zero(value, place, text):
    assert _round(Fraction(value), place) == text


def test_a_rounding_at_another_place_is_wrong():
    task = FAMILY.task(level=0)  # 65.2 * 363 = 23667.60
    assert not FAMILY.verify(task, "23668").passed
    assert not FAMILY.verify(task, "65.2 * 363").passed
    assert FAMILY.verify(task, task.reference).passed
