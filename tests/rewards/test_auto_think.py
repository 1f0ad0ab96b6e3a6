import math

import numpy as np
import pytest

from reason.rewards.auto_think import auto_think

NAN = float("nan")
# right and wrong with thinking, right and wrong without
PASSED, THOUGHT = [1, 0, 1, 0], [1, 1, 0, 0]


def test_the_second_stage_is_the_base(nan_equal):
    nan_equal(auto_think(PASSED, THOUGHT, [1, 2, 3, 4], stage=2), [1.0, 0.0, 2.0, -1.0])


@pytest.mark.parametrize("rate", [0.5, 0.6, 0.75, 1.0])
def test_the_first_stage_damps_the_mode_that_prevails(rate, nan_equal):
    d = 2 * (rate - 0.5)
    found = auto_think(PASSED, THOUGHT, [1] * 4, stage=1, think_rate=rate)
    nan_equal(found, [1 - d, -d, 2.0, -1.0])
    found = auto_think(PASSED, THOUGHT, [1] * 4, stage=1, think_rate=1 - rate)
    nan_equal(found, [1.0, 0.0, (1 - d) * 2 + d, -(1 - d) - 2 * d])


def test_without_a_rate_it_is_that_of_the_scored_members(nan_equal):
    found = auto_think([1, 0, 1, 0, NAN], [1, 1, 1, 0, 0], [1] * 5, stage=1)
    nan_equal(found, [0.5, -0.5, 0.5, -1.0, NAN])


def test_the_third_stage_compares_lengths_among_right_and_among_wrong(nan_equal):
    passed, thought, lengths = [1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [10, 20, 30, 5, 15]
    z = 10 / math.sqrt(200 / 3)
    wanted = [
        1 - 1 + math.exp(0.05 * z), 1.0, 2 - 1 + math.exp(-0.05 * z),
        0 + 1 - math.exp(0.05), -1 + 1 - math.exp(-0.05),
    ]  # fmt: skip
    nan_equal(auto_think(passed, thought, lengths, stage=3), wanted)


def test_shorter_is_better_for_right_and_worse_for_wrong_answers():
    lengths = [10, 20, 30, 40]
    right = auto_think([1] * 4, [1] * 4, lengths, stage=3)
    wrong = auto_think([0] * 4, [1] * 4, lengths, stage=3)
    assert (np.diff(right) < 0).all()
    assert (np.diff(wrong) > 0).all()


def test_degenerate_members_get_minus_two_in_the_third_stage_only(nan_equal):
    degenerate = [1, 0, 0, 1]
    third = auto_think(PASSED, THOUGHT, [1] * 4, stage=3, degenerate_G=degenerate)
    nan_equal(third, [-2.0, 0.0, 2.0, -2.0])
    nan_equal(auto_think(PASSED, THOUGHT, [1] * 4, stage=2, degenerate_G=degenerate), [1.0, 0.0, 2.0, -1.0])


def test_other_stages_and_rates_are_rejected():
    for options in ({"stage": 4}, {"stage": 1, "think_rate": 1.5}):
        with pytest.raises(ValueError, match=r"stage|think_rate"):
            auto_think(PASSED, THOUGHT, [1] * 4, **options)
