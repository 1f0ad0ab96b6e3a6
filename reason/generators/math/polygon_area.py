"""Areas of polygons by the shoelace formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import atan2, gcd
from random import Random

from reason.family import Config, Draft
from reason.generators.math.mixed import slips
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["PolygonArea", "PolygonAreaConfig"]

Point = tuple[Fraction, Fraction]

AREA = (
    "What is the area of the polygon with the vertices {points}, in this order?",
    "A plot of land has its corners at {points}, joined in this order by straight lines. What is its area?",
)
INTERIOR = (
    "How many points with integer coordinates lie strictly inside the polygon with the vertices {points}, in "
    "this order?"
)
FORM = "Give an exact fraction or whole number."


@dataclass(frozen=True, kw_only=True)
class PolygonAreaConfig(Config):
    """Knobs of the polygon."""

    num_vertices: int = 5
    """Corners."""
    max_coordinate: int = 12
    """Largest coordinate."""
    max_denominator: int = 1
    """Largest denominator of a coordinate."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(3 <= self.num_vertices <= 40, "num_vertices", "3 to 40")
        self.require(
            2 * self.num_vertices <= self.max_coordinate <= 10_000,
            "max_coordinate",
            "2 * num_vertices to 10000",
        )
        self.require(1 <= self.max_denominator <= 20, "max_denominator", "1 to 20")


@register
class PolygonArea(ValueFamily[PolygonAreaConfig]):
    """Find the area of a simple polygon from its vertices, or the number of lattice points inside.

    The shoelace formula and Pick's theorem (Coxeter, Introduction to Geometry, section 13.5). Effort is the
    schoolbook work.
    """

    id = "PolygonArea-v0"
    domain = "math"
    kind = "number"

    def at_level(self, level: int) -> PolygonAreaConfig:
        """Take more vertices and larger coordinates; halves and thirds from level 4 on."""
        return PolygonAreaConfig(
            num_vertices=min(3 + level, 40),
            max_coordinate=min(20 + 8 * level, 10_000),
            max_denominator=1 if level < 4 else min(level - 2, 20),
        )

    def generate(self, rng: Random, config: PolygonAreaConfig) -> Draft:
        """Draw points, and join them in the order of their angles around a point: no sides cross."""
        points = _draw_polygon(rng, config)
        working = Working()
        area = _shoelace(points, working)
        whole = all(value.denominator == 1 for point in points for value in point)
        inside = whole and rng.random() < 0.3
        answer = str(area)
        if inside:
            answer = str(_pick(points, area, working))
        start = rng.randrange(len(points))
        points = [*points[start:], *points[:start]][:: rng.choice((1, -1))]
        written = ", ".join(f"({x}, {y})" for x, y in points)
        return self.draft(
            rng,
            phrasings=[f"{text} {FORM}" for text in ((INTERIOR,) if inside else AREA)],
            fields={"points": written},
            truth={"points": written, "inside": inside},
            answer=answer,
            working=working,
            topic="geometry",
        )

    def solve(self, task: Task) -> str | None:
        """Add up trapezoids under the sides, or count points in each row between crossings of the sides."""
        points = read_points(task.text)
        sides = list(zip(points, [*points[1:], points[0]], strict=True))
        if "strictly inside" not in task.text:
            return str(abs(sum(((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in sides), Fraction(0))))
        count = 0
        for y in range(int(min(p[1] for p in points)), int(max(p[1] for p in points)) + 1):
            count += _count_in_row(sides, y)
        return str(count)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give; twice the area is the commonest."""
        yield from slips(task.reference or "0")


def read_points(text: str) -> list[Point]:
    """Read the points of a text."""
    found = re.findall(r"\((-?[0-9/]+), (-?[0-9/]+)\)", text)
    return [(Fraction(x), Fraction(y)) for x, y in found]


def _draw_polygon(rng: Random, config: PolygonAreaConfig) -> list[Point]:
    bound = config.max_coordinate
    while True:
        points = {
            (
                Fraction(rng.randint(-bound, bound), rng.randint(1, config.max_denominator)),
                Fraction(rng.randint(-bound, bound), rng.randint(1, config.max_denominator)),
            )
            for _ in range(config.num_vertices)
        }
        if len(points) < config.num_vertices:
            continue
        middle = tuple(sum(values) / len(points) for values in zip(*points, strict=True))
        ordered = sorted(points, key=lambda p: atan2(float(p[1] - middle[1]), float(p[0] - middle[0])))
        turns = [
            (a[0] - middle[0]) * (b[1] - middle[1]) - (a[1] - middle[1]) * (b[0] - middle[0])
            for a, b in zip(ordered, [*ordered[1:], ordered[0]], strict=True)
        ]
        # Each side turns forward around the middle, by less than half a turn: the polygon is star-shaped.
        if all(turn > 0 for turn in turns):
            return ordered


def _shoelace(points: Sequence[Point], working: Working) -> Fraction:
    total, names = Fraction(0), []
    for a, b in zip(points, [*points[1:], points[0]], strict=True):
        term = a[0] * b[1] - b[0] * a[1]
        work = multiplying(a[0], b[1]) + multiplying(b[0], a[1]) + adding(a[0] * b[1], b[0] * a[1])
        text = f"({a[0]})*({b[1]}) - ({b[0]})*({a[1]}) = {term}"
        names.append(working.step(text, term, work=work))
        total += term
    area = abs(total) / 2
    text = f"Half the absolute value of the sum {total} is {area}"
    working.step(text, area, *names, work=adding(total) * len(points))
    return area


def _pick(points: Sequence[Point], area: Fraction, working: Working) -> int:
    edge = sum(
        gcd(int(b[0] - a[0]), int(b[1] - a[1])) for a, b in zip(points, [*points[1:], points[0]], strict=True)
    )
    first = working.step(f"{edge} lattice points lie on the sides", edge, work=6 * len(points))
    inside = int(area - Fraction(edge, 2) + 1)
    text = f"Pick: {area} - {edge}/2 + 1 = {inside} lie inside"
    working.step(text, inside, first, f"s{len(points) + 1}", work=4)
    return inside


def _count_in_row(sides: Sequence[tuple[Point, Point]], y: int) -> int:
    """Count the whole x strictly inside at a height, by the parity of crossings to the left."""
    on_side: set[int] = set()
    crossings: list[Fraction] = []
    for a, b in sides:
        low, high = sorted((a, b), key=lambda p: p[1])
        if low[1] == high[1] == y:
            on_side.update(range(int(min(a[0], b[0])), int(max(a[0], b[0])) + 1))
        if low[1] <= y <= high[1] and low[1] < high[1]:
            x = low[0] + (high[0] - low[0]) * (y - low[1]) / (high[1] - low[1])
            if x.denominator == 1:
                on_side.add(int(x))
            if low[1] <= y < high[1]:
                crossings.append(x)
    crossings.sort()
    return sum(
        x not in on_side
        for left, right in zip(crossings[::2], crossings[1::2], strict=True)
        for x in range(int(left) - 1, int(right) + 2)
        if left < x < right
    )
