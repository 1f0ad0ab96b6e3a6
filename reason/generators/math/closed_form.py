"""Closed forms of sequences: solve a recurrence, or sum a polynomial, as a formula in n."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from reason.family import Config, Draft
from reason.generators.math.coefficients import evaluate, write_polynomial
from reason.generators.math.worked import ValueFamily, Working, multiplying, write_signed, write_sum
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.math import verify_math

__all__ = ["ClosedForm", "ClosedFormConfig"]

PHRASINGS = (
    "A sequence is given by {start} and\n{rule} for n >= {order}.\nFind a closed formula for a(n) in n.",
    "Solve the recurrence\n{rule} (n >= {order}) with {start}.\nGive a(n) as an explicit function of n.",
    "Let {start}, and for n >= {order} let\n{rule}.\nExpress a(n) explicitly in n.",
)
FORM = 'Write only the right-hand side, as in "3*2^n - n + 1".'


@dataclass(frozen=True, kw_only=True)
class ClosedFormConfig(Config):
    """Knobs of the recurrence."""

    num_powers: int = 2
    """Powers with different bases in the formula; their number is the order of the recurrence."""
    max_base: int = 4
    """Largest base, in magnitude."""
    max_factor: int = 9
    """Largest factor of a power."""
    linear: bool = False
    """Whether a linear term in n is added."""

    def __post_init__(self) -> None:
        """Reject what cannot be drawn."""
        super().__post_init__()
        self.require(1 <= self.num_powers <= 12, "num_powers", "1 to 12")
        self.require(self.num_powers + 1 <= self.max_base <= 1_000, "max_base", "num_powers + 1 to 1000")
        self.require(2 <= self.max_factor <= 10_000, "max_factor", "2 to 10000")


@register
class ClosedForm(ValueFamily[ClosedFormConfig]):
    """Find the closed formula of a sequence given by a linear recurrence.

    The formula is a sum of multiples of powers, with a linear term; the recurrence follows from its bases
    (the characteristic polynomial). Effort is the schoolbook work of finding the bases by trial and the
    factors by elimination.
    """

    id = "ClosedForm-v0"
    domain = "math"
    kind = "expression"
    evaluated = False

    def at_level(self, level: int) -> ClosedFormConfig:
        """Take more powers, and larger bases."""
        num_powers = min(1 + level // 2, 12)
        return ClosedFormConfig(
            num_powers=num_powers,
            max_base=max(num_powers + 1, min(9 + level, 1_000)),
            max_factor=min(40 if level == 0 else 9 + 3 * level, 10_000),
            linear=level % 2 == 1,
        )

    def generate(self, rng: Random, config: ClosedFormConfig) -> Draft:
        """Draw the formula, and derive the recurrence and its first terms."""
        choices = [sign * base for base in range(2, config.max_base + 1) for sign in (1, 1, -1)]
        bases: list[int] = []
        while len(bases) < config.num_powers:
            base = rng.choice(choices)
            if base not in bases:
                bases.append(base)
        size = config.max_factor
        factors = [rng.choice((1, -1)) * rng.randint(1, size) for _ in bases]
        line = (
            (rng.randint(-size, size), rng.choice((1, -1)) * rng.randint(1, 5)) if config.linear else (0, 0)
        )
        if not config.linear and config.num_powers == 1:
            line = (rng.choice((1, -1)) * rng.randint(1, size), 0)

        def term(n: int) -> int:
            powers: list[int] = [f * b**n for f, b in zip(factors, bases, strict=True)]
            return sum(powers) + line[0] + line[1] * n

        weights, added = _recurrence(bases, line)
        order = len(bases)
        terms = [(value, f"a(n - {at})") for at, value in enumerate(weights, 1)]
        rule = f"a(n) = {write_sum([*terms, (added[1], 'n'), (added[0], '')])}"
        start = [term(n) for n in range(order)]
        answer = _write(factors, bases, line)
        working = Working()
        _work_out(weights, bases, factors, line, answer, working)
        return self.draft(
            rng,
            phrasings=[f"{text}\n{FORM}" for text in PHRASINGS],
            fields={
                "start": ", ".join(f"a({n}) = {value}" for n, value in enumerate(start)),
                "rule": rule,
                "order": order,
            },
            truth={"weights": weights, "added": added, "start": start},
            answer=answer,
            working=working,
            topic="recurrences",
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the formula with the right one; a formula in a(n) is none."""
        _, equals, formula = answer.rpartition("=")
        if re.search(r"a\s*\(|a_|\\sum|(?<![A-Za-z\\])[A-Za-z]{2,}", formula if equals else answer):
            return Verdict.wrong(
                "the formula holds words, or refers to other terms", status=Status.PARSE_ERROR
            )
        return verify_math(task.ground_truth["answer"], formula if equals else answer, kind=self.kind)

    def solve(self, task: Task) -> str | None:
        """Find the bases as roots, and the factors by solving for them with as many terms."""
        start = [int(value) for value in re.findall(r"a\([0-9]+\) = (-?[0-9]+)", task.text)]
        rule = next(line for line in task.text.splitlines() if line.startswith("a(n) = "))
        rule = re.split(r" for | \(n >=|\.$", rule.removeprefix("a(n) = "))[0]
        order = len(start)
        weights, added = [0] * order, [0, 0]
        for sign, number, name in re.findall(r"(^-|[-+] |^)([0-9]*)(a\(n - [0-9]+\)|n|)", rule):
            if number or name:
                value = int(f"{sign.strip()}{number or 1}")
                if name.startswith("a"):
                    weights[int(name[6:-1]) - 1] = value
                else:
                    added[name == "n"] = value
        characteristic = [-value for value in reversed(weights)] + [1]
        bases = [x for x in range(-1_000, 1_001) if evaluate(characteristic, x) == 0]
        terms = [Fraction(value) for value in start]
        for n in range(order, order + 2):
            before = zip(weights, terms[::-1], strict=False)
            terms.append(sum((w * a for w, a in before), Fraction(added[0] + added[1] * n)))
        columns = [*bases, 1, None]
        rows = [[Fraction(n if base is None else base**n) for base in columns] for n in range(order + 2)]
        found = _solve_square(rows, terms)
        factors = [int(value) for value in found[:order]]
        return _write(factors, bases, (int(found[order]), int(found[order + 1])))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield formulas with a factor, a base or a constant changed, single terms, and the recurrence."""
        reference = task.reference or ""
        yield from (f"{reference} + 1", f"{reference} + n", f"2*({reference})", f"-({reference})")
        yield from (reference.replace("^n", "^(n + 1)"), str(task.ground_truth["start"][0]), "a(n)", "n")
        yield "2*a(n - 1) + 1"

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield other spellings of the formula."""
        reference = task.reference or ""
        yield from (f" {reference} ", f"${reference}$", reference.replace(" ", ""), f"1 + ({reference}) - 1")
        yield from (f"a(n) = {reference}", reference.replace("*", " \\cdot "))


