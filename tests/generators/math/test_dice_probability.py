import re
from fractions import Fraction
from itertools import product

import pytest

from reason.generators.math.dice_probability import QUESTIONS, DiceProbability

FAMILY = DiceProbability()


def measure(truth):
    numbers = [int(number) for number in re.findall("[0-9]+", truth["question"])]
    rolls = list(product(*(range(1, faces + 1) for faces in truth["faces"])))
    n = numbers[-1] if numbers else None
    score = {
        "sum": lambda roll: sum(roll) == n,
        "sum_least": lambda roll: sum(roll) >= n,
        "largest": lambda roll: max(roll) == n,
        "smallest": lambda roll: min(roll) == n,
        "expected_largest": max,
        "exactly": lambda roll: sum(shown >= n for shown in roll) == numbers[0],
    }[truth["what"]]
    return Fraction(sum(map(score, rolls)), len(rolls))


def test_listing_all_rolls_gives_the_answer():
    seen = set()
    for index in range(60):
        task = FAMILY.task(index=index, knobs={"num_dice": 2, "max_faces": 12})
        seen.add(task.ground_truth["what"])
        assert measure(task.ground_truth) == Fraction(task.reference)
    assert seen == set(QUESTIONS)


@pytest.mark.parametrize("level", [0, 3, 6, 9])
def test_following_the_dice_gives_the_answer(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference
        value = Fraction(task.reference)
        assert value > 0
        assert value <= 1 or "expected" in task.ground_truth["what"]
