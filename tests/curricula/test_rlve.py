import math

import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Result
from reason.curricula.rlve import Rlve

seeds = pytest.mark.parametrize("seed", range(3))


@seeds
def test_it_settles_where_the_newest_level_is_below_the_threshold(seed, Learner, train):
    """P(pass) is .9 at ln 9 = 2.2 levels below the ability: the newest level is one above or at that."""
    curriculum = Rlve({"A": None}, groups=32)
    train(curriculum, Learner({"A": 8.0}, seed), steps=300, seed=seed)
    assert 8.0 - math.log(9) - 0.5 < curriculum.level("A") < 8.0 - math.log(9) + 1.5


def test_levels_come_evenly_from_a_window_that_ends_at_the_newest(Learner, train):
    curriculum = Rlve({"A": None}, level=9, groups=10_000)
    counts = np.bincount(train(curriculum, Learner({"A": 9.0}), steps=100).levels(last=100), minlength=10)
    assert counts[:6].sum() == 0
    assert (counts[6:] > 300).all()  # 400 expected, sd 17
    low = Rlve({"A": None}, level=1, groups=10_000)
    assert set(train(low, Learner({"A": 9.0}), steps=10).levels(last=10)) == {0, 1}


def groups(level, shares):
    choice = Choice(env="A", level=level)
    return [Result(choice=choice, rewards_G=np.array(s), passed_G=np.array(s)) for s in shares]


def test_only_the_newest_level_counts_and_the_count_starts_anew():
    curriculum = Rlve({"A": None}, groups=2, threshold=0.75, level=3)
    right, half = [1.0, 1.0], [1.0, 0.0]
    curriculum.update(groups(2, [right] * 9))
    assert curriculum.level("A") == 3
    curriculum.update(groups(3, [right]))
    assert curriculum.level("A") == 3  # one group is too few
    curriculum.update(groups(3, [half]))
    assert curriculum.level("A") == 4  # 3 of 4
    curriculum.update(groups(4, [half, half]))
    curriculum.update(groups(4, [right]))
    assert curriculum.level("A") == 4  # the two halves were decided upon and forgotten
    curriculum.update(groups(4, [right]))
    assert curriculum.level("A") == 5


def test_masked_members_are_left_out_of_the_share():
    curriculum = Rlve({"A": None}, groups=1, threshold=0.9, level=3)
    curriculum.update(groups(3, [[1.0, np.nan, np.nan, np.nan]]))
    assert curriculum.level("A") == 4


def test_it_goes_down_when_ability_drops(Learner, train):
    curriculum, learner = Rlve({"A": None}), Learner({"A": 8.0})
    train(curriculum, learner, steps=150)
    reached = curriculum.level("A")
    learner.abilities["A"] = 0.0
    train(curriculum, learner, steps=150)
    assert reached >= 5
    assert curriculum.level("A") <= 2


def test_adaptive_levels_beat_the_same_range_of_static_ones(Learner, train):
    """RLVE's claim: static difficulty stalls."""
    from reason.curricula.uniform import Uniform

    def gain(curriculum, seed):
        learner = Learner({"A": 0.0}, seed, rate=0.02)
        train(curriculum, learner, steps=120, seed=seed)
        return learner.abilities["A"]

    adaptive = [gain(Rlve({"A": 60}), seed) for seed in range(3)]
    static = [gain(Uniform({"A": 60}), seed) for seed in range(3)]
    assert min(adaptive) > 1.3 * max(static)
