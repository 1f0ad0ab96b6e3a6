from fractions import Fraction

import pytest

from reason.generators.math.arithmetic_expression import ArithmeticExpression
from reason.generators.math.worked import Working, adding, multiplying, write_signed, write_sum
from reason.seeding import stream


def test_steps_are_numbered_and_their_work_adds_up():
    working = Working()
    first = working.step("1 + 1 = 2", 2, work=1)
    second = working.step("2 * 3 = 6", Fraction(6), first, work=2.5)
    assert (first, second) == ("s1", "s2")
    assert working.steps[1] == {"id": "s2", "depends_on": ["s1"], "text": "2 * 3 = 6", "value": "6"}
    assert working.work == 3.5


def test_work_grows_with_the_digits():
    assert adding(12, 345) == 3
    assert multiplying(12, 345) == 6
    assert multiplying(Fraction(1, 10), 5) > multiplying(1, 5)
    assert adding(Fraction(1, 2), Fraction(1, 3)) > adding(1, 1)


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ([(1, "x"), (1, "")], "x + 1"),
        ([(-1, "x"), (-2, "y")], "-x - 2y"),
        ([(0, "x"), (0, "")], "0"),
        ([(0, "x"), (-4, "")], "-4"),
        ([(Fraction(1, 2), "x"), (Fraction(-1, 3), "")], "(1/2)x - 1/3"),
        ([(12, "x^2"), (0, "x"), (1, "")], "12x^2 + 1"),
    ],
)
def test_sums_are_written_as_people_do(terms, text):
    assert write_sum(terms) == text


def test_negative_operands_are_put_in_parentheses():
    assert [write_signed(value) for value in (3, -3, Fraction(2, 3))] == ["3", "(-3)", "(2/3)"]


def test_the_declared_chance_is_above_what_the_most_frequent_answer_gets():
    family = ArithmeticExpression()
    config = family.at_level(0)
    answers = [family.generate(stream("chance test", n), config).reference for n in range(400)]
    top = max(answers.count(answer) for answer in set(answers))
    assert top / 400 <= family.chance(config) < 0.1


def test_wrong_values_never_hold_the_answer():
    family = ArithmeticExpression()
    for index in range(20):
        task = family.task(level=1, index=index)
        assert task.reference not in list(family.near_misses(task))
