import json
import pickle
import time

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces.utils import flatdim, flatten, flatten_space, is_space_dtype_shape_equiv, unflatten
from gymnasium.vector.utils import (
    batch_differing_spaces,
    batch_space,
    concatenate,
    create_empty_array,
    iterate,
)
from hypothesis import given
from hypothesis import strategies as st

from reason.envs.spaces import UnicodeText

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_every_string_up_to_the_length_belongs_to_the_space(text):
    assert text in UnicodeText(len(text))
    assert text + "x" not in UnicodeText(len(text))
    assert np.str_(text) in UnicodeText(len(text))


@pytest.mark.parametrize("thing", [None, 3, b"bytes", ["a"], ("a",), np.array(["a"])])
def test_nothing_but_strings_belongs_to_the_space(thing):
    assert thing not in UnicodeText()


@pytest.mark.parametrize("max_length", [0, 1, 5, 1_000_000])
def test_samples_belong_to_the_space_and_have_utf8(max_length):
    space = UnicodeText(max_length, seed=1)
    samples = [space.sample() for _ in range(500)]
    assert all(sample in space and type(sample) is str for sample in samples)
    assert all(sample.encode().decode() == sample for sample in samples)
    if max_length >= 5:
        assert len(set(samples)) > 300
        assert any(max(map(ord, sample), default=0) > 0xFFFF for sample in samples)


def test_a_seed_fixes_the_samples_and_a_million_characters_cost_nothing():
    start = time.perf_counter()
    first, second, other = (UnicodeText(1_000_000, seed=seed) for seed in (5, 5, 6))
    drawn = [first.sample() for _ in range(1000)]
    assert drawn == [second.sample() for _ in range(1000)]
    assert drawn != [other.sample() for _ in range(1000)]
    assert time.perf_counter() - start < 3
    assert first.seed(5) == 5
    assert first.sample() == drawn[0]


def test_a_mask_is_refused():
    with pytest.raises(ValueError, match="mask must be None"):
        UnicodeText().sample(mask=(1, None))
    with pytest.raises(ValueError, match="probability must be None"):
        UnicodeText().sample(probability=(1, None))


def test_equality_hash_and_representation_follow_the_length():
    assert UnicodeText(7, seed=1) == UnicodeText(7, seed=2) == eval(repr(UnicodeText(7)))
    assert len({UnicodeText(7), UnicodeText(7), UnicodeText(8)}) == 2
    assert UnicodeText(7) != gymnasium.spaces.Text(7)


def test_a_pickle_goes_on_with_the_same_samples():
    space = UnicodeText(30, seed=3)
    space.sample()
    twin = pickle.loads(pickle.dumps(space))
    assert twin == space
    assert [twin.sample() for _ in range(20)] == [space.sample() for _ in range(20)]


@given(st.lists(ANY_TEXT))
def test_json_round_trip(texts):
    space = UnicodeText()
    assert space.from_jsonable(json.loads(json.dumps(space.to_jsonable(texts)))) == texts


@pytest.mark.parametrize("max_length", [-1, True, 2.0, "9", None])
def test_a_length_that_cannot_be_is_named(max_length):
    with pytest.raises((TypeError, ValueError), match="max_length must be"):
        UnicodeText(max_length)


def test_batching_gives_independent_spaces_and_disturbs_no_sample():
    single, undisturbed = UnicodeText(50, seed=4), UnicodeText(50, seed=4)
    batch = batch_space(single, 3)
    assert isinstance(batch, gymnasium.spaces.Tuple)
    assert list(batch) == [UnicodeText(50)] * 3
    assert len(set(batch.sample())) == 3
    assert single.sample() == undisturbed.sample()
    assert (
        batch_space(UnicodeText(50, seed=4), 3).sample() == batch_space(UnicodeText(50, seed=4), 3).sample()
    )


def test_gymnasium_can_stack_and_take_apart_a_batch():
    space = UnicodeText(50)
    texts = ("one", "two words", "¬x")
    empty = create_empty_array(space, 3)
    assert empty == ("", "", "")
    assert concatenate(space, texts, empty) == texts
    assert tuple(iterate(batch_space(space, 3), texts)) == texts


def test_spaces_of_different_length_can_stand_side_by_side():
    short, long = UnicodeText(5, seed=1), UnicodeText(9, seed=2)
    assert is_space_dtype_shape_equiv(short, long)
    assert not is_space_dtype_shape_equiv(short, gymnasium.spaces.Text(5))
    assert list(batch_differing_spaces([short, long])) == [short, long]


def test_flattening_is_refused_with_the_reason():
    space = UnicodeText(5)
    assert not space.is_np_flattenable
    for refuse in (flatdim, flatten_space, lambda s: flatten(s, "x"), lambda s: unflatten(s, np.zeros(1))):
        with pytest.raises(NotImplementedError, match="tokenizer"):
            refuse(space)
