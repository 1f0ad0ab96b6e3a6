import pytest

from reason.rewards.arena import arena, relevance


@pytest.mark.parametrize(
    ("form", "right", "cited", "expected"),
    [
        (1, 1, "ab", 13.0),
        (0, 1, "ab", 2.0),
        (1, 0, "ab", 2.0),
        (1, 1, "a", 2.5),
        (1, 1, "abc", 2.5),
        (0, 0, "", 0.0),
    ],
)
def test_arena_pays_ten_more_for_all_three(form, right, cited, expected):
    relevant = relevance(list(cited), ["a", "b"])
    assert arena(well_formed=bool(form), exact_match=bool(right), relevance=relevant) == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: relevance(["a"], []),
        lambda: arena(well_formed=True, exact_match=True, relevance=0.7),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"must|there are"):
        call()
