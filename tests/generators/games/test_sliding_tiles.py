from collections import deque

import pytest

from reason.generators.games.playing import rehearsal
from reason.generators.games.sliding_tiles import SlidingTiles, SlidingTilesConfig, shortest

FAMILY = SlidingTiles()
GOAL = (1, 2, 3, 4, 5, 6, 7, 8, 0)


def distances(goal):
    """Return how far every board of three by three is from the goal, breadth first."""
    found, front = {goal: 0}, deque([goal])
    while front:
        board = front.popleft()
        gap = board.index(0)
        for place in range(9):
            if abs(place // 3 - gap // 3) + abs(place % 3 - gap % 3) == 1:
                cells = list(board)
                cells[gap], cells[place] = cells[place], 0
                if tuple(cells) not in found:
                    found[tuple(cells)] = found[board] + 1
                    front.append(tuple(cells))
    return found


def test_solutions_are_as_short_as_a_search_of_all_boards_says():
    found = distances(GOAL)
    assert len(found) == 181_440
    assert max(found.values()) == 31
    for board in list(found)[::9_000]:
        if found[board] <= 26:
            assert len(shortest(board, GOAL, 3)[0]) == found[board]


def test_a_solution_worked_out_by_hand():
    assert shortest((1, 2, 3, 4, 5, 6, 0, 7, 8), GOAL, 3)[0] == [7, 8]


def task_of(board, turns):
    truth = {"board": board, "goal": GOAL, "columns": 3, "turns": turns}
    return rehearsal(FAMILY, "", truth)


def test_rules():
    task = task_of((1, 2, 3, 4, 5, 6, 0, 7, 8), 3)
    assert FAMILY.verify(task, "7\n8").score == 1
    assert FAMILY.verify(task, "tile 7\nslide 8").passed
    assert FAMILY.verify(task, "8\n7\n8").passed, "a wasted turn is allowed where turns are left"
    assert not FAMILY.verify(task, "7").passed
    assert not FAMILY.verify(task, "7 8").passed
    assert FAMILY.verify(task, "0\n8\n7").score == pytest.approx(0.5 * 7 / 8), "all but tile 8 are in place"
    for text in ("8", "0", "-7", "99999999999999", "7.0", "seven", "7 or 4", "9" * 9_999):
        moved = FAMILY.transition(task, FAMILY.initial_state(task), text)
        assert not moved.valid
        assert tuple(moved.state["board"]) == (1, 2, 3, 4, 5, 6, 0, 7, 8)


@pytest.mark.parametrize("level", range(8))
def test_the_second_solver_agrees_on_the_length(level):
    for index in range(3):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.verify(task, task.reference).passed
        if level < 7:
            assert len(FAMILY.solve(task).splitlines()) == task.metadata["shortest_solution"]
        assert f"can be done in {len(task.reference.splitlines())}." in task.text


def test_the_reference_player_recovers_from_any_move():
    task = FAMILY.task(level=3, index=5)
    state = FAMILY.initial_state(task)
    for tile in range(1, 9):
        moved = FAMILY.transition(task, state, str(tile))
        if moved.valid:
            ahead = FAMILY.reference_action(task, moved.state)
            assert FAMILY.transition(task, moved.state, ahead).valid


def test_knobs_out_of_range_are_refused():
    for knobs in ({"rows": 2}, {"columns": 7}, {"num_moves": 0}, {"slack": -1.0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            SlidingTilesConfig(**knobs)
