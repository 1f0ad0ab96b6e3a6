"""The mixture judges as the families that it mixes."""

import pytest

from reason import registry
from reason.errors import ConfigError
from reason.generators.math.math_question import FAMILIES, MathQuestion

FAMILY = MathQuestion()


def test_every_family_of_the_mixture_is_drawn():
    drawn = {FAMILY.task(index=index, level=1).metadata["family"] for index in range(120)}
    assert drawn == set(FAMILIES)


@pytest.mark.parametrize("name", sorted(family.id for family in registry.families("math")))
def test_any_family_of_mathematics_can_be_mixed(name):
    if name == FAMILY.id:
        return
    knobs = {"families": [name], "family_level": 1}
    for index in range(3):
        task = FAMILY.task(index=index, knobs=knobs)
        assert FAMILY.verify(task, task.reference).passed
        assert all(FAMILY.verify(task, answer).passed for answer in FAMILY.equivalents(task))
        assert not any(FAMILY.verify(task, answer).passed for answer in FAMILY.near_misses(task))
        solution = FAMILY.solve(task)
        assert solution is None or FAMILY.verify(task, solution).passed


@pytest.mark.parametrize(
    "knobs",
    [
        {"families": []},
        {"families": ["SAT-v0"]},
        {"families": ["Nothing-v0"]},
        {"families": ["MathQuestion-v0"]},
        {"families": ["Bayes-v0", "Bayes-v0"]},
        {"family_level": -1},
        {"families": ["TwentyFour-v0"], "family_level": 9},
    ],
)
def test_mixtures_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match="famil"):
        FAMILY.task(knobs=knobs)
