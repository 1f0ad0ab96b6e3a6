import pytest

from reason.generators.games.playing import rehearsal
from reason.generators.games.sokoban import Sokoban, SokobanConfig, shortest

FAMILY = Sokoban()
CORRIDOR = "#######\n#-----#\n#######"
ROOM = "#####\n#---#\n#---#\n#---#\n#####"


def task_of(level, goals, start, turns):
    return rehearsal(FAMILY, "", {"level": level, "goals": goals, "start": start, "turns": turns})


def test_solutions_worked_out_by_hand():
    # Cells 9 to 13 are the corridor: the player at 9, the box at 11, the goal at 13.
    assert shortest(CORRIDOR, (13,), (9, (11,))) == ["right"] * 3
    assert shortest(CORRIDOR, (9,), (9, (11,))) is None, "the player cannot get behind the box"
    # A room of three by three: cells 7 to 9, 13 to 15 and 19 to 21. The box must go from the middle to 15.
    assert shortest(ROOM, (15,), (13, (14,))) == ["right"]
    assert shortest(ROOM, (15,), (15, (14,))) == ["up", "left", "left", "down", "right"]


def test_rules():
    task = task_of(CORRIDOR, (13,), (9, (11,)), 5)
    assert FAMILY.verify(task, "right\nRIGHT\nr").score == 1
    for steps in ("right\nright", "right right right", "left\nup", "right\nright\nright\nright"):
        assert not FAMILY.verify(task, steps).passed
    for text in ("left", "up", "north", "rightwards", "right right", "9", "r" * 9_999, ""):
        moved = FAMILY.transition(task, FAMILY.initial_state(task), text)
        assert not moved.valid
        assert (moved.state["player"], tuple(moved.state["boxes"])) == (9, (11,))


def test_a_box_does_not_push_a_box():
    task = task_of(CORRIDOR, (12, 13), (9, (10, 11)), 9)
    assert not FAMILY.transition(task, FAMILY.initial_state(task), "right").valid


def test_boxes_in_place_count_when_turns_are_over():
    task = task_of(ROOM, (9, 15), (13, (9, 14)), 2)
    verdict = FAMILY.verify(task, "banana\nbanana")
    assert (verdict.passed, verdict.score) == (False, 0.25)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_three_searches_agree_on_the_length(level):
    for index in range(4):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        start = (truth["start"][0], tuple(truth["start"][1]))
        length = task.metadata["shortest_solution"]
        assert FAMILY.verify(task, task.reference).passed
        assert len(shortest(truth["level"], tuple(truth["goals"]), start)) == length
        assert len(FAMILY.solve(task).splitlines()) == length


def test_the_reference_player_says_something_in_a_lost_position():
    task = task_of(ROOM, (14,), (14, (7,)), 3)
    assert FAMILY.reference_action(task, FAMILY.initial_state(task)) == "up"


def test_knobs_out_of_range_are_refused():
    for knobs in ({"width": 2}, {"height": 13}, {"num_boxes": 0}, {"num_positions": 1}, {"walls": 0.9}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            SokobanConfig(**knobs)
