import tomllib
from pathlib import Path

import pytest

from reason.verifiers.math import verify_math

FILES = sorted(Path(__file__).parent.glob("*.toml"))


CASES = [case for path in FILES for case in tomllib.loads(path.read_text())["case"]]


def options_of(case):
    return {key: case[key] for key in ("kind", "tolerance") if key in case}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["gold"])
def test_every_answer_is_judged_as_its_file_says(case):
    options = options_of(case)
    assert verify_math(case["gold"], case["gold"], **options).passed
    for answer in case["right"]:
        verdict = verify_math(case["gold"], answer, **options)
        assert verdict.passed is True, (answer, verdict.detail)
    for answer in case["wrong"]:
        assert verify_math(case["gold"], answer, **options).passed is False, answer


def test_there_are_enough_cases_and_a_third_is_wrong():
    right = sum(len(case["right"]) for case in CASES)
    wrong = sum(len(case["wrong"]) for case in CASES)
    assert right + wrong >= 600
    assert wrong >= (right + wrong) / 3
