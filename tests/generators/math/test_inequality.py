import re
from fractions import Fraction

import pytest
import sympy

from reason.generators.math.inequality import Inequality
from reason.generators.math.real_sets import solution_set, write_interval_union

FAMILY = Inequality()
X = sympy.Symbol("x")


def contains(text, x):
    """Tell whether a union of intervals, as it is written, holds a point."""
    for piece in text.split(" U ") if text != "empty set" else []:
        if piece.startswith("{"):
            if x == Fraction(piece.strip("{}")):
                return True
            continue
        low, high = piece[1:-1].split(", ")
        above = low == "-inf" or x > Fraction(low) or (piece[0] == "[" and x == Fraction(low))
        below = high == "inf" or x < Fraction(high) or (piece[-1] == "]" and x == Fraction(high))
        if above and below:
            return True
    return False


@pytest.mark.parametrize("level", range(10))
def test_points_are_in_the_set_exactly_where_the_inequality_holds(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        left, sign, _ = task.ground_truth["inequality"].rsplit(" ", 2)
        code = re.sub(r"(?<=[0-9)])(?=[x(])", "*", left).replace("^", "**")
        function = sympy.lambdify(X, sympy.sympify(code), "math")
        ends = [Fraction(end) for end in re.findall(r"-?[0-9]+(?:/[0-9]+)?", task.reference)]
        near = [end + shift for end in ends for shift in (0, Fraction(1, 10**4), Fraction(-1, 10**4))]
        for point in [*near, *(Fraction(n, 7) for n in range(-700, 700, 97))]:
            try:
                value = function(point)
            except ZeroDivisionError:
                assert not contains(task.reference, point)
                continue
            holds = {"<": value < 0, "<=": value <= 0, ">": value > 0, ">=": value >= 0}[sign]
            assert contains(task.reference, point) == holds, (task.text, point)


@pytest.mark.parametrize(
    ("holds", "points", "text"),
    [
        (lambda x: x * x <= 4, (-2, 2), "[-2, 2]"),
        (lambda x: x * x > 4, (-2, 2), "(-inf, -2) U (2, inf)"),
        (lambda x: x * x <= 0, (0,), "{0}"),
        (lambda x: x * x < 0, (0,), "empty set"),
        (lambda x: x * x >= 0, (0,), "(-inf, inf)"),
        (lambda x: x != 1, (1,), "(-inf, 1) U (1, inf)"),
        (lambda x: True, (), "(-inf, inf)"),
    ],
)
def test_sets_are_put_together_from_signs(holds, points, text):
    assert write_interval_union(solution_set(holds, map(Fraction, points))) == text


def test_open_and_closed_ends_are_different():
    tasks = [FAMILY.task(level=1, index=index) for index in range(12)]
    changed = [(task, task.reference.translate(str.maketrans("[]", "()"))) for task in tasks]
    wrong = [(task, answer) for task, answer in changed if answer != task.reference]
    assert wrong
    assert not any(FAMILY.verify(task, answer).passed for task, answer in wrong)


def test_the_second_solver_agrees():
    for index in range(20):
        task = FAMILY.task(level=3, index=index)
        assert FAMILY.solve(task) == task.reference
