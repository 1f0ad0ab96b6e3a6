"""What mathematical families share: a worked solution that counts its work, and answers of one fixed kind."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any, ClassVar

from reason.family import ANSWER_INSTRUCTION, Config, ConfigT, Draft, Family
from reason.seeding import stream
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.evaluated import is_evaluated
from reason.verifiers.math import Kind, verify_math

__all__ = ["ValueFamily", "Working", "adding", "multiplying", "write_signed", "write_sum"]

CHANCE_DRAWS = 400
"""Tasks on which the most frequent answer is measured."""


class Working:
    """A worked solution, written step by step, and the schoolbook work that it takes.

    Work is counted in operations on single digits: adding numbers of m and n digits takes max(m, n),
    multiplying or dividing them m * n (Knuth, The Art of Computer Programming, volume 2, section 4.3.1).
    """

    def __init__(self) -> None:
        """Start at nothing."""
        self.steps: list[dict[str, Any]] = []
        self.work = 0.0

    def step(self, text: str, value: object, *after: str, work: float = 1.0) -> str:
        """Write one step and return its id.

        Args:
            text: What is done, as one sentence or equation.
            value: The step's result, kept as text.
            *after: Ids of the steps whose results it uses.
            work: Operations on single digits that it takes.
        """
        name = f"s{len(self.steps) + 1}"
        self.steps.append({"id": name, "depends_on": list(after), "text": text, "value": str(value)})
        self.work += work
        return name


class ValueFamily(Family[ConfigT]):
    """A question whose answer is one mathematical value of a fixed kind.

    ``ground_truth`` holds what the question is about, and the value under ``answer``.
    """

    kind: ClassVar[Kind]
    """Kind of value, as :func:`reason.verifiers.math.verify_math` names it: it leaves one reading only."""
    evaluated: ClassVar[bool] = True
    """Whether the value must be worked out: ``12*13`` is then no answer."""
    words: ClassVar[frozenset[str]] = frozenset(("or", "and"))
    """Words that may stand in a value that is worked out."""

    @abstractmethod
    def wrong_values(self, task: Task) -> Iterable[str]:
        """Yield values that a slip would give; those equal to the answer are passed over."""

    def draft(
        self,
        rng: Random,
        *,
        phrasings: Sequence[str],
        fields: Mapping[str, object],
        truth: Mapping[str, Any],
        answer: str,
        working: Working,
        topic: str,
        canonical: Any = None,
    ) -> Draft:
        """Put a question together.

        Args:
            rng: Chooses the phrasing.
            phrasings: Templates of the question.
            fields: What the templates name.
            truth: What the question is about, JSON.
            answer: The value.
            working: The worked solution; its work is the effort.
            topic: Name for the metadata.
            canonical: Equal for equal problems; ``truth`` where None.
        """
        question = rng.choice(phrasings).format(**fields)
        return Draft(
            prompt=f"{question}\n{ANSWER_INSTRUCTION}",
            ground_truth={**truth, "answer": answer},
            reference=answer,
            effort=float(working.work),
            canonical=truth if canonical is None else canonical,
            trace=tuple(working.steps),
            metadata={"topic": topic},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Compare the value with the right one."""
        if self.evaluated and not is_evaluated(answer, words=self.words):
            return Verdict.wrong("it is no value that is worked out", status=Status.PARSE_ERROR)
        return verify_math(task.ground_truth["answer"], answer, kind=self.kind)

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield what slips give, and the answer with something else beside it."""
        reference = task.reference or ""
        seen = {reference}
        for value in self.wrong_values(task):
            if value not in seen:
                seen.add(value)
                yield value
        yield from (f"{reference} or {reference}1", f"{reference} banana", f"not {reference}")

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the answer in spaces, emphasis and mathematical delimiters."""
        reference = task.reference or ""
        yield from (f"  {reference} ", f"**{reference}**", f"${reference}$", f"\\({reference}\\)")

    def chance(self, config: ConfigT) -> float:
        """Measure how often the most frequent answer is right, with two standard deviations to spare."""
        return _measured_chance(self, config)


@lru_cache(maxsize=256)
def _measured_chance(family: ValueFamily[Any], config: Config) -> float:
    rng = stream(family.id, "chance", config.to_dict())
    votes = Counter(family.generate(rng, config).reference for _ in range(CHANCE_DRAWS))
    top = max(votes.values())
    return min(1.0, (top + 2 * math.sqrt(top)) / CHANCE_DRAWS)


def adding(*numbers: Fraction | int) -> float:
    """Return the work of adding numbers: a column for each digit of the longest.

    Fractions are put over one denominator first.
    """
    values = [Fraction(number) for number in numbers]
    longest = max(_digits(value.numerator) for value in values)
    work = float(longest * max(1, len(values) - 1))
    denominators = [value.denominator for value in values if value.denominator != 1]
    return work + sum(longest * _digits(each) for each in denominators)


def multiplying(one: Fraction | int, other: Fraction | int) -> float:
    """Return the work of multiplying or dividing two numbers, of fractions that of both their parts."""
    left, right = Fraction(one), Fraction(other)
    work = _digits(left.numerator) * _digits(right.numerator)
    if left.denominator != 1 or right.denominator != 1:
        work += _digits(left.denominator) * _digits(right.denominator)
    return float(work)


def _digits(number: int) -> int:
    return max(1, len(str(abs(number))))


def write_signed(number: Fraction | int) -> str:
    """Write a number as an operand: in parentheses where it is negative or a fraction.

    >>> write_signed(5), write_signed(-5), write_signed(Fraction(1, 2))
    ('5', '(-5)', '(1/2)')
    """
    text = str(number)
    return text if text.isdigit() else f"({text})"


def write_sum(terms: Iterable[tuple[Fraction | int, str]]) -> str:
    """Write coefficients with what they multiply as a sum.

    >>> write_sum([(1, "x"), (-3, "y"), (0, "z"), (-7, "")]), write_sum([(Fraction(-1, 2), "x^2")])
    ('x - 3y - 7', '-(1/2)x^2')
    """
    return "".join(_terms(terms)) or "0"


def _terms(terms: Iterable[tuple[Fraction | int, str]]) -> Iterator[str]:
    first = True
    for coefficient, symbol in terms:
        if not coefficient:
            continue
        size = -coefficient if coefficient < 0 else coefficient
        number = "" if size == 1 and symbol else write_signed(size) if symbol else str(size)
        if first:
            yield f"{'-' if coefficient < 0 else ''}{number}{symbol}"
        else:
            yield f" {'-' if coefficient < 0 else '+'} {number}{symbol}"
        first = False
