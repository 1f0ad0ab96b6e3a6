from fractions import Fraction

import pytest
import sympy

from reason.generators.math.polygon_area import PolygonArea, read_points

FAMILY = PolygonArea()


def crosses(one, other):
    (a, b), (c, d) = one, other

    def side(p, q, r):
        value = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
        return (value > 0) - (value < 0)

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)


@pytest.mark.parametrize("level", range(10))
def test_another_count_gives_the_answer(level):
    for index in range(25):
        task = FAMILY.task(level=level, index=index)
        assert FAMILY.solve(task) == task.reference


@pytest.mark.parametrize("level", [0, 2, 5])
def test_sympy_gives_the_area(level):
    for index in range(6):
        task = FAMILY.task(level=level, index=index)
        if not task.ground_truth["inside"]:
            points = [sympy.Point(*map(sympy.Rational, map(str, p))) for p in read_points(task.text)]
            assert abs(sympy.Polygon(*points).area) == sympy.Rational(task.reference)


@pytest.mark.parametrize("level", [1, 4, 9])
def test_sides_do_not_cross(level):
    for index in range(20):
        points = read_points(FAMILY.task(level=level, index=index).ground_truth["points"])
        sides = list(zip(points, [*points[1:], points[0]], strict=True))
        for at, one in enumerate(sides):
            for other in sides[at + 2 : len(sides) - (at == 0)]:
                assert not crosses(one, other)


def test_the_interior_of_a_small_triangle():
    task = next(t for t in (FAMILY.task(level=0, index=i) for i in range(60)) if t.ground_truth["inside"])
    a, b, c = read_points(task.text)

    def turn(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    inside = 0
    for x in range(-20, 21):
        for y in range(-20, 21):
            p = (Fraction(x), Fraction(y))
            signs = [turn(a, b, p), turn(b, c, p), turn(c, a, p)]
            inside += all(s > 0 for s in signs) or all(s < 0 for s in signs)
    assert inside == int(task.reference)
