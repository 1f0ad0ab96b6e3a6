"""Points, lines, triangle centres and circles in the plane, by coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import MixedFamily, slips
from reason.generators.math.worked import Working, adding, multiplying, write_sum
from reason.registry import register
from reason.task import Task

__all__ = ["AnalyticGeometry", "AnalyticGeometryConfig"]

Point = tuple[Fraction, Fraction]
Line = tuple[Fraction, Fraction, Fraction]
"""Coefficients of a x + b y = c."""

QUESTIONS = {
    "intersection": "Where do the line through {A} and {B} and the line through {C} and {D} meet?",
    "foot": "What is the foot of the perpendicular from {C} to the line through {A} and {B}?",
    "reflection": "What is the mirror image of the point {C} in the line through {A} and {B}?",
    "distance": "What is the square of the distance of the point {C} from the line through {A} and {B}?",
    "circumcentre": "What is the centre of the circle through {A}, {B} and {C}?",
    "radius": "What is the square of the radius of the circle through {A}, {B} and {C}?",
    "orthocentre": "Where do the altitudes of the triangle with the vertices {A}, {B} and {C} meet?",
    "centre": "What is the centre of the circle with the equation {circle}?",
    "power": "What is the square of the length of a tangent from {D} to the circle with centre {A} and "
    "squared radius {r}?",
    "bisector": "At which point does the perpendicular bisector of the segment from {A} to {B} meet the "
    "line through {C} and {D}?",
}
FORM = 'Answer with an exact number, or with a point such as "(1, -2/3)".'


@dataclass(frozen=True, kw_only=True)
class AnalyticGeometryConfig(Config):
    """Knobs of the points."""

    max_coordinate: int = 9
    """Largest coordinate."""
    max_denominator: int = 1
    """Largest denominator of a coordinate."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(5 <= self.max_coordinate <= 100_000, "max_coordinate", "5 to 100000")
        self.require(1 <= self.max_denominator <= 100, "max_denominator", "1 to 100")


