import math

import pytest

from reason.rewards.chat_r1 import chat_r1, chat_r1_of
from reason.verdict import Verdict

NAN = float("nan")


def same(rewards, expected):
    return rewards.tolist() == pytest.approx(expected, nan_ok=True)


def test_chat_r1_adds_a_fifth_of_the_best_query():
    assert same(chat_r1([1.0, 0.4, 0.0, NAN], [1.0, 0.5, 0.0, 1.0]), [1.2, 0.5, 0.0, NAN])
    assert same(chat_r1([0.5], [0.5], alpha=1.0), [1.0])


def test_chat_r1_reads_a_verdict():
    right = Verdict.right(components={"answer_f1": 1.0, "rewrite_f1": 0.5})
    assert chat_r1_of(right) == pytest.approx(1.1)
    assert math.isnan(chat_r1_of(Verdict.unscorable("ours")))


@pytest.mark.parametrize(
    "call",
    [
        lambda: chat_r1([1.0], [1.0, 2.0]),
        lambda: chat_r1([1.5], [0.0]),
        lambda: chat_r1([1.0], [0.0], alpha=-1.0),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError, match=r"must|there are"):
        call()
