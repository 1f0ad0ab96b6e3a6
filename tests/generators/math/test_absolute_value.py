from fractions import Fraction
from itertools import pairwise

import pytest

from reason.generators.math.absolute_value import AbsoluteValue

FAMILY = AbsoluteValue()


def difference(truth, x):
    left = sum(f * abs(a * x + b) for f, a, b in truth["terms"])
    return left - truth["slope"] * x - truth["constant"]


@pytest.mark.parametrize("level", range(10))
def test_the_solutions_fit_and_the_pieces_have_no_others(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        roots = sorted(Fraction(root) for root in task.reference.strip("{}").split(", "))
        assert all(difference(truth, root) == 0 for root in roots)
        # The difference is linear between the corners: count its zeros there by its values at the ends.
        corners = sorted({Fraction(-b, a) for _, a, b in truth["terms"]})
        far = 10**7
        ends = [Fraction(-far), *corners, Fraction(far)]
        values = [difference(truth, x) for x in ends]
        found = {x for x, value in zip(ends, values, strict=True) if value == 0}
        for (x, y), (u, v) in zip(pairwise(ends), pairwise(values), strict=True):
            if u * v < 0:
                found.add(x + (y - x) * u / (u - v))
        assert sorted(found) == roots


@pytest.mark.parametrize("level", [0, 1, 4])
def test_choosing_all_signs_finds_the_same(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference
