import random

import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Result
from reason.curricula.fixed import Fixed
from reason.curricula.reg_grpo import RegGrpo

ENVS = {"strong": 20, "weak": 20}


def groups(**means):
    return [
        Result(choice=Choice(env=env, level=5), rewards_G=np.array([mean, np.nan]), passed_G=np.zeros(2))
        for env, mean in means.items()
    ]


def choices(curriculum):
    rng = random.Random(0)
    return {choice.env: choice for choice in (curriculum.next(rng) for _ in range(50))}


def test_the_perturbation_is_the_formula():
    curriculum = RegGrpo(ENVS, level=5)
    assert {(c.level, c.options["chunks"]) for c in choices(curriculum).values()} == {(5, 0)}
    curriculum.update(groups(strong=1.0, weak=0.0))  # mean .5, range 1: 2 chunks, 2 levels
    assert choices(curriculum)["weak"] == Choice(env="weak", level=5, options={"chunks": 2})
    assert choices(curriculum)["strong"] == Choice(env="strong", level=7, options={"chunks": 0})


def test_gaps_are_shares_of_the_range_of_rewards():
    curriculum = RegGrpo(ENVS, level=5)
    curriculum.update(groups(strong=13.0, weak=-1.0))
    assert choices(curriculum)["weak"].options["chunks"] == 2
    assert choices(curriculum)["strong"].level == 7


def test_within_the_margin_and_with_equal_rewards_nothing_is_perturbed():
    curriculum = RegGrpo(ENVS, level=5)
    curriculum.update(groups(strong=0.5, weak=0.5))
    assert {(c.level, c.options["chunks"]) for c in choices(curriculum).values()} == {(5, 0)}


def test_limits_hold():
    curriculum = RegGrpo({"strong": 6, "weak": 6}, level=5, scale=50.0, max_chunks=1)
    curriculum.update(groups(strong=1.0, weak=0.0))
    assert choices(curriculum)["weak"].options["chunks"] == 1
    assert choices(curriculum)["strong"].level == 6


@pytest.mark.parametrize("seed", range(3))
def test_fewer_groups_have_no_advantage_than_without_it(seed, Learner, train):
    """The paper's claim: 30% of groups with equal rewards become 10%."""

    def dead(curriculum):
        run = train(curriculum, Learner({"strong": 8.0, "weak": 2.0}, seed), steps=60, seed=seed)
        return np.mean([np.ptp(result.rewards_G) == 0 for result in run.results])

    assert dead(RegGrpo(ENVS, level=5)) < dead(Fixed(ENVS, level=5)) - 0.2


def test_environments_settle_at_the_common_mean_and_follow_ability(Learner, train):
    curriculum, learner = RegGrpo(ENVS, level=5), Learner({"strong": 8.0, "weak": 2.0})

    def means():
        run = train(curriculum, learner, steps=80)
        return [
            np.mean([r.accuracy for step in run.steps[-50:] for r in step if r.choice.env == env])
            for env in ENVS
        ]

    strong, weak = means()
    assert abs(strong - weak) < 0.6  # .95 and .05, so .9, without it
    learner.abilities.update(strong=2.0, weak=8.0)
    run = train(curriculum, learner, steps=80)
    tail = [result.choice for step in run.steps[-50:] for result in step]
    hinted = {env: np.mean([c.options["chunks"] for c in tail if c.env == env]) for env in ENVS}
    raised = {env: np.mean([c.level - 5 for c in tail if c.env == env]) for env in ENVS}
    assert hinted["strong"] > hinted["weak"]
    assert raised["weak"] > raised["strong"]
