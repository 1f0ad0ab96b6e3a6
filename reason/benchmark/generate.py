"""Write a plan's tasks to a file: interrupted at any moment, it continues, and its bytes are the same."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reason.benchmark.parallel import check_workers, ordered_map
from reason.benchmark.partial_file import PartialFile
from reason.benchmark.plan import Plan, Stream
from reason.benchmark.tasks_file import check_suffix, read_tasks, write_tasks
from reason.errors import InputFormatError, ReasonError, TaskFormatError
from reason.task import Task

__all__ = ["Outcome", "generate"]

BATCH_SECONDS = 0.1
"""Time that one batch of tasks takes: what Ctrl-C waits for, and what a kill can lose."""
MAX_BATCH = 256


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a run did."""

    count: int
    """Tasks in the file."""
    kept: int
    """Tasks that an earlier run had written."""


class _OtherTasksError(ReasonError):
    """A file holds something else than the plan says."""


def generate(
    path: str | Path,
    plan: Plan,
    *,
    workers: int = 1,
    force: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Write a plan's tasks to ``path``, or finish what an earlier run began.

    The tasks gather in ``<path>.partial`` and move to ``path`` when all are there. The bytes depend on
    the plan alone: not on ``workers``, nor on how often the run was interrupted.

    Args:
        path: A name that ends in ``.jsonl``, ``.jsonl.gz`` or ``.parquet``.
        plan: The tasks, from :func:`reason.benchmark.plan.plan`.
        workers: Processes that draw tasks.
        force: Replace what stands at ``path``, whatever it is.
        on_progress: Called with the number of tasks that are written, and of all: first with those kept
            from an earlier run, then after each batch.

    Raises:
        InputFormatError: ``path`` holds anything else than these tasks and ``force`` is not given, or
            another process is writing it.
        GenerationError: a task cannot be drawn; what was written stays for the next run.
        OSError: the disk is full, say; likewise.
    """
    path = Path(path)
    suffix = check_suffix(path)
    check_workers(workers)
    report = on_progress or (lambda done, total: None)
    with PartialFile(path) as partial:
        try:
            if _is_complete(path, plan, force):
                _discard_leftover(partial, plan)
                report(plan.count, plan.count)
                return Outcome(count=plan.count, kept=plan.count)
            kept = _keep(partial, plan, force)
            report(kept, plan.count)
            _draw_rest(partial, plan, kept, workers, report)
            if suffix == ".jsonl":
                partial.commit()
            else:
                write_tasks(path, _parsed(partial))
                partial.discard()
        finally:
            partial.discard_if_empty()
    return Outcome(count=plan.count, kept=kept)


def _is_complete(path: Path, plan: Plan, force: bool) -> bool:
    """Tell whether the whole file is there; refuse where another one is."""
    if not path.exists():
        return False
    try:
        pairs = itertools.zip_longest(read_tasks(path), plan.places())
        for number, (task, place) in enumerate(pairs, start=1):
            if task is None or place is None:
                amount = "fewer" if task is None else "more"
                raise _OtherTasksError(f"it holds {amount} than {plan.count} tasks")
            if difference := plan.difference(task, place):
                raise _OtherTasksError(f"task {number}: {difference}")
    except (_OtherTasksError, InputFormatError) as error:
        if force:
            return False
        reason = str(error).removeprefix(f"{path}, ").removeprefix(f"{path}: ")
        raise InputFormatError(
            f"{path} exists and is not what this command writes ({reason}); "
            "choose another name, or add --force to replace it"
        ) from error
    return True


def _keep(partial: PartialFile, plan: Plan, force: bool) -> int:
    """Count the tasks of an earlier run, cut off a torn last line, and stand behind them."""
    end = count = 0
    last: Task | None = None
    try:
        for last, size in _whole_lines(partial, plan):  # noqa: B007
            count += 1
            end += size
        # A generator that has changed since would mix two kinds of tasks in one file.
        if last is not None and last != _drawn(plan, count - 1):
            raise _OtherTasksError(f"{last.family} draws another task at index {last.index} than it did then")
    except _OtherTasksError as error:
        if not force:
            raise InputFormatError(
                f"{partial.partial_path} is left from another run ({error}); "
                "remove it, choose another name, or add --force"
            ) from error
        end = count = 0
    partial.file.seek(end)
    partial.file.truncate()
    return count


def _whole_lines(partial: PartialFile, plan: Plan) -> Iterator[tuple[Task, int]]:
    """Yield the tasks of the partial file and the bytes of their lines, up to a torn last line."""
    partial.file.seek(0)
    for number, (line, place) in enumerate(itertools.zip_longest(partial.file, plan.places()), start=1):
        if line is None or not line.endswith(b"\n"):
            return
        if place is None:
            raise _OtherTasksError(f"it holds more than {plan.count} tasks")
        try:
            task = Task.from_json(line)
        except (TaskFormatError, RecursionError) as error:
            raise _OtherTasksError(f"line {number}: {error}") from error
        if difference := plan.difference(task, place):
            raise _OtherTasksError(f"line {number}: {difference}")
        yield task, len(line)


def _draw_rest(
    partial: PartialFile, plan: Plan, kept: int, workers: int, report: Callable[[int, int], None]
) -> None:
    pace = _Pace()
    batches = _batches(plan, kept, pace)
    done = kept
    results = ordered_map(_draw, batches, workers=workers, family_ids=plan.family_ids)
    with contextlib.closing(results):
        for lines, seconds in results:
            partial.file.writelines(lines)
            partial.file.flush()
            done += len(lines)
            pace.learn(len(lines), seconds)
            report(done, plan.count)


class _Pace:
    """How many tasks make a batch of ``BATCH_SECONDS``."""

    def __init__(self) -> None:
        self.size = 1

    def learn(self, count: int, seconds: float) -> None:
        fitting = count * BATCH_SECONDS / max(seconds, 1e-6)
        self.size = max(1, min(MAX_BATCH, 2 * self.size, int(fitting)))


_Batch = tuple[str, list[tuple[Stream, int]]]


def _batches(plan: Plan, start: int, pace: _Pace) -> Iterator[_Batch]:
    places = plan.places(start)
    while batch := list(itertools.islice(places, pace.size)):
        yield plan.split, batch


def _draw(batch: _Batch) -> tuple[list[bytes], float]:
    began = time.perf_counter()
    split, places = batch
    lines = [stream.draw(split, index).to_json().encode() + b"\n" for stream, index in places]
    return lines, time.perf_counter() - began


def _parsed(partial: PartialFile) -> Iterator[Task]:
    partial.file.seek(0)
    for line in partial.file:
        yield Task.from_json(line)


def _drawn(plan: Plan, position: int) -> Task:
    stream, index = next(plan.places(position))
    return stream.draw(plan.split, index)


def _discard_leftover(partial: PartialFile, plan: Plan) -> None:
    """Remove the tasks from which the whole file was made; another run's tasks stay."""
    try:
        _keep(partial, plan, force=False)
    except InputFormatError:
        return
    partial.discard()
