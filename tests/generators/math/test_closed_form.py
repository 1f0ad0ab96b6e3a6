import re

import pytest
import sympy

from reason.generators.math.closed_form import ClosedForm

FAMILY = ClosedForm()
N = sympy.Symbol("n")


def formula(text):
    code = re.sub(r"(?<=[0-9])n", "*n", text).replace("^", "**")
    return sympy.lambdify(N, sympy.sympify(code), "math")


@pytest.mark.parametrize("level", range(10))
def test_the_formula_satisfies_the_recurrence_and_the_first_terms(level):
    for index in range(16):
        task = FAMILY.task(level=level, index=index)
        truth, a = task.ground_truth, formula(task.reference)
        order = len(truth["start"])
        assert [a(n) for n in range(order)] == list(truth["start"])
        for n in range(order, order + 8):
            before = sum(w * a(n - at) for at, w in enumerate(truth["weights"], 1))
            assert a(n) == before + truth["added"][0] + truth["added"][1] * n


def test_a_formula_that_refers_to_other_terms_is_none():
    task = FAMILY.task(level=2)
    for answer in ("a(n - 1) + 1", "2*a(n-1)", f"{task.reference} + a(0) - a(0)"):
        assert not FAMILY.verify(task, answer).passed


def test_other_spellings_of_the_formula_are_right():
    task = FAMILY.task(level=0)  # -7*4^n - 32
    for answer in ("-32 - 7*4^n", "a(n) = -7 \\cdot 4^n - 32", "-28*4^(n - 1) - 32", "-7*2^(2n) - 32"):
        assert FAMILY.verify(task, answer).passed, answer
    for answer in ("-7*4^n + 32", "-28^n - 32", "-7*4^(n+1) - 32", "-60"):
        assert not FAMILY.verify(task, answer).passed, answer
