import pytest

from reason.rewards.search_r2 import evidence_density, search_r2

NAN = float("nan")


def same(rewards, expected):
    return rewards.tolist() == pytest.approx(expected, nan_ok=True)


def test_search_r2_counts_evidence_under_right_answers_only():
    assert same(search_r2([1, 0, NAN], [0.5, 1.0, 0.0]), [1.5, 0.0, NAN])
    assert evidence_density(["a", "b", "b"], ["b", "c"]) == 0.5
    assert evidence_density([], ["b"]) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: search_r2([1.0], [NAN]),
        lambda: search_r2([1.0], [0.5], weight=-1.0),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"must|there are"):
        call()
