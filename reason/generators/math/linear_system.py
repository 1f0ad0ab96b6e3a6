"""Systems of linear equations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying, write_sum
from reason.registry import register
from reason.task import Task

__all__ = ["LinearSystem", "LinearSystemConfig", "determinant"]

PHRASINGS = (
    "Solve the system of equations\n{system}\nAnswer with the tuple {names}.",
    "Find the only solution {names} of these equations:\n{system}\nAnswer with that tuple.",
    "These equations hold together:\n{system}\nWhat is {names}? Answer with a tuple of exact values.",
)
NAMES = "xyzuvwpqrst"


@dataclass(frozen=True, kw_only=True)
class LinearSystemConfig(Config):
    """Knobs of the system."""

    num_unknowns: int = 3
    """Unknowns, and equations."""
    max_coefficient: int = 9
    """Largest coefficient."""
    max_denominator: int = 1
    """Largest denominator of a solution."""

    def __post_init__(self) -> None:
        """Reject what cannot be written."""
        super().__post_init__()
        self.require(2 <= self.num_unknowns <= len(NAMES), "num_unknowns", f"2 to {len(NAMES)}")
        self.require(2 <= self.max_coefficient <= 100_000, "max_coefficient", "2 to 100000")
        self.require(1 <= self.max_denominator <= 50, "max_denominator", "1 to 50")


@register
class LinearSystem(ValueFamily[LinearSystemConfig]):
    """Solve a system of as many linear equations as unknowns, with exactly one solution.

    That there is one only is shown by the elimination, which finds a pivot in each column. Effort is the
    schoolbook work of Gaussian elimination in fractions.
    """

    id = "LinearSystem-v0"
    domain = "math"
    kind = "tuple"

    def at_level(self, level: int) -> LinearSystemConfig:
        """Add an unknown every second level, and between fractions; larger coefficients."""
        return LinearSystemConfig(
            num_unknowns=min(2 + level // 2, len(NAMES)),
            max_coefficient=min(5 + 3 * level, 100_000),
            max_denominator=6 if level % 2 else 1,
        )

    def generate(self, rng: Random, config: LinearSystemConfig) -> Draft:
        """Draw a matrix and a solution until the matrix is regular."""
        count, size = config.num_unknowns, config.max_coefficient
        while True:
            values = [
                Fraction(rng.randint(-2 * size, 2 * size), rng.randint(1, config.max_denominator))
                for _ in range(count)
            ]
            matrix = [[rng.randint(-size, size) for _ in range(count)] for _ in range(count)]
            rows = []
            for row in matrix:
                total = sum((a * x for a, x in zip(row, values, strict=True)), Fraction(0))
                rows.append([*(a * total.denominator for a in row), total.numerator])
            working = Working()
            if all(any(row[:-1]) for row in rows) and (found := _eliminate(rows, working)) is not None:
                break
        names = NAMES[:count]
        answer = f"({', '.join(map(str, found))})"
        working.step(
            f"({', '.join(names)}) = {answer}", answer, *([f"s{len(working.steps)}"] if working.steps else [])
        )
        system = "\n".join(
            f"{write_sum(list(zip(row[:-1], names, strict=True)))} = {row[-1]}" for row in rows
        )
        return self.draft(
            rng,
            phrasings=PHRASINGS,
            fields={"system": system, "names": f"({', '.join(names)})"},
            truth={"rows": rows},
            canonical=sorted(rows),
            answer=answer,
            working=working,
            topic="linear equations",
        )

    def solve(self, task: Task) -> str | None:
        """Read the equations and use Cramer's rule, with determinants by Bareiss's algorithm."""
        lines = [
            line for line in task.text.splitlines() if re.match(r"-?[0-9]*[a-z] .* = |-?[0-9]*[a-z] = ", line)
        ]
        names = NAMES[: len(lines)]
        rows, totals = [], []
        for line in lines:
            left, _, right = line.rpartition(" = ")
            terms = {
                name: int(f"{sign.strip()}{number or 1}")
                for sign, number, name in re.findall(r"(^-|[+-] |^)([0-9]*)([a-z])", left)
            }
            rows.append([terms.get(name, 0) for name in names])
            totals.append(int(right))
        whole = determinant(rows)
        values = [
            Fraction(
                determinant(
                    [[*row[:at], total, *row[at + 1 :]] for row, total in zip(rows, totals, strict=True)]
                ),
                whole,
            )
            for at in range(len(rows))
        ]
        return f"({', '.join(map(str, values))})"

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield tuples with one value changed, too short ones, and other orders."""
        values = [Fraction(value) for value in (task.reference or "()").strip("()").split(", ")]
        for at in range(len(values)):
            yield _write([value + (place == at) for place, value in enumerate(values)])
        yield from (_write(values[:-1]) if len(values) > 2 else "(1)", _write([*values, values[0]]))
        for other in (values[::-1], [-value for value in values]):
            if other != values:
                yield _write(other)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other spacing and LaTeX."""
        reference = task.reference or ""
        yield from (f" {reference} ", f"${reference}$", reference.replace(", ", ","))
        yield re.sub(r"(-?)([0-9]+)/([0-9]+)", r"\1\\frac{\2}{\3}", reference)


def determinant(rows: Sequence[Sequence[int]]) -> int:
    """Return a determinant of whole numbers without fractions (Bareiss, 1968).

    >>> determinant([[1, 2], [3, 4]])
    -2
    """
    matrix = [list(row) for row in rows]
    sign, before = 1, 1
    for at in range(len(matrix) - 1):
        if not matrix[at][at]:
            other = next((row for row in range(at + 1, len(matrix)) if matrix[row][at]), None)
            if other is None:
                return 0
            matrix[at], matrix[other], sign = matrix[other], matrix[at], -sign
        for row in range(at + 1, len(matrix)):
            for column in range(at + 1, len(matrix)):
                product = matrix[row][column] * matrix[at][at] - matrix[row][at] * matrix[at][column]
                matrix[row][column] = product // before
        before = matrix[at][at]
    return sign * matrix[-1][-1]


def _eliminate(rows: Sequence[Sequence[int]], working: Working) -> list[Fraction] | None:
    """Eliminate (Gauss and Jordan), a step a column; return None where a column has no pivot."""
    matrix = [[Fraction(value) for value in row] for row in rows]
    count = len(matrix)
    after: list[str] = []
    for at in range(count):
        pivot = next((row for row in range(at, count) if matrix[row][at]), None)
        if pivot is None:
            return None
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        work = sum(multiplying(value, matrix[at][at]) for value in matrix[at][at:] if value)
        matrix[at] = [value / matrix[at][at] for value in matrix[at]]
        for row in range(count):
            factor = matrix[row][at]
            if row == at or not factor:
                continue
            for column in range(at, count + 1):
                if matrix[at][column]:
                    work += multiplying(factor, matrix[at][column]) + adding(matrix[row][column], factor)
                matrix[row][column] -= factor * matrix[at][column]
        shown = write_sum([*zip(matrix[at][:-1], NAMES, strict=False)]) + f" = {matrix[at][-1]}"
        text = f"Eliminate {NAMES[at]} from the other equations with {shown}"
        after = [working.step(text, shown, *after, work=work)]
    return [row[-1] for row in matrix]


def _write(values: Sequence[Fraction]) -> str:
    return f"({', '.join(map(str, values))})"
