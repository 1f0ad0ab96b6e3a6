"""Comparing outputs and values."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.sandbox import Case, Limits, Program
from reason.sandbox.compare import check_request, same_text, same_value

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
)


@given(st.lists(st.text(alphabet="ab c\t", max_size=6), max_size=5), st.text(alphabet=" \t\r", max_size=3))
def test_white_space_at_the_end_of_lines_and_blank_lines_at_the_end_do_not_count(
    lines: list[str], blanks: str
) -> None:
    text = "\n".join(lines)
    padded = "\n".join(line + blanks for line in lines) + "\n\n" + blanks
    assert same_text(text, padded.encode())
    assert same_text(padded, text.encode())


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("a\nb", b"a"),
        ("a", b"a\nb"),
        ("a\n\nb", b"a\nb"),
        ("a b", b"a  b"),
        (" a", b"a"),
        ("a", b"\na"),
        ("a", b"A"),
        ("\u00a0", b""),
        ("\ufffd", b"\xff"),
        ("a", b"a\x00"),
    ],
)
def test_everything_else_counts(expected: str, actual: bytes) -> None:
    assert not same_text(expected, actual)


@given(VALUES)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same_value(value, value)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (False, 0),
        (1, "1"),
        (None, False),
        (0, None),
        ("", None),
        ([], {}),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": True}, {"a": 1}),
        (math.nan, 0.0),
        (10**17 + 1, float(10**17)),
        (0.1 + 0.2, 0.3),
    ],
)
def test_values_of_other_types_or_contents_differ(left: Any, right: Any) -> None:
    assert not same_value(left, right)
    assert not same_value(right, left)
    assert not same_value([left], [right])


@pytest.mark.parametrize(("left", "right"), [(1, 1.0), (0.0, -0.0), (math.nan, math.nan), ((1, 2), [1, 2])])
def test_json_has_one_kind_of_number_and_of_list(left: Any, right: Any) -> None:
    assert same_value(left, right)
    assert same_value({"x": left}, {"x": right})


def test_deep_values_are_compared_without_recursion() -> None:
    left: list[Any] = []
    right: list[Any] = []
    for _ in range(100_000):
        left, right = [left], [right]
    assert same_value(left, right)
    while left:  # take them apart, or their deallocation would be deep instead
        left, right = left[0], right[0]


@pytest.mark.parametrize(
    ("program", "cases", "error"),
    [
        (Program(source=""), [Case(expected=1)], TypeError),
        (Program(source=""), [Case()], TypeError),
        (Program(source=""), ["1"], TypeError),
        (Program(source="", mode="function", entry_point="f"), [Case(expected={1: 2})], ValueError),
        (Program(source="", mode="function", entry_point="f"), [Case(expected={1, 2})], ValueError),
        ("print(1)", [], TypeError),
    ],
)
def test_requests_that_cannot_be_judged_are_refused(program: Any, cases: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_request(program, cases, Limits())
