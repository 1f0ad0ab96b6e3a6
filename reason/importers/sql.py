"""Questions on SQLite and DuckDB files made into tasks: Spider's and BIRD's folders, and plain ones.

A folder holds databases (``.sqlite``, ``.sqlite3``, ``.db``, ``.duckdb``, ``.ddb``; ``db_id`` is a file's
name without its suffix) and question files: JSON lists or JSON lines of objects with ``question``, ``query``
(or ``SQL``, or ``sql``), ``db_id`` where there are several databases, and ``evidence`` where there is a hint.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reason.errors import InputFormatError
from reason.family import ANSWER_INSTRUCTION
from reason.generators.sql import own
from reason.generators.sql.sql_multi_hop import SQLMultiHop, SQLMultiHopConfig
from reason.importers import Unusable
from reason.task import Message, Task
from reason.verifiers.limited import LimitExceeded, limited
from reason.verifiers.sql.gate import check_query, order_columns

__all__ = ["SUFFIXES", "SUMMARY", "read"]

SUFFIXES = (".json", ".jsonl")
SUMMARY = "questions with SQL queries on SQLite or DuckDB files, as in Spider and BIRD"

MAX_QUESTION_CHARS = 20_000
MAX_SCHEMA_CHARS = 200_000
SECONDS = 300.0
"""Elapsed time in which the neighbours of one query are drawn."""
MEMORY_BYTES = 2 * 2**30
_QUERIES = ("query", "SQL", "sql")
_EXAMPLE = '{"db_id": "...", "question": "...", "query": "SELECT ..."}'
_ENGINES = {"sqlite": "SQLite", "duckdb": "DuckDB"}


def read(path: Path) -> Iterator[Task | Unusable]:
    """Yield one task a question, in the order of the files and their lines.

    Args:
        path: A folder, or one question file in a folder with databases.

    Raises:
        InputFormatError: there is no database, or no question file.
    """
    path = Path(path)
    if not path.exists():
        raise InputFormatError(f"{path}: there is no such file or folder")
    folder = path if path.is_dir() else path.parent
    databases = _databases(folder)
    files = _question_files(path) if path.is_dir() else [path]
    if not files:
        raise InputFormatError(f"{path}: no question file in this folder; a question is {_EXAMPLE}")
    schemas = _schemas(folder)
    return _tasks(files, databases, schemas)


def _databases(folder: Path) -> dict[str, Path]:
    suffixes = own.SQLITE_SUFFIXES + own.DUCKDB_SUFFIXES
    files = [file for file in folder.rglob("*") if file.suffix.lower() in suffixes and file.is_file()]
    if not files:
        raise InputFormatError(f"{folder}: no database in this folder ends in {', '.join(suffixes)}")
    return {file.stem: file.resolve() for file in sorted(files, reverse=True)}


def _question_files(folder: Path) -> list[Path]:
    found = [file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file()]
    return sorted(file for file in found if not file.stem.lower().endswith("tables"))


def _schemas(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Read the tables files of Spider and BIRD."""
    found: dict[str, Mapping[str, Any]] = {}
    for file in sorted(folder.rglob("*tables.json")):
        try:
            entries = json.loads(file.read_text("utf-8"))
            found |= {entry["db_id"]: entry for entry in entries}
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise InputFormatError(
                f"{file}: a tables file is a list of objects with db_id ({error!r:.200})"
            ) from error
    return found


