"""A policy that does not read its task gains nothing, and neither does one that gives two answers."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence

from reason.seeding import stream
from reason.task import Task
from reason.testing.conformance import Tally, check
from reason.testing.properties.answers import told
from reason.testing.subject import Subject, tagged

SIGNIFICANCE = 1e-6
"""Probability with which an honest family may fail one policy at one level."""
MAX_CHANCE = 0.5
"""Highest chance that a family may declare at its default level and above."""
CONSTANTS = (
    *("0", "1", "-1", "2", "3", "10", "42", "100", "0.5", "1/2", "0 0", "1 1", "0, 1", "inf", "nan"),
    *("True", "False", "true", "yes", "no", "Yes", "No", "A", "B", "C", "D", "a", "x", "p", "none", "None"),
    *("null", "unknown", "impossible", "no solution", "SAT", "UNSAT", "undefined", "banana", "foo bar", "?"),
    *("[]", "{}", "()", "[[]]", '""', "''", "-", ".", ",", ";", ":", "#", "\\", "/", "*", "<>", "[0]", "[1]"),
    "def f(*arguments):\n    return None",
    "SELECT 1",
)
SHAPES = (
    ("all positive", r"-", ""),
    ("all negative", r"-?\b(?=[1-9])", "-"),
    ("all 0", r"[01]", "0"),
    ("all 1", r"[01]", "1"),
    ("all true", r"(?i)\b(true|false)\b", "True"),
    ("all false", r"(?i)\b(true|false)\b", "False"),
    ("all yes", r"(?i)\b(yes|no)\b", "yes"),
    ("all no", r"(?i)\b(yes|no)\b", "no"),
)
"""Ways of writing one constant in the shape of the answers: name, what is replaced, by what."""


@check("An answer made without reading the task is right no more often than Family.chance says.")
def blind_policies_stay_at_chance(subject: Subject, tally: Tally) -> None:
    """Play every blind policy on every task; the tolerance is the exact tail of the declared chances."""
    hits: dict[str, list[tuple[float, bool]]] = {}
    for level in subject.levels:
        tasks = subject.draw(level, subject.tasks_per_level)
        chances = [subject.family.chance(subject.config(task)) for task in tasks]
        limit = MAX_CHANCE if level >= subject.family.default_level else 1.0
        tally.case(
            all(0.0 <= chance <= limit for chance in chances),
            f"level {level} declares a chance of {max(chances)}; it must be in [0, {limit}]",
        )
        for name, completions in policies(tasks):
            here = [
                (chance, subject.score(task, completion).passed is True)
                for task, chance, completion in zip(tasks, chances, completions, strict=True)
            ]
            tally.case(*_judge(f"{name} at level {level}", here))
            hits.setdefault(name, []).extend(here)
    for name, played in hits.items():
        tally.case(*_judge(name, played))
    rates = {name: sum(hit for _, hit in played) / len(played) for name, played in hits.items()}
    best = max(rates, key=lambda name: rates[name])
    allowed = [chance for chance, _ in hits[best]]
    tally.figures["policies"] = len(rates)
    tally.figures["best policy"] = best if rates[best] else "none"
    tally.figures["best hits"] = f"{sum(hit for _, hit in hits[best])} of {len(hits[best])}"
    tally.figures["best rate"] = round(rates[best], 4)
    tally.figures["declared chance"] = round(sum(allowed) / len(allowed), 4)


@check("Two different answers are not an answer, even where one of them is right.", side="wrong")
def hedges_are_rejected(subject: Subject, tally: Tally) -> None:
    """Offer the reference beside other tasks' answers, in one answer and in several."""
    for level in subject.levels:
        tasks = subject.draw(level, subject.tasks_per_level)
        references = list(dict.fromkeys(task.reference for task in tasks if task.reference is not None))
        formulas = any(re.search(r"\bor\b|[|\u2228\u222a]", reference) for reference in references)
        for task in tasks:
            if task.reference is None:
                continue
            rng = stream("hedges", task.task_id)
            others = rng.sample(references, len(references))
            other = next((each for each in others if subject.answer(task, each).passed is False), "banana")
            offered = hedges(task.reference, other, references, formulas=formulas)
            if subject.interactive:
                offered = play_hedges(task.reference, other)
            for completion in offered:
                verdict = subject.score(task, completion)
                tally.case(not verdict.passed, told(task, completion, verdict))


