import math

import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Result
from reason.curricula.dump import Dump, advantages

seeds = pytest.mark.parametrize("seed", range(3))


def test_the_first_probabilities_are_equal_and_later_ones_are_the_formula():
    curriculum = Dump({"A": 1, "B": 0})
    assert list(curriculum.probabilities().values()) == pytest.approx([1 / 3] * 3)
    a = np.array([1.0, -1.0, 0.5, np.nan])
    curriculum.update(
        [Result(choice=Choice(env="A", level=1), rewards_G=np.ones(4), passed_G=np.ones(4), advantages_G=a)]
    )
    bonus = math.sqrt(2 * math.log(4))  # N = 3, n = 0
    bounds = np.array([bonus, 2.5 / 3 + math.sqrt(2 * math.log(4) / 4), bonus])
    weights = np.exp((bounds - bounds.max()) / 0.1)
    assert list(curriculum.probabilities()) == [("A", 0), ("A", 1), ("B", 0)]
    assert list(curriculum.probabilities().values()) == pytest.approx(weights / weights.sum())


def test_only_the_newest_of_the_window_count():
    curriculum = Dump({"A": 0, "B": 0}, window=4)
    for size in (9.0, 9.0, 1.0, 1.0):
        a = np.full(2, size)
        curriculum.update(
            [Result(choice=Choice(env="A", level=0), rewards_G=a, passed_G=np.ones(2), advantages_G=a)]
        )
    state = curriculum.state_dict()["memory"]
    assert state["recent"]["A#0"] == [1.0] * 4
    assert state["counts"]["A#0"] == 8


def test_without_advantages_rewards_are_standardised_over_the_scored_members():
    def of(rewards):
        array = np.array(rewards)
        return advantages(Result(choice=Choice(env="A", level=0), rewards_G=array, passed_G=array))

    np.testing.assert_allclose(of([1.0, 0.0, 0.0, 0.0]), [3**0.5, *[-(3**-0.5)] * 3])
    np.testing.assert_allclose(of([1.0, np.nan, 0.0]), [1.0, np.nan, -1.0])
    np.testing.assert_allclose(of([0.7, 0.7, np.nan]), [0.0, 0.0, np.nan])
    assert np.isnan(of([np.nan, np.nan])).all()


@seeds
def test_most_draws_settle_at_the_level_that_is_passed_half_the_time(seed, Learner, train):
    curriculum = Dump({"A": 10})
    run = train(curriculum, Learner({"A": 6.0}, seed), steps=250, seed=seed)
    counts = np.bincount(run.levels(last=100), minlength=11)
    assert abs(int(counts.argmax()) - 6) <= 1
    assert counts[5:8].sum() > 0.6 * counts.sum()


@seeds
def test_it_follows_ability_down(seed, Learner, train):
    curriculum, learner = Dump({"A": 10}), Learner({"A": 8.0}, seed)
    before = np.mean(train(curriculum, learner, steps=160, seed=seed).levels(last=80))
    learner.abilities["A"] = 2.0
    after = np.mean(train(curriculum, learner, steps=160, seed=seed).levels(last=80))
    assert before > 6
    assert after < 4.5


def test_it_learns_faster_than_uniform_levels(Learner, train):
    """DUMP's claim on its mixed-difficulty puzzles."""
    from reason.curricula.uniform import Uniform

    def gain(curriculum, seed):
        learner = Learner({"A": 3.0}, seed, rate=0.002)
        train(curriculum, learner, steps=160, seed=seed)
        return learner.abilities["A"] - 3.0

    bandit = [gain(Dump({"A": 15}), seed) for seed in range(3)]
    mixed = [gain(Uniform({"A": 15}), seed) for seed in range(3)]
    assert min(bandit) > 1.4 * max(mixed)
