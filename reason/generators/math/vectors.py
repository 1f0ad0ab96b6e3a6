"""Vectors: products, projections, areas, volumes and coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.elimination import solve_system
from reason.generators.math.mixed import MixedFamily, slips
from reason.generators.math.worked import Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["Vectors", "VectorsConfig", "write_vector"]

Vector = tuple[Fraction, ...]

QUESTIONS = {
    "dot": ("What is the dot product of u = {u} and v = {v}?", "number"),
    "cross": ("What is the cross product u x v of u = {u} and v = {v}?", "tuple"),
    "projection": ("What is the orthogonal projection of u = {u} onto the line spanned by v = {v}?", "tuple"),
    "rejection": ("What is the component of u = {u} that is orthogonal to v = {v}?", "tuple"),
    "area": ("What is the square of the area of the parallelogram spanned by u = {u} and v = {v}?", "number"),
    "volume": ("What is the volume of the parallelepiped spanned by u = {u}, v = {v} and w = {w}?", "number"),
    "coordinates": (
        "Write p = {p} as a combination a*u + b*v + c*w of u = {u}, v = {v} and w = {w}. What is (a, b, c)?",
        "tuple",
    ),
    "angle": (
        "What is the square of the cosine of the angle between u = {u} and v = {v}?",
        "number",
    ),
}
FORM = 'Answer with an exact number, or with a vector such as "(1, -2/3, 4)".'


@dataclass(frozen=True, kw_only=True)
class VectorsConfig(Config):
    """Knobs of the vectors."""

    max_entry: int = 9
    """Largest coordinate."""
    max_denominator: int = 1
    """Largest denominator of a coordinate."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(4 <= self.max_entry <= 10_000, "max_entry", "4 to 10000")
        self.require(1 <= self.max_denominator <= 100, "max_denominator", "1 to 100")


