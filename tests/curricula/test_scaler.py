import numpy as np
import pytest

from reason.curricula.curriculum import Choice, Result
from reason.curricula.scaler import Scaler, sampling_weight, slope

seeds = pytest.mark.parametrize("seed", range(3))


def played(env, level, passed):
    array = np.array(passed, dtype=float)
    return Result(choice=Choice(env=env, level=level), rewards_G=array, passed_G=array)


@seeds
@pytest.mark.parametrize("target", [0.3, 0.5, 0.8])
def test_it_settles_where_the_accuracy_is_the_target(seed, target, Learner, train):
    """The level at which P(pass) = target is ability + ln((1 - target) / target)."""
    curriculum, learner = Scaler({"A": None}, target=target), Learner({"A": 6.0}, seed)
    run = train(curriculum, learner, steps=120, seed=seed)
    tail = [result.accuracy for step in run.steps[-80:] for result in step]
    assert abs(np.mean(tail) - target) < 0.03
    expected = 6.0 + np.log((1 - target) / target)
    assert abs(np.mean(run.levels(last=80)) - expected) < 0.35


@seeds
def test_it_follows_ability_down_and_up(seed, Learner, train):
    curriculum, learner = Scaler({"A": None}), Learner({"A": 8.0}, seed)
    train(curriculum, learner, steps=40, seed=seed)
    assert abs(curriculum.level("A") - 8) < 1.5
    learner.abilities["A"] = 2.0
    train(curriculum, learner, steps=40, seed=seed)
    assert abs(curriculum.level("A") - 2) < 1.5
    learner.abilities["A"] = 5.0
    train(curriculum, learner, steps=40, seed=seed)
    assert abs(curriculum.level("A") - 5) < 1.5


def test_one_step_is_the_formula():
    curriculum = Scaler({"A": 9, "B": 9}, level=3.0)
    curriculum.update([played("A", 3, [1, 1, 1, 0])])
    assert curriculum.level("A") == 3.5  # 2 (.75 - .5)
    curriculum.update([played("A", 3, [0, 0, 0, 1]), played("A", 4, [0, 0, 0, 0])])
    assert curriculum.level("A") == 2.75  # 2 (.125 - .5), over the groups together
    curriculum.update([played("A", 2, [np.nan, 1, np.nan, np.nan])])
    assert curriculum.level("A") == 3.75
    curriculum.update([played("A", 3, [0, 0]), played("B", 3, [1, 1])])
    assert curriculum.level("A") == 2.75
    assert Scaler({"A": 9}, level=0.5, gain=9.0).largest_step == 1.0


def test_levels_stay_between_0_and_the_hardest():
    curriculum = Scaler({"A": 2}, level=1.5)
    for _ in range(3):
        curriculum.update([played("A", 2, [1, 1])])
    assert curriculum.level("A") == 2
    for _ in range(4):
        curriculum.update([played("A", 2, [0, 0])])
    assert curriculum.level("A") == 0


def test_a_level_that_is_not_whole_is_mixed_of_the_two_beside_it(Learner, train):
    curriculum = Scaler({"A": 9}, level=3.25)
    import random

    rng = random.Random(0)
    levels = [curriculum.next(rng).level for _ in range(4000)]
    assert set(levels) == {3, 4}
    assert abs(np.mean(levels) - 3.25) < 0.04  # sd .007


NAMES = [f"E{number}-v0" for number in range(100)]


def test_64_are_in_play_and_always_different(Learner, train):
    curriculum = Scaler(dict.fromkeys(NAMES, 4))
    learner = Learner({name: float(number % 7) for number, name in enumerate(NAMES)})
    seen = set(curriculum.active)
    for _ in range(25):
        run = train(curriculum, learner, steps=4, groups=64)
        assert {result.choice.env for result in run.steps[-1]} <= set(NAMES)
        assert len(set(curriculum.active)) == len(curriculum.active) == 64
        seen |= set(curriculum.active)
    assert len(seen) > 90


