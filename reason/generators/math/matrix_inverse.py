"""Inverses of matrices and solutions of matrix equations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.elimination import Matrix, eliminate, identity, write_matrix
from reason.generators.math.worked import ValueFamily, Working
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.evaluated import is_evaluated
from reason.verifiers.math import verify_math

__all__ = ["MatrixInverse", "MatrixInverseConfig"]

PHRASINGS = {
    "inverse": ("Find the inverse of this matrix:\nA = {a}", "Compute A^(-1) for\nA = {a}"),
    "equation": (
        "Solve A X = B for the matrix X, where\nA = {a}\nB = {b}",
        "Find the matrix X with A X = B for\nA = {a}\nB = {b}",
    ),
}
ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[bpvB]?(?:small)?matrix\}|&|\\\\")
"""What stands between the entries of a matrix in LaTeX."""
FORM = 'Answer with exact entries, as a list of rows such as "[[1, 2/3], [-4, 0]]".'


@dataclass(frozen=True, kw_only=True)
class MatrixInverseConfig(Config):
    """Knobs of the matrices."""

    size: int = 3
    """Rows and columns."""
    max_entry: int = 9
    """Largest entry that is drawn."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.size <= 10, "size", "2 to 10")
        self.require(3 <= self.max_entry <= 1_000, "max_entry", "3 to 1000")


@register
class MatrixInverse(ValueFamily[MatrixInverseConfig]):
    """Find the inverse of an integer matrix, or solve a matrix equation, in exact fractions.

    Worked by Gauss-Jordan elimination (Golub and Van Loan, Matrix Computations, chapter 3). Effort is its
    schoolbook work.
    """

    id = "MatrixInverse-v0"
    domain = "math"
    kind = "matrix"

    def at_level(self, level: int) -> MatrixInverseConfig:
        """Take larger matrices, and larger entries between two sizes."""
        return MatrixInverseConfig(size=min(2 + level // 3, 10), max_entry=min(9 + 4 * level, 1_000))

    def generate(self, rng: Random, config: MatrixInverseConfig) -> Draft:
        """Draw matrices until A can be inverted."""
        size, bound = config.size, config.max_entry
        what = rng.choice(tuple(PHRASINGS))
        while True:
            a, b = (
                [[Fraction(rng.randint(-bound, bound)) for _ in range(size)] for _ in range(size)]
                for _ in "ab"
            )
            right = identity(size) if what == "inverse" else b
            working = Working()
            rows = [[*left, *more] for left, more in zip(a, right, strict=True)]
            rows, pivots, _ = eliminate(rows, size, working, reduced=True)
            if len(pivots) == size:
                break
        answer = write_matrix([row[size:] for row in rows])
        working.step(f"The right half is {answer}", answer, f"s{size}")
        truth = {"a": write_matrix(a), "what": what}
        if what == "equation":
            truth["b"] = write_matrix(b)
        return self.draft(
            rng,
            phrasings=[f"{text}\n{{form}}" for text in PHRASINGS[what]],
            fields={**truth, "form": FORM},
            truth=truth,
            answer=answer,
            working=working,
            topic="matrices",
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the entries, each of which must be worked out."""
        listed = ENVIRONMENT.sub(",", answer) if len(answer) < 20_000 else answer
        if not is_evaluated(listed):
            return Verdict.wrong("it is no matrix that is worked out", status=Status.PARSE_ERROR)
        return verify_math(task.ground_truth["answer"], answer, kind="matrix")

    def solve(self, task: Task) -> str | None:
        """Use the adjugate matrix, by sympy."""
        import sympy

        found = [sympy.Matrix(read_matrix(text)) for text in re.findall(r"[AB] = (.*)", task.text)]
        inverse = found[0].adjugate() / found[0].det()
        result = inverse * found[1] if len(found) > 1 else inverse
        return write_matrix([[Fraction(str(entry)) for entry in row] for row in result.tolist()])

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield the transpose, the negative, the given matrix, and single wrong entries."""
        rows = read_matrix(task.reference or "[]")
        transposed = [list(column) for column in zip(*rows, strict=True)]
        negative = [[-entry for entry in row] for row in rows]
        for other in (transposed, negative, read_matrix(task.ground_truth["a"])):
            if other != rows:
                yield write_matrix(other)
        yield write_matrix([[rows[0][0] + 1, *rows[0][1:]], *rows[1:]])
        yield write_matrix([*rows[:-1], [*rows[-1][:-1], rows[-1][-1] - Fraction(1, 7)]])
        yield write_matrix(rows[:-1])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield LaTeX."""
        yield from super().equivalents(task)
        rows = read_matrix(task.reference or "[]")
        body = r" \\ ".join(" & ".join(map(str, row)) for row in rows)
        yield rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def read_matrix(text: str) -> Matrix:
    """Read what :func:`reason.generators.math.elimination.write_matrix` wrote."""
    rows = re.findall(r"\[([^\[\]]+)\]", text)
    return [[Fraction(entry) for entry in row.split(", ")] for row in rows]
