r"""Worked solutions over a graph of quantities: which steps are right, which are missing, which are too many.

A step is one line: a label, the quantity, a calculation with the labels of earlier steps, the value::

    s1: pears at Hugo's stall = 12
    s2: plums at Rosa's stall = s1 + 5 = 12 + 5 = 17

The score follows GSM-Infinite's process verification as used in "Interplay" (arXiv 2512.07783):
P = max(0, 1 - (wrong values + wrong dependencies + missing steps + min(extra steps, size) + wrong answer) /
size), where size is the number of steps of the gold solution.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reason.process import ProcessVerdict, StepVerdict
from reason.verdict import Status, Verdict
from reason.verifiers.math import verify_math

__all__ = ["SolutionStep", "judge_steps", "read_steps", "verify_steps"]

OUTCOME_WEIGHT, PROCESS_WEIGHT = 0.2, 0.8
MAX_CHARS = 200_000
MAX_LINES = 2_000
MAX_LINE_CHARS = 2_000
"""What is longer is read no further: no honest solution comes near."""

_LABEL = re.compile(r"[([]?(?P<label>[a-z]{1,2}[0-9]{0,4})[)\]]?\s?[:.)]\s?(?P<rest>.+)")
_VALUE = re.compile(r"(?P<number>[-+]?[0-9]{1,18}(?:,[0-9]{3}){0,6}(?:\.0{1,6})?)(?P<unit>[^0-9=]{0,80})")
_REFERENCE = re.compile(r"(?<![a-z0-9])[a-z]{1,2}[0-9]{0,4}(?![a-z0-9])")
_THOUGHT = re.compile("</think>", re.ASCII | re.IGNORECASE)
_MARKS = str.maketrans(dict.fromkeys("*_`$\\") | {"\u2019": "'", "\u2212": "-", "\u00d7": " x "})


@dataclass(frozen=True, kw_only=True)
class SolutionStep:
    """One line of a worked solution."""

    name: str | None
    """The quantity of the gold solution that it is about; None where it is about no such quantity."""
    parents: frozenset[str | None]
    """Quantities that its calculation uses; None stands for one that was not written before."""
    value: int | None
    """Its last number; None where there is none."""
    start: int
    """Where its line begins in the solution."""
    stop: int
    """Where its line ends, the line break included."""


def read_steps(solution: str, names: Sequence[str]) -> list[SolutionStep]:
    """Read the steps of a worked solution; lines without an equals sign are passed over.

    Args:
        solution: Hostile text; thinking that ended is left out.
        names: The quantities of the gold solution, as the task names them.
    """
    end = max(0, len(solution) - MAX_CHARS)
    end = max([end, *(match.start() for match in _THOUGHT.finditer(solution, end))])
    known = {_fold(name): name for name in names}
    finder = re.compile("|".join(re.escape(name) for name in sorted(known, key=len, reverse=True)) or r"(?!)")
    labels: dict[str, str | None] = {}
    written: set[str] = set()
    steps = []
    for line in solution[end:].splitlines(keepends=True)[:MAX_LINES]:
        start, end = end, end + len(line)
        left, *middle = _fold(line[:MAX_LINE_CHARS]).split("=")
        if not middle or not left.strip() or "<answer>" in left:
            continue
        match = _LABEL.fullmatch(left.strip())
        label, subject = (match["label"], match["rest"]) if match else (None, left)
        found = finder.findall(subject)
        name = known[found[0]] if len(found) == 1 else None
        calculation = middle[0] if len(middle) > 1 or _number(middle[0]) is None else ""
        parents = {known[each] if known[each] in written else None for each in finder.findall(calculation)}
        rest = finder.sub(" ", calculation)
        for reference in _REFERENCE.findall(rest):
            if reference in labels:
                parents.add(labels[reference])
            elif reference[-1].isdigit():
                parents.add(None)
        value = _number(middle[-1])
        steps.append(SolutionStep(name=name, parents=frozenset(parents), value=value, start=start, stop=end))
        if label is not None:
            labels[label] = name
        if name is not None:
            written.add(name)
    return steps


def verify_steps(
    gold: Sequence[Mapping[str, Any]], solution: str, answer: str | None, *, strict: bool = False
) -> Verdict:
    """Judge a worked solution: 0.2 for a right outcome and 0.8 for the process with it, else 0.

    It has passed where nothing is wrong, missing or too much. A quantity that is written twice must be right
    both times, and the second time is an extra step.

    >>> gold = [
    ...     {"name": "pears", "parents": [], "value": 3},
    ...     {"name": "figs", "parents": ["pears"], "value": 6},
    ... ]
    >>> solution = "s1: pears = 3; s2: figs = 2 * s1 = 7".replace("; ", chr(10))
    >>> verify_steps(gold, solution, "6").score
    0.6

    Args:
        gold: The steps of the gold solution, each with ``name``, ``parents`` (names) and ``value``; the last
            one is the question's.
        solution: All that the policy wrote: hostile text.
        answer: Its final answer, as :func:`reason.verifiers.extraction.extract_answer` finds it.
        strict: Give 0 where anything is not as in the gold solution.

    Raises:
        ValueError: ``gold`` is empty, or two of its steps have one name.
    """
    names = [step["name"] for step in gold]
    if not names or len(set(map(_fold, names))) < len(names):
        raise ValueError(f"gold must hold steps of different names, got {names!r:.200}")
    steps = read_steps(solution, names)
    expected = {step["name"]: (frozenset(step["parents"]), int(step["value"])) for step in gold}
    counts = Counter(step.name for step in steps if step.name is not None)
    wrong_values = {
        step.name for step in steps if step.name is not None and step.value != expected[step.name][1]
    }
    wrong_parents = {
        step.name for step in steps if step.name is not None and step.parents != expected[step.name][0]
    }
    missing = len(names) - len(counts)
    extra = len(steps) - len(counts)
    verdict = verify_math(str(expected[names[-1]][1]), answer, kind="number") if answer is not None else None
    outcome = bool(verdict and verdict.passed)
    size = len(names)
    mistakes = len(wrong_values) + len(wrong_parents) + missing + min(extra, size) + (not outcome)
    process = max(0.0, 1 - mistakes / size)
    components = {
        "outcome": float(outcome),
        "process": process,
        "wrong_values": float(len(wrong_values)),
        "wrong_dependencies": float(len(wrong_parents)),
        "missing_steps": float(missing),
        "extra_steps": float(extra),
    }
    if not mistakes:
        return Verdict.right(answer=answer, components=components)
    detail = ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in components.items())
    paid = OUTCOME_WEIGHT + PROCESS_WEIGHT * process
    score = round(paid, 12) if outcome and not strict else 0.0
    status = Status.NO_ANSWER if answer is None else verdict.status if verdict else Status.OK
    return Verdict.wrong(detail, answer=answer, status=status, score=score, components=components)


def judge_steps(gold: Sequence[Mapping[str, Any]], solution: str, answer: str | None) -> ProcessVerdict:
    """Judge each step of a worked solution: right where its value and what it rests on are the gold ones.

    Steps about no quantity of the gold solution have nothing to be compared with. The score is the
    ``process`` of :func:`verify_steps`.

    >>> gold = [{"name": "pears", "parents": [], "value": 3}]
    >>> judge_steps(gold, "s1: pears = 4", "4").steps
    (StepVerdict(start=0, stop=13, right=False),)

    Args:
        gold: As of :func:`verify_steps`.
        solution: All that the policy wrote: hostile text.
        answer: Its final answer.

    Raises:
        ValueError: ``gold`` is empty, or two of its steps have one name.
    """
    verdict = verify_steps(gold, solution, answer)
    expected = {step["name"]: (frozenset(step["parents"]), int(step["value"])) for step in gold}
    steps = [
        StepVerdict(
            start=step.start,
            stop=step.stop,
            right=None if step.name is None else (step.parents, step.value) == expected[step.name],
        )
        for step in read_steps(solution, list(expected))
    ]
    return ProcessVerdict(score=verdict.components["process"], steps=tuple(steps))


def _fold(text: str) -> str:
    """Take off marks, case and spacing that mean nothing."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_MARKS)
    return " ".join(text.split()).lstrip("-#>\u2022 ")


def _number(text: str) -> int | None:
    match = _VALUE.fullmatch(text.strip())
    if match is None or re.search(r"[-+/^(<>]", match["unit"]):
        return None
    return int(match["number"].partition(".")[0].replace(",", ""))
