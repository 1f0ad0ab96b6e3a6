"""Answers in a file of JSON lines: each a completion or a bare answer, several for one task being samples."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

from reason.errors import InputFormatError

__all__ = ["AnswersFile", "Kind", "Sample"]

Kind = Literal["completion", "answer"]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One line of an answers file."""

    task_id: str
    kind: Kind
    """``completion``: all that the policy wrote; ``answer``: its final answer alone."""
    text: str


class AnswersFile:
    """An answers file, checked as a whole when it is opened, then read task by task.

    Only the places of the lines are kept in memory: completions may be longer than it.
    """

    def __init__(self, path: str | Path, task_ids: Collection[str]) -> None:
        """Open the file and check every line.

        Args:
            path: A ``.jsonl`` or ``.jsonl.gz`` file.
            task_ids: The tasks that may be answered.

        Raises:
            InputFormatError: a line is broken, answers no task of ``task_ids``, or gives an answer where
                another line of its task gives a completion; the message names file and line.
            OSError: it cannot be opened.
        """
        self.path = Path(path)
        self._file = _seekable(self.path)
        self._places: dict[str, list[int]] = {}
        self.count = 0
        """Samples in the file."""
        try:
            self._index(task_ids)
        except BaseException:
            self.close()
            raise

    def samples(self, task_id: str) -> list[Sample]:
        """Return the samples of a task, in the order of the file; none where it was not answered."""
        found = []
        for place in self._places.get(task_id, ()):
            self._file.seek(place)
            found.append(_sample(_json(self._file.readline())))
        return found

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _index(self, task_ids: Collection[str]) -> None:
        kinds: dict[str, tuple[Kind, int]] = {}
        for number, place, line in self._lines():
            try:
                sample = _sample(_json(line))
                if sample.task_id not in task_ids:
                    raise ValueError(f"no task of the tasks file has task_id {sample.task_id!r:.80}")
                kind, first = kinds.setdefault(sample.task_id, (sample.kind, number))
                if kind != sample.kind:
                    raise ValueError(
                        f"task {sample.task_id} has {sample.kind!r} here and {kind!r} in line {first}; "
                        "all samples of a task are of one kind"
                    )
            except (ValueError, RecursionError) as error:
                raise InputFormatError(f"{self.path}, line {number}: {error}") from error
            self._places.setdefault(sample.task_id, []).append(place)
            self.count += 1

    def _lines(self) -> Iterator[tuple[int, int, bytes]]:
        place = 0
        for number, line in enumerate(self._file, start=1):
            if line.strip():
                yield number, place, line
            place += len(line)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()


def _seekable(path: Path) -> BinaryIO:
    compressed = path.name.lower().endswith(".gz")
    if path.is_file() and not compressed:
        return open(path, "rb")
    with gzip.open(path) if compressed else open(path, "rb") as file:
        copy = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            shutil.copyfileobj(file, copy)
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            copy.close()
            raise InputFormatError(f"{path}: damaged gzip data: {error}") from error
    copy.seek(0)
    return copy


def _json(line: bytes) -> Any:
    try:
        text = line.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start + 1}: {error.reason})") from error
    try:
        return json.loads(text)
    except ValueError as error:
        cut = "" if line.endswith(b"\n") else "; the file ends within this line"
        raise ValueError(f"not JSON: {error}{cut}") from error


def _sample(data: Any) -> Sample:
    if not isinstance(data, dict):
        raise ValueError(f"a line is a JSON object with task_id and completion, got {type(data).__name__}")
    if "task_id" not in data:
        raise ValueError("there is no task_id")
    kinds: list[Kind] = [kind for kind in ("completion", "answer") if kind in data]
    if len(kinds) != 1:
        what = "both completion and answer" if kinds else "neither completion nor answer"
        raise ValueError(
            f"a line gives one of completion (whole text) and answer (final answer), this {what}"
        )
    for name in ("task_id", kinds[0]):
        if not isinstance(data[name], str):
            raise ValueError(f"{name} must be a string, got {data[name]!r:.80}")
    return Sample(task_id=data["task_id"], kind=kinds[0], text=data[kinds[0]])
