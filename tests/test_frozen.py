import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.frozen import FrozenDict, canonical_json, content_hash, freeze, thaw

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_thawing_undoes_freezing(value):
    assert thaw(freeze(value)) == value


@given(JSON)
def test_frozen_data_survives_json_pickle_and_copies(value):
    frozen = freeze(value)
    assert freeze(json.loads(canonical_json(frozen))) == frozen
    assert pickle.loads(pickle.dumps(frozen)) == frozen
    assert copy.deepcopy(frozen) == frozen


@given(st.dictionaries(st.text(max_size=3), st.integers(), min_size=2))
def test_the_hash_does_not_depend_on_the_order_of_keys(mapping):
    assert content_hash(mapping) == content_hash(dict(reversed(mapping.items())))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(a=2),
        lambda d: d.__setitem__("a", 2),
        lambda d: d.pop("a"),
        lambda d: d.clear(),
        lambda d: d.setdefault("b", 1),
        lambda d: d.__delitem__("a"),
        lambda d: d.__ior__({"a": 2}),
    ],
)
def test_a_frozen_mapping_refuses_every_change(change):
    frozen = FrozenDict(a=1)
    with pytest.raises(TypeError, match="frozen"):
        change(frozen)
    assert frozen == {"a": 1}


@pytest.mark.parametrize(
    ("value", "error", "where"),
    [
        ({"a": [1, {2, 3}]}, TypeError, r"value\.a\[1\]"),
        ({1: 2}, TypeError, "string keys"),
        ([float("nan")], ValueError, r"value\[0\]"),
        ([float("inf")], ValueError, "finite"),
        (["\ud800"], ValueError, "surrogate"),
        (b"bytes", TypeError, "bytes"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(value, error, where):
    with pytest.raises(error, match=where):
        freeze(value)