def policies(tasks: Sequence[Task]) -> Iterator[tuple[str, list[str]]]:
    """Yield each blind policy's name and its completions for the tasks of one level."""
    for raw in ("", " \n\t ", "\x00", "<answer></answer>", "<answer> </answer>", "\\boxed{}", "```\n```"):
        yield f"raw {raw!r}", [raw] * len(tasks)
    for constant in CONSTANTS:
        yield f"constant {constant!r}", [tagged(constant)] * len(tasks)
    yield "echo of the prompt", [task.text for task in tasks]
    texts = [re.sub(r"</?answer>", "answer", task.text, flags=re.IGNORECASE) for task in tasks]
    yield "prompt as the answer", [tagged(text) for text in texts]
    lines = [[line for line in text.splitlines() if line.strip()] or ["-"] for text in texts]
    yield "first line of the prompt", [tagged(each[0]) for each in lines]
    yield "last line of the prompt", [tagged(each[-1]) for each in lines]
    yield "longest line of the prompt", [tagged(max(each, key=len)) for each in lines]
    yield "garbage as long as the prompt", [tagged(_garbage(text)) for text in texts]
    yield "digits as long as the prompt", [tagged(_garbage(text, string.digits)) for text in texts]
    yield "every number to 100", [tagged(", ".join(map(str, range(101))))] * len(tasks)
    yield from _from_references([task.reference or "" for task in tasks])


def _from_references(references: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Constants that only the answers of other tasks with the same knobs could suggest."""
    votes = Counter(references)
    yield (
        "most frequent answer of the other tasks",
        [tagged(_most_frequent(votes, own)) for own in references],
    )
    # Only where different answers become one string: then the shape is known without the task. Where all are
    # alike before, as two of few may be by chance, the most frequent answer was played already.
    for name, pattern, filler in SHAPES if len(votes) > 1 else ():
        if len(constant := {re.sub(pattern, filler, reference) for reference in references}) == 1:
            yield name, [tagged(constant.pop())] * len(references)
    rows = [reference.split() for reference in references]
    if len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
        columns = [Counter(column) for column in zip(*rows, strict=True)]
        yield (
            "most frequent token at each place",
            [
                tagged(" ".join(_most_frequent(*pair) for pair in zip(columns, row, strict=True)))
                for row in rows
            ],
        )


def _most_frequent(votes: Counter[str], own: str) -> str:
    """Return what the others answer most often, the earliest where several are."""
    answer, count = max(votes.items(), key=lambda item: item[1] - (item[0] == own))
    return answer if count > (answer == own) else "-"


def hedges(reference: str, other: str, all_references: Sequence[str], *, formulas: bool) -> Iterator[str]:
    """Yield completions that offer ``reference`` together with something else."""
    yield f"<answer>It is either {reference} or {other}</answer>"
    yield f"<answer>It is either {other} or {reference}</answer>"
    if not formulas:
        yield f"<answer>{reference} or {other}</answer>"
        yield f"<answer>{other} or {reference}</answer>"
        yield f"<answer>{reference} or banana</answer>"
    if len(all_references) > 2:
        yield f"<answer>One of these: {' or else '.join(all_references)}</answer>"
    yield f"<answer>{reference}</answer> or <answer>{other}</answer>"
    yield f"<answer>{other}</answer> or <answer>{reference}</answer>"
    yield f"<answer>{other}</answer><answer>{reference}</answer>"
    if not re.search(r"[{}\\]", reference + other):
        yield f"\\boxed{{{other}}} or \\boxed{{{reference}}}"
        yield f"<answer>\\boxed{{{reference}}} or \\boxed{{{other}}}</answer>"


def play_hedges(reference: str, other: str) -> Iterator[str]:
    """Yield plays whose last action is two at once, and completions that hold two plays."""
    *before, last = reference.splitlines()
    second = other.splitlines()[-1]
    for pair in ((last, second), (second, last)) if second != last else ((last, "banana"),):
        for words in ("It is either {} or {}", "{} or {}", "{} or else {}"):
            yield tagged("\n".join([*before, words.format(*pair)]))
    yield f"{tagged(reference)} or {tagged(other)}"
    yield f"{tagged(other)} or {tagged(reference)}"


def _garbage(text: str, alphabet: str = string.ascii_lowercase + "     ") -> str:
    rng = stream("garbage", len(text), alphabet)
    return "x" + "".join(rng.choice(alphabet) for _ in text)


def _judge(name: str, played: Sequence[tuple[float, bool]]) -> tuple[bool, str]:
    hits = sum(hit for _, hit in played)
    chance = sum(chance for chance, _ in played) / len(played)
    return (
        hits == 0 or tail([chance for chance, _ in played], hits) >= SIGNIFICANCE,
        f"{name} is right {hits} of {len(played)} times, where Family.chance says {chance:.3g}",
    )


def tail(chances: Sequence[float], hits: int) -> float:
    """Return the probability of at least ``hits`` successes in independent trials (Poisson binomial).

    >>> tail([0.5, 0.5], 2), tail([0.0, 0.0], 1), tail([0.5, 0.1], 0)
    (0.25, 0.0, 1.0)
    """
    exactly = [1.0] + [0.0] * len(chances)
    for chance in chances:
        for count in range(len(chances), 0, -1):
            exactly[count] = exactly[count] * (1 - chance) + exactly[count - 1] * chance
        exactly[0] *= 1 - chance
    return math.fsum(exactly[hits:])
