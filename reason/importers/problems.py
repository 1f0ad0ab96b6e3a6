"""Programming problems of data sets made into tasks: the output on an instance, or a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reason.errors import GenerationError, InputFormatError
from reason.generators.problems.problem import AnyProblem, AnyProblemConfig, draft_checked, problem_knob
from reason.importers import Unusable, find_files, imported_task
from reason.problems.building import Built, build, check_checked, scale_at
from reason.problems.records import Checked, read_record
from reason.sandbox.protocol import Sandbox
from reason.sandbox.shared import shared_sandbox
from reason.seeding import split_of
from reason.task import Task

__all__ = ["SUFFIXES", "SUMMARY", "knobs_of", "read", "read_problems"]

SUFFIXES = (".jsonl",)
SUMMARY = "programming problems (CodeContests, APPS, TACO, LiveCodeBench, HumanEval, MBPP)"

MAX_LEVEL = 5
TASKS_A_LEVEL = 2
PROGRAM_LEVEL = 3
MAX_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Imported:
    """One line of a file that became an environment, or checks that can be run."""

    file: str
    line: int
    problem: Built | Checked


def read(path: Path) -> Iterator[Task | Unusable]:
    """Yield tasks of each problem that can be an environment: some of each level, and one for a program.

    Args:
        path: A JSONL file, or a folder that is searched with all its subfolders; a line is a problem in the
            shape of CodeContests, APPS, TACO, LiveCodeBench, HumanEval or MBPP.

    Raises:
        InputFormatError: there is nothing to read.
        SandboxError: no sandbox can run the solutions here.
    """
    index = 0
    for imported in read_problems(path):
        if isinstance(imported, Unusable):
            yield imported
            continue
        try:
            tasks = list(_tasks(imported, index))
        except GenerationError as error:
            yield Unusable(place=f"{imported.file}:{imported.line}", reason=str(error))
            continue
        yield from tasks
        index += 1


def read_problems(path: Path) -> Iterator[Imported | Unusable]:
    """Yield the problems of a file that can be environments; the arguments and errors are :func:`read`'s.

    ``gym.make("reason/Problem-v0", level=3, **knobs_of(imported.problem, 3))`` then plays one without end.
    """
    path = Path(path)
    for file in find_files(path, SUFFIXES):
        count = 0
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                count += 1
                try:
                    problem = _build(json.loads(line.decode("utf-8-sig")), shared_sandbox())
                except (ValueError, TypeError, RecursionError) as error:
                    yield Unusable(place=f"{file.name}:{number}", reason=str(error))
                    continue
                yield Imported(file=file.name, line=number, problem=problem)
        if not count:
            raise InputFormatError(f"{file}: there is no problem in it; a line is a JSON object")


def knobs_of(built: Built, level: int) -> dict[str, Any]:
    """Return the knobs with which ``Problem-v0`` draws a level of an imported problem.

    Raises:
        ValueError: its inputs do not grow up to that level.
    """
    if not 0 <= level <= built.max_level:
        raise ValueError(f"level must be 0 to {built.max_level}, got {level!r}")
    record = built.record
    knob = problem_knob(record.statement, record.examples[:MAX_SHOWN], built.solutions)
    return {"problem": knob, **vars(scale_at(built.grammar, level))}


def _build(data: Any, sandbox: Sandbox) -> Built | Checked:
    record = read_record(data)
    if isinstance(record, Checked):
        check_checked(record, sandbox)
        return record
    return build(record, sandbox)


def _tasks(imported: Imported, index: int) -> Iterator[Task]:
    problem = imported.problem
    if isinstance(problem, Checked):
        yield _checked_task(problem, imported, index)
        return
    family = AnyProblem()
    # A problem belongs to one split, with all of its instances.
    split = split_of(["problem", problem.record.statement])
    for level in range(min(MAX_LEVEL, problem.max_level) + 1):
        knobs = knobs_of(problem, level)
        for at in range(TASKS_A_LEVEL):
            task = family.task(split=split, index=at, level=level, knobs=knobs)
            yield _named(task, problem.record.name, imported)
    level = min(PROGRAM_LEVEL, problem.max_level)
    if any(solution.language == "python" for solution in problem.solutions):
        knobs = {**knobs_of(problem, level), "ask": "program"}
        yield _named(
            family.task(split=split, index=0, level=level, knobs=knobs), problem.record.name, imported
        )


def _named(task: Task, name: str, imported: Imported) -> Task:
    return replace(task, metadata={**task.metadata, **_origin(name, imported)})


def _checked_task(problem: Checked, imported: Imported, index: int) -> Task:
    draft = draft_checked(problem)
    config = AnyProblemConfig(ask="program").to_dict()
    return imported_task(AnyProblem(), config, draft, index=index, metadata=_origin(problem.name, imported))


def _origin(name: str, imported: Imported) -> Mapping[str, Any]:
    return {"file": imported.file, "line": imported.line, "title": name}
