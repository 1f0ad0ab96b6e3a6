import itertools
from fractions import Fraction

import pytest

from reason.generators.math.combining import find_expression
from reason.generators.math.twenty_four import TwentyFour
from reason.task import Task
from reason.verifiers.expression import read_expression

FAMILY = TwentyFour()


def makes(values, target):
    """Try every pair, operator and order, in fractions."""
    if len(values) == 1:
        return values[0] == target
    for i, j in itertools.permutations(range(len(values)), 2):
        rest = [value for k, value in enumerate(values) if k not in (i, j)]
        a, b = values[i], values[j]
        for value in [a - b, *([a + b, a * b] if i < j else []), *([a / b] if b else [])]:
            if makes([*rest, value], target):
                return True
    return False


@pytest.mark.parametrize("level", range(7))
def test_solvable_tasks_have_a_solution_and_the_others_none(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        if truth["solvable"]:
            found = read_expression(task.reference)
            assert found.value == truth["target"]
            assert sorted(found.numbers) == sorted(truth["numbers"])
        else:
            assert task.reference == "impossible"
            assert not makes([Fraction(number) for number in truth["numbers"]], truth["target"])


@pytest.mark.parametrize(
    ("numbers", "possible"),
    [
        ([3, 3, 8, 8], True),
        ([1, 5, 5, 5], True),
        ([4, 4, 7, 7], True),
        ([1, 1, 1, 1], False),
        ([6, 6, 7, 7], False),
    ],
)
def test_famous_cases_are_decided(numbers, possible):
    expression = find_expression(numbers, 24)
    assert (expression is not None) is possible
    assert makes([Fraction(number) for number in numbers], 24) is possible
    if expression:
        assert read_expression(expression).value == 24


def task_of(numbers, solvable):
    return Task(
        family="TwentyFour-v0", version=0, split="test", index=0, level=None, config={},
        prompt=FAMILY.task().prompt, reference=None,
        ground_truth={"numbers": numbers, "target": 24, "solvable": solvable},
    )  # fmt: skip


def test_fractions_on_the_way_are_exact():
    task = task_of([3, 3, 8, 8], True)
    assert FAMILY.verify(task, "8 / (3 - 8/3)").passed
    assert FAMILY.verify(task, "8 \u00f7 (3 \u2212 8 \u00f7 3) = 24").passed
    assert FAMILY.verify(task, "\\frac{8}{3 - \\frac{8}{3}}").passed
    assert not FAMILY.verify(task, "8 / (3 - 2.6666666666666667)").passed


@pytest.mark.parametrize(
    "answer", ["6*4*1*1", "24", "8*3", "(8 - 3 - 3) * 8", "3*8 + 3 - 3", "impossible", "8+8+3+3"]
)
def test_other_numbers_and_other_values_are_wrong(answer):
    assert not FAMILY.verify(task_of([3, 3, 8, 8], True), answer).passed


def test_the_claim_is_right_only_where_it_is_true():
    assert FAMILY.verify(task_of([1, 1, 1, 1], False), "impossible").passed
    assert not FAMILY.verify(task_of([1, 1, 1, 1], False), "1+1+1+1").passed


def test_where_nothing_is_unsolvable_the_prompt_does_not_speak_of_it():
    task = FAMILY.task(knobs={"unsolvable_share": 0.0})
    assert "impossible" not in task.text
    assert task.ground_truth["solvable"]