def retirement(levels_and_answers, **options):
    """Play one environment of two; return the updates after which it is exchanged."""
    curriculum = Scaler({"A": 4, "B": 4}, active=1, **options)
    for number, answer in enumerate(levels_and_answers, 1):
        curriculum.update([played("A", 0, answer)])
        if curriculum.active == ("B",):
            return number
    return None


def test_an_environment_without_right_answers_goes_after_five_updates():
    assert retirement([[0, 0]] * 9) == 5
    assert retirement([[0, 0]] * 4 + [[1, 0]] + [[0, 0]] * 4) is None
    assert retirement([[0, 0], [np.nan, np.nan]] * 4 + [[0, 0]]) == 9  # nothing scored: neither


def test_one_at_its_hardest_level_goes_after_five_updates_there():
    # 0, 1, 2, 3, then 4 five times
    assert retirement([[1, 1]] * 20) == 9


def test_one_whose_level_does_not_rise_goes_after_ten_updates():
    assert retirement([[1, 0]] * 20, level=2.0) == 10
    rising = [[1] * 11 + [0] * 9] * 12  # 2 (.55 - .5) a step
    assert retirement(rising, level=1.0) is None


def test_one_that_comes_back_has_its_level_and_a_clean_record():
    curriculum = Scaler({"A": 4, "B": 4}, active=1, level=2.0)
    curriculum.update([played("A", 2, [1, 1])])
    for _ in range(9):
        curriculum.update([played("A", 3, [1, 0])])
    # the slope of 2, 3, 3, ... is positive: it stays until the 2 has left the window
    assert curriculum.active == ("A",)
    curriculum.update([played("A", 3, [1, 0])])
    assert curriculum.active == ("B",)
    assert curriculum.level("A") == 3
    for _ in range(5):
        curriculum.update([played("B", 2, [0, 0])])
    assert curriculum.active == ("A",)
    for _ in range(9):
        curriculum.update([played("A", 3, [1, 0])])
    assert curriculum.active == ("A",)


def test_with_none_to_exchange_it_for_it_stays():
    curriculum = Scaler({"A": 4, "B": 4})
    for _ in range(30):
        curriculum.update([played("A", 0, [0, 0])])
    assert curriculum.active == ("A", "B")


def test_the_weight_is_the_formula():
    assert slope([5.0]) == 0.0
    assert slope([1.0, 3.0]) == pytest.approx(2.0)
    assert slope([1.0, 2.0, 2.0, 3.0]) == pytest.approx(0.6)
    assert sampling_weight([3.0, 2.0, 1.0], age=0) == 0.0
    assert sampling_weight([3.0, 2.0, 1.0], age=5_000) == 0.25
    assert sampling_weight([1.0, 1.1, 1.2], age=20_000) == pytest.approx(1 - np.exp(-2) + 0.5)


def test_weighted_draws_prefer_what_rises(Learner, train):
    curriculum = Scaler({"A": 40, "B": 40}, weighted=True, stall=20)
    for _ in range(10):
        curriculum.update([played("A", 0, [1, 1]), played("B", 0, [1, 0])])
    import random

    rng = random.Random(0)
    assert np.mean([curriculum.next(rng).env == "A" for _ in range(500)]) > 0.95


def test_a_learner_that_learns_goes_further_than_with_uniform_levels(Learner, train):
    from reason.curricula.uniform import Uniform

    def gain(curriculum, seed):
        learner = Learner({"A": 0.0}, seed, rate=0.01)
        train(curriculum, learner, steps=80, seed=seed)
        return learner.abilities["A"]

    steered = [gain(Scaler({"A": 30}), seed) for seed in range(5)]
    mixed = [gain(Uniform({"A": 30}), seed) for seed in range(5)]
    assert min(steered) > 3 * max(mixed)
