"""Plain data crosses unchanged, and nothing else crosses at all."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.sandbox.compare import same_value
from reason.sandbox.judge import _raise_value
from reason.sandbox.supervisor.values import NotPlainError, pack, to_json, unpack

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**5000), max_value=10**5000)
    | st.floats()
    | st.text(max_size=5)
)
HASHABLE = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.binary(max_size=3)
PLAIN = st.recursive(
    SCALARS | st.binary(max_size=5) | st.complex_numbers(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=3)
        | st.sets(HASHABLE, max_size=3)
        | st.frozensets(HASHABLE, max_size=3)
    ),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["", "a", "int", "dict", "x"]), inner, max_size=3)
    ),
)


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and math.isnan(left):
        return isinstance(right, float) and math.isnan(right)
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(map(same, left.values(), right.values()))
    return bool(left == right)


@given(PLAIN)
def test_the_checkers_values_come_back_with_their_types(value: Any) -> None:
    assert same(unpack(json.loads(json.dumps(pack(value)))), value)


@given(JSON)
def test_returned_values_come_back_as_json(value: Any) -> None:
    assert same_value(value, _raise_value(json.loads(to_json(value))))


class Chameleon:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class AlwaysFive(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "5"

    __hash__ = int.__hash__


@pytest.mark.parametrize(
    "value", [Chameleon(), [Chameleon()], {1: 2}, {1, 2}, b"x", 1j, object, lambda: 0, iter(())]
)
def test_what_is_not_json_does_not_cross(value: Any) -> None:
    with pytest.raises(NotPlainError):
        to_json(value)


def test_a_subclass_crosses_as_the_data_it_holds() -> None:
    assert to_json(AlwaysFive(3)) == "3"
    assert type(unpack(pack(AlwaysFive(3)))) is int


def test_what_nests_too_deeply_does_not_cross() -> None:
    value: list[Any] = []
    for _ in range(500):
        value = [value]
    for lower in (to_json, pack):
        with pytest.raises(NotPlainError):
            lower(value)


@pytest.mark.parametrize("packed", [{}, {"list": []}, {"a": 1, "b": 2}, {"int": "x"}, {"bytes": "zz"}])
def test_what_was_not_packed_is_refused(packed: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack(packed)
