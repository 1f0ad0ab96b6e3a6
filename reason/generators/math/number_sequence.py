"""Number-sequence induction: find the next term of a sequence whose rule is of a stated form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.generators.math.worked import ValueFamily, Working, adding, multiplying
from reason.registry import register
from reason.task import Task

__all__ = ["NumberSequence", "NumberSequenceConfig", "differences_rule", "recurrence_rule"]

PHRASINGS = (
    "The sequence\n{terms}, ...\ncontinues by the following kind of rule: {kind}. What is the next term?",
    "Find the next number of\n{terms}, ...\nThe rule is of this kind: {kind}.",
    "What comes next?\n{terms}, ...\nIt is known that {kind}.",
)
KINDS = {
    "polynomial": "each term is a polynomial in its position, of degree at most {size}",
    "recurrence": (
        "each term is a fixed integer combination of the {size} terms before it{constant}, the same all along"
    ),
}
MAX_DRAWS = 200
MAX_VALUE = 10**15


@dataclass(frozen=True, kw_only=True)
class NumberSequenceConfig(Config):
    """Knobs of the rule."""

    size: int = 2
    """Degree of the polynomial, or terms that a term depends on."""
    max_coefficient: int = 5
    """Largest coefficient."""
    constant: bool = False
    """Whether a recurrence may add a constant."""

    def __post_init__(self) -> None:
        """Reject what has terms that are too large."""
        super().__post_init__()
        self.require(1 <= self.size <= 8, "size", "1 to 8")
        self.require(2 <= self.max_coefficient <= 1_000, "max_coefficient", "2 to 1000")


@register
class NumberSequence(ValueFamily[NumberSequenceConfig]):
    """Find the next term of a sequence from its first terms, where the kind of its rule is told.

    Only one rule of that kind fits: for polynomials one term more is shown than determines them, and for
    recurrences the equations for the coefficients have full rank. Effort is the schoolbook work of the
    difference table, or of elimination.
    """

    id = "NumberSequence-v0"
    domain = "math"
    kind = "number"
    max_level = 13

    def at_level(self, level: int) -> NumberSequenceConfig:
        """Take higher degrees and orders in turn with constants, and larger coefficients."""
        return NumberSequenceConfig(
            size=1 + level // 2, max_coefficient=6 + 2 * level, constant=level % 2 == 1
        )

    def generate(self, rng: Random, config: NumberSequenceConfig) -> Draft:
        """Draw a rule and its first terms until no other rule of its kind fits them."""
        for _ in range(MAX_DRAWS):
            kind = rng.choice(tuple(KINDS))
            terms = _draw_polynomial(rng, config) if kind == "polynomial" else _draw_recurrence(rng, config)
            if max(map(abs, terms)) > MAX_VALUE or len(set(terms[:-1])) < 3:
                continue
            working = Working()
            shown = terms[:-1]
            if kind == "polynomial":
                found = differences_rule(shown, config.size, working)
            else:
                found = recurrence_rule(shown, config.size, config.constant, working)
            if found != terms[-1]:
                continue
            constant = ", plus a fixed integer" if config.constant else ""
            described = KINDS[kind].format(size=config.size, constant=constant)
            if config.size == 1:
                described = described.replace("the 1 terms", "the term")
                described = described.replace("combination of", "multiple of")
            return self.draft(
                rng,
                phrasings=PHRASINGS,
                fields={"terms": ", ".join(map(str, shown)), "kind": described},
                truth={"terms": shown, "rule": kind, "size": config.size, "constant": config.constant},
                answer=str(terms[-1]),
                working=working,
                topic="sequences",
            )
        raise GenerationError(
            f"NumberSequence-v0 drew {MAX_DRAWS} rules, and none is determined by its terms"
        )

    def solve(self, task: Task) -> str | None:
        """Interpolate by Lagrange's formula, or solve the equations for the coefficients by sympy."""
        line = next(line for line in task.text.splitlines() if line.endswith(", ..."))
        terms = [int(term) for term in line.removesuffix(", ...").split(", ")]
        count = len(terms)
        if "polynomial" in task.text:
            size = int(re.findall(r"degree at most ([0-9]+)", task.text)[0])
            total, points = Fraction(0), range(count - size - 1, count)
            for i in points:
                weight = Fraction(1)
                for j in points:
                    weight *= Fraction(count - j, i - j) if j != i else 1
                total += weight * terms[i]
            return str(total)
        import sympy

        listed = re.findall(r"the ([0-9]+) terms", task.text)
        size, plus = int(listed[0]) if listed else 1, "plus a fixed" in task.text
        rows = [[*terms[n - size : n][::-1], *([1] if plus else [])] for n in range(size, count + 1)]
        matrix, right = sympy.Matrix(rows[:-1]), sympy.Matrix(terms[size:])
        solution = (matrix.T * matrix).LUsolve(matrix.T * right)
        return str((sympy.Matrix([rows[-1]]) * solution)[0])

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield neighbours, the last term again, and the terms continued by the last difference."""
        value, terms = int(task.reference or 0), task.ground_truth["terms"]
        yield from (str(value + 1), str(value - 1), f"{value}.5", str(value * 10 + 1), str(-value - 1))
        for other in (terms[-1], 2 * terms[-1] - terms[-2]):
            if other != value:
                yield str(other)


def differences_rule(terms: Sequence[int], degree: int, working: Working) -> int | None:
    """Continue a polynomial by its difference table; None where no polynomial of that degree fits."""
    rows = [list(terms)]
    names: list[str] = []
    for order in range(1, degree + 1):
        row = [b - a for a, b in zip(rows[-1], rows[-1][1:], strict=False)]
        rows.append(row)
        shown, work = ", ".join(map(str, row)), sum(adding(value) for value in row)
        text = f"Differences of order {order}: {shown}"
        names.append(working.step(text, shown, *names[-1:], work=work))
    if len(set(rows[-1])) > 1:
        return None
    value = sum(row[-1] for row in rows)
    work = adding(*(row[-1] for row in rows))
    working.step(f"The last ones are constant; adding up the ends gives {value}", value, *names, work=work)
    return value


def recurrence_rule(terms: Sequence[int], order: int, constant: bool, working: Working) -> int | None:
    """Continue a sequence by its recurrence; None where it has none of that order, or more than one."""
    rows = [
        [Fraction(value) for value in (*terms[n - order : n][::-1], *([1] if constant else []), terms[n])]
        for n in range(order, len(terms))
    ]
    width = order + constant
    names: list[str] = []
    for at in range(width):
        pivot = next((row for row in range(at, len(rows)) if rows[row][at]), None)
        if pivot is None:
            return None
        rows[at], rows[pivot] = rows[pivot], rows[at]
        work = sum(multiplying(value, rows[at][at]) for value in rows[at])
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for row in range(len(rows)):
            if row != at and rows[row][at]:
                factor = rows[row][at]
                work += sum(multiplying(factor, value) for value in rows[at][at:])
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[at], strict=True)]
        names.append(
            working.step(
                f"Eliminate coefficient {at + 1} from the other equations", at + 1, *names[-1:], work=work
            )
        )
    if any(row[-1] for row in rows[width:]):
        return None
    weights = [row[-1] for row in rows[:width]]
    if any(weight.denominator > 1 for weight in weights):
        return None
    before = [*terms[-order:][::-1], *([1] if constant else [])]
    value = sum(int(w) * a for w, a in zip(weights, before, strict=True))
    shown = ", ".join(map(str, weights))
    last = working.step(f"The coefficients are {shown}", shown, *names[-1:])
    work = sum(multiplying(int(w), a) for w, a in zip(weights, before, strict=True))
    working.step(f"The next term is {value}", value, last, work=work)
    return value


def _draw_polynomial(rng: Random, config: NumberSequenceConfig) -> list[int]:
    size = config.max_coefficient
    coefficients = [
        rng.randint(-size * 20, size * 20),
        *(rng.randint(-size, size) for _ in range(config.size - 1)),
    ]
    coefficients.append(rng.choice((1, -1)) * rng.randint(1, 20 * size if config.size == 1 else size))
    return [
        sum(value * n**power for power, value in enumerate(coefficients)) for n in range(1, config.size + 5)
    ]


def _draw_recurrence(rng: Random, config: NumberSequenceConfig) -> list[int]:
    size = min(config.max_coefficient, 6)
    weights = [rng.randint(-size, size) for _ in range(config.size - 1)]
    weights.append(rng.choice((1, -1)) * rng.randint(2 if config.size == 1 else 1, size))
    added = rng.choice((1, -1)) * rng.randint(1, 4 * size) if config.constant else 0
    start = 9 if config.size > 1 else 15 if config.constant else 400
    terms = [rng.randint(-start, start) or 1 for _ in range(config.size)]
    while len(terms) < 2 * config.size + config.constant + 2:
        terms.append(sum(w * a for w, a in zip(weights, terms[::-1], strict=False)) + added)
    return terms