def _recurrence(bases: Sequence[int], line: tuple[int, int]) -> tuple[list[int], tuple[int, int]]:
    """Return the weights of a(n - 1), a(n - 2), ..., and the constant and slope that are added."""
    characteristic = [1]
    for base in bases:  # highest power first
        longer = [*characteristic, 0]
        for at, value in enumerate(characteristic):
            longer[at + 1] -= base * value
        characteristic = longer
    weights = [-value for value in characteristic[1:]]
    # c + d*n solves it with what is added: (c + d*n) - sum of w_i * (c + d*(n - i)).
    rest = 1 - sum(weights)
    shift = sum(at * weight for at, weight in enumerate(weights, 1))
    return weights, (line[0] * rest + line[1] * shift, line[1] * rest)


def _write(factors: Sequence[int], bases: Sequence[int], line: tuple[int, int]) -> str:
    pairs = sorted(zip(bases, factors, strict=True), key=lambda pair: (-abs(pair[0]), pair[0]))
    terms = [(factor, f"*{write_signed(base)}^n") for base, factor in pairs]
    text = write_sum([*terms, (line[1], "n"), (line[0], "")])
    return re.sub(r"(^-?|[-+] )\*", r"\g<1>", text)


def _work_out(
    weights: Sequence[int],
    bases: Sequence[int],
    factors: Sequence[int],
    line: tuple[int, int],
    answer: str,
    working: Working,
) -> None:
    characteristic = [*(-value for value in reversed(weights)), 1]
    shown = write_polynomial(characteristic, "x")
    first = working.step(f"The characteristic polynomial is {shown}", shown, work=len(weights))
    size = sum(len(str(abs(value))) for value in characteristic)
    roots = []
    for base in sorted(bases, key=abs):
        roots.append(working.step(f"{base} is a root", base, first, work=2 * abs(base) * size))
    if any(line):
        shown = write_sum([(line[1], "n"), (line[0], "")])
        roots.append(working.step(f"A particular solution is {shown}", shown, first, work=4 * size))
    count = len(bases)
    work = sum(multiplying(base**power, max(map(abs, factors))) for base in bases for power in range(count))
    text = f"The factors {', '.join(map(str, factors))} follow from the first terms"
    last = working.step(text, ", ".join(map(str, factors)), *roots, work=work * count)
    working.step(f"a(n) = {answer}", answer, last)


def _solve_square(rows: list[list[Fraction]], totals: list[Fraction]) -> list[Fraction]:
    matrix = [[*row, total] for row, total in zip(rows, totals, strict=True)]
    for at in range(len(matrix)):
        pivot = next(row for row in range(at, len(matrix)) if matrix[row][at])
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        matrix[at] = [value / matrix[at][at] for value in matrix[at]]
        for row in range(len(matrix)):
            if row != at and matrix[row][at]:
                factor = matrix[row][at]
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[at], strict=True)]
    return [row[-1] for row in matrix]
