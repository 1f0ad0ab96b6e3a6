import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.train.bins import Item, first_fit


def items(prompt, prompt_length, *rests):
    first = sum(map(ord, prompt)) * 100
    return [
        [Item(index=first + place, prompt=prompt.encode(), prompt_length=prompt_length, rest=rest)]
        for place, rest in enumerate(rests)
    ]


def size(found):
    return sum(item.rest for item in found) + sum(
        {item.prompt: item.prompt_length for item in found}.values()
    )


def test_a_block_goes_where_its_prompt_is_even_if_an_earlier_bin_has_room():
    found = first_fit([*items("x", 1, 65, 65), *items("a", 20, 70, 10, 10)], 100)
    assert [[(item.prompt, item.rest) for item in one] for one in found] == [
        [(b"x", 65), (b"a", 10)],
        [(b"x", 65)],
        [(b"a", 70), (b"a", 10)],
    ]


def test_what_has_no_prompt_to_share_pays_in_full_each():
    found = first_fit(items("", 0, 40, 40, 40), 100)
    assert [len(one) for one in found] == [2, 1]


def test_a_block_that_fits_nowhere_is_refused_by_the_names_of_its_members():
    block = [Item(index=index, prompt=b"p", prompt_length=5, rest=50) for index in (3, 8)]
    assert len(first_fit([block], 105)) == 1
    with pytest.raises(ValueError, match="max_tokens=104 is too small: trajectory 3, 8 needs 105 tokens"):
        first_fit([block], 104)


block_strategy = st.lists(
    st.tuples(st.sampled_from(["", "p", "qq", "rrr"]), st.integers(0, 20)), min_size=1, max_size=2
)


@settings(max_examples=200, deadline=None)
@given(st.lists(block_strategy, max_size=15), st.integers(50, 90))
def test_every_block_is_whole_in_one_bin_and_no_bin_overflows(drawn, max_size):
    blocks, index = [], 0
    for block in drawn:
        made = []
        for prompt, rest in block:
            made.append(Item(index=index, prompt=prompt.encode(), prompt_length=2 * len(prompt), rest=rest))
            index += 1
        blocks.append(made)
    found = first_fit(blocks, max_size)
    assert all(len(one) > 0 and size(one) <= max_size for one in found)
    places = {item.index: place for place, one in enumerate(found) for item in one}
    assert sorted(places) == list(range(index))
    assert sum(map(len, found)) == index
    for block in blocks:
        assert len({places[item.index] for item in block}) == 1
    assert found == first_fit(blocks, max_size)
