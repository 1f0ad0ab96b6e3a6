"""Each checker accepts what it says and rejects its neighbours."""

import json
import time
from pathlib import Path

import pytest

from reason.verifiers.code.checkers import DEFAULT_TOLERANCE, TEXT_CHECKERS, VALUE_CHECKERS

HERE = Path(__file__).parent
TEXTS = [json.loads(line) for line in (HERE / "checker_cases.jsonl").read_text().splitlines()]
VALUES = [json.loads(line) for line in (HERE / "value_cases.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case['checker']}-{case['output']!r}")
def test_outputs_are_judged(case):
    check = TEXT_CHECKERS[case["checker"]]
    assert check(case["expected"], case["output"], DEFAULT_TOLERANCE) is case["right"]


@pytest.mark.parametrize("case", VALUES, ids=lambda case: f"{case['checker']}-{case['value']!r}")
def test_values_are_judged(case):
    check = VALUE_CHECKERS[case["checker"]]
    assert check(case["expected"], case["value"], DEFAULT_TOLERANCE) is case["right"]


def test_every_checker_has_right_and_wrong_cases():
    for checkers, cases in ((TEXT_CHECKERS, TEXTS), (VALUE_CHECKERS, VALUES)):
        seen = {(case["checker"], case["right"]) for case in cases}
        assert seen >= {(name, right) for name in checkers for right in (True, False) if name != "tokens"}


@pytest.mark.parametrize("name", TEXT_CHECKERS)
@pytest.mark.parametrize(
    "output", ["1" * 1_000_000, "1." * 300_000, "1e" * 300_000, "\n" * 1_000_000, "\x00\ud800"]
)
def test_no_output_takes_long(name, output):
    started = time.process_time()
    assert TEXT_CHECKERS[name]("1.5\n2.5\n", output, DEFAULT_TOLERANCE) is False
    assert time.process_time() - started < 3


def test_a_tolerance_is_used_only_where_it_is_declared():
    for name, check in TEXT_CHECKERS.items():
        assert check("0.1", "0.10000000001", DEFAULT_TOLERANCE) is (name == "float")
