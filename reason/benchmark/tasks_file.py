"""Tasks in files: JSON lines (``.jsonl``, ``.jsonl.gz``) and Parquet, read and written as streams."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from reason.benchmark.partial_file import PartialFile
from reason.errors import InputFormatError, TaskFormatError
from reason.frozen import canonical_json
from reason.task import Task

__all__ = ["SUFFIXES", "check_suffix", "located_tasks", "open_lines", "read_tasks", "write_tasks"]

SUFFIXES = (".jsonl", ".jsonl.gz", ".parquet")

ROWS_PER_GROUP = 1000
"""Parquet rows kept in memory at a time."""

_JSON_COLUMNS = ("config", "tools", "ground_truth", "trace", "metadata")
"""Columns that hold JSON text in Parquet: their shape differs from family to family."""


def check_suffix(path: Path) -> str:
    """Return which of ``SUFFIXES`` the path has.

    Raises:
        InputFormatError: it has none of them, or it is Parquet and pyarrow is not installed.
    """
    for suffix in SUFFIXES:
        if path.name.lower().endswith(suffix):
            if suffix == ".parquet":
                _pyarrow()
            return suffix
    raise InputFormatError(f"{path}: the name must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")


def read_tasks(path: str | Path) -> Iterator[Task]:
    """Yield the tasks of a file, one at a time.

    Args:
        path: A ``.jsonl``, ``.jsonl.gz`` or ``.parquet`` file.

    Raises:
        InputFormatError: something in it is no task; the message names file and line (Parquet: row).
        OSError: it cannot be opened.
    """
    for _, task in located_tasks(Path(path)):
        yield task


def located_tasks(path: Path) -> Iterator[tuple[str, Task]]:
    """Yield the tasks of a file with their places in it: ``line 3``, in Parquet ``row 3``.

    Raises:
        InputFormatError: as :func:`read_tasks` does.
    """
    if check_suffix(path) == ".parquet":
        yield from _read_parquet(path)
        return
    with open_lines(path) as lines:
        for number, text in lines:
            try:
                yield f"line {number}", Task.from_json(text)
            except (TaskFormatError, RecursionError) as error:
                raise InputFormatError(f"{path}, line {number}: {error}") from error


def write_tasks(path: str | Path, tasks: Iterable[Task]) -> int:
    """Write tasks to a file; it appears only when it is whole, and replaces one of the same name.

    Args:
        path: A name that ends in ``.jsonl``, ``.jsonl.gz`` or ``.parquet``; equal tasks give equal bytes.
        tasks: The tasks, taken one at a time.

    Returns:
        How many were written.

    Raises:
        InputFormatError: another suffix, no such folder, or another process is writing this file.
        OSError: the disk is full, or the folder cannot be written.
    """
    path = Path(path)
    suffix = check_suffix(path)
    with PartialFile(path, suffix=".writing") as partial:
        try:
            partial.file.truncate(0)
            count = _WRITERS[suffix](partial.file, tasks)
            partial.commit()
        except BaseException:
            partial.discard()
            raise
    return count


@contextmanager
def open_lines(path: Path) -> Iterator[Iterator[tuple[int, str]]]:
    """Open a text file, gzipped or not, and give its lines that are not blank with their numbers from 1.

    Raises:
        InputFormatError: while reading, where it is not UTF-8 or its compressed data is damaged.
        OSError: it cannot be opened.
    """
    with gzip.open(path) if path.name.lower().endswith(".gz") else open(path, "rb") as file:
        yield _lines(path, file)


def _lines(path: Path, file: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                raise InputFormatError(
                    f"{path}, line {number}: not UTF-8 (byte {error.start + 1}: {error.reason})"
                ) from error
            yield number, text
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InputFormatError(f"{path}, after line {number}: damaged gzip data: {error}") from error


def _write_lines(file: IO[bytes], tasks: Iterable[Task]) -> int:
    count = 0
    for task in tasks:
        file.write(task.to_json().encode() + b"\n")
        count += 1
    return count


def _write_gzip(file: IO[bytes], tasks: Iterable[Task]) -> int:
    # Neither name nor time go into the header: equal tasks give equal bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as compressed:
        return _write_lines(compressed, tasks)  # type: ignore[arg-type]


def _write_parquet(file: IO[bytes], tasks: Iterable[Task]) -> int:
    pyarrow = _pyarrow()
    count = 0
    rows: list[dict[str, Any]] = []
    with pyarrow.parquet.ParquetWriter(file, _schema(), compression="zstd") as writer:
        for task in tasks:
            rows.append(_row(task))
            count += 1
            if len(rows) == ROWS_PER_GROUP:
                writer.write_table(pyarrow.Table.from_pylist(rows, schema=_schema()))
                rows.clear()
        writer.write_table(pyarrow.Table.from_pylist(rows, schema=_schema()))
    return count


_WRITERS = {".jsonl": _write_lines, ".jsonl.gz": _write_gzip, ".parquet": _write_parquet}


def _read_parquet(path: Path) -> Iterator[tuple[str, Task]]:
    pyarrow = _pyarrow()
    number = 0
    with open(path, "rb") as file:
        try:
            for batch in pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=ROWS_PER_GROUP):
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", _task(row)
        except (pyarrow.ArrowException, OSError) as error:
            raise InputFormatError(f"{path}, after row {number}: damaged Parquet data: {error}") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise InputFormatError(f"{path}, row {number}: {error}") from error


def _schema() -> Any:
    pyarrow = _pyarrow()
    text = pyarrow.string()
    message = pyarrow.struct([("role", text), ("content", text)])
    return pyarrow.schema(
        [
            ("task_id", text),
            ("family", text),
            ("version", pyarrow.int64()),
            ("split", text),
            ("index", pyarrow.int64()),
            ("level", pyarrow.int64()),
            ("prompt", pyarrow.list_(message)),
            ("reference", text),
            *((name, text) for name in _JSON_COLUMNS),
        ]
    )


def _row(task: Task) -> dict[str, Any]:
    row = task.to_dict()
    for name in ("version", "index", "level"):
        if row[name] is not None and abs(row[name]) >= 2**63:
            raise InputFormatError(f"Parquet holds integers of 64 bits, got {name} {row[name]}; write .jsonl")
    return {**row, **{name: canonical_json(row[name]) for name in _JSON_COLUMNS}}


def _task(row: dict[str, Any]) -> Task:
    data = dict(row)
    for name in _JSON_COLUMNS:
        if name in data:
            data[name] = json.loads(data[name])
    return Task.from_dict(data)


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise InputFormatError(
            "Parquet files need pyarrow: run `pip install 'reason-gym[data]'`, or use .jsonl or .jsonl.gz"
        ) from error
    return pyarrow
