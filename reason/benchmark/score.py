"""Score an answers file against a tasks file: one table row per family and level."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reason import registry
from reason.benchmark.answers_file import AnswersFile, Sample
from reason.benchmark.parallel import check_workers, ordered_map
from reason.benchmark.tasks_file import located_tasks, read_tasks
from reason.errors import InputFormatError, UnknownFamilyError
from reason.scoring import score
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.extraction import format_answer

__all__ = ["Report", "Row", "score_file", "score_sample", "wilson_interval"]

TASKS_PER_BATCH = 16
MOST_FAULTS = 10


@dataclass(kw_only=True)
class Row:
    """Figures over the tasks of one family at one level, or over all."""

    family: str | None
    """None in the row over all."""
    level: int | None
    tasks: int = 0
    answered: int = 0
    """Tasks that have at least one sample."""
    samples: int = 0
    passed: int = 0
    """Samples that are right."""
    statuses: Counter[str] = field(default_factory=Counter)
    """Samples by status."""
    masked: int = 0
    """Tasks of which no sample could be scored: they count in no mean."""
    total_score: float = 0.0
    """Sum of the tasks' mean scores."""
    total_passed: float = 0.0
    """Sum of the tasks' rates of right samples."""

    @property
    def scored(self) -> int:
        """Tasks that the means are taken over: all but the masked, unanswered ones as 0."""
        return self.tasks - self.masked

    @property
    def unscorable(self) -> int:
        """Samples that could not be scored through our fault."""
        return sum(count for name, count in self.statuses.items() if Status(name).ours)

    @property
    def mean_score(self) -> float | None:
        """Mean over tasks of the mean over a task's samples; None where nothing could be scored."""
        return self.total_score / self.scored if self.scored else None

    @property
    def pass_rate(self) -> float | None:
        """Like ``mean_score``, of right samples."""
        return self.total_passed / self.scored if self.scored else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % Wilson interval of ``mean_score``, with the tasks as the trials."""
        return None if self.mean_score is None else wilson_interval(self.mean_score, self.scored)

    def add(self, verdicts: list[Verdict]) -> None:
        """Count one task with the verdicts of its samples."""
        passed = sum(verdict.passed is True for verdict in verdicts)
        scores = [verdict.score for verdict in verdicts if verdict.score is not None]
        self.tasks += 1
        self.answered += bool(verdicts)
        self.samples += len(verdicts)
        self.passed += passed
        self.statuses.update(verdict.status.value for verdict in verdicts)
        if scores:
            self.total_score += math.fsum(scores) / len(scores)
            self.total_passed += passed / len(scores)
        elif verdicts:
            self.masked += 1

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "family": self.family,
            "level": self.level,
            "tasks": self.tasks,
            "answered": self.answered,
            "missing": self.tasks - self.answered,
            "samples": self.samples,
            "passed": self.passed,
            "pass_rate": self.pass_rate,
            "mean_score": self.mean_score,
            "interval_95": None if self.interval is None else list(self.interval),
            "no_answer": self.statuses[Status.NO_ANSWER.value],
            "unscorable": self.unscorable,
            "masked_tasks": self.masked,
            "statuses": {status.value: self.statuses[status.value] for status in Status},
        }


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a file of answers."""

    rows: tuple[Row, ...]
    """By family and level, in the order of the tasks file."""
    total: Row
    faults: tuple[str, ...] = ()
    """Why samples could not be scored: the first of each kind, ``MOST_FAULTS`` at most."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "total": self.total.to_dict(),
            "rows": [row.to_dict() for row in self.rows],
            "faults": list(self.faults),
        }


def score_file(
    tasks_path: str | Path,
    answers_path: str | Path,
    *,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Score answers against tasks.

    Args:
        tasks_path: Tasks, as :func:`reason.benchmark.tasks_file.read_tasks` takes them.
        answers_path: JSON lines with ``task_id`` and either ``completion`` (all that the policy wrote; the
            final answer is extracted) or ``answer`` (the final answer alone). Several lines with one
            ``task_id`` are samples. A task without a line counts as not passed.
        workers: Processes that verify.
        on_progress: Called with the number of tasks that are scored, and of all.

    Raises:
        InputFormatError: a file is broken, a task appears twice, its family is not installed, or an answer
            belongs to no task; the message names file and line.
    """
    check_workers(workers)
    tasks_path = Path(tasks_path)
    task_ids, family_ids = _survey(tasks_path)
    rows: dict[tuple[str, int | None], Row] = {}
    total = Row(family=None, level=None)
    faults: dict[str, None] = {}
    with AnswersFile(answers_path, task_ids) as answers:
        work = _batches(tasks_path, answers)
        results = ordered_map(_judge, work, workers=workers, family_ids=family_ids)
        with contextlib.closing(results):
            for family, level, verdicts in itertools.chain.from_iterable(results):
                rows.setdefault((family, level), Row(family=family, level=level)).add(verdicts)
                total.add(verdicts)
                for verdict in verdicts:
                    if verdict.status.ours and len(faults) < MOST_FAULTS:
                        faults.setdefault(f"{family}: {verdict.detail}")
                if on_progress is not None:
                    on_progress(total.tasks, len(task_ids))
    return Report(rows=tuple(rows.values()), total=total, faults=tuple(faults))