@register
class AnalyticGeometry(MixedFamily[AnalyticGeometryConfig]):
    """Find points, squared distances and circles in the plane from coordinates, exactly.

    Lines as equations, solved by Cramer's rule (Coxeter, Introduction to Geometry, chapters 1 and 8). Effort
    is the schoolbook work.
    """

    id = "AnalyticGeometry-v0"
    domain = "math"

    def at_level(self, level: int) -> AnalyticGeometryConfig:
        """Take larger coordinates, and fractions from level 3 on."""
        return AnalyticGeometryConfig(
            max_coordinate=min(int(9 * 1.7 ** min(level, 17)), 100_000),
            max_denominator=min(1 + level // 3, 100),
        )

    def generate(self, rng: Random, config: AnalyticGeometryConfig) -> Draft:
        """Draw points until the figure is not degenerate."""
        what = rng.choice(tuple(QUESTIONS))
        while True:
            points = {name: _draw_point(rng, config) for name in "ABCD"}
            squared = Fraction(rng.randint(2, config.max_coordinate**2))
            working = Working()
            try:
                value = _answer(what, points, squared, working)
            except ZeroDivisionError:
                continue
            if value is not None:
                break
        a = points["A"]
        names = {name: f"({x}, {y})" for name, (x, y) in points.items()}
        circle = _circle_equation(a, squared)
        asks = QUESTIONS[what].format(**names, r=squared, circle=circle)
        answer = str(value) if isinstance(value, Fraction) else f"({value[0]}, {value[1]})"
        return self.draft(
            rng,
            phrasings=[f"{{asks}} {FORM}", f"In the plane: {{asks}} {FORM}"],
            fields={"asks": asks},
            truth={"what": what, "asks": asks, "kind": "number" if isinstance(value, Fraction) else "tuple"},
            answer=answer,
            working=working,
            topic="geometry",
        )

    def solve(self, task: Task) -> str | None:
        """Use sympy's geometry."""
        import sympy
        from sympy import geometry

        text = task.text.partition(FORM)[0]
        found = re.findall(r"\((-?[0-9/]+), (-?[0-9/]+)\)", text)
        points = [geometry.Point(sympy.Rational(x), sympy.Rational(y)) for x, y in found]
        result: sympy.Basic
        if "line through" in text and "perpendicular bisector" in text:
            a, b, c, d = points
            result = geometry.Segment(a, b).perpendicular_bisector().intersection(geometry.Line(c, d))[0]
        elif "and the line through" in text:
            result = geometry.Line(*points[:2]).intersection(geometry.Line(*points[2:]))[0]
        elif "foot of" in text:
            result = geometry.Line(*points[1:]).projection(points[0])
        elif "mirror image" in text:
            result = points[0].reflect(geometry.Line(*points[1:]))
        elif "distance of the point" in text:
            result = geometry.Line(*points[1:]).distance(points[0]) ** 2
        elif "circle through" in text:
            circle = geometry.Circle(*points)
            result = circle.center if "centre" in text else circle.radius**2
        elif "altitudes" in text:
            result = geometry.Triangle(*points).orthocenter
        elif "tangent" in text:
            squared = re.search(r"squared radius ([0-9]+)", text)
            result = points[0].distance(points[1]) ** 2 - int(squared[1] if squared else 0)
        else:
            halves = [
                re.search(rf"{name}\^2 ?([-+] (?:[0-9]+|\([0-9/]+\))?{name})?", text) for name in ("x", "y")
            ]
            parts = [half[1] if half and half[1] else "0" for half in halves]
            cleaned = [re.sub(r"[ ()xy]", "", part) for part in parts]
            signed = [c + "1" if c in ("+", "-") else c for c in cleaned]
            return f"({-Fraction(signed[0]) / 2}, {-Fraction(signed[1]) / 2})"
        if isinstance(result, geometry.Point2D):
            return f"({result.x}, {result.y})"
        return str(sympy.nsimplify(result))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give, coordinates swapped or one of them wrong."""
        reference = task.reference or "0"
        if task.ground_truth["kind"] == "number":
            yield from slips(reference)
            return
        x, y = (Fraction(part) for part in reference.strip("()").split(", "))
        for other in ((y, x), (-x, y), (x, -y), (x + 1, y), (x, y - Fraction(1, 3))):
            if other != (x, y):
                yield f"({other[0]}, {other[1]})"
        yield str(x)


def _draw_point(rng: Random, config: AnalyticGeometryConfig) -> Point:
    bound = config.max_coordinate
    x, y = (Fraction(rng.randint(-bound, bound), rng.randint(1, config.max_denominator)) for _ in "xy")
    return x, y


def _circle_equation(centre: Point, squared: Fraction) -> str:
    x, y = centre
    constant = x * x + y * y - squared
    terms = [(Fraction(1), "x^2"), (-2 * x, "x"), (Fraction(1), "y^2"), (-2 * y, "y"), (constant, "")]
    return f"{write_sum(terms)} = 0"


def _line(p: Point, q: Point, working: Working) -> tuple[Line, str]:
    a, b = q[1] - p[1], p[0] - q[0]
    if not a and not b:
        raise ZeroDivisionError("the points are the same")
    c = a * p[0] + b * p[1]
    text = f"Line through ({p[0]}, {p[1]}) and ({q[0]}, {q[1]}): ({a})x + ({b})y = {c}"
    work = adding(p[0], q[0]) + adding(p[1], q[1]) + multiplying(a, p[0]) + multiplying(b, p[1])
    return (a, b, c), working.step(text, c, work=work)


def _normal(line: Line, p: Point, working: Working, after: str) -> tuple[Line, str]:
    a, b, _ = line
    c = -b * p[0] + a * p[1]
    text = f"Its normal through ({p[0]}, {p[1]}): ({-b})x + ({a})y = {c}"
    return (-b, a, c), working.step(text, c, after, work=multiplying(a, p[1]) + multiplying(b, p[0]))


def _meet(one: Line, other: Line, working: Working, *after: str) -> tuple[Point, str]:
    (a, b, c), (d, e, f) = one, other
    whole = a * e - b * d
    point = (c * e - b * f) / whole, (a * f - c * d) / whole
    work = sum(multiplying(p, q) for p, q in ((a, e), (b, d), (c, e), (b, f), (a, f), (c, d)))
    work += multiplying(point[0], whole) + multiplying(point[1], whole)
    text = f"Both equations hold at ({point[0]}, {point[1]})"
    return point, working.step(text, f"({point[0]}, {point[1]})", *after, work=work)


def _squared(p: Point, q: Point, working: Working, *after: str) -> Fraction:
    x, y = p[0] - q[0], p[1] - q[1]
    value = x * x + y * y
    work = multiplying(x, x) + multiplying(y, y) + adding(x, y) + adding(x * x, y * y)
    working.step(f"({x})^2 + ({y})^2 = {value}", value, *after, work=work)
    return value


def _middle_normal(p: Point, q: Point, working: Working) -> tuple[Line, str]:
    line, name = _line(p, q, working)
    return _normal(line, ((p[0] + q[0]) / 2, (p[1] + q[1]) / 2), working, name)


def _answer(
    what: str, points: dict[str, Point], squared: Fraction, working: Working
) -> Point | Fraction | None:
    a, b, c, d = (points[name] for name in "ABCD")
    if what == "centre":
        text = f"Completing the squares: (x - ({a[0]}))^2 + (y - ({a[1]}))^2 = {squared}"
        work = multiplying(a[0], a[0]) + multiplying(a[1], a[1]) + adding(*a)
        working.step(text, f"({a[0]}, {a[1]})", work=work)
        return a
    if what == "power":
        value = _squared(a, d, working) - squared
        working.step(f"Less the squared radius: {value}", value, "s1", work=adding(value, squared))
        return value if value > 0 else None
    return _by_lines(what, (a, b, c, d), working)


def _by_lines(what: str, points: tuple[Point, Point, Point, Point], working: Working) -> Point | Fraction:
    a, b, c, d = points
    if what in ("circumcentre", "radius"):
        one, first = _middle_normal(a, b, working)
        other, second = _middle_normal(b, c, working)
        centre, name = _meet(one, other, working, first, second)
        return centre if what == "circumcentre" else _squared(centre, a, working, name)
    if what == "bisector":
        one, first = _middle_normal(a, b, working)
        other, second = _line(c, d, working)
        return _meet(one, other, working, first, second)[0]
    line, name = _line(a, b, working)
    if what == "intersection":
        other, second = _line(c, d, working)
        return _meet(line, other, working, name, second)[0]
    altitude, first = _normal(line, c, working, name)
    if what == "orthocentre":
        side, second = _line(b, c, working)
        other, third = _normal(side, a, working, second)
        return _meet(altitude, other, working, first, third)[0]
    foot, last = _meet(line, altitude, working, name, first)
    if what == "foot":
        return foot
    if what == "distance":
        value = _squared(foot, c, working, last)
        if not value:
            raise ZeroDivisionError("the point is on the line")
        return value
    image = (2 * foot[0] - c[0], 2 * foot[1] - c[1])
    text = f"As far on the other side of ({foot[0]}, {foot[1]}): ({image[0]}, {image[1]})"
    working.step(text, f"({image[0]}, {image[1]})", last, work=adding(*foot) * 2)
    return image
