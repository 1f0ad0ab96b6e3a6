import re
from fractions import Fraction
from itertools import permutations, product

import pytest

from reason.generators.math.urn_probability import COLOURS, QUESTIONS, UrnProbability

FAMILY = UrnProbability()


def measure(truth):
    balls = [name for name, count in truth["balls"].items() for _ in range(count)]
    draws = truth["draws"]
    if len(balls) ** draws > 60_000:
        return None
    outcomes = product(balls, repeat=draws) if truth["back"] else permutations(balls, draws)
    marks = [word for word in re.findall("[a-z]+", truth["question"]) if word in COLOURS]
    number = re.search("[0-9]+", truth["question"])
    n = int(number[0]) if number else None
    score = {
        "exactly": lambda drawn: drawn.count(marks[0]) == n,
        "least": lambda drawn: drawn.count(marks[0]) >= n,
        "same": lambda drawn: len(set(drawn)) == 1,
        "every": lambda drawn: set(drawn) == set(balls),
        "missing": lambda drawn: marks[0] not in drawn and marks[1] in drawn,
        "colours": lambda drawn: len(set(drawn)),
    }[truth["what"]]
    scores = [score(drawn) for drawn in outcomes]
    return Fraction(sum(scores), len(scores))


def test_listing_all_draws_gives_the_answer():
    seen = set()
    for index in range(80):
        task = FAMILY.task(level=0, index=index)
        expected = measure(task.ground_truth)
        if expected is not None:
            seen.add((task.ground_truth["what"], task.ground_truth["back"]))
            assert expected == Fraction(task.reference)
    assert len(seen) >= 10
    assert {what for what, _ in seen} == set(QUESTIONS)


@pytest.mark.parametrize("level", range(10))
def test_generating_functions_give_the_answer(level):
    for index in range(20):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference
