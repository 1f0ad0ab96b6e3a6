import math
import random

import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Result
from reason.curricula.fixed import Fixed
from reason.curricula.rule_reasoner import RuleReasoner


def step(shares):
    """One step: of each environment a group of ten with that share right."""
    results = []
    for env, share in shares.items():
        passed = np.array([float(number < round(share * 10)) for number in range(10)])
        results.append(Result(choice=Choice(env=env, level=0), rewards_G=passed, passed_G=passed))
    return results


def test_weights_are_the_formula():
    curriculum = RuleReasoner({"A": 0, "B": 0}, interval=1, window=4, temperature=0.3)
    for a in (0.2, 0.4, 0.6, 0.8):
        curriculum.update(step({"A": a, "B": 0.5}))
    # newest first: .8 + .6/2 + .4/3 + .2/4 over 1 + 1/2 + 1/3 + 1/4
    decay = 25 / 12
    mean_a = (0.8 + 0.3 + 0.4 / 3 + 0.05) / decay
    gaps = [(1 - mean_a) * decay / 4, 0.5 * decay / 4]
    expected = math.exp(gaps[0] / 0.3) / sum(math.exp(gap / 0.3) for gap in gaps)
    assert curriculum.probabilities()["A"] == pytest.approx(expected)


def test_the_exponential_average_takes_the_place_of_the_buffer():
    curriculum = RuleReasoner({"A": 0, "B": 0}, interval=1, memory=0.5, target=0.9, temperature=1.0)
    for a in (0.2, 0.4, 0.6):
        curriculum.update(step({"A": a, "B": 1.0}))
    mean_a = 0.5 * (0.5 * 0.2 + 0.5 * 0.4) + 0.5 * 0.6
    expected = math.exp(0.9 - mean_a) / (math.exp(0.9 - mean_a) + 1)  # B is beyond the target: no gap
    assert curriculum.probabilities()["A"] == pytest.approx(expected)


def test_a_part_filled_buffer_does_not_look_like_a_gap():
    curriculum = RuleReasoner({"A": 0, "B": 0}, interval=1, target=0.5)
    curriculum.update(step({"A": 1.0, "B": 0.5}))
    assert curriculum.probabilities() == pytest.approx({"A": 0.5, "B": 0.5})


def test_steps_of_an_interval_are_one_entry_and_unscored_domains_are_neutral():
    curriculum = RuleReasoner({"A": 0, "B": 0, "C": 0}, interval=2, window=1, temperature=0.5)
    curriculum.update(step({"A": 0.0}))
    assert curriculum.probabilities()["A"] == pytest.approx(1 / 3)
    curriculum.update(step({"A": 1.0, "B": 0.5}))
    chances = curriculum.probabilities()
    assert chances["A"] == pytest.approx(1 / 3)  # .5, .5 and the mean gap of both
    nan = np.full(3, np.nan)
    blank = Result(choice=Choice(env="C", level=0), rewards_G=nan, passed_G=nan)
    curriculum.update([blank])
    curriculum.update([blank])
    assert curriculum.probabilities() == pytest.approx(chances)


def test_it_turns_to_the_domain_whose_ability_drops(Learner, train):
    curriculum = RuleReasoner(dict.fromkeys("ABC", 9), level=3)
    learner = Learner({"A": 6.0, "B": 6.0, "C": 6.0})
    train(curriculum, learner, steps=80)
    assert max(curriculum.probabilities().values()) < 0.4
    learner.abilities["B"] = 2.0
    train(curriculum, learner, steps=80)
    assert curriculum.probabilities()["B"] > 0.5
    learner.abilities["B"] = 6.0
    train(curriculum, learner, steps=80)
    assert curriculum.probabilities()["B"] < 0.4


def test_draws_follow_the_probabilities():
    curriculum = RuleReasoner({"A": 0, "B": 0}, interval=1)
    curriculum.update(step({"A": 0.1, "B": 0.9}))
    rng = random.Random(3)
    drawn = np.mean([curriculum.next(rng).env == "A" for _ in range(4000)])
    assert abs(drawn - curriculum.probabilities()["A"]) < 0.03


def test_mean_accuracy_over_domains_beats_equal_shares(Learner, train):
    """The paper's claim: domains that lag gain, those that are done lose nothing."""

    def final(curriculum, seed):
        learner = Learner({"A": 7.0, "B": 7.0, "C": 7.0, "D": 2.0}, seed, rate=0.01)
        train(curriculum, learner, steps=60, seed=seed)
        return np.mean([learner.chance(env, 3) for env in "ABCD"])

    envs = dict.fromkeys("ABCD", 9)
    weighted = [final(RuleReasoner(envs, level=3), seed) for seed in range(3)]
    equal = [final(Fixed(envs, level=3), seed) for seed in range(3)]
    assert min(weighted) > max(equal) + 0.01
