import re
from fractions import Fraction

import pytest

from reason.generators.math.analytic_geometry import QUESTIONS, AnalyticGeometry

FAMILY = AnalyticGeometry()


def read(text):
    return [(Fraction(x), Fraction(y)) for x, y in re.findall(r"\((-?[0-9/]+), (-?[0-9/]+)\)", text)]


def square(p, q):
    return (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2


def turn(p, q, r):
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def dot(p, q, r, s):
    return (q[0] - p[0]) * (s[0] - r[0]) + (q[1] - p[1]) * (s[1] - r[1])


def holds(what, text, value):
    """Tell whether a value has the property that defines the right one."""
    points = read(text)
    match what:
        case "intersection":
            a, b, c, d = points
            return turn(a, b, value) == turn(c, d, value) == 0
        case "bisector":
            a, b, c, d = points
            return square(a, value) == square(b, value) and turn(c, d, value) == 0
        case "foot":
            c, a, b = points
            return turn(a, b, value) == 0 and dot(a, b, c, value) == 0
        case "reflection":
            c, a, b = points
            kept = all(square(p, value) == square(p, c) for p in (a, b))
            return kept and (value != c or turn(a, b, c) == 0)
        case "distance":
            c, a, b = points
            return value * square(a, b) == turn(a, b, c) ** 2
        case "circumcentre":
            return len({square(p, value) for p in points}) == 1
        case "radius":
            a, b, c = points
            return 4 * turn(a, b, c) ** 2 * value == square(a, b) * square(b, c) * square(c, a)
        case "orthocentre":
            a, b, c = points
            return dot(a, value, b, c) == dot(b, value, a, c) == dot(c, value, a, b) == 0
        case "power":
            d, a = points
            return value == square(a, d) - int(re.search(r"radius ([0-9]+)", text)[1])
    # The equation of a circle is even around its centre.
    left = re.search(r"equation (.*) = 0", text)[1]
    spelt = re.sub(r"(?<=[0-9)])(?=[xy])", "*", left).replace("^", "**")
    numbers = re.sub(r"(?<![*\w])([0-9]+)", r"Fraction(\1)", spelt)

    def at(x, y):
        return eval(numbers, {"Fraction": Fraction, "x": x, "y": y})

    return all(
        at(value[0] + x, value[1] + y) == at(value[0] - x, value[1] - y) for x, y in ((1, 0), (0, 1), (2, 3))
    )


@pytest.mark.parametrize("level", range(10))
def test_the_answer_has_its_defining_property(level):
    for index in range(30):
        task = FAMILY.task(level=level, index=index)
        truth = task.ground_truth
        value = read(task.reference)[0] if truth["kind"] == "tuple" else Fraction(task.reference)
        assert holds(truth["what"], truth["asks"], value), (task.text, task.reference)


@pytest.mark.parametrize("level", [0, 3, 6])
def test_sympys_geometry_gives_the_answer(level):
    for index in range(20):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


def test_every_question_is_asked():
    asked = {FAMILY.task(level=3, index=index).ground_truth["what"] for index in range(90)}
    assert asked == set(QUESTIONS)
