import pytest
import sympy

from reason.errors import ConfigError
from reason.generators.math.arithmetic_expression import ArithmeticExpression
from reason.generators.math.trees import evaluate_text

FAMILY = ArithmeticExpression()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_what_sympy_makes_of_the_expression(level):
    for index in range(24):
        task = FAMILY.task(level=level, index=index)
        line = task.text.splitlines()[1]
        code = line.replace("\u00d7", "*").replace("\u00f7", "/").replace("\u2212", "-").replace("^", "**")
        assert sympy.sympify(code) == int(task.reference), task.text
        assert task.trace[-1]["value"] == task.reference


@pytest.mark.parametrize(
    ("text", "value"),
    [("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("2^3 * 4", 32), ("10 - 4 - 3", 3), ("-2 * (3 - 5)", 4)],
)
def test_hand_checked_orders_of_operations(text, value):
    assert evaluate_text(text) == value


def test_an_expression_that_is_not_worked_out_is_no_answer():
    task = FAMILY.task(level=2)
    for answer in (task.text.splitlines()[1], f"{task.reference} + 0", f"0 + {task.reference}", "2^3"):
        assert not FAMILY.verify(task, answer).passed


def test_steps_depend_on_steps_before_them():
    task = FAMILY.task(level=6)
    names = [step["id"] for step in task.trace]
    for at, step in enumerate(task.trace):
        assert set(step["depends_on"]) <= set(names[:at])


def test_levels_have_no_end():
    assert FAMILY.task(level=60).metadata["effort"] > FAMILY.task(level=20).metadata["effort"]


@pytest.mark.parametrize("knobs", [{"num_operators": 0}, {"digits": 0}, {"digits": 1000}])
def test_knobs_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match=next(iter(knobs))):
        FAMILY.configure(knobs=knobs)
