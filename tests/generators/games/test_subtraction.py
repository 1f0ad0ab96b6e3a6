import itertools
from functools import cache

import pytest

from reason.frozen import freeze
from reason.generators.games.playing import rehearsal
from reason.generators.games.subtraction import Subtraction, SubtractionConfig, grundy

FAMILY = Subtraction()


def truth_of(position, takes):
    return {
        "things": "keys", "names": "ABC"[: len(position)], "position": position, "takes": takes,
        "misere": False, "opponent": "optimal", "turns": 50,
    }  # fmt: skip


@cache
def searched(position, takes):
    """Decide a position by trying all moves."""
    moves = [
        (*position[:at], size - take, *position[at + 1 :])
        for at, size in enumerate(position)
        for take in takes
        if take <= size
    ]
    return any(not searched(move, takes) for move in moves)


@pytest.mark.parametrize("takes", [(1, 2, 3), (2, 5), (1, 4, 6), (3, 4)])
def test_theory_agrees_with_a_search_of_all_small_positions(takes):
    for position in itertools.product(range(9), repeat=2):
        assert FAMILY.wins(truth_of(position, takes), position) == searched(position, takes)


def test_grundy_values_worked_out_by_hand():
    assert grundy((1, 2, 3), 8) == (0, 1, 2, 3, 0, 1, 2, 3, 0)
    assert grundy((2, 4), 7) == (0, 0, 1, 1, 2, 2, 0, 0)


@pytest.mark.parametrize(("size", "move"), [(5, "A 1"), (6, "A 2"), (7, "A 3"), (11, "A 3")])
def test_the_reference_leaves_a_multiple_of_four(size, move):
    truth = truth_of((size,), (1, 2, 3))
    task = rehearsal(FAMILY, FAMILY.write_prompt(truth), truth)
    assert FAMILY.reference_action(task, FAMILY.initial_state(task)) == move


def test_a_number_that_may_not_be_taken_costs_a_turn_and_changes_nothing():
    truth = truth_of((7,), (2, 5))
    task = rehearsal(FAMILY, FAMILY.write_prompt(truth), truth)
    for action in ("A 1", "A 3", "A 7", "B 2", "take some", ""):
        moved = FAMILY.transition(task, freeze(FAMILY.initial_state(task)), action)
        assert not moved.valid
        assert (moved.state["position"], moved.state["turn"]) == ((7,), 1)


@pytest.mark.parametrize("level", [0, 2, 5])
def test_the_prompt_says_all_and_both_players_win(level):
    for index in range(5):
        task = FAMILY.task(level=level, index=index)
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        for answer in (task.reference, FAMILY.solve(task)):
            assert FAMILY.verify(task, answer).passed


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_piles": 0}, {"max_coins": 2}, {"num_choices": 9}, {"max_take": 1}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            SubtractionConfig(**knobs)
