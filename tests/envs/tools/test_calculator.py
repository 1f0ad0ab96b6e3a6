import ast
import contextlib
import json
import operator
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.envs.tools._arithmetic import calculate
from reason.envs.tools.calculator import Calculator

CASES = [
    json.loads(line) for line in Path(__file__).with_name("arithmetic.jsonl").read_text("utf-8").splitlines()
]
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda one, two: Fraction(one // two),
    ast.Mod: operator.mod,
}


def value_of(node):
    """Python's own reading of an expression, over fractions."""
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp):
        value = value_of(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    return OPERATORS[type(node.op)](value_of(node.left), value_of(node.right))


@pytest.mark.parametrize(("expression", "value"), CASES, ids=[repr(case[0]) for case in CASES])
def test_expressions(expression, value):
    if value is None:
        with pytest.raises(ValueError, match=r"\w"):
            calculate(expression)
    else:
        assert calculate(expression) == value


numbers = st.one_of(st.integers(0, 999).map(str), st.sampled_from(["0.5", "1.25", "10.01", "0.125"]))
expressions = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.builds("({}{}{})".format, inner, st.sampled_from(["+", "-", "*", "/", " // ", " % "]), inner),
        st.builds("{}{}{}".format, inner, st.sampled_from(["+", "-", "*", "/", " // ", " % "]), inner),
        st.builds("-{}".format, inner),
    ),
    max_leaves=8,
)


@given(expressions)
@settings(max_examples=300, deadline=None)
def test_it_agrees_with_python_over_fractions(expression):
    try:
        expected = value_of(ast.parse(expression, mode="eval").body)
    except ZeroDivisionError:
        with pytest.raises(ValueError, match="division by zero"):
            calculate(expression)
        return
    shown = calculate(expression)
    assert Fraction(shown.split()[0]) == expected
    if " = " in shown:
        assert Fraction(shown.split()[2]) == expected
    elif " ≈ " in shown:
        assert abs(Fraction(shown.split()[2]) - expected) < Fraction(1, 10**14)


@given(st.text(alphabet="0123456789.e+-*/%^!(), sqrtabsgcdlm", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_anything_else(text):
    with contextlib.suppress(ValueError):
        assert calculate(text)


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 1000,
        "-" * 999 + "1",
        "2^" * 499 + "2",
        "sqrt(" * 200,
        "9" * 1000,
        "9" * 490 + "*" + "9" * 490,
        "*".join(["1500!"] * 100),
        "lcm(" + ",".join(str(number) for number in range(2, 90)) + ")",
        "1/7" + "+1/7" * 240,
        "1" + "!" * 900,
    ],
)
def test_hostile_expressions_end_at_once(expression):
    started = time.process_time()
    with contextlib.suppress(ValueError):
        calculate(expression)
    assert time.process_time() - started < 0.5


def test_longer_expressions_are_refused():
    with pytest.raises(ValueError, match="at most 1000 characters"):
        calculate("1+" * 500 + "1")


def test_the_tool_answers_and_complains(session):
    call = session(Calculator())
    assert call(expression="6 * 7").text == "42"
    wrong = call(expression="6 *")
    assert wrong.error
    assert wrong.text == "the expression ends too early"
    assert call(expression="1" * 1001).error
