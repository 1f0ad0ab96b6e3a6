from functools import cache

import pytest

from reason.errors import ConfigError
from reason.frozen import freeze
from reason.generators.games.number_guess import NumberGuess, NumberGuessConfig
from reason.generators.games.playing import rehearsal

FAMILY = NumberGuess()


def task_of(low, high, secret, num_turns=None):
    num_turns = num_turns or (high - low + 1).bit_length()
    return rehearsal(
        FAMILY, f"from {low} to {high}", {"low": low, "high": high, "num_turns": num_turns, "secret": secret}
    )


@pytest.mark.parametrize(
    ("play", "passed"),
    [
        ("4\n6\n7", True),
        ("7", True),
        ("7\n7", False),  # goes on after the end
        ("1\n2\n3", False),  # no turn is left
        ("1\n2\n3\n7", False),
        ("8\n7", True),  # out of the range: a turn lost, and no more
        ("seven\n7.0\n7", True),
        ("4\n6", False),
        ("6 or 7", False),
        ("1, 2, 3, 4, 5, 6, 7", False),
        ("+7", True),
        ("007", True),
        ("guess 7.", True),
        ("\uff17", True),  # full-width
        ("-7", False),
        ("", False),
    ],
)
def test_plays_worked_out_by_hand(play, passed):
    assert FAMILY.verify(task_of(1, 7, 7), play).passed is passed


def test_answers_point_to_the_number():
    task = task_of(-3, 3, -1)
    state = FAMILY.initial_state(task)
    assert "lower" in FAMILY.transition(task, state, "0").observation
    assert "higher" in FAMILY.transition(task, state, "-2").observation
    assert FAMILY.transition(task, state, "\u22121").passed  # a true minus sign
    assert not FAMILY.transition(task, state, "4").valid
    assert not FAMILY.transition(task, state, "1,0").valid


def test_a_lost_game_is_worth_half_of_its_bits():
    # One of 8 numbers; "4" leaves 5 to 8 (one bit of three), "6" leaves 7 and 8 (two of three).
    task = task_of(1, 8, 8, num_turns=2)
    assert FAMILY.verify(task, "4\n6").score == pytest.approx(0.5 * 2 / 3)
    assert FAMILY.verify(task, "4\nx").score == pytest.approx(0.5 * 1 / 3)
    assert FAMILY.verify(task, "x\nx").score == 0
    assert FAMILY.verify(task, "4").score == 0  # not over


@cache
def fewest_guesses(size):
    """Return the worst case of the best strategy, by exhaustive search."""
    if size == 0:
        return 0
    return 1 + min(max(fewest_guesses(left), fewest_guesses(size - 1 - left)) for left in range(size))


@pytest.mark.parametrize("size", range(2, 40))
def test_the_turns_are_the_fewest_that_always_do(size):
    turns = NumberGuessConfig(size=size).num_turns
    assert turns == fewest_guesses(size)
    lengths = [len(FAMILY.reference_play(task_of(10, 9 + size, secret))) for secret in range(10, 10 + size)]
    assert max(lengths) == turns


def test_both_players_find_every_number():
    for size in (2, 5, 8, 15):
        for secret in range(-4, size - 4):
            task = task_of(-4, size - 5, secret)
            assert FAMILY.verify(task, "\n".join(FAMILY.reference_play(task))).passed
            assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_the_reference_player_does_not_know_the_number():
    history = freeze({"turn": 1, "history": [[8, 1]]})
    assert len({FAMILY.reference_action(task_of(1, 15, secret), history) for secret in range(9, 16)}) == 1


def test_the_hardest_level_can_be_won():
    task = FAMILY.task(level=FAMILY.max_level)
    assert len(task.reference.splitlines()) <= FAMILY.max_level + 2
    assert FAMILY.verify(task, FAMILY.solve(task)).passed


@pytest.mark.parametrize("knobs", [{"size": 1}, {"size": 2**52 + 1}, {"max_offset": -1}, {"spare_turns": -1}])
def test_ranges_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match=next(iter(knobs))):
        NumberGuessConfig(**knobs)
