"""Determinants, ranks and eigenvalues of matrices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.elimination import eliminate, write_matrix
from reason.generators.math.mixed import MixedFamily, slips
from reason.generators.math.worked import Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["MatrixInvariant", "MatrixInvariantConfig"]

QUESTIONS = {
    "determinant": ("What is the determinant of this matrix?", "Compute the determinant of the matrix"),
    "rank": ("What is the rank of this matrix, over the rational numbers?", "Find the rank of the matrix"),
    "eigenvalues": (
        "Find all eigenvalues of this matrix. They are integers; answer with the set of distinct ones, as in "
        '"{-1, 4}".',
        'What are the distinct eigenvalues of this matrix? Answer with a set of integers, as in "{-1, 4}".',
    ),
    "trace_power": (
        "What is the trace of the cube of this matrix?",
        "Let A be this matrix. Find trace(A^3).",
    ),
}


@dataclass(frozen=True, kw_only=True)
class MatrixInvariantConfig(Config):
    """Knobs of the matrix."""

    size: int = 3
    """Rows, and columns where it is square."""
    max_entry: int = 9
    """Largest entry that is drawn; planting eigenvalues and ranks makes some larger."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.size <= 12, "size", "2 to 12")
        self.require(3 <= self.max_entry <= 1_000, "max_entry", "3 to 1000")


