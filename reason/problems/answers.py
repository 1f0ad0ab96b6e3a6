"""Comparing an answer with the output of a problem, word by word."""

from __future__ import annotations

import re

from reason.verdict import Status, Verdict
from reason.verifiers.spelling import plain

__all__ = ["judge_output", "near_outputs"]

MIN_CAP = 2_000
MAX_DIGITS = 1_000
_INTEGER = re.compile(r"[-+]?[0-9]++")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})++")
_LISTED = re.compile(r"[^,()\[\]]*+")


def judge_output(expected: str, answer: str) -> Verdict:
    """Judge an answer that should be the output ``expected``.

    White space does not count, and where the output has no commas and brackets of its own, neither do
    commas between values and one pair of brackets around them. Whole numbers are compared as numbers.

    Args:
        expected: The right output.
        answer: Hostile text.
    """
    if len(answer) > MIN_CAP + 8 * len(expected):
        return Verdict.wrong(
            f"the answer has {len(answer)} characters", status=Status.PARSE_ERROR, components={"passed": 0.0}
        )
    wanted = expected.split()
    given = _tokens(
        plain(answer), plain_list=_LISTED.fullmatch(expected) is not None, single=len(wanted) == 1
    )
    if len(wanted) != len(given):
        detail = f"the output has {len(wanted)} values, the answer {len(given)}"
        return Verdict.wrong(detail, components={"passed": 0.0})
    for at, (left, right) in enumerate(zip(wanted, given, strict=True)):
        if not _same(left, right):
            return Verdict.wrong(f"value {at + 1} is not {right[:40]!r}", components={"passed": 0.0})
    return Verdict.right(components={"passed": 1.0})


def near_outputs(expected: str) -> list[str]:
    """Return wrong outputs that look right: another last value, a neighbour, one value more or less."""
    tokens = expected.split()
    last = tokens[-1]
    found = []
    if _INTEGER.fullmatch(last) and len(last) < MAX_DIGITS:
        found += [[*tokens[:-1], str(int(last) + by)] for by in (1, -1)]
        found.append([*tokens[:-1], str(-int(last) if int(last) else 10)])
    else:
        found += [[*tokens[:-1], last + last[-1]], [*tokens[:-1], last[:-1] or "none"]]
    found.append([*tokens, last])
    if len(tokens) > 1:
        found.append(tokens[:-1])
        if tokens[0] != last:
            found.append([last, *tokens[1:-1], tokens[0]])
    return [" ".join(each) for each in found]


def _tokens(answer: str, *, plain_list: bool, single: bool) -> list[str]:
    if not plain_list:
        return answer.split()
    if single and _THOUSANDS.fullmatch(answer):
        return [answer.replace(",", "")]
    if answer[:1] + answer[-1:] in ("[]", "()"):
        answer = answer[1:-1]
    if "," in answer and any(not part.strip() for part in answer.split(",")):
        return []
    return answer.replace(",", " ").split()


def _same(wanted: str, given: str) -> bool:
    if wanted == given:
        return True
    if not (_INTEGER.fullmatch(wanted) and _INTEGER.fullmatch(given)):
        return False
    # Words of digits may begin with zeros that count: 007 is no 7 where the output says 007.
    if wanted.lstrip("+-").startswith("0") and wanted.strip("+-") != "0":
        return False
    return len(given) <= MAX_DIGITS and len(wanted) <= MAX_DIGITS and int(wanted) == int(given)
