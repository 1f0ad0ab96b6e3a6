import itertools
from functools import cache

import pytest

from reason.frozen import freeze
from reason.generators.games.kayles import Kayles, KaylesConfig, grundy
from reason.generators.games.playing import rehearsal

FAMILY = Kayles()


def truth_of(position, length):
    return {
        "names": "ABC"[: len(position)], "length": length, "position": position, "misere": False,
        "opponent": "optimal", "turns": 50,
    }  # fmt: skip


@cache
def searched(row):
    """Decide one row, a string of pins and gaps, by trying all moves."""
    moves = [
        row[:at] + "." * width + row[at + width :]
        for width in (1, 2)
        for at in range(len(row) - width + 1)
        if row[at : at + width] == "|" * width
    ]
    return any(not searched(move) for move in moves)


def test_theory_agrees_with_a_search_of_all_rows():
    for pins in itertools.product(".|", repeat=9):
        row = sum((pin == "|") << place for place, pin in enumerate(pins))
        assert FAMILY.wins(truth_of((row,), 9), (row,)) == searched("".join(pins))


def test_grundy_values_are_those_of_the_literature():
    # Winning Ways, chapter 4: the values of Kayles from 0 to 24 pins.
    known = (0, 1, 2, 3, 1, 4, 3, 2, 1, 4, 2, 6, 4, 1, 2, 7, 1, 4, 3, 2, 1, 4, 6, 7, 4)
    assert grundy(24) == known


def test_the_reference_splits_an_odd_row_in_the_middle():
    truth = truth_of((0b11111,), 5)
    task = rehearsal(FAMILY, FAMILY.write_prompt(truth), truth)
    lost = {
        move for move, after in FAMILY.options(truth, (0b11111,)).items() if not FAMILY.wins(truth, after)
    }
    assert lost == {"A 3"}, "only the middle pin leaves two equal halves"
    assert FAMILY.reference_action(task, FAMILY.initial_state(task)) == "A 3"


@pytest.mark.parametrize("action", ["A 3", "a 3", "A3", "A 3,", "A, 3"])
def test_spellings_of_one_pin(action):
    assert (FAMILY.read_move(action.lower()) == "A 3") == (action != "A 3,")


@pytest.mark.parametrize(
    ("text", "move"),
    [("a 3 4", "A 3 4"), ("a 4 3", "A 3 4"), ("a 3, 4", "A 3 4"), ("a 3 and 4", "A 3 4"), ("a34", "A 34")],
)
def test_spellings_of_two_pins(text, move):
    assert FAMILY.read_move(text) == move


def test_pins_that_are_no_neighbours_or_have_fallen_cannot_be_knocked_down():
    truth = truth_of((0b01011,), 5)
    task = rehearsal(FAMILY, FAMILY.write_prompt(truth), truth)
    assert set(FAMILY.options(truth, (0b01011,))) == {"A 1", "A 2", "A 4", "A 1 2"}
    for action in ("A 3", "A 2 4", "A 1 3", "A 1 1", "A 5", "B 1", "A 0", "A 1 2 3"):
        assert not FAMILY.transition(task, FAMILY.initial_state(task), action).valid


@pytest.mark.parametrize("level", [0, 2, 5])
def test_the_prompt_says_all_and_both_players_win(level):
    for index in range(4):
        task = FAMILY.task(level=level, index=index)
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        for answer in (task.reference, FAMILY.solve(task)):
            assert FAMILY.verify(task, answer).passed


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_rows": 0}, {"row_length": 1}, {"standing": 0.0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            KaylesConfig(**knobs)
