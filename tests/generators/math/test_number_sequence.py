import itertools

import pytest

from reason.generators.math.number_sequence import NumberSequence, differences_rule, recurrence_rule
from reason.generators.math.worked import Working

FAMILY = NumberSequence()


@pytest.mark.parametrize("level", range(10))
def test_the_second_solver_continues_the_sequence_alike(level):
    for index in range(16):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference, task.text


def test_no_other_small_rule_of_the_kind_continues_it_otherwise():
    """List all recurrences with small coefficients: those that fit agree on the next term."""
    for index in range(30):
        task = FAMILY.task(level=0, index=index)
        truth = task.ground_truth
        if truth["rule"] == "recurrence":
            terms = truth["terms"]
            fits = [w for w in range(-60, 61) if all(b == w * a for a, b in itertools.pairwise(terms))]
            assert [w * terms[-1] for w in fits] == [int(task.reference)]


def test_the_kind_of_rule_is_told():
    texts = {FAMILY.task(level=3, index=index).text for index in range(10)}
    assert any("polynomial in its position, of degree at most 2" in text for text in texts)
    assert any("combination of the 2 terms before it, plus a fixed integer" in text for text in texts)


@pytest.mark.parametrize(
    ("terms", "degree", "value"),
    [([1, 4, 9, 16], 2, 25), ([2, 4, 6], 1, 8), ([1, 2, 4, 8], 2, None), ([1, 8, 27, 64, 125], 3, 216)],
)
def test_polynomials_are_continued_by_differences(terms, degree, value):
    assert differences_rule(terms, degree, Working()) == value


@pytest.mark.parametrize(
    ("terms", "order", "constant", "value"),
    [
        ([1, 1, 2, 3, 5, 8], 2, False, 13),
        ([3, 6, 12, 24], 1, False, 48),
        ([1, 3, 7, 15, 31], 1, True, 63),
        ([1, 2, 3, 5], 1, False, None),
        ([1, 1, 1, 1], 1, True, None),  # many rules fit
        ([2, 3, 4, 6], 1, False, None),
    ],
)
def test_recurrences_are_continued_where_only_one_fits(terms, order, constant, value):
    assert recurrence_rule(terms, order, constant, Working()) == value
