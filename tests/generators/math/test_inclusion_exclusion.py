import pytest

from reason.generators.math.inclusion_exclusion import ASKED, InclusionExclusion

FAMILY = InclusionExclusion()


@pytest.mark.parametrize("level", range(10))
def test_counting_one_by_one_gives_the_answer(level):
    for index in range(15):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        wanted = {
            "at least one": lambda c: c > 0,
            "none": lambda c: c == 0,
            "exactly one": lambda c: c == 1,
            "at least two": lambda c: c > 1,
            "exactly two": lambda c: c == 2,
        }[truth["asked"]]
        numbers = range(truth["low"], truth["high"] + 1) if truth["high"] < 9_000 else ()
        if numbers:
            counts = (sum(n % divisor == 0 for divisor in truth["divisors"]) for n in numbers)
            assert sum(map(wanted, counts)) == int(task.reference)
        assert FAMILY.solve(task) == task.reference


def test_every_question_is_asked():
    asked = {FAMILY.task(level=3, index=index).ground_truth["asked"] for index in range(80)}
    assert asked == set(ASKED)
