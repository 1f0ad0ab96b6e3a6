import re
from fractions import Fraction

import pytest
import sympy

from reason.generators.math.triangle import QUESTIONS, Triangle

FAMILY = Triangle()


def measure(truth):
    """Build the triangle from points in exact radicals, and measure it with sympy."""
    text = truth["asks"]
    numbers = [sympy.Rational(n) for n in re.findall(r"(?:length|is|distance) (-?[0-9]+(?:/[0-9]+)?)", text)]
    if truth["what"] == "opposite":
        b, c, cosine = numbers
        point = sympy.Matrix([b * cosine, b * sympy.sqrt(1 - cosine**2)])
        return sympy.simplify((point - sympy.Matrix([c, 0])).dot(point - sympy.Matrix([c, 0])))
    a, b, c, *rest = numbers
    # A at the origin and B on the x-axis.
    x = (b**2 + c**2 - a**2) / (2 * c)
    corners = [sympy.Point(0, 0), sympy.Point(c, 0), sympy.Point(x, sympy.sqrt(b**2 - x**2))]
    triangle = sympy.Triangle(*corners)
    match truth["what"]:
        case "cosine":
            return x / b
        case "area":
            return triangle.area**2
        case "inradius":
            return triangle.inradius**2
        case "circumradius":
            return triangle.circumradius**2
    one, two, three = corners
    share = {"median": sympy.Rational(1, 2), "bisector": c / (b + c), "cevian": rest[0] / a if rest else 0}
    if truth["what"] == "altitude":
        return sympy.Line(two, three).distance(one) ** 2
    part = share[truth["what"]]
    foot = sympy.Point(two.x + part * (three.x - two.x), two.y + part * (three.y - two.y))
    return foot.x**2 + foot.y**2


@pytest.mark.parametrize("level", range(10))
def test_measuring_the_figure_gives_the_answer(level):
    for index in range(10):
        task = FAMILY.task(level=level, index=index)
        value = Fraction(task.reference)
        expected = measure(task.ground_truth)
        assert abs(sympy.N(expected, 40) - sympy.Rational(task.reference)) < abs(value) * sympy.Rational(
            1, 10**30
        )


@pytest.mark.parametrize("level", range(10))
def test_coordinates_give_the_answer(level):
    for index in range(30):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference


def test_every_question_is_asked():
    asked = {FAMILY.task(level=3, index=index).ground_truth["what"] for index in range(90)}
    assert asked == set(QUESTIONS)