@register
class MatrixInvariant(MixedFamily[MatrixInvariantConfig]):
    """Find the determinant, the rank, the eigenvalues, or the trace of the cube of an integer matrix.

    Worked by Gaussian elimination; eigenvalues are planted by similarity (Golub and Van Loan, Matrix
    Computations, chapters 3 and 7) and shown by the determinants that vanish. Effort is the schoolbook work.
    """

    id = "MatrixInvariant-v0"
    domain = "math"

    def at_level(self, level: int) -> MatrixInvariantConfig:
        """Take larger matrices, and larger entries between two sizes."""
        return MatrixInvariantConfig(size=min(2 + (level + 1) // 2, 12), max_entry=min(9 + 4 * level, 1_000))

    def generate(self, rng: Random, config: MatrixInvariantConfig) -> Draft:
        """Draw a question, and a matrix for it."""
        what = rng.choice(("determinant", "determinant", *QUESTIONS) if config.size > 2 else tuple(QUESTIONS))
        if what == "rank" and config.size < 3:
            what = "determinant"
        working = Working()
        bound, size = config.max_entry, config.size
        kind = "number"
        if what == "eigenvalues":
            matrix, values = _plant_eigenvalues(rng, size, bound)
            answer, kind = f"{{{', '.join(map(str, values))}}}", "set"
            _show_eigenvalues(matrix, values, working)
        elif what == "rank":
            matrix = _plant_rank(rng, size, bound)
            _, pivots, _ = eliminate(matrix, size + 1, working, reduced=False)
            answer = str(len(pivots))
        else:
            matrix = [[rng.randint(-bound, bound) for _ in range(size)] for _ in range(size)]
            answer = str(
                _determinant(matrix, working) if what == "determinant" else _trace_of_cube(matrix, working)
            )
        written = write_matrix(matrix)
        return self.draft(
            rng,
            phrasings=["{asks}\n{matrix}"],
            fields={"asks": rng.choice(QUESTIONS[what]), "matrix": written},
            truth={"matrix": written, "what": what, "kind": kind},
            answer=answer,
            working=working,
            topic="matrices",
        )

    def solve(self, task: Task) -> str | None:
        """Use sympy: the Berkowitz algorithm, the characteristic polynomial, minors."""
        import sympy

        lines = task.text.splitlines()
        rows = [re.findall("-?[0-9]+", row) for row in re.findall(r"\[([^\[\]]+)\]", lines[1])]
        matrix = sympy.Matrix([[int(entry) for entry in row] for row in rows])
        asks = lines[0]
        if "determinant" in asks:
            return str(matrix.det(method="berkowitz"))
        if "rank" in asks:
            return str(matrix.T.rank())
        x = sympy.Symbol("x")
        polynomial = matrix.charpoly(x)
        if "eigenvalues" in asks:
            return f"{{{', '.join(str(root) for root in sorted(sympy.roots(polynomial)))}}}"
        # Newton's identities give the power sum of the eigenvalues from the coefficients.
        c1, c2, c3 = (*polynomial.all_coeffs()[1:4], 0, 0)[:3]
        return str(-(c1**3) + 3 * c1 * c2 - 3 * c3)

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield what slips give, one eigenvalue less or more."""
        reference = task.reference or "0"
        if task.ground_truth["kind"] == "number":
            yield from slips(reference)
            return
        values = [int(value) for value in reference.strip("{}").split(", ")]
        yield f"{{{', '.join(str(value) for value in [*values, max(values) + 1])}}}"
        yield f"{{{', '.join(str(value) for value in [*values[:-1], values[-1] + 1])}}}"
        yield str(values[0] - 1)
        if len(values) > 1:
            yield f"{{{', '.join(map(str, values[1:]))}}}"


def _determinant(matrix: list[list[int]], working: Working) -> Fraction:
    rows, pivots, factor = eliminate(matrix, len(matrix), working, reduced=False)
    if len(pivots) < len(matrix):
        working.step(
            "There is a column without a pivot, so the determinant is 0", 0, f"s{len(working.steps)}"
        )
        return Fraction(0)
    value, work = factor, 0.0
    for at in range(len(rows)):
        work += multiplying(value, rows[at][at])
        value *= rows[at][at]
    sign = "" if factor > 0 else ", with the sign changed for the swaps"
    text = f"The product of the diagonal{sign} is {value}"
    working.step(text, value, f"s{len(working.steps)}", work=work)
    return value


def _trace_of_cube(matrix: list[list[int]], working: Working) -> int:
    size = range(len(matrix))
    square = [[sum(matrix[i][k] * matrix[k][j] for k in size) for j in size] for i in size]
    work = sum(multiplying(matrix[i][k], matrix[k][j]) for i in size for j in size for k in size)
    first = working.step(f"The square is {write_matrix(square)}", write_matrix(square), work=work)
    trace = sum(square[i][k] * matrix[k][i] for i in size for k in size)
    work = sum(multiplying(square[i][k], matrix[k][i]) + adding(square[i][k]) for i in size for k in size)
    working.step(f"The diagonal of the square times the matrix adds up to {trace}", trace, first, work=work)
    return trace


def _plant_eigenvalues(rng: Random, size: int, bound: int) -> tuple[list[list[int]], list[int]]:
    """Draw a triangular matrix and change its basis by row and column operations."""
    values = [rng.randint(-bound, bound) for _ in range(size)]
    matrix = [
        [values[i] if i == j else rng.randint(-2, 2) if i < j else 0 for j in range(size)]
        for i in range(size)
    ]
    for _ in range(size + 1):
        a, b = rng.sample(range(size), 2)
        times = rng.choice((-1, 1))
        matrix[a] = [p + times * q for p, q in zip(matrix[a], matrix[b], strict=True)]
        for row in matrix:
            row[b] -= times * row[a]
    return matrix, sorted(set(values))


def _show_eigenvalues(matrix: list[list[int]], values: list[int], working: Working) -> None:
    names = []
    for value in values:
        inner = Working()
        shifted = [
            [entry - value * (row == column) for column, entry in enumerate(line)]
            for row, line in enumerate(matrix)
        ]
        eliminate(shifted, len(matrix), inner, reduced=False)
        text = f"A - ({value}) I = {write_matrix(shifted)} has determinant 0"
        names.append(working.step(text, value, work=inner.work))
    found = f"{{{', '.join(map(str, values))}}}"
    working.step(f"The distinct eigenvalues are {found}", found, *names, work=len(matrix))


def _plant_rank(rng: Random, size: int, bound: int) -> list[list[int]]:
    """Draw a matrix with one column more than rows, some rows of which are sums of others."""
    rank = rng.randint(1 if size == 3 else 2, size)
    rows = [[rng.randint(-bound, bound) for _ in range(size + 1)] for _ in range(rank)]
    while len(rows) < size:
        times = [rng.randint(-2, 2) for _ in range(rank)]
        rows.append([sum(t * row[j] for t, row in zip(times, rows, strict=False)) for j in range(size + 1)])
    rng.shuffle(rows)
    return rows