@register
class Vectors(MixedFamily[VectorsConfig]):
    """Compute with vectors in space: products, projections, areas, volumes and coordinates, exactly.

    Effort is the schoolbook work (Lang, Linear Algebra, chapters 1 and 6).
    """

    id = "Vectors-v0"
    domain = "math"

    def at_level(self, level: int) -> VectorsConfig:
        """Take larger coordinates, and fractions from level 4 on."""
        return VectorsConfig(
            max_entry=min(int(9 * 1.6 ** min(level, 14)), 10_000), max_denominator=min(1 + level // 4, 100)
        )

    def generate(self, rng: Random, config: VectorsConfig) -> Draft:
        """Draw vectors that do not make the question trivial."""
        what = rng.choice(tuple(QUESTIONS))
        while True:
            u, v, w, p = (_draw(rng, config) for _ in range(4))
            crossed = _cross(u, v)
            if any(crossed) and _dot(u, v) and _dot(crossed, w):
                break
        working = Working()
        value = _answer(what, (u, v, w, p), working)
        text, kind = QUESTIONS[what]
        written = {name: write_vector(vector) for name, vector in zip("uvwp", (u, v, w, p), strict=True)}
        used = {name: vector for name, vector in written.items() if f"{{{name}}}" in text}
        return self.draft(
            rng,
            phrasings=[f"{{asks}} {FORM}", f"Let vectors be given by coordinates. {{asks}} {FORM}"],
            fields={"asks": text.format(**used)},
            truth={"what": what, "vectors": used, "kind": kind},
            answer=value,
            working=working,
            topic="vectors",
        )

    def solve(self, task: Task) -> str | None:
        """Use Gram determinants and sympy's matrices."""
        import sympy

        text = task.text
        given = {
            name: sympy.Matrix([sympy.Rational(part) for part in entries.split(", ")])
            for name, entries in re.findall(r"\b([uvwp]) = \(([^)]*)\)", text)
        }
        u, v = given["u"], given["v"]
        uu, uv, vv = (u.T * u)[0], (u.T * v)[0], (v.T * v)[0]
        found: sympy.Matrix | sympy.Rational
        if "dot product" in text:
            found = ((u + v).T * (u + v) - (u - v).T * (u - v))[0] / 4
        elif "cross product" in text:
            skew = sympy.Matrix([[0, -u[2], u[1]], [u[2], 0, -u[0]], [-u[1], u[0], 0]])
            found = skew * v
        elif "projection" in text:
            found = v * v.T * u / vv
        elif "orthogonal to" in text:
            found = (sympy.eye(3) - v * v.T / vv) * u
        elif "area" in text:
            found = sympy.Matrix([[uu, uv], [uv, vv]]).det()
        elif "cosine" in text:
            found = uv**2 / (uu * vv)
        else:
            basis = sympy.Matrix.hstack(u, v, given["w"])
            found = abs(basis.det()) if "volume" in text else basis.inv() * given["p"]
        if isinstance(found, sympy.MatrixBase):
            return write_vector([Fraction(str(entry)) for entry in found])
        return str(found)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give: of one coordinate, in the order, in the signs."""
        reference = task.reference or "0"
        if task.ground_truth["kind"] == "number":
            yield from slips(reference)
            return
        a, b, c = (Fraction(part) for part in reference.strip("()").split(", "))
        others = [(a + 1, b, c), (a, b - 1, c), (a, b, c + 2), (-a, -b, -c), (b, a, c), (c, b, a), (a, b)]
        yield from (write_vector(other) for other in others if other != (a, b, c))


def write_vector(entries: Sequence[Fraction]) -> str:
    """Write coordinates in parentheses."""
    return f"({', '.join(map(str, entries))})"


def _draw(rng: Random, config: VectorsConfig) -> Vector:
    return tuple(
        Fraction(rng.randint(-config.max_entry, config.max_entry), rng.randint(1, config.max_denominator))
        for _ in range(3)
    )


def _dot(u: Vector, v: Vector) -> Fraction:
    return sum((a * b for a, b in zip(u, v, strict=True)), Fraction(0))


def _cross(u: Vector, v: Vector) -> Vector:
    return (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])


def _answer(what: str, vectors: tuple[Vector, Vector, Vector, Vector], working: Working) -> str:
    u, v, w, p = vectors

    def dot(name: str, a: Vector, b: Vector) -> tuple[Fraction, str]:
        value = _dot(a, b)
        work = sum(multiplying(x, y) for x, y in zip(a, b, strict=True))
        work += adding(*(x * y for x, y in zip(a, b, strict=True)))
        return value, working.step(f"{name} = {value}", value, work=work)

    def cross() -> tuple[Vector, str]:
        value = _cross(u, v)
        work = sum(multiplying(u[i], v[j]) for i in range(3) for j in range(3) if i != j)
        text = f"u x v = {write_vector(value)}"
        return value, working.step(text, write_vector(value), work=work + adding(*value))

    if what == "dot":
        return str(dot("u . v", u, v)[0])
    if what == "cross":
        return write_vector(cross()[0])
    if what == "coordinates":
        system = [list(row) for row in zip(u, v, w, strict=True)]
        return write_vector(solve_system(system, p, working))
    if what in ("area", "volume"):
        normal, name = cross()
        if what == "area":
            return str(dot("|u x v|^2", normal, normal)[0])
        value, name = dot("(u x v) . w", normal, w)
        working.step(f"Its absolute value is {abs(value)}", abs(value), name)
        return str(abs(value))
    uv, first = dot("u . v", u, v)
    vv, second = dot("v . v", v, v)
    if what == "angle":
        uu, third = dot("u . u", u, u)
        value = uv * uv / (uu * vv)
        work = multiplying(uv, uv) + multiplying(uu, vv) + multiplying(value, uu * vv)
        working.step(f"(u . v)^2 / ((u . u)(v . v)) = {value}", value, first, second, third, work=work)
        return str(value)
    times = uv / vv
    shadow = tuple(times * entry for entry in v)
    work = multiplying(uv, vv) + sum(multiplying(times, entry) for entry in v)
    text = f"The projection is {times} v = {write_vector(shadow)}"
    name = working.step(text, write_vector(shadow), first, second, work=work)
    if what == "projection":
        return write_vector(shadow)
    rest = tuple(a - b for a, b in zip(u, shadow, strict=True))
    text = f"What is left of u is {write_vector(rest)}"
    working.step(text, write_vector(rest), name, work=adding(*rest) * 2)
    return write_vector(rest)
