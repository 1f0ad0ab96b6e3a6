r"""Questions with final answers made into MathQuestion-v0 tasks: GSM8K, MATH, DeepMath, and their like."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError
from reason.generators.math.math_question import MathQuestion, MathQuestionConfig, draft_question
from reason.importers import Unusable, find_files, imported_task
from reason.task import Task
from reason.verifiers.markers import boxes
from reason.verifiers.math.compare import is_readable

__all__ = ["SUFFIXES", "SUMMARY", "make_task", "read"]

SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")
SUMMARY = "mathematical questions with final answers, such as GSM8K, MATH and DeepMath"

QUESTION_COLUMNS = ("question", "problem", "prompt", "query")
ANSWER_COLUMNS = ("final_answer", "expected_answer", "ground_truth", "answer", "solution")
"""The first that is there holds the answer: alone, after ``####`` (GSM8K), or in the last box (MATH)."""
SOLUTION_COLUMNS = ("solution", "rationale", "answer", "r1_solution_1", "generated_solution")
KEPT_COLUMNS = ("subject", "type", "level", "topic", "difficulty", "source")
"""Columns that go into the metadata as they are."""
MAX_QUESTION_CHARS = 50_000
MAX_ANSWER_CHARS = 2_000
MAX_WORDS = 12
"""An answer that is no formula and longer than this is prose, which nobody repeats word by word."""
MARK = "####"


def read(path: Path) -> Iterator[Task | Unusable]:
    r"""Yield one task a question, file by file in the order of their paths.

    Column names count without their case: a question stands in ``question``, ``problem``, ``prompt`` or
    ``query``, its answer in ``final_answer``, ``expected_answer``, ``ground_truth``, ``answer`` or
    ``solution``: alone, after ``####`` or in a ``\boxed{…}``. A worked solution becomes the task's trace. A
    question that is repeated is used once.

    Args:
        path: A JSONL, JSON, CSV or Parquet file, or a folder that is searched with all its subfolders.

    Raises:
        InputFormatError: there is nothing to read, or a whole file cannot be read; it names file and fix.
    """
    files = _find(Path(path))
    return _tasks(files)


def make_task(
    question: str, answer: str, *, index: int = 0, metadata: Mapping[str, Any] | None = None
) -> Task:
    """Make a task of a question that ``verify_math`` judges.

    Args:
        question: What is asked.
        answer: The right final answer, in LaTeX, plain or code spelling.
        index: Of the task.
        metadata: What else is known of it.

    Raises:
        ValueError: the question is empty or too long, or the answer is no final answer.
    """
    question, answer = question.strip(), answer.strip()
    if not 0 < len(question) <= MAX_QUESTION_CHARS:
        raise ValueError(
            f"the question must have 1 to {MAX_QUESTION_CHARS} characters, it has {len(question)}"
        )
    if not 0 < len(answer) <= MAX_ANSWER_CHARS:
        raise ValueError(f"the answer must have 1 to {MAX_ANSWER_CHARS} characters, it has {len(answer)}")
    formula = is_readable(answer)
    if not formula and len(answer.split()) > MAX_WORDS:
        raise ValueError(f"the answer is prose and no final answer: {answer!r:.60}")
    draft = draft_question(question, answer)
    known = {"compared_as": "formula" if formula else "words", **(metadata or {})}
    return imported_task(MathQuestion(), MathQuestionConfig().to_dict(), draft, index=index, metadata=known)


def _find(path: Path) -> list[Path]:
    files = find_files(path, SUFFIXES)
    for file in files:
        if not file.name.lower().endswith(SUFFIXES):
            raise InputFormatError(f"{file}: the name must end in {', '.join(SUFFIXES)}")
    return files