def score_sample(task: Task, sample: Sample) -> Verdict:
    """Judge one sample of an answers file."""
    if sample.kind == "completion":
        return score(task, sample.text)
    try:
        completion = format_answer(sample.text)
    except ValueError:
        # It holds tags itself: then the rule for completions says what it means.
        completion = sample.text
    return score(task, completion)


def wilson_interval(mean: float, trials: int, *, z: float = 1.959963984540054) -> tuple[float, float]:
    """Return the score interval of a proportion (E. B. Wilson, 1927).

    For scores between 0 and 1 it is wider than need be: no variable in [0, 1] of that mean has more
    variance than the one that is always 0 or 1.

    Args:
        mean: Proportion, or mean of scores in [0, 1].
        trials: Number of independent trials, at least 1.
        z: Quantile of the normal distribution; the default gives 95 %.

    >>> [round(end, 4) for end in wilson_interval(0.5, 10)]
    [0.2366, 0.7634]
    """
    squared = z * z / trials
    centre = (mean + squared / 2) / (1 + squared)
    half = z * math.sqrt(mean * (1 - mean) / trials + squared / (4 * trials)) / (1 + squared)
    return max(0.0, centre - half), min(1.0, centre + half)


def _survey(path: Path) -> tuple[dict[str, str], set[str]]:
    """Check the whole tasks file before anything is scored; return the ids with their places."""
    task_ids: dict[str, str] = {}
    families: set[str] = set()
    for place, task in located_tasks(path):
        first = task_ids.setdefault(task.task_id, place)
        if first != place:
            raise InputFormatError(f"{path}, {place}: the same task as in {first} ({task.task_id})")
        if task.family not in families:
            try:
                registry.get(task.family)
            except UnknownFamilyError as error:
                raise InputFormatError(f"{path}, {place}: {error}") from error
            families.add(task.family)
    if not task_ids:
        raise InputFormatError(f"{path}: there are no tasks in it")
    return task_ids, families


_Batch = list[tuple[Task, list[Sample]]]
_Result = tuple[str, int | None, list[Verdict]]


def _batches(path: Path, answers: AnswersFile) -> Iterator[_Batch]:
    pairs = ((task, answers.samples(task.task_id)) for task in read_tasks(path))
    while batch := list(itertools.islice(pairs, TASKS_PER_BATCH)):
        yield batch


def _judge(batch: _Batch) -> list[_Result]:
    results = []
    for task, samples in batch:
        # The answers may be long, and no figure needs them.
        verdicts = [replace(score_sample(task, sample), answer=None) for sample in samples]
        results.append((task.family, task.level, verdicts))
    return results
