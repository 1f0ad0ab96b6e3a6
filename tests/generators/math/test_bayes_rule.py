from fractions import Fraction
from itertools import product

import pytest

from reason.generators.math.bayes_rule import BayesRule

FAMILY = BayesRule()


def measure(truth):
    """Sum over all sequences of outcomes that begin as the observations do."""
    count = truth["hits"] + truth["misses"]
    wanted = (True,) * truth["hits"] + (False,) * truth["misses"]
    weights = {}
    for at, (share, rate) in enumerate(zip(truth["shares"], truth["rates"], strict=True)):
        for outcome in product((True, False), repeat=count + 1):
            chance = Fraction(share, 100)
            for hit in outcome:
                chance *= Fraction(rate if hit else 100 - rate, 100)
            if outcome[:count] == wanted:
                weights[at, outcome[-1]] = chance
    total = sum(weights.values())
    if truth["asked"] == "next":
        return sum(weight for (_, hit), weight in weights.items() if hit) / total
    asked = "ABCDEFGH".index(truth["asked"])
    return sum(weight for (at, _), weight in weights.items() if at == asked) / total


@pytest.mark.parametrize("level", range(10))
def test_summing_over_all_outcomes_gives_the_answer(level):
    for index in range(20):
        task = FAMILY.task(level=level, index=index)
        assert measure(task.ground_truth) == Fraction(task.reference)
        assert FAMILY.solve(task) == task.reference
        assert sum(task.ground_truth["shares"]) == 100


def test_posteriors_of_all_hypotheses_add_up_to_one():
    task = FAMILY.task(level=5)
    truth = dict(task.ground_truth)
    total = sum(measure({**truth, "asked": name}) for name in "ABCDEFGH"[: len(truth["shares"])])
    assert total == 1
