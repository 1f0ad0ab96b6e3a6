r"""Equality of final mathematical answers, decided exactly: :func:`verify_math`.

Tiers, cheapest first: the same text or the same plain number (microseconds); one grammar for LaTeX, plain and
code spellings into our own syntax tree, whose values are compared by exact arithmetic; sympy, on that tree,
in a killable worker process. Text never reaches ``eval``, ``sympify`` or ``parse_expr``. What counts as equal
is stated by kind in ``docs/math.md``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, get_args

from reason.verdict import Verdict
from reason.verifiers.math.numbers import FULL_PRECISION, plain_number

__all__ = ["Kind", "verify_math"]

Kind = Literal[
    "number",
    "expression",
    "equation",
    "inequality",
    "interval",
    "set",
    "list",
    "tuple",
    "matrix",
    "ratio",
    "antiderivative",
    "time",
    "date",
    "choice",
    "yes_no",
    "text",
]
"""What a gold answer may be declared to be; without a declaration its text shows it."""


def verify_math(
    gold: str,
    answer: str,
    *,
    kind: Kind | None = None,
    tolerance: float | Fraction | None = None,
    timeout_s: float = 2.0,
) -> Verdict:
    r"""Judge whether a final answer equals the right one.

    >>> verify_math(r"\frac{1}{2}", "0.5").passed, verify_math("1000", "1009").passed
    (True, False)
    >>> verify_math("(1, 2)", "[1, 2]").passed, verify_math("1/3", "0.333", tolerance=0.001).passed
    (False, True)

    Args:
        gold: The right answer, in LaTeX, plain or code spelling. It is trusted, but limited like the answer.
        answer: What the policy answered, already extracted; any string.
        kind: What the gold is, where its text leaves it open: ``(1, 2)`` is a tuple unless declared an
            interval; ``1, 2`` has no order unless declared a tuple; an ``antiderivative`` is right up to a
            constant.
        tolerance: How far a number may be off, as an absolute value or, where the gold is greater than 1 in
            magnitude, relative to it. None: not at all.
        timeout_s: Elapsed time that the slow tier may take, in seconds.

    Returns:
        Right, wrong with the reason, or wrong with ``parse_error`` or ``timeout``; never an exception for
        what an answer holds.

    Raises:
        ValueError: the kind is unknown, the tolerance or the time is no positive finite number, or the gold
            is empty.
        TypeError: an argument has the wrong type.
    """
    for name, text in (("gold", gold), ("answer", answer)):
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a string, got {type(text).__name__}")
    if not gold.strip():
        raise ValueError(f"gold must not be empty, got {gold!r}")
    if kind is not None and kind not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}, got {kind!r:.80}")
    _check_limit("timeout_s", timeout_s)
    if tolerance is not None:
        _check_limit("tolerance", tolerance)
    if kind in (None, "number"):
        expected, got = plain_number(gold), plain_number(answer)
        if expected is not None and got is not None:
            off = abs(expected - got)
            if not off or (
                tolerance is not None and off <= Fraction(tolerance) * max(Fraction(1), abs(expected))
            ):
                return Verdict.right(answer=answer)
            if tolerance is not None or max(len(gold), len(answer)) <= FULL_PRECISION:
                return Verdict.wrong("another number", answer=answer)
    from reason.verifiers.math.compare import judge  # the grammar is built on first use

    return judge(gold, answer, kind=kind, tolerance=tolerance, timeout_s=timeout_s)


def _check_limit(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise TypeError(f"{name} must be a number, got {value!r:.80}")
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} must be positive and finite, got {value!r:.80}")
