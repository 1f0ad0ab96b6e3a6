import json
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.generators.tools.bank import Bank
from reason.generators.tools.interface import FINISH, draw_names, read_call, read_names, schemas, write

OPERATIONS = (*Bank.operations, FINISH)
NAMES = draw_names(Random(3), OPERATIONS)
PAY = ("transfer", {"source": "1", "target": "2", "amount": 5})


def line(**changes):
    data = json.loads(write(PAY, NAMES))
    return json.dumps({**data, **changes})


def test_what_is_written_is_read():
    assert read_call(write(PAY, NAMES), OPERATIONS, NAMES) == PAY
    swapped = dict(reversed(json.loads(write(PAY, NAMES)).items()))
    assert read_call(json.dumps(swapped, indent=None), OPERATIONS, NAMES) == PAY


def test_names_are_found_again_in_the_schemas():
    for seed in range(30):
        names = draw_names(Random(seed), OPERATIONS)
        tools = schemas(OPERATIONS, names)
        assert read_names(OPERATIONS, tools) == names
        assert len({tool["function"]["name"] for tool in tools}) == len(OPERATIONS)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("pay 5", "no call"),
        ("[1]", '"name" and "arguments"'),
        ("null", '"name" and "arguments"'),
        ('{"name": "x"}', '"name" and "arguments"'),
        (line(extra=1), '"name" and "arguments"'),
        (line(name="x"), "no such function"),
        (line(name=["x"]), "no such function"),
        (line(arguments=[]), "takes these arguments"),
        (line(arguments={}), "takes these arguments"),
        (line() + "x", "no call"),
        ("{" * 70, "too long or too nested"),
        ("[" * 10_000, "too long or too nested"),
        ("9" * 1_999, '"name" and "arguments"'),
        ("", "no call"),
    ],
)
def test_what_is_no_call_is_told(action, told):
    assert told in read_call(action, OPERATIONS, NAMES)


@pytest.mark.parametrize("amount", [True, None, "5", 5.5, 10**30, -(10**10), [5], 1e300])
def test_an_amount_is_a_whole_number(amount):
    arguments = json.loads(line())["arguments"]
    arguments[NAMES["transfer"]["parameters"]["amount"]] = amount
    assert "must be of type integer" in read_call(line(arguments=arguments), OPERATIONS, NAMES)


def test_json_has_one_kind_of_number():
    arguments = json.loads(line())["arguments"]
    arguments[NAMES["transfer"]["parameters"]["amount"]] = 5.0
    assert read_call(line(arguments=arguments), OPERATIONS, NAMES) == PAY


@given(st.text(alphabet='{}[]":,\\ntruefalsNI0123456789.eE+-\ud800\x00 ', max_size=80))
@settings(max_examples=200, deadline=None)
def test_no_text_raises(text):
    started = time.process_time()
    assert read_call(text, OPERATIONS, NAMES)
    assert time.process_time() - started < 0.5