def _entries(file: Path) -> Iterator[tuple[int, Any]]:
    """Yield the questions of a file with their numbers, from 1; a line that is no JSON as an error."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        yield 1, error
        return
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), 1)
        except (ValueError, RecursionError) as error:
            yield 1, error
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, error


def _tasks(
    files: list[Path], databases: dict[str, Path], schemas: dict[str, Mapping[str, Any]]
) -> Iterator[Task | Unusable]:
    @cache
    def opened(name: str) -> tuple[str, own.Shape]:
        dialect = own.dialect_of(databases[name])
        shape = own.shape_of(databases[name], dialect)
        return dialect, own.add_keys(shape, schemas[name]) if name in schemas else shape

    index = 0
    for file in files:
        for number, entry in _entries(file):
            try:
                question = _question(entry, databases)
                place = databases[question.database]
                task = _make_task(
                    question,
                    place,
                    *opened(question.database),
                    index,
                    {"file": file.name, "number": number},
                )
            except (ValueError, TypeError, InputFormatError) as error:
                yield Unusable(place=f"{file.name}:{number}", reason=str(error))
                continue
            yield task
            index += 1


@dataclass(frozen=True, kw_only=True)
class _Question:
    database: str
    text: str
    query: str
    evidence: str


def _question(entry: Any, databases: Mapping[str, Path]) -> _Question:
    if isinstance(entry, Exception):
        raise ValueError(f"it is no JSON ({entry})")
    if not isinstance(entry, Mapping):
        raise TypeError(f"a question must be an object, got {type(entry).__name__}")
    name = entry.get("db_id", entry.get("database"))
    if name is None and len(databases) == 1:
        [name] = databases
    name = Path(name).stem if isinstance(name, str) and name not in databases else name
    if not isinstance(name, str) or name not in databases:
        raise ValueError(f"db_id must be one of the databases, got {name!r:.80}")
    given = {
        "question": entry.get("question"),
        "query": next((entry[key] for key in _QUERIES if entry.get(key) is not None), None),
        "evidence": entry.get("evidence") or "",
    }
    texts: dict[str, str] = {}
    for key, text in given.items():
        if not isinstance(text, str) or (key != "evidence" and not text.strip()):
            raise ValueError(f"{key} must be a text, got {text!r:.80}")
        if len(text) > MAX_QUESTION_CHARS:
            raise ValueError(f"{key} has more than {MAX_QUESTION_CHARS} characters")
        texts[key] = text
    return _Question(
        database=name,
        text=" ".join(texts["question"].split()),
        query=texts["query"].strip().rstrip(";").rstrip(),
        evidence=" ".join(texts["evidence"].split()),
    )


def _make_task(
    question: _Question, file: Path, dialect: str, shape: own.Shape, index: int, source: Mapping[str, Any]
) -> Task:
    """Make a task of a question.

    Raises:
        ValueError: the query may not be run, fails, or takes too long.
    """
    gold = question.query
    if problem := check_query(gold, dialect):
        raise ValueError(f"the query cannot be the right one: {problem}")
    ddl = own.ddl_of(shape)
    if len(ddl) > MAX_SCHEMA_CHARS:
        raise ValueError(f"the schema takes {len(ddl)} characters, which is too much for a prompt")
    found = _examine(question, file, dialect, shape)
    ordered, _ = order_columns(gold, dialect)
    note = f"\nNote: {question.evidence}\n" if question.evidence else ""
    engine = _ENGINES[dialect]
    prompt = (
        f"This is a {engine} database:\n\n```sql\n{ddl}\n```\n{note}\nQuestion: {question.text}\n\n"
        f"Write one {engine} query that answers it.\n{ANSWER_INSTRUCTION}"
    )
    return Task(
        family=SQLMultiHop.id,
        version=SQLMultiHop().version,
        split="imported",
        index=index,
        level=None,
        config=SQLMultiHopConfig(dialect=dialect).to_dict(),  # type: ignore[arg-type]
        prompt=(Message(role="user", content=prompt),),
        ground_truth={
            "gold_sql": gold,
            "dialect": dialect,
            "order_matters": ordered,
            "databases": [{"file": str(file)}, *found.pop("databases")],
        },
        reference=gold,
        metadata={
            "licence": "NOASSERTION",
            "language": "und",
            "topic": "imported",
            "database": question.database,
            **source,
            **found,
        },
    )


def _examine(question: _Question, file: Path, dialect: str, shape: own.Shape) -> dict[str, Any]:
    from sqlglot.errors import SqlglotError

    gold = question.query
    try:
        used = own.used_tables(shape, gold, dialect)
    except (SqlglotError, RecursionError) as error:
        raise ValueError(f"sqlglot cannot read the query ({str(error)[:200]})") from error
    if not used:
        raise ValueError("the query reads no table of its database")
    seed = zlib.crc32(f"{question.database}\n{gold}".encode())
    try:
        found: dict[str, Any] = limited(
            own.examine, str(file), used, gold, dialect, seed, timeout_s=SECONDS, memory_bytes=MEMORY_BYTES
        )
    except LimitExceeded as error:
        raise ValueError(f"the query takes too much: {error}") from error
    if "error" in found:
        raise ValueError(found["error"])
    return found
