import re
from fractions import Fraction
from math import prod

import pytest

from reason.generators.math.finite_sum import FiniteSum

FAMILY = FiniteSum()


@pytest.mark.parametrize("level", range(8))
def test_the_answer_is_what_adding_or_multiplying_all_terms_gives(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        code = re.sub(r"(?<=[0-9)])(?=[k(])", "*", truth["term"]).replace("^", "**")
        code = re.sub(r"[0-9]+", r"Fraction(\g<0>)", code)
        values = [
            eval(code, {"Fraction": Fraction, "k": Fraction(k)})
            for k in range(truth["low"], truth["high"] + 1)
        ]
        assert Fraction(task.reference) == (prod(values) if truth["what"] == "product" else sum(values)), (
            task.text
        )


def test_every_kind_of_term_occurs():
    terms = " ".join(FAMILY.task(level=2, index=index).ground_truth["term"] for index in range(40))
    for sign in ("k^2", "^k", "/((k", ")/("):
        assert sign in terms
