import itertools

import pytest

from reason.generators.games.floor_map import FloorMap, FloorMapConfig, shortest_walk
from reason.generators.games.playing import rehearsal

FAMILY = FloorMap()
DOORS = {
    "attic": {"hall": "red", "study": ""},
    "cellar": {"hall": ""},
    "hall": {"attic": "red", "cellar": "", "porch": ""},
    "porch": {"hall": "", "study": ""},
    "study": {"attic": "", "porch": ""},
}
KEYS = {"cellar": "red"}


def task_of(turns):
    truth = {"doors": DOORS, "keys": KEYS, "start": "hall", "target": "attic", "turns": turns}
    return rehearsal(FAMILY, "", truth)


def test_ways_worked_out_by_hand():
    assert shortest_walk(DOORS, KEYS, "hall", "attic") in (
        ["porch", "study", "attic"],
        ["cellar", "hall", "attic"],
    )
    assert shortest_walk(DOORS, KEYS, "cellar", "attic") == ["hall", "attic"]
    assert shortest_walk(DOORS, KEYS, "hall", "attic", ("red",)) == ["attic"]


def test_rules():
    task = task_of(3)
    assert FAMILY.verify(task, "cellar\nhall\nattic").score == 1
    assert FAMILY.verify(task, "Go to the Porch.\nthe study\nATTIC").passed
    for way in (
        "attic",
        "attic\ncellar\nhall\nattic",
        "cellar\nattic",
        "cellar hall attic",
        "hall",
        "garden",
    ):
        assert not FAMILY.verify(task, way).passed, way
    locked = FAMILY.transition(task, FAMILY.initial_state(task), "attic")
    assert not locked.valid
    assert "red key" in locked.observation


def shortest_by_trial(task):
    """Return the least number of steps, by trying all sequences of rooms, short ones first."""
    truth = task.ground_truth
    for length in range(1, 6):
        for way in itertools.product(truth["doors"], repeat=length):
            if FAMILY.verify(task, "\n".join(way)).passed:
                return length
    return None


def test_the_shortest_way_is_that_of_a_trial_of_all_sequences():
    for index in range(8):
        task = FAMILY.task(index=index, knobs={"num_rooms": 5, "num_keys": 1, "extra_doors": 0, "slack": 2.0})
        if task.metadata["shortest_way"] <= 5:
            assert shortest_by_trial(task) == task.metadata["shortest_way"]


@pytest.mark.parametrize("level", [0, 1, 3, 5])
def test_the_second_solver_agrees_on_the_length(level):
    for index in range(10):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.verify(task, task.reference).passed
        assert len(FAMILY.solve(task).splitlines()) == task.metadata["shortest_way"]


def test_some_ways_need_a_key():
    tasks = [FAMILY.task(level=5, index=index) for index in range(20)]
    detours = 0
    for task in tasks:
        way = task.reference.splitlines()
        detours += len(set(way)) < len(way) or any(room in task.ground_truth["keys"] for room in way)
    assert detours > 5


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_rooms": 2}, {"num_keys": 9}, {"extra_doors": 99}, {"slack": -1.0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            FloorMapConfig(**knobs)
