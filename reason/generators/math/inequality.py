"""Inequalities between polynomials and rational functions, solved as unions of intervals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from operator import ge, gt, le, lt
from random import Random

from reason.family import Config, Draft
from reason.generators.math.coefficients import (
    evaluate,
    multiply,
    rational_roots,
    read_polynomial,
    write_polynomial,
)
from reason.generators.math.linear_equation import evaluate_at
from reason.generators.math.real_sets import solution_set, write_interval_union
from reason.generators.math.worked import ValueFamily, Working
from reason.registry import register
from reason.task import Task

__all__ = ["Inequality", "InequalityConfig"]

PHRASINGS = (
    "Solve the inequality over the real numbers:\n{inequality}",
    "For which real x does this hold?\n{inequality}",
    "Find the solution set of\n{inequality}",
)
FORM = (
    'Answer in interval notation with exact ends, as in "(-inf, -1] U (1/2, 3)"; a single point is written '
    'as in "{2}", and "empty set" means that there is no solution.'
)
WORDS = frozenset(
    (
        "or",
        "and",
        "inf",
        "infinity",
        "oo",
        "empty",
        "set",
        "emptyset",
        "no",
        "solution",
        "solutions",
        "union",
        "in",
    )
)
SIGNS: dict[str, Callable[[Fraction, int], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True, kw_only=True)
class InequalityConfig(Config):
    """Knobs of the inequality."""

    num_roots: int = 2
    """Linear factors of the numerator."""
    num_poles: int = 0
    """Linear factors of the denominator."""
    max_coefficient: int = 9
    """Largest constant of a factor."""
    max_leading: int = 1
    """Largest leading coefficient of a factor."""
    expanded: bool = True
    """Whether the numerator is multiplied out."""

    def __post_init__(self) -> None:
        """Reject what cannot be read any more."""
        super().__post_init__()
        self.require(1 <= self.num_roots <= 20, "num_roots", "1 to 20")
        self.require(0 <= self.num_poles <= 10, "num_poles", "0 to 10")
        self.require(4 <= self.max_coefficient <= 1_000, "max_coefficient", "4 to 1000")
        self.require(1 <= self.max_leading <= 50, "max_leading", "1 to 50")


@register
class Inequality(ValueFamily[InequalityConfig]):
    """Solve a polynomial or rational inequality; the answer is a union of intervals.

    The zeros are planted, and the sign is computed between every two of them. Effort is the schoolbook work
    of finding the zeros by trial, and of the table of signs.
    """

    id = "Inequality-v0"
    domain = "math"
    kind = "interval"
    words = WORDS

    def at_level(self, level: int) -> InequalityConfig:
        """Add zeros and poles in turn, and larger coefficients."""
        return InequalityConfig(
            num_roots=min(1 + (level + 2) // 2, 20) if level else 1,
            num_poles=min((level + 1) // 3, 10),
            max_coefficient=min(400 if level == 0 else 12 + 3 * level, 1_000),
            max_leading=min(9 if level == 0 else 1 + level, 50),
        )

    def generate(self, rng: Random, config: InequalityConfig) -> Draft:
        """Draw linear factors, and a sign."""
        over = [_draw_factor(rng, config) for _ in range(config.num_roots)]
        zeros = {Fraction(-b, a) for b, a in over}
        under: list[list[int]] = []
        while len(under) < config.num_poles:
            factor = _draw_factor(rng, config)
            if Fraction(-factor[0], factor[1]) not in zeros:
                under.append(factor)
        sign = rng.choice(tuple(SIGNS))
        content = rng.choice((1, 1, -1))
        numerator = [content]
        for factor in over:
            numerator = multiply(numerator, factor)
        poles = [Fraction(-b, a) for b, a in under]

        def holds(x: Fraction) -> bool:
            denominator = Fraction(1)
            for b, a in under:
                denominator *= a * x + b
            return bool(denominator) and SIGNS[sign](evaluate(numerator, x) / denominator, 0)

        points = sorted({*zeros, *poles})
        answer = write_interval_union(solution_set(holds, points))
        working = Working()
        _work_out(numerator, zeros, poles, points, holds, answer, working)
        bottom = "".join(f"({write_polynomial(factor)})" for factor in under)
        top = write_polynomial(numerator)
        left = f"({top})/({bottom})" if len(under) > 1 else f"({top})/{bottom}" if under else top
        inequality = f"{left} {sign} 0"
        return self.draft(
            rng,
            phrasings=[f"{text}\n{{form}}" for text in PHRASINGS],
            fields={"inequality": inequality, "form": FORM},
            truth={"inequality": inequality},
            answer=answer,
            working=working,
            topic="inequalities",
        )

    def solve(self, task: Task) -> str | None:
        """Find the zeros of both parts by sympy, and evaluate the text of the prompt between them."""
        line = next(line for line in task.text.splitlines() if re.search(r" [<>]=? 0$", line))
        left, sign, _ = line.rsplit(" ", 2)
        top, _, bottom = left.partition(")/")
        points = rational_roots(read_polynomial(top.removeprefix("(") if bottom else left))
        factors = [part for part in re.split(r"[()]+", bottom) if part]
        poles = [root for part in factors for root in rational_roots(read_polynomial(part))]

        def holds(value: Fraction) -> bool:
            return value not in poles and SIGNS[sign](evaluate_at(left, "x", value), 0)

        return write_interval_union(solution_set(holds, [*points, *poles]))

    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield other ends, open for closed, the complement, and one piece alone."""
        reference = task.reference or ""
        if reference == "empty set":
            yield from ("(-inf, inf)", "{0}", "(0, 1)")
            return
        yield "empty set"
        swapped = re.sub(r"\[|\((?!-inf)", lambda m: "(" if m[0] == "[" else "[", reference)
        yield from (swapped, reference.replace("]", ")"), reference.replace("[", "("))
        if reference != "(-inf, inf)":
            yield "(-inf, inf)"
        pieces = reference.split(" U ")
        if len(pieces) > 1:
            yield from (pieces[0], " U ".join(pieces[1:]))
        yield re.sub(r"-?[0-9]+(?:/[0-9]+)?", lambda m: str(Fraction(m[0]) + 1000), reference, count=1)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield LaTeX and other signs."""
        reference = task.reference or ""
        yield from (f" {reference} ", reference.replace("inf", "\u221e").replace(" U ", " \u222a "))
        if reference != "empty set" and "{" not in reference:
            yield f"${reference}$".replace("inf", "\\infty").replace(" U ", " \\cup ")


def _draw_factor(rng: Random, config: InequalityConfig) -> list[int]:
    return [rng.randint(-config.max_coefficient, config.max_coefficient), rng.randint(1, config.max_leading)]


def _work_out(
    numerator: Sequence[int],
    zeros: Iterable[Fraction],
    poles: Iterable[Fraction],
    points: Sequence[Fraction],
    holds: Callable[[Fraction], bool],
    answer: str,
    working: Working,
) -> None:
    size = sum(len(str(abs(value))) for value in numerator)
    names = []
    for zero in sorted(zeros):
        tried = abs(zero.numerator) * zero.denominator if len(numerator) > 2 else 0
        work = size * (1 + tried)
        names.append(working.step(f"The numerator is zero at x = {zero}", zero, work=work))
    for pole in sorted(set(poles)):
        names.append(working.step(f"The left side is not defined at x = {pole}", pole, work=2))
    samples = [
        points[0] - 1,
        *((a + b) / 2 for a, b in pairwise(points)),
        points[-1] + 1,
    ]
    signs = [
        working.step(
            f"At x = {sample} it {'holds' if holds(sample) else 'does not hold'}",
            holds(sample),
            *names,
            work=size,
        )
        for sample in samples
    ]
    working.step(f"So it holds on {answer}", answer, *signs, work=len(points))
