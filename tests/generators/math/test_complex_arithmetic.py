import re

import pytest

from reason.generators.math.complex_arithmetic import ComplexArithmetic
from reason.verifiers.gaussian import read_gaussian

FAMILY = ComplexArithmetic()


@pytest.mark.parametrize("level", range(10))
def test_the_answer_is_what_pythons_complex_numbers_come_to(level):
    for index in range(36):
        task = FAMILY.task(level=level, index=index)
        code = re.sub(r"i\b", "j", task.ground_truth["expression"].replace("[", "(").replace("]", ")"))
        code = re.sub(r"(?<![0-9])j", "1j", code).replace("^", "**")
        a, b = read_gaussian(task.reference)
        assert eval(code) == pytest.approx(complex(a, b), rel=1e-9), task.text


@pytest.mark.parametrize("level", [0, 3, 6])
def test_matrices_give_the_same_exactly(level):
    for index in range(8):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        ("7 - 22i", True),
        ("-22i + 7", True),
        ("7-22*i", True),
        ("7 + 22i", False),
        ("7", False),
        ("(1+2i)(3-4i)", False),
    ],
)
def test_both_parts_count(answer, passed):
    task = FAMILY.task(level=0)
    changed = type(task)(
        family=task.family, version=0, split="test", index=0, level=None, config={}, prompt=task.prompt,
        ground_truth={"expression": "", "answer": "7 - 22i"}, reference="7 - 22i",
    )  # fmt: skip
    assert FAMILY.verify(changed, answer).passed is passed
