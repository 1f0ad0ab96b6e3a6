import numpy as np
import pytest

from reason.rewards.laser import laser
from reason.rewards.laser_d import difficulty, laser_d, target_lengths
from reason.rewards.laser_de import laser_de

NAN = float("nan")


def test_laser_is_the_formula(nan_equal):
    passed, lengths, answered = [1, 1, 1, 0, 0, NAN], [199, 200, 201, 5, 5, 5], [1, 1, 1, 1, 0, 1]
    found = laser(passed, lengths, target=200, answered_G=answered)
    nan_equal(found, [1.5, 1.5, 1.0, -0.5, -1.0, NAN])
    nan_equal(laser([1], [9], target=9, bonus=0.25), [1.25])


def test_a_right_answer_that_is_not_there_is_our_mistake():
    with pytest.raises(ValueError, match="answered_G"):
        laser([1], [5], target=9, answered_G=[0])


@pytest.mark.parametrize(
    ("passed", "level"),
    [([1, 1, 0], 0), ([1, 1, 0, NAN], 0), ([1, 0, 0], 1), ([1, 1, 0, 0], 1), ([1, 0, 0, 0], 2),
     ([NAN], 2), ([], 2)],
)  # fmt: skip
def test_difficulty_is_cut_at_two_thirds_and_one_third(passed, level):
    assert difficulty(np.array(passed, dtype=float)) == level


@pytest.mark.parametrize("size", range(3, 40, 3))
def test_the_cuts_are_exact_for_every_group_size(size):
    groups = [
        np.arange(size) < right for right in (size * 2 // 3, size * 2 // 3 - 1, size // 3, size // 3 - 1)
    ]
    assert [difficulty(group.astype(float)) for group in groups] == [0, 0 if size == 0 else 1, 1, 2]


def test_laser_d_takes_the_target_of_the_group(nan_equal):
    targets = (10, 20, 30)
    nan_equal(laser_d([1, 1, 0], [10, 11, 5], targets=targets), [1.5, 1.0, -0.5])
    nan_equal(laser_d([1, 0, 0], [20, 5, 5], targets=targets), [1.5, -0.5, -0.5])
    nan_equal(laser_d([1, 0, 0, 0], [30, 31, 5, 5], targets=targets), [1.5, -0.5, -0.5, -0.5])


def test_laser_de_adds_exploration_of_long_wrong_answers(nan_equal):
    found = laser_de(
        [1, 1, 0, 0, 0, 0], [30, 31, 31, 30, 99, 99], [0, 0, 0, 0, 1, 0],
        targets=(10, 30, 30), answered_G=[1, 1, 1, 1, 1, 0],
    )  # fmt: skip
    nan_equal(found, [1.5, 1.0, 0.0, -0.5, -0.5, -1.0])


def test_targets_are_the_shortest_lengths_that_keep_one_right_answer():
    # Easy (both groups of 6 have 4 and more right): n = 4; 10 right, lengths 1..10: 4 cover(L) >= 1 from
    # cover = .25, that is 3 of 10 right answers.
    passed = np.array([[1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 0]], dtype=float)
    lengths = np.array([[1, 2, 3, 4, 5, 90], [6, 7, 8, 9, 10, 90]], dtype=float)
    assert target_lengths(passed, lengths, grid=range(1, 20), limit=50) == (3, 50, 50)
    # Hard (1 of 6): n = 1, all right answers must be covered.
    passed = np.array([[1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]], dtype=float)
    assert target_lengths(passed, lengths, grid=[19, 4, 6], limit=50) == (50, 50, 6)
    # Medium (3 of 6): n = 2, half of them.
    passed = np.array([[1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]], dtype=float)
    assert target_lengths(passed, lengths, grid=range(1, 20), limit=50) == (50, 3, 50)


def test_masked_answers_are_not_measured():
    passed = np.array([[1, 1, NAN], [1, 1, 1]])
    lengths = np.array([[4, 4, 1], [4, 4, NAN]])
    assert target_lengths(passed, lengths, grid=[1, 2, 4], limit=9) == (4, 9, 9)


def test_a_larger_grid_never_gives_a_longer_target():
    rng = np.random.default_rng(0)
    for _ in range(50):
        passed, lengths = (
            rng.integers(0, 2, (12, 6)).astype(float),
            rng.integers(1, 99, (12, 6)).astype(float),
        )
        coarse = target_lengths(passed, lengths, grid=range(10, 100, 30), limit=100)
        fine = target_lengths(passed, lengths, grid=range(1, 100), limit=100)
        assert all(a <= b for a, b in zip(fine, coarse, strict=True))


def test_bad_targets_are_rejected():
    for bad in ((1, 2), (1, 2, -3), (1, 2, NAN)):
        with pytest.raises(ValueError, match="targets"):
            laser_d([1], [1], targets=bad)
