import re

import pytest

from reason.generators.math.base_conversion import BaseConversion
from reason.verifiers.numerals import write_numeral

FAMILY = BaseConversion()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_read_by_python_is_the_number_of_the_prompt(level):
    for index in range(40):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        assert int(task.reference, truth["target"]) == int(truth["number"])
        words = re.findall(r"[0-9A-Z]+", task.text)
        assert write_numeral(int(truth["number"]), truth["source"]) in words


def test_the_same_digits_in_another_base_are_wrong():
    for index in range(20):
        task = FAMILY.task(level=3, index=index)
        assert not FAMILY.verify(
            task, write_numeral(int(task.ground_truth["number"]), task.ground_truth["source"])
        ).passed


def test_bases_stay_within_the_knob():
    for index in range(40):
        truth = FAMILY.task(index=index, knobs={"max_base": 5}).ground_truth
        assert {truth["source"], truth["target"]} <= {2, 3, 4, 5, 10}