def _tasks(files: Sequence[Path]) -> Iterator[Task | Unusable]:
    index = 0
    places: dict[bytes, str] = {}
    for file in files:
        for number, row in _READERS[file.suffix.lower()](file):
            place = f"{file.name}:{number}"
            try:
                task = _task_of(row, index, file.name, number)
                digest = hashlib.sha256(task.text.encode()).digest()
                if (known := places.setdefault(digest, place)) != place:
                    raise ValueError(f"repeats the question of {known}")
            except (ValueError, TypeError, RecursionError) as error:
                yield Unusable(place=place, reason=str(error))
                continue
            yield task
            index += 1


def _task_of(row: Any, index: int, file: str, number: int) -> Task:
    if isinstance(row, ValueError):
        raise row
    if not isinstance(row, Mapping):
        raise TypeError(f"a row must be an object with named values, got {type(row).__name__}")
    values = {str(name).strip().lower(): value for name, value in row.items() if name is not None}
    question = _first(values, QUESTION_COLUMNS, "question")
    answer = _final(_first(values, ANSWER_COLUMNS, "answer"))
    kept = {
        name: values[name] for name in KEPT_COLUMNS if isinstance(values.get(name), bool | int | float | str)
    }
    task = make_task(question, answer, index=index, metadata={"file": file, "line": number, **kept})
    worked = next(
        (values[name] for name in SOLUTION_COLUMNS if isinstance(values.get(name), str)), ""
    ).strip()
    if not worked or worked == answer:
        return task
    step: dict[str, Any] = {"id": "s1", "depends_on": [], "text": worked, "value": answer}
    return replace(task, trace=(step,))


def _first(values: Mapping[str, Any], names: Sequence[str], what: str) -> str:
    for name in names:
        value = values.get(name)
        if isinstance(value, list) and value and isinstance(value[-1], Mapping):  # a conversation
            value = value[-1].get("content")
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
            value = repr(value)
        if isinstance(value, str) and value.strip():
            return value
    raise ValueError(
        f"no {what}: one of the columns {', '.join(names)} must hold a text (there are {', '.join(values)})"
    )


def _final(text: str) -> str:
    """Return the final answer of a worked solution, or the text where it is nothing else."""
    if MARK in text:
        return text.rpartition(MARK)[2].strip()
    if found := boxes(text):
        return text[found[-1].inner_start : found[-1].inner_stop].strip()
    return text.strip()


Row = tuple[int, Any]
"""Number of a line or row from 1, and its columns, or a ValueError that says why it cannot be read."""


def _lines(file: Path) -> Iterator[Row]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, _parsed(line)


def _objects(file: Path) -> Iterator[Row]:
    """Yield the objects of one JSON text: a list of them, one alone, or a mapping of ids to them."""
    data = _parsed(file.read_bytes())
    if isinstance(data, Mapping) and data and all(isinstance(value, Mapping) for value in data.values()):
        data = list(data.values())
    yield from enumerate(data if isinstance(data, list) else [data], 1)


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return ValueError(f"it is not UTF-8 (byte {error.start + 1})")
    except (ValueError, RecursionError) as error:
        return ValueError(f"it is not JSON: {error}")


def _table(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        reader = csv.DictReader(lines)
        if not reader.fieldnames:
            raise InputFormatError(f"{file}: there is no header line with the names of the columns")
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield reader.line_num, ValueError(f"it is not CSV: {error}")
                continue
            if None in row:
                yield (
                    reader.line_num,
                    ValueError(f"it has more than the {len(reader.fieldnames)} columns of the header"),
                )
                continue
            yield reader.line_num, row


def _parquet(file: Path) -> Iterator[Row]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise InputFormatError(f"{file}: Parquet needs pyarrow: pip install 'reason-gym[data]'") from error
    try:
        number = 0
        for batch in pyarrow.parquet.ParquetFile(file).iter_batches(1000):
            for row in batch.to_pylist():
                number += 1
                yield number, row
    except pyarrow.ArrowException as error:
        raise InputFormatError(f"{file}: it is no Parquet file that can be read ({error})") from error


_READERS: Mapping[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": _lines,
    ".json": _objects,
    ".csv": _table,
    ".parquet": _parquet,
}
