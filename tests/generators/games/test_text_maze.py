import pytest

from reason.generators.games.playing import rehearsal
from reason.generators.games.text_maze import TextMaze, TextMazeConfig

FAMILY = TextMaze()
# 0 1 2   Openings: 0-1, 1-2, 1-4, 3-4, 4-5: an H on its side.
# 3 4 5
OPENINGS = ((0, 1), (1, 2), (1, 4), (3, 4), (4, 5))


def task_of(start, target, turns=10):
    truth = {
        "width": 3,
        "openings": OPENINGS,
        "start": start,
        "exit": target,
        "signs": (1000, 1111, 1222, 1333, 1444, 1555),
        "turns": turns,
    }
    return rehearsal(FAMILY, "", truth)


def test_rules():
    task = task_of(0, 5)
    assert FAMILY.verify(task, "east\nsouth\neast").score == 1
    assert FAMILY.verify(task, "e\nGo south.\nEAST").passed
    assert FAMILY.verify(task, "south\neast\nsouth\neast").score == 0.5, "a step into a wall halves the exit"
    for steps in ("east\nsouth", "east south east", "east\nsouth\neast\neast", "exit", "1555"):
        assert not FAMILY.verify(task, steps).passed


def test_no_more_is_seen_than_one_room():
    task = task_of(0, 5)
    state = FAMILY.initial_state(task)
    assert FAMILY.observe(task, state) == "You are in room 1000. Openings: east. Turns left: 10."
    moved = FAMILY.transition(task, state, "east")
    assert moved.observation == "You are in room 1111. Openings: south, east, west. Turns left: 9."


@pytest.mark.parametrize("room", [2, 5])
def test_rooms_at_the_edge_do_not_join_the_next_row(room):
    moved = FAMILY.transition(task_of(room, 0), FAMILY.initial_state(task_of(room, 0)), "east")
    assert not moved.valid


def test_every_room_can_be_reached_within_the_turns_from_every_room():
    # What the prompt promises: depth first, no opening is taken more than once in each direction.
    for start in range(6):
        for target in range(6):
            if start != target:
                task = task_of(start, target)
                assert FAMILY.verify(task, "\n".join(FAMILY.reference_play(task))).passed


@pytest.mark.parametrize("level", [0, 2, 5, 8])
def test_both_players_find_the_exit(level):
    for index in range(8):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        assert FAMILY.verify(task, task.reference).passed
        rooms = truth["width"] * (level + 2)
        assert joined(truth["openings"], truth["start"]) == set(range(rooms))
        solved = FAMILY.solve(task)
        assert solved is None or FAMILY.verify(task, solved).passed


def joined(openings, start):
    found = {start}
    while more := {room for pair in openings if found & set(pair) for room in pair} - found:
        found |= more
    return found


def test_the_reference_player_uses_what_it_saw_and_nothing_else():
    for target in (2, 3):
        # In room 1, coming from 0, the player has seen 0 and 1; what lies behind other walls is changed.
        task, state = task_of(0, target), {"turn": 1, "lost": 0, "trail": (0, 1)}
        other = {**task.ground_truth, "openings": ((0, 1), (1, 2), (1, 4), (3, 4), (2, 5))}
        assert FAMILY.reference_action(task, state) == FAMILY.reference_action(
            rehearsal(FAMILY, "", other), state
        )


def test_knobs_out_of_range_are_refused():
    for knobs in ({"width": 1}, {"height": 41}, {"loops": 2.0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            TextMazeConfig(**knobs)
