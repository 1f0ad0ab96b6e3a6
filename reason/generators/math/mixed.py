"""Families whose questions ask for values of more than one kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import ClassVar

from reason.family import ConfigT
from reason.generators.math.worked import ValueFamily
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.evaluated import is_evaluated
from reason.verifiers.math import Kind, verify_math
from reason.verifiers.same_function import same_function
from reason.verifiers.spelling import plain

__all__ = ["ExpressionFamily", "MixedFamily", "slips"]

EXPRESSION_WORDS = frozenset(
    (
        *("sin", "cos", "tan", "sec", "csc", "cot", "arctan", "arcsin", "arccos", "exp", "ln", "log", "sqrt"),
        *("pi", "frac", "dfrac", "tfrac", "left", "right", "cdot", "times", "quad", "mathrm", "operatorname"),
    )
)
"""What may be spelt out in an expression."""
MAX_CHARS = 20_000
_WORD = re.compile(r"[A-Za-z]{2,}")


class ExpressionFamily(ValueFamily[ConfigT]):
    """A question whose answer is an expression in x, in any form that equals it."""

    kind: ClassVar[Kind] = "expression"
    evaluated = False

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the expressions; words that name no function make it no expression."""
        text = plain(answer) if len(answer) <= MAX_CHARS else ""
        if len(text) > 4 and text.startswith("**") and text.endswith("**"):
            text = text[2:-2].strip()
        unknown = any(
            word not in EXPRESSION_WORDS and word.strip("xe") not in {"", *EXPRESSION_WORDS}
            for word in _WORD.findall(text)
        )
        if not text or "d/d" in text or unknown:
            return Verdict.wrong("it is no expression that is worked out", status=Status.PARSE_ERROR)
        gold = task.ground_truth["answer"]
        same = same_function(gold, text, up_to_constant=self.kind == "antiderivative")
        if same is None:
            return verify_math(gold, text, kind=self.kind)
        return Verdict.right() if same else Verdict.wrong("another function")


class MixedFamily(ValueFamily[ConfigT]):
    """A question whose answer is of the kind that its ground truth names under ``kind``."""

    kind = "number"
    """What is not told otherwise."""

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the value with the right one, as its kind is compared."""
        if self.evaluated and not is_evaluated(answer, words=self.words):
            return Verdict.wrong("it is no value that is worked out", status=Status.PARSE_ERROR)
        return verify_math(task.ground_truth["answer"], answer, kind=task.ground_truth.get("kind", self.kind))


def slips(text: str) -> Iterable[str]:
    """Yield what small slips make of a rational number.

    >>> list(slips("2/3"))
    ['5/3', '-1/3', '4/3', '1/3', '-2/3', '3/2', '1/6', '2/4']
    """
    value = Fraction(text)
    found = [value + 1, value - 1, value * 2, value / 2, -value]
    if value:
        found.append(1 / value)
    found.append(value - Fraction(1, 2))
    yield from (str(each) for each in dict.fromkeys(found) if each != value)
    if value.numerator:
        yield f"{value.numerator}/{value.denominator + 1}"
