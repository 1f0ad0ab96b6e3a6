import random

import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Result
from reason.curricula.sparkle import Sparkle


def result(chunks, share, index=5, level=6):
    passed = np.array([float(number < round(share * 10)) for number in range(10)])
    choice = Choice(env="A", level=level, options={"chunks": chunks})
    return Result(choice=choice, rewards_G=passed, passed_G=passed, index=index)


def test_a_task_climbs_the_ladder_and_comes_down_again():
    curriculum = Sparkle({"A": 9}, level=6)
    rungs = []
    for chunks, share in [(0, 0.0), (1, 0.0), (2, 0.2), (2, 0.6), (1, 0.5), (0, 0.0), (1, 1.0), (0, 0.5)]:
        curriculum.update([result(chunks, share)])
        rungs.append([chunks for _, _, chunks in curriculum.ladder])
    assert rungs == [[1], [2], [2], [1], [0], [1], [0], []]


def test_what_hints_do_not_help_leaves():
    curriculum = Sparkle({"A": 9}, level=6, max_chunks=2)
    for chunks in (0, 1, 2):
        curriculum.update([result(chunks, 0.0)])
    assert curriculum.ladder == ()


@pytest.mark.parametrize("shares", [[0.1], [1.0]])
def test_a_task_that_somebody_solves_never_enters(shares):
    curriculum = Sparkle({"A": 9}, level=6)
    curriculum.update([result(0, share) for share in shares])
    assert curriculum.ladder == ()


def test_stale_results_and_tasks_without_an_index_say_nothing():
    curriculum = Sparkle({"A": 9}, level=6)
    curriculum.update([result(0, 0.0), result(0, 0.0), result(2, 0.0), result(1, 0.0, level=5)])
    curriculum.update([result(0, 0.0, index=None)])
    assert curriculum.ladder == (("A", 5, 1),)


def test_the_oldest_leaves_a_full_ladder():
    curriculum = Sparkle({"A": 9}, level=6, max_tasks=2)
    curriculum.update([result(0, 0.0, index=index) for index in (3, 4, 5)])
    assert [index for _, index, _ in curriculum.ladder] == [4, 5]


def test_half_of_the_groups_retry():
    curriculum = Sparkle({"A": 9}, level=6, retry_share=0.25)
    curriculum.update([result(0, 0.0, index=8)])
    rng = random.Random(0)
    choices = [curriculum.next(rng) for _ in range(2000)]
    retried = [choice for choice in choices if choice.index == 8]
    assert abs(len(retried) / 2000 - 0.25) < 0.05
    assert {choice.options["chunks"] for choice in retried} == {1}
    assert {choice.options["chunks"] for choice in choices if choice.index is None} == {0}


def zero_share(run, last):
    return np.mean([result.accuracy == 0 for step in run.steps[-last:] for result in step])


def test_hints_cut_the_share_of_groups_without_a_right_answer(Learner, train):
    """KnowRL reports 41.2% to 13.0%; here the hinted groups are compared with those without a hint."""
    from reason.curricula.fixed import Fixed

    without = zero_share(train(Fixed({"A": 9}, level=6), Learner({"A": 3.0}), steps=100), 80)
    ladder = Sparkle({"A": 9}, level=6, retry_share=0.9)
    assert without > 0.6
    assert zero_share(train(ladder, Learner({"A": 3.0}), steps=100), 80) < without - 0.25


def test_hints_are_withdrawn_as_ability_grows_and_come_back_when_it_drops(Learner, train):
    curriculum, learner = Sparkle({"A": 9}, level=6, max_tasks=20), Learner({"A": 2.0})

    def mean_chunks():
        run = train(curriculum, learner, steps=80)
        return np.mean([r.choice.options["chunks"] for step in run.steps[-40:] for r in step])

    weak = mean_chunks()
    learner.abilities["A"] = 9.0
    strong = mean_chunks()
    learner.abilities["A"] = 2.0
    again = mean_chunks()
    assert weak > 0.5
    assert strong < 0.1
    assert again > 0.5


def test_a_learner_too_weak_for_the_task_learns_faster_with_hints(Learner, train):
    from reason.curricula.fixed import Fixed

    def gain(curriculum, seed):
        learner = Learner({"A": 1.0}, seed, rate=0.005)
        train(curriculum, learner, steps=60, seed=seed)
        return learner.abilities["A"] - 1.0

    hinted = [gain(Sparkle({"A": 9}, level=6), seed) for seed in range(3)]
    plain = [gain(Fixed({"A": 9}, level=6), seed) for seed in range(3)]
    assert min(hinted) > 2 * max(plain)
