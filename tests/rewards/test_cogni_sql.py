import math

import pytest

from reason.rewards.cogni_sql import cogni_sql


@pytest.mark.parametrize(
    ("passed", "strict", "soft", "overlong", "reward"),
    [
        (1, 1, 1, 0, 3.5),
        (1, 1, 1, 1, 3.0),
        (1, 0, 1, 0, 2.5),
        (1, 0, 0, 0, 2.0),
        (0, 1, 1, 0, 1.5),
        (0, 0, 0, 1, -0.5),
        (0, 0, 0, 0, 0.0),
    ],
)
def test_hand_computed_rewards(passed, strict, soft, overlong, reward):
    assert cogni_sql([passed], [strict], [soft], [overlong]).tolist() == [reward]


def test_no_form_outweighs_a_right_result():
    assert cogni_sql([1], [0], [0], [1])[0] >= cogni_sql([0], [1], [1], [0])[0]


def test_what_was_not_scored_stays_unscored():
    rewards = cogni_sql([math.nan, 1], [1, 1], [1, 1], [0, 0])
    assert math.isnan(rewards[0])
    assert rewards[1] == 3.5


def test_impossible_arrays_are_refused():
    with pytest.raises(ValueError, match="one length"):
        cogni_sql([1, 0], [1], [1], [0])
    with pytest.raises(ValueError, match="passed must hold 0, 1 and NaN"):
        cogni_sql([0.5], [1], [1], [0])
