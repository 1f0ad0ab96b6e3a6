"""Conversion of compound units, and dimensional analysis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.elimination import solve_system, write_matrix
from reason.generators.math.mixed import MixedFamily, slips
from reason.generators.math.worked import Working, multiplying
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["UnitConversion", "UnitConversionConfig"]

UNITS = {
    "length": {
        "m": "1",
        "km": "1000",
        "cm": "0.01",
        "mm": "0.001",
        "in": "0.0254",
        "ft": "0.3048",
        "yd": "0.9144",
        "mi": "1609.344",
        "nmi": "1852",
    },
    "mass": {
        "kg": "1",
        "g": "0.001",
        "t": "1000",
        "mg": "0.000001",
        "lb": "0.45359237",
        "oz": "0.028349523125",
    },
    "time": {"s": "1", "min": "60", "h": "3600", "d": "86400", "ms": "0.001", "week": "604800"},
}
"""Exact values in metres, kilograms and seconds (BIPM, The International System of Units, 9th edition; the
international yard and pound of 1959)."""
COMMON = frozenset(("m", "km", "cm", "mm", "kg", "g", "t", "mg", "s", "min", "h", "d", "ms", "week"))
"""Units whose value is not told."""
QUANTITIES = {
    "a length": (1, 0, 0),
    "a mass": (0, 1, 0),
    "a time": (0, 0, 1),
    "a speed": (1, 0, -1),
    "an acceleration": (1, 0, -2),
    "a force": (1, 1, -2),
    "an energy": (2, 1, -2),
    "a power": (2, 1, -3),
    "a pressure": (-1, 1, -2),
    "a density": (-3, 1, 0),
    "a momentum": (1, 1, -1),
    "a frequency": (0, 0, -1),
    "an area": (2, 0, 0),
    "a volume": (3, 0, 0),
    "a surface tension": (0, 1, -2),
    "a dynamic viscosity": (-1, 1, -1),
    "a kinematic viscosity": (2, 0, -1),
    "a volume flow rate": (3, 0, -1),
    "an angular momentum": (2, 1, -1),
    "a moment of inertia": (2, 1, 0),
}
"""Exponents of length, mass and time."""
CONVERT = (
    "Convert {number} {source} to {target}.{values} Give the exact number as a decimal or a fraction.",
    "How many {target} are {number} {source}?{values} Give the exact number as a decimal or a fraction.",
)
DIMENSIONS = (
    "P is {p}, Q is {q} and R is {r}. For which exponents (a, b, c) does P^a Q^b R^c have the dimension of "
    "L^{l} M^{m} T^{t} (length, mass, time)? Answer with a tuple of exact numbers such as "
    '"(1, -1/2, 0)".'
)


@dataclass(frozen=True, kw_only=True)
class UnitConversionConfig(Config):
    """Knobs of the units."""

    num_units: int = 2
    """Base units in a compound unit, 1 to 3."""
    max_exponent: int = 2
    """Largest exponent of a unit."""
    digits: int = 3
    """Significant digits of the number."""
    dimensions: bool = True
    """Whether some tasks ask for exponents instead."""

    def __post_init__(self) -> None:
        """Reject what has no meaning."""
        super().__post_init__()
        self.require(1 <= self.num_units <= 3, "num_units", "1 to 3")
        self.require(1 <= self.max_exponent <= 9, "max_exponent", "1 to 9")
        self.require(2 <= self.digits <= 30, "digits", "2 to 30")


@register
class UnitConversion(MixedFamily[UnitConversionConfig]):
    """Convert a number between compound units exactly, or find exponents by dimensional analysis.

    Dimensional analysis solves the linear system of the exponents (Buckingham, "On Physically Similar
    Systems", 1914). Effort is the schoolbook work.
    """

    id = "UnitConversion-v0"
    domain = "math"

    def at_level(self, level: int) -> UnitConversionConfig:
        """Take more base units, higher powers, longer numbers."""
        return UnitConversionConfig(
            num_units=min(1 + level // 2, 3),
            max_exponent=min(1 + level // 3, 9),
            digits=min(4 + level, 30),
            dimensions=level >= 3,
        )

    def generate(self, rng: Random, config: UnitConversionConfig) -> Draft:
        """Draw units, or quantities whose dimensions are independent."""
        working = Working()
        if config.dimensions and rng.random() < 0.25:
            return self._dimensions(rng, config, working)
        while True:
            kinds = rng.sample(tuple(UNITS), config.num_units)
            exponents = {kind: rng.choice((-1, 1)) * rng.randint(1, config.max_exponent) for kind in kinds}
            source, target = (
                {rng.choice(tuple(UNITS[kind])): exponents[kind] for kind in kinds} for _ in "ab"
            )
            if all(one != other for one, other in zip(source, target, strict=True)):
                break
        number = Fraction(
            rng.randrange(10 ** (config.digits - 1), 10**config.digits), 10 ** rng.randint(0, 3)
        )
        value, names = number, []
        factors = zip(source.items(), target, strict=True)
        for kind, ((unit, exponent), other) in zip(kinds, factors, strict=True):
            factor = (Fraction(UNITS[kind][unit]) / Fraction(UNITS[kind][other])) ** exponent
            work = multiplying(factor, number) * abs(exponent) + multiplying(value, factor)
            text = f"1 {_unit({unit: exponent})} = {factor} {_unit({other: exponent})}"
            names.append(working.step(text, factor, work=work))
            value *= factor
        written = _decimal(number)
        working.step(
            f"{written} times the factors is {value}", value, *names, work=multiplying(number, value)
        )
        told = [name for name in dict.fromkeys([*source, *target]) if name not in COMMON]
        base = {"length": "m", "mass": "kg", "time": "s"}
        values = [
            f"1 {name} = {UNITS[kind][name]} {base[kind]}"
            for kind in UNITS
            for name in told
            if name in UNITS[kind]
        ]
        fields = {
            "number": written,
            "source": _unit(source),
            "target": _unit(target),
            "values": f" ({', '.join(values)} exactly.)" if values else "",
        }
        return self.draft(
            rng,
            phrasings=CONVERT,
            fields=fields,
            truth={**fields, "kind": "number"},
            answer=str(value),
            working=working,
            topic="units",
        )

    def _dimensions(self, rng: Random, config: UnitConversionConfig, working: Working) -> Draft:
        while True:
            names = rng.sample(tuple(QUANTITIES), 3)
            rows = [list(row) for row in zip(*(QUANTITIES[name] for name in names), strict=True)]
            wanted = [rng.randint(-config.max_exponent - 2, config.max_exponent + 2) for _ in range(3)]
            working = Working()
            working.step(f"Exponents: {write_matrix(rows)} (a, b, c) = {wanted}", str(wanted), work=9)
            try:
                solution = solve_system(rows, wanted, working)
            except ValueError:
                continue
            if any(wanted):
                break
        answer = f"({', '.join(map(str, solution))})"
        working.step(
            f"So (a, b, c) = {answer}", answer, f"s{len(working.steps)}", work=8 * config.max_exponent
        )
        fields = dict(zip(("p", "q", "r", "l", "m", "t"), [*names, *wanted], strict=True))
        return self.draft(
            rng,
            phrasings=(DIMENSIONS,),
            fields=fields,
            truth={**fields, "kind": "tuple"},
            answer=answer,
            working=working,
            topic="units",
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the number, behind which the unit may stand, or the exponents."""
        target = task.ground_truth.get("target")
        text = answer.strip() if target and len(answer) < 1_000 else answer
        if target and text.endswith(f" {target}"):
            text = text.removesuffix(f" {target}")
        return super().verify(task, text)

    def solve(self, task: Task) -> str | None:
        """Go by way of metres, kilograms and seconds; solve dimensions by Cramer's rule."""
        text = task.text.splitlines()[0]
        if "dimension" in text:
            names = re.findall(r"[PQR] is ((?:an?) [a-z ]+?)(?=,| and|\.)", text)
            wanted = [int(n) for n in re.findall(r"[LMT]\^(-?[0-9]+)", text)]
            rows = [list(row) for row in zip(*(QUANTITIES[name] for name in names), strict=True)]
            whole = _determinant(rows)
            parts = []
            for column in range(3):
                changed = [
                    [*row[:column], w, *row[column + 1 :]] for row, w in zip(rows, wanted, strict=True)
                ]
                parts.append(str(Fraction(_determinant(changed), whole)))
            return f"({', '.join(parts)})"
        unit = r"([a-z]+(?:\^-?[0-9]+)?(?:\*[a-z]+(?:\^-?[0-9]+)?)*)"
        match = re.match(rf"Convert ([0-9.]+) {unit} to {unit}\.", text)
        if match:
            number, source, target = match.groups()
        else:
            match = re.match(rf"How many {unit} are ([0-9.]+) {unit}\?", text)
            target, number, source = match.groups() if match else ("", "0", "")
        return str(Fraction(number) * _in_base(source) / _in_base(target))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give: powers of ten off, the inverse, signs of exponents."""
        reference = task.reference or "0"
        if task.ground_truth["kind"] == "number":
            yield from slips(reference)
            yield from (str(Fraction(reference) * 10), str(Fraction(reference) / 1000))
            return
        a, b, c = (Fraction(part) for part in reference.strip("()").split(", "))
        for other in ((-a, -b, -c), (a + 1, b, c), (b, a, c), (a, b - Fraction(1, 2), c), (a, b)):
            if other != (a, b, c):
                yield f"({', '.join(map(str, other))})"

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the number with its unit."""
        yield from super().equivalents(task)
        if task.ground_truth["kind"] == "number":
            yield f"{task.reference} {task.ground_truth['target']}"


def _unit(parts: Mapping[str, int]) -> str:
    return "*".join(name if exponent == 1 else f"{name}^{exponent}" for name, exponent in parts.items())


def _decimal(number: Fraction) -> str:
    """Write a number whose denominator divides 1000."""
    whole, rest = divmod(number * 1000, 1000)
    return f"{whole}.{int(rest):03}".rstrip("0") if rest else str(whole)


def _in_base(unit: str) -> Fraction:
    value = Fraction(1)
    for part in unit.split("*"):
        name, _, exponent = part.partition("^")
        size = next(units[name] for units in UNITS.values() if name in units)
        value *= Fraction(size) ** int(exponent or 1)
    return value


def _determinant(rows: list[list[int]]) -> int:
    (a, b, c), (d, e, f), (g, h, i) = rows
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
