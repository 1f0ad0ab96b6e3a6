import math

import pytest

from reason.rewards.tool_star import tool_star


@pytest.mark.parametrize(
    ("score", "well_formed", "used_all", "reward"),
    [
        (1.0, True, True, 1.1),
        (1.0, True, False, 1.0),
        (0.4, True, True, 0.5),
        (0.4, True, False, 0.4),
        (0.0, True, True, 0.0),  # no bonus for calls that led nowhere
        (0.0, True, False, 0.0),
        (1.0, False, True, -1.0),
        (0.0, False, False, -1.0),
    ],
)
def test_hand_computed_rewards(score, well_formed, used_all, reward):
    assert tool_star([score], [well_formed], [used_all]).tolist() == pytest.approx([reward])


def test_what_was_not_scored_stays_unscored():
    rewards = tool_star([math.nan, math.nan, 1.0], [True, False, True], [True, True, False])
    assert math.isnan(rewards[0])
    assert math.isnan(rewards[1])
    assert rewards[2] == 1.0


def test_a_negative_bonus_takes_nothing():
    assert tool_star([1.0], [True], [True], bonus=-0.5).tolist() == [1.0]


@pytest.mark.parametrize("scores", [[1.5], [-0.1], [1.0, 0.0], [[1.0]], 1.0])
def test_impossible_arrays_are_refused(scores):
    with pytest.raises(ValueError, match="scores"):
        tool_star(scores, [True], [True])
