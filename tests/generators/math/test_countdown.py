import itertools
from fractions import Fraction

import pytest

from reason.errors import ConfigError
from reason.generators.math.combining import find_expression, search_integers
from reason.generators.math.countdown import Countdown
from reason.seeding import stream
from reason.verifiers.expression import read_expression

FAMILY = Countdown()


@pytest.mark.parametrize("level", range(10))
def test_the_planted_solution_uses_the_numbers_and_makes_the_target(level):
    for index in range(36):
        draft = FAMILY.generate(stream("countdown test", level, index), FAMILY.at_level(level))
        truth, found = draft.ground_truth, read_expression(draft.reference)
        assert found.value == truth["target"]
        assert sorted(found.numbers) == sorted(truth["numbers"])
        assert draft.trace[-1]["value"] == str(truth["target"])


@pytest.mark.parametrize("level", range(6))
def test_another_search_finds_a_solution_too(level):
    for index in range(6):
        task = FAMILY.task(level=level, index=index)
        answer = find_expression(task.ground_truth["numbers"], task.ground_truth["target"])
        assert FAMILY.verify(task, answer).passed


def every_value(values):
    """All values of all expressions over exactly these numbers, by listing them."""
    if len(values) == 1:
        return {values[0]}
    found = set()
    for i, j in itertools.permutations(range(len(values)), 2):
        rest = [value for k, value in enumerate(values) if k not in (i, j)]
        a, b = values[i], values[j]
        for value in [a + b, a - b, a * b, *([a / b] if b else [])]:
            found |= every_value([*rest, value])
    return found


def test_the_search_finds_exactly_what_can_be_made():
    rng = stream("countdown test")
    for _ in range(3):
        numbers = [rng.randint(1, 9) for _ in range(3)] + [rng.choice((1, 10))]
        reachable = every_value([Fraction(number) for number in numbers])
        for target in range(1, 40):
            expression = find_expression(numbers, target)
            assert (expression is not None) == (target in reachable), (numbers, target)
            if expression:
                assert read_expression(expression).value == target


def test_the_integer_search_counts_and_explains():
    made, steps = search_integers(stream("search"), [2, 3, 4], 20, use_all=True, most=1_000)
    assert made > 0
    assert steps[-1].endswith("= 20")
    assert search_integers(stream("search"), [1, 1], 9, use_all=True, most=1_000)[1] is None


def test_where_not_all_numbers_are_needed_fewer_will_do():
    task = FAMILY.task(index=3, knobs={"use_all": False, "count": 5, "max_target": 99, "min_target": 10})
    assert FAMILY.verify(task, task.reference).passed
    assert "at most once" in task.text


@pytest.mark.parametrize("knobs", [{"count": 2}, {"count": 9}, {"min_target": 0}, {"max_target": 5}])
def test_knobs_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match=next(iter(knobs))):
        FAMILY.configure(knobs=knobs)
