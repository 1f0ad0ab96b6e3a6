import random

import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Result
from reason.curricula.we_math import WeMath

seeds = pytest.mark.parametrize("seed", range(3))


def answer(curriculum, share, index=None):
    """Play what is asked for with that share of ten right."""
    choice = curriculum.next(random.Random(0))
    passed = np.array([float(number < round(share * 10)) for number in range(10)])
    result = Result(choice=choice, rewards_G=passed, passed_G=passed, index=index)
    curriculum.update([result])
    return choice


def make(**options):
    return WeMath({"A": 9}, level=3, remedial_groups=2, remedial_options={"chunks": 1}, **options)


def test_success_climbs_and_a_middling_step_stays():
    curriculum = make()
    answer(curriculum, 0.8)
    assert curriculum.level("A") == 4
    answer(curriculum, 0.5)
    assert curriculum.level("A") == 4


def test_failure_is_followed_by_a_remedial_step_and_the_same_task():
    curriculum = make()
    answer(curriculum, 0.0, index=77)
    easier = Choice(env="A", level=2, options={"chunks": 1})
    assert [answer(curriculum, share) for share in (0.9, 0.1)] == [easier, easier]
    assert answer(curriculum, 0.8) == Choice(env="A", level=3, index=77)
    assert answer(curriculum, 0.5) == Choice(env="A", level=4)


def test_the_task_that_went_worst_is_the_one_that_comes_back():
    curriculum = make()
    choice = curriculum.next(random.Random(0))
    results = [
        Result(choice=choice, rewards_G=np.array(p), passed_G=np.array(p), index=i)
        for i, p in enumerate([[1.0, 0.0, 0.0], [np.nan] * 3, [0.0, 0.0, np.nan], [0.0, 1.0, 0.0]])
    ]
    curriculum.update([*results, *results[1:3] * 4])
    for _ in range(2):
        answer(curriculum, 1.0)
    assert curriculum.next(random.Random(0)).index == 2


def test_retries_that_fail_lower_the_level():
    curriculum = make()
    answer(curriculum, 0.0, index=7)
    for _ in range(2):
        for _ in range(2):
            answer(curriculum, 1.0)
        assert answer(curriculum, 0.0).index == 7
    assert curriculum.next(random.Random(0)) == Choice(env="A", level=2)


def test_results_of_other_choices_say_nothing():
    curriculum = make()
    ones = np.ones(4)
    curriculum.update([Result(choice=Choice(env="A", level=8), rewards_G=ones, passed_G=ones)])
    assert curriculum.level("A") == 3


@seeds
def test_it_settles_between_the_two_thresholds_and_follows_ability(seed, Learner, train):
    """P(pass) is .75 at 1.1 levels below the ability and .25 at 1.1 above."""
    curriculum, learner = WeMath({"A": None}), Learner({"A": 6.0}, seed)
    train(curriculum, learner, steps=60, seed=seed)
    assert 4.5 <= curriculum.level("A") <= 7.5
    learner.abilities["A"] = 2.0
    train(curriculum, learner, steps=80, seed=seed)
    assert 0.5 <= curriculum.level("A") <= 3.5


def test_it_leads_further_than_uniform_levels(Learner, train):
    from reason.curricula.uniform import Uniform

    def gain(curriculum, seed):
        learner = Learner({"A": 0.0}, seed, rate=0.01)
        train(curriculum, learner, steps=60, seed=seed)
        return learner.abilities["A"]

    climbed = [gain(WeMath({"A": 30}), seed) for seed in range(3)]
    mixed = [gain(Uniform({"A": 30}), seed) for seed in range(3)]
    assert min(climbed) > 2 * max(mixed)
