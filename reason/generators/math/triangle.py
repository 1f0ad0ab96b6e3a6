"""Triangles from sides and angles: the law of cosines, Heron's formula, radii and cevians."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import slips
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["Triangle", "TriangleConfig"]

SIDES = "In the triangle ABC the side BC has length {a}, CA has length {b} and AB has length {c}. "
QUESTIONS = {
    "cosine": "What is the cosine of the angle at A?",
    "area": "What is the square of the area?",
    "inradius": "What is the square of the radius of the inscribed circle?",
    "circumradius": "What is the square of the radius of the circumscribed circle?",
    "median": "What is the square of the length of the median from A?",
    "bisector": "What is the square of the length of the bisector of the angle at A, from A to the side BC?",
    "altitude": "What is the square of the length of the altitude from A?",
    "cevian": "The point D on the side BC has distance {d} from B. What is the square of the length of AD?",
    "opposite": "In the triangle ABC the side CA has length {b} and AB has length {c}, and the cosine of the "
    "angle at A is {cos}. What is the square of the length of BC?",
}
FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class TriangleConfig(Config):
    """Knobs of the sides."""

    max_side: int = 20
    """Largest numerator of a side."""
    max_denominator: int = 1
    """Largest denominator of a side."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(10 <= self.max_side <= 1_000_000, "max_side", "10 to 1000000")
        self.require(1 <= self.max_denominator <= 100, "max_denominator", "1 to 100")


@register
class Triangle(ValueFamily[TriangleConfig]):
    """Find a cosine, or the square of an area, a radius or a length, in a triangle with given sides.

    The law of cosines, the formulas of Heron and Stewart (Coxeter, Introduction to Geometry, chapter 1).
    Effort is the schoolbook work.
    """

    id = "Triangle-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> TriangleConfig:
        """Take longer sides, and fractions from level 3 on."""
        return TriangleConfig(
            max_side=min(int(40 * 1.7 ** min(level, 18)), 1_000_000), max_denominator=min(1 + level // 3, 100)
        )

    def generate(self, rng: Random, config: TriangleConfig) -> Draft:
        """Draw sides that make a triangle."""
        what = rng.choice(tuple(QUESTIONS))
        while True:
            a, b, c = (
                Fraction(rng.randint(3, config.max_side), rng.randint(1, config.max_denominator))
                for _ in "abc"
            )
            if a < b + c and b < a + c and c < a + b:
                break
        working = Working()
        d = a * Fraction(rng.randint(1, 9), 10)
        cosine = Fraction(rng.choice((-1, 1)) * rng.randint(1, 19), 20)
        value = _answer(what, (a, b, c), d, cosine, working)
        head = "" if what == "opposite" else SIDES
        asks = (head + QUESTIONS[what]).format(a=a, b=b, c=c, d=d, cos=cosine)
        return self.draft(
            rng,
            phrasings=[f"{{asks}} {FORM}"],
            fields={"asks": asks},
            truth={"what": what, "asks": asks},
            answer=str(value),
            working=working,
            topic="geometry",
        )

    def solve(self, task: Task) -> str | None:
        """Put B at the origin and C on the x-axis, and compute with coordinates and squared heights."""
        text = task.text.partition(FORM)[0]
        numbers = [Fraction(n) for n in re.findall(r"(?:length|is|distance) (-?[0-9]+(?:/[0-9]+)?)", text)]
        if "cosine of the angle at A is" in text:
            b, c, cosine = numbers
            # C at (c - b cos, b sin) as seen from B, with A at (c, 0).
            x = c - b * cosine
            return str(x * x + b * b * (1 - cosine * cosine))
        a, b, c = numbers[:3]
        x = (c * c - b * b + a * a) / (2 * a)
        height = c * c - x * x
        if "cosine" in text:
            # The scalar product of AB and AC over the product of their lengths.
            return str(((0 - x) * (a - x) + height) / (b * c))
        area = a * a * height / 4
        if "the area" in text:
            return str(area)
        if "inscribed" in text:
            return str(area * 4 / (a + b + c) ** 2)
        if "circumscribed" in text:
            return str((a * b * c) ** 2 / (16 * area))
        if "altitude" in text:
            return str(height)
        at = a / 2
        if "bisector" in text:
            at = a * c / (b + c)
        elif "The point D" in text:
            at = numbers[3]
        return str((x - at) ** 2 + height)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give."""
        yield from slips(task.reference or "0")


def _answer(
    what: str, sides: tuple[Fraction, Fraction, Fraction], d: Fraction, cosine: Fraction, working: Working
) -> Fraction:
    a, b, c = sides
    squares = multiplying(a, a) + multiplying(b, b) + multiplying(c, c)

    def step(text: str, value: Fraction, *after: str, work: float) -> str:
        return working.step(f"{text} = {value}", value, *after, work=work)

    if what == "opposite":
        value = b * b + c * c - 2 * b * c * cosine
        step("Law of cosines: b^2 + c^2 - 2 b c cos A", value, work=squares + 2 * multiplying(b * c, cosine))
        return value
    if what == "cosine":
        value = (b * b + c * c - a * a) / (2 * b * c)
        step("Law of cosines: (b^2 + c^2 - a^2) / (2 b c)", value, work=squares + 2 * multiplying(b, c))
        return value
    if what in ("median", "bisector", "cevian"):
        m = {"median": a / 2, "bisector": a * c / (b + c), "cevian": d}[what]
        n = a - m
        first = step("The part of BC next to B", m, work=multiplying(a, c) + adding(b, c))
        value = (b * b * m + c * c * n) / a - m * n
        work = (
            squares
            + multiplying(b * b, m)
            + multiplying(c * c, n)
            + multiplying(m, n)
            + multiplying(value, a)
        )
        step(f"Stewart, with the parts {m} and {n}: (b^2 m + c^2 n) / a - m n", value, first, work=work)
        return value
    half = (a + b + c) / 2
    first = step("Half the perimeter", half, work=adding(a, b, c) + 2)
    area = half * (half - a) * (half - b) * (half - c)
    work = multiplying(half, half - a) + multiplying(half - b, half - c)
    work += multiplying(half * (half - a), (half - b) * (half - c))
    second = step("Heron: the squared area", area, first, work=work)
    if what == "area":
        return area
    value, said = {
        "inradius": (area / half**2, "over the squared half perimeter"),
        "circumradius": ((a * b * c) ** 2 / (16 * area), "a^2 b^2 c^2 over 16 times it"),
        "altitude": (4 * area / (a * a), "4 times it over a^2"),
    }[what]
    step(f"The square asked for, {said}", value, second, work=squares + multiplying(value, area))
    return value
