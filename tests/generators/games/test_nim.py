import itertools
from functools import cache

import pytest

from reason.frozen import freeze
from reason.generators.games.nim import Nim, NimConfig
from reason.generators.games.playing import rehearsal

FAMILY = Nim()


def truth_of(position, *, misere=False, opponent="optimal"):
    return {
        "things": "coins", "names": "ABCDE"[: len(position)], "position": tuple(position), "misere": misere,
        "opponent": opponent, "turns": sum(position),
    }  # fmt: skip


def task_of(position, **rules):
    truth = truth_of(position, **rules)
    return rehearsal(FAMILY, FAMILY.write_prompt(truth), truth)


@cache
def searched(position, misere):
    """Decide a position by trying all moves."""
    moves = [
        (*position[:at], left, *position[at + 1 :])
        for at, size in enumerate(position)
        for left in range(size)
    ]
    return any(not searched(move, misere) for move in moves) if moves else misere


@pytest.mark.parametrize("misere", [False, True])
def test_theory_agrees_with_a_search_of_all_small_positions(misere):
    for position in itertools.product(range(5), repeat=3):
        if any(position):
            assert FAMILY.wins(truth_of(position, misere=misere), position) == searched(position, misere)


@pytest.mark.parametrize(
    ("position", "misere", "move"),
    [((3, 5), False, "B 2"), ((1, 4, 5, 2), False, "D 2"), ((1, 1, 3), True, "C 2"), ((4, 1), True, "A 4")],
)
def test_winning_moves_worked_out_by_hand(position, misere, move):
    task = task_of(position, misere=misere)
    assert FAMILY.reference_action(task, FAMILY.initial_state(task)) == move


def test_a_losing_first_move_loses_against_the_perfect_opponent():
    task = task_of((2, 1))
    wins = [
        play
        for play in itertools.product(["A 1", "A 2", "B 1"], repeat=2)
        if FAMILY.verify(task, "\n".join(play)).passed
    ]
    assert wins in ([("A 1", "A 1")], [("A 1", "B 1")]), "after A 1 one coin is left on either heap"


def test_a_win_after_an_action_that_is_no_move_counts_half():
    task = task_of((3, 5), opponent="optimal")
    play = FAMILY.reference_play(task)
    assert FAMILY.verify(task, "\n".join(play)).score == 1
    for wrong in ("Z 1", "A 9", "A", "A 0", "A -1", "A 1 or B 2", "9" * 5000, "A 1\x00 B"):
        verdict = FAMILY.verify(task, "\n".join([wrong, *play]))
        assert (verdict.score, verdict.passed) == (0.5, False), wrong


@pytest.mark.parametrize("opponent", ["optimal", "random"])
@pytest.mark.parametrize("level", [0, 3, 6])
def test_the_prompt_says_all_and_both_players_win(opponent, level):
    for index in range(5):
        task = FAMILY.task(level=level, index=index, knobs={"opponent": opponent})
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        for answer in (task.reference, FAMILY.solve(task)):
            assert FAMILY.verify(task, answer).passed


def test_a_random_opponent_is_not_a_perfect_one():
    plays = [FAMILY.task(level=4, index=at, knobs={"opponent": "random"}) for at in range(30)]
    kept = 0
    for task in plays:
        state = FAMILY.initial_state(task)
        moved = FAMILY.transition(task, state, FAMILY.reference_action(task, state))
        kept += FAMILY.wins(task.ground_truth, tuple(moved.state["position"])) if not moved.done else 0
    assert kept > 20, "after a perfect move, whatever the opponent does leaves a won position"


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_heaps": 1}, {"num_heaps": 27}, {"max_stones": 1}, {"opponent": "kind"}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            NimConfig(**knobs)
