import pytest

from reason.rewards.re_seek import re_seek


@pytest.mark.parametrize(
    ("right", "judgements", "similarities", "tags", "expected"),
    [
        (True, [], [], 1, 1.0),
        (False, [], [], 1, 0.0),
        (True, [True, True], [0.9, 0.0], 1, 1.2),
        (False, [True], [0.4], 1, -0.05),
        (False, [True], [0.5], 1, -0.025),
        (True, [False], [0.5], 1, 0.95),
        (True, [False], [0.49], 1, 1.02),
        (False, [None, False], [0.9, 0.1], 1, 0.02),
        (True, [], [], 10, 1.0),
        (True, [True], [1.0], 11, 0.275),
    ],
)
def test_re_seek_pays_by_its_table(right, judgements, similarities, tags, expected):
    assert re_seek(right, judgements, similarities, num_answer_tags=tags) == pytest.approx(expected)


@pytest.mark.parametrize(
    "call",
    [
        lambda: re_seek(True, [True], []),
        lambda: re_seek(True, [True], [1.5]),
        lambda: re_seek(True, [], [], num_answer_tags=-1),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"must|there are"):
        call()
