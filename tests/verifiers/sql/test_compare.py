"""Equality of results, against a brute-force pairing."""

import itertools
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.verifiers.sql.compare import same_multiset, same_order, same_value

TOLERANCE = 1e-6
values = st.one_of(
    st.none(),
    st.integers(-2, 2),
    st.sampled_from([0.5, 0.5 + 1e-8, 0.5 - 1e-8, 0.5 + 1e-3, math.nan, math.inf, 1.0, 2.0]),
    st.sampled_from(["", "1", "a"]),
    st.booleans(),
    st.sampled_from([Decimal("0.5"), Decimal(1)]),
)
rows = st.lists(st.tuples(values, values), max_size=5)


def brute(gold, found):
    """Whether some order of the rows makes them equal one by one."""
    return len(gold) == len(found) and any(
        all(
            same_value(a, b, TOLERANCE)
            for one, other in zip(gold, order, strict=True)
            for a, b in zip(one, other, strict=True)
        )
        for order in itertools.permutations(found)
    )


@given(rows, rows)
def test_multisets_are_equal_where_some_pairing_of_their_rows_is(gold, found):
    assert same_multiset(gold, found, TOLERANCE) == brute(gold, found)


@given(rows, st.randoms(use_true_random=False))
def test_a_shuffled_result_is_the_same_multiset(gold, random):
    shuffled = list(gold)
    random.shuffle(shuffled)
    assert same_multiset(gold, shuffled, TOLERANCE)


@given(rows)
def test_a_result_is_in_its_own_order_and_one_row_more_is_not(gold):
    assert same_order(gold, gold, TOLERANCE, None)
    assert same_order(gold, gold, TOLERANCE, [0])
    assert not same_order(gold, [*gold, (1, 2)], TOLERANCE, [0])


def test_ties_that_only_a_matching_finds():
    # Sorted by their numbers the pairs are crossed: each of the first column is within the tolerance.
    gold = [(1.0, 5.0), (1.0 + 5e-7, 1.0)]
    found = [(1.0 + 5e-7, 5.0), (1.0, 1.0)]
    assert same_multiset(gold, found, TOLERANCE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        ("1", 1, False),
        (b"a", "a", False),
        (None, None, True),
        (None, 0, False),
        (math.nan, math.nan, True),
        (10**18, 10**18 + 1, False),
        (Decimal("0.1"), 0.1, True),
        ([1, 2.0], [1.0, 2], True),
        ([1], [1, 1], False),
        ({"a": 1}, {"a": 1.0}, True),
        (1e-14, 0.0, True),
        (1e-3, 0.0, False),
    ],
)
def test_values(one, other, same):
    assert same_value(one, other, TOLERANCE) is same
    assert same_value(other, one, TOLERANCE) is same
