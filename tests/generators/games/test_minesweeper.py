import pytest

from reason.errors import ConfigError
from reason.generators.games.mine_field import read_board
from reason.generators.games.minesweeper import Minesweeper, MinesweeperConfig
from reason.generators.games.playing import rehearsal

FAMILY = Minesweeper()
# Mines at (1, 1) and (3, 1); all cells but these and (2, 1) are open from the start.
TRUTH = {
    "height": 3,
    "width": 4,
    "mines": [0, 8],
    "opened": [1, 2, 3, 5, 6, 7, 9, 10, 11],
    "num_turns": 4,
}


def task_of(**changes):
    return rehearsal(FAMILY, "", {**TRUTH, **changes})


@pytest.mark.parametrize(
    ("play", "passed"),
    [
        ("2 1", True),
        ("open 2 1", True),
        ("Row 2, column 1.", True),
        ("(2,1)", True),
        ("2, 1", True),
        ("02 01", True),
        ("1 1", False),  # a mine
        ("1 1\n2 1", False),
        ("2 1\n2 1", False),  # goes on after the end
        ("2 2\n2 1", True),  # open already: a turn lost
        ("2 2\n2 2\n2 2\n2 1", True),
        ("2 2\n2 2\n2 2\n2 2\n2 1", False),
        ("4 1\n0 1\n2 1", True),
        ("1 2", False),
        ("2 1 1", False),
        ("2.0 1", False),
        ("-2 1", False),
        ("2 1 or 1 1", False),
    ],
)
def test_plays_worked_out_by_hand(play, passed):
    assert FAMILY.verify(task_of(), play).passed is passed


def test_the_field_is_shown():
    task = task_of()
    assert FAMILY.observe(task, FAMILY.initial_state(task)).startswith(
        "    1 2 3 4\n1 | # 1 . .\n2 | # 2 . .\n3 | # 1 . .\n"
    )


def test_a_lost_game_is_worth_half_of_what_is_open():
    # Two cells to open; 1 2 is one of them, and 1 1 is a mine.
    task = task_of(opened=[2, 3, 6, 7, 10, 11, 9, 5])
    assert FAMILY.verify(task, "1 1").score == 0
    assert FAMILY.verify(task, "1 2\n1 1").score == pytest.approx(0.5 * 1 / 2)


def test_every_field_can_be_won_by_the_reference_player_that_proves():
    for level in range(6):
        for index in range(4):
            task = FAMILY.task(level=level, index=index)
            play = FAMILY.reference_play(task)
            assert FAMILY.verify(task, "\n".join(play)).passed
            assert len(play) <= FAMILY.max_turns(task) - 3


def test_the_sat_solver_never_has_to_give_up():
    for level in range(5):
        task = FAMILY.task(level=level, index=7)
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_the_prompt_shows_the_opening_and_hides_the_rest():
    task = FAMILY.task(level=4)
    truth = task.ground_truth
    rows = read_board(task.text)
    closed = {
        row * truth["width"] + column
        for row, line in enumerate(rows)
        for column, sign in enumerate(line)
        if sign == "#"
    }
    everything = set(range(truth["height"] * truth["width"]))
    assert closed == everything - set(truth["opened"])
    assert set(truth["mines"]) <= closed


def test_the_reference_player_sees_what_the_field_shows():
    # The open half shows no number, so that it must not matter where in the first column the mines are.
    state = {"turn": 0, "opened": [2, 3, 6, 7, 10, 11]}
    columns = ([0, 8], [0, 4], [4, 8])
    actions = {FAMILY.reference_action(task_of(mines=mines, opened=()), state) for mines in columns}
    assert len(actions) == 1


def test_a_fixed_list_wins_no_more_often_than_the_bound():
    config = FAMILY.at_level(0)
    tasks = [FAMILY.task(level=0, index=index) for index in range(150)]
    wins = max(
        sum(bool(FAMILY.verify(task, tasks[one].reference).passed) for task in tasks[30:])
        for one in range(30)
    )
    assert wins / 120 <= FAMILY.chance(config) < 0.5


@pytest.mark.parametrize(
    "knobs", [{"height": 2}, {"width": 21}, {"num_mines": 0}, {"num_mines": 13}, {"spare_turns": -1}]
)
def test_fields_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match=next(iter(knobs))):
        MinesweeperConfig(**knobs)
