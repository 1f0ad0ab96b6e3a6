import math

import pytest

from reason.rewards.artist import artist_function_calling, artist_question


@pytest.mark.parametrize(
    ("passed", "form", "succeeded", "made", "reward"),
    [(1, 1, 3, 4, 2.75), (1, 1, 0, 0, 2.0), (0, 0.5, 2, 2, 1.5), (0, 0, 0, 5, 0.0)],
)
def test_hand_computed_rewards_of_questions(passed, form, succeeded, made, reward):
    assert artist_question([passed], [form], [succeeded], [made]).tolist() == [reward]


def test_weights_of_questions():
    weights = {"answer_weight": 2.0, "form_weight": 0.5, "tool_weight": 0.25}
    assert artist_question([1], [1], [1], [2], **weights).tolist() == [2.625]


@pytest.mark.parametrize(
    ("states", "calls", "form", "reward"),
    [((2, 2), (3, 3), 1, 3.0), ((1, 2), (1, 4), 0, 0.75), ((0, 1), (0, 0), 1, 2.0), ((0, 3), (0, 3), 0, 0)],
)
def test_hand_computed_rewards_of_function_calling(states, calls, form, reward):
    arrays = [[number] for number in (*states, *calls, form)]
    assert artist_function_calling(*arrays).tolist() == [reward]
    halved = artist_function_calling(*arrays, max_state=0.5, max_call=0.5, form_weight=0.5)
    assert halved.tolist() == [reward / 2]


def test_what_was_not_scored_stays_unscored():
    assert math.isnan(artist_question([math.nan], [1], [1], [1])[0])
    assert math.isnan(artist_function_calling([math.nan], [1], [1], [1], [1])[0])


def test_impossible_arrays_are_refused():
    with pytest.raises(ValueError, match="one length"):
        artist_question([1, 0], [1], [1], [1])
    with pytest.raises(ValueError, match="calls_succeeded must be 0 to calls_made"):
        artist_question([1], [1], [2], [1])
    with pytest.raises(ValueError, match="states_matched must be 0 to states_total"):
        artist_function_calling([-1], [1], [1], [1], [1])
