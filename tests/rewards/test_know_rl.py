import pytest

from reason.rewards.know_rl import factuality, know_rl

NAN = float("nan")


@pytest.mark.parametrize(
    ("form", "right", "refused", "fact", "expected"),
    [
        (True, True, False, 1.0, 4.0),
        (True, False, True, 0.5, 2.5),
        (True, True, True, 0.0, 3.0),
        (True, False, False, 0.25, 0.25),
        (False, False, False, 0.0, -2.0),
    ],
)
def test_know_rl_prefers_a_refusal_to_a_wrong_answer(form, right, refused, fact, expected):
    assert know_rl(well_formed=form, exact_match=right, refused=refused, factuality=fact) == expected


def test_facts_count_from_the_threshold():
    assert factuality([0.29, 0.3, 1.0]) == pytest.approx(2 / 3)
    assert factuality([]) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: factuality([2.0]),
        lambda: know_rl(well_formed=True, exact_match=False, refused=False, factuality=NAN),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"must|there are"):
        call()
