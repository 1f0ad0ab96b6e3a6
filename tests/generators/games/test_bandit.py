import itertools
from fractions import Fraction

import pytest

from reason.frozen import freeze
from reason.generators.games.bandit import Bandit, BanditConfig
from reason.generators.games.decisions import action_values
from reason.generators.games.playing import rehearsal

FAMILY = Bandit()


def truth_of(priors, pays, pulls):
    names = "AB"[: len(pays)]
    return freeze({"names": names, "priors": priors, "pays": pays, "pulls": pulls, "turns": pulls + 3})


def policy_value(truth, policy):
    """Return what a policy (from the outcomes so far to an arm) earns, over all sequences."""
    total = Fraction(0)
    for outcomes in itertools.product([1, 0], repeat=truth["pulls"]):
        chance, earned = Fraction(1), 0
        counts = [list(prior) for prior in truth["priors"]]
        for turn, won in enumerate(outcomes):
            arm = policy[outcomes[:turn]]
            a, b = counts[arm]
            chance *= Fraction(a if won else b, a + b)
            earned += won * truth["pays"][arm]
            counts[arm][not won] += 1
        total += chance * earned
    return total


@pytest.mark.parametrize(
    ("priors", "pays"), [(((1, 1), (2, 2)), (4, 4)), (((1, 3), (3, 3)), (9, 4)), (((1, 1), (5, 5)), (5, 6))]
)
def test_the_value_is_that_of_the_best_of_all_policies(priors, pays):
    truth = truth_of(priors, pays, 3)
    histories = [h for turn in range(3) for h in itertools.product([1, 0], repeat=turn)]
    best = max(
        policy_value(truth, dict(zip(histories, arms, strict=True)))
        for arms in itertools.product([0, 1], repeat=len(histories))
    )
    values = action_values(FAMILY, truth)
    assert max(values[FAMILY.first(truth)].values()) == pytest.approx(float(best))


def test_one_pull_is_worth_its_mean():
    truth = truth_of(((1, 3), (2, 2)), (8, 6), 1)
    assert action_values(FAMILY, truth)[FAMILY.first(truth)] == {"A": 2, "B": 3}


def test_exploring_pays_where_means_are_equal():
    # Both means are 1/2, but only A (1, 1) can still surprise: Gittins prefers it.
    truth = truth_of(((1, 1), (10, 10)), (5, 5), 4)
    values = action_values(FAMILY, truth)[FAMILY.first(truth)]
    assert values["A"] > values["B"]


def test_luck_is_not_judged_and_a_wrong_pull_is():
    lost = 0
    for index in range(20):
        task = FAMILY.task(level=2, index=index)
        assert FAMILY.verify(task, task.reference).score == 1
        names = task.ground_truth["names"]
        first = task.reference.splitlines()[0]
        wrong = "\n".join([next(name for name in names if name != first), *task.reference.splitlines()[1:]])
        verdict = FAMILY.verify(task, wrong)
        assert not verdict.passed
        assert verdict.score < 1
        lost += verdict.score < 0.995
    assert lost == 20


def test_wins_come_as_often_as_the_prior_says():
    truth = [truth_of(((1, 3), (2, 2)), (8, pay), 1) for pay in range(2, 602)]
    wins = 0
    for each in truth:
        task = rehearsal(FAMILY, FAMILY.write_prompt(each), each)
        wins += "wins" in FAMILY.transition(task, freeze(FAMILY.initial_state(task)), "A").observation
    assert 110 < wins < 190  # 150 expected, standard deviation 10.6


@pytest.mark.parametrize("level", [0, 4, 5])
def test_the_prompt_says_all(level):
    for index in range(3):
        task = FAMILY.task(level=level, index=index)
        assert freeze(FAMILY.read_prompt(task.text)) == task.ground_truth
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_knobs_out_of_range_are_refused():
    for knobs in ({"num_machines": 5}, {"num_pulls": 0}, {"max_pay": 1}, {"max_parameter": 0}):
        with pytest.raises(ValueError, match=next(iter(knobs))):
            BanditConfig(**knobs)
