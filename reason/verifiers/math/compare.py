"""The judgement: from two texts to a verdict, cheapest tier first."""

from __future__ import annotations

import time
from collections.abc import Iterable
from fractions import Fraction

from reason.errors import LimitExceeded, VerifierError
from reason.verdict import Status, Verdict
from reason.verifiers.math import words
from reason.verifiers.math.code_spelling import respelt
from reason.verifiers.math.match import Matcher
from reason.verifiers.math.normalise import MAX_CHARS, clean, marked, squeeze
from reason.verifiers.math.numbers import FULL_PRECISION, plain_number
from reason.verifiers.math.reading import Unreadable, readings, with_point
from reason.verifiers.math.tree import Expression, Text

__all__ = ["is_readable", "judge"]


def judge(
    gold: str, answer: str, *, kind: str | None, tolerance: float | Fraction | None, timeout_s: float
) -> Verdict:
    """Judge one answer; see :func:`reason.verifiers.math.verify_math`."""
    if gold.strip() == answer.strip():
        return Verdict.right(answer=answer)
    gold, text = marked(gold), marked(answer)
    if max(len(gold), len(text)) > MAX_CHARS:
        detail = f"longer than {MAX_CHARS} characters"
        return Verdict.wrong(detail, answer=answer, status=Status.PARSE_ERROR)
    expected, got = clean(gold), clean(text)
    expected, got = respelt(expected, got), respelt(got, expected)
    if not got:
        return Verdict.wrong("an empty answer", answer=answer, status=Status.PARSE_ERROR)
    if squeeze(expected) == squeeze(got) or (expected.startswith("0,") and with_point(expected) == got):
        return Verdict.right(answer=answer)
    first, second = plain_number(expected), plain_number(got)
    if kind in (None, "number") and first is not None and second is not None and tolerance is None:
        if first == second:
            return Verdict.right(answer=answer)
        if max(len(expected), len(got)) <= FULL_PRECISION:
            return Verdict.wrong("another number", answer=answer)
    by_words = _by_words(expected, got, kind)
    if by_words is not None:
        return Verdict.right(answer=answer) if by_words else Verdict.wrong("another answer", answer=answer)
    try:
        golds = list(readings(expected, got))[:1]
    except Unreadable:
        golds = []
    if not golds or isinstance(golds[0], Text):
        if words.same_text(expected, got):
            return Verdict.right(answer=answer)
        if not golds:
            return Verdict.wrong("other words than the gold, which is no formula", answer=answer)
    try:
        answers = list(readings(got, expected))
    except Unreadable as error:
        return Verdict.wrong(f"cannot be read: {error}", answer=answer, status=Status.PARSE_ERROR)
    return _compared(golds[0], answers, answer, kind=kind, tolerance=tolerance, timeout_s=timeout_s)


def is_readable(gold: str) -> bool:
    """Tell whether a gold answer is a formula of the grammar; others are compared by their words."""
    text = marked(gold)
    if len(text) > MAX_CHARS:
        return False
    cleaned = respelt(clean(text), "")
    try:
        return not isinstance(next(readings(cleaned, cleaned)), Text)
    except Unreadable:
        return False


def _compared(
    gold: Expression,
    answers: Iterable[Expression],
    text: str,
    *,
    kind: str | None,
    tolerance: float | Fraction | None,
    timeout_s: float,
) -> Verdict:
    matcher = Matcher(kind=kind, tolerance=None if tolerance is None else Fraction(tolerance))
    deadline = time.monotonic() + 0.75 * timeout_s
    answers = list(answers)
    for tree in answers:
        if matcher.match(gold, tree):
            return Verdict.right(answer=text)
    for _ in range(3):
        if not matcher.pending:
            break
        try:
            matcher.decide(max(0.05, deadline - time.monotonic()))
        except LimitExceeded as error:
            return Verdict.wrong(str(error), answer=text, status=Status.TIMEOUT)
        except VerifierError as error:
            # What sympy cannot do with an answer is no proof that it is right.
            return Verdict.wrong(f"not proved: {error}", answer=text)
        if any(matcher.match(gold, tree) for tree in answers):
            return Verdict.right(answer=text)
    return Verdict.wrong("not equal", answer=text)


def _by_words(gold: str, answer: str, kind: str | None) -> bool | None:
    """Compare what is no mathematics, or return None."""
    if kind == "text":
        return words.same_text(gold, answer)
    if kind in (None, "choice"):
        expected = words.choice(gold, declared=kind == "choice")
        got = words.choice(answer, declared=kind == "choice")
        if expected and got:
            return expected[0] == got[0]
        if kind == "choice":
            return False
    if kind in (None, "yes_no"):
        sides = words.yes_no(gold), words.yes_no(answer)
        if sides[0] is not None and (sides[1] is not None or kind == "yes_no"):
            return sides[0] == sides[1]
    if kind in (None, "time") and (expected_time := words.clock(gold)):
        got_time = words.clock(answer)
        if got_time or kind == "time":
            return got_time == expected_time
    if kind in (None, "date") and (expected_date := words.date(gold)):
        got_date = words.date(answer)
        if got_date is None:
            return False
        return got_date[1:] == expected_date[1:] and (got_date[0] or expected_date[0]) == expected_date[0]
    return None
