"""A database as JSON data, or as a file that is only read; and what a query gave."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["QueryError", "Result", "check_databases", "quoted"]

TYPES = {
    "INTEGER": "BIGINT",
    "REAL": "DOUBLE",
    "TEXT": "VARCHAR",
    "NUMERIC": "DOUBLE",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP",
    "BOOLEAN": "BOOLEAN",
}
"""Types of columns as SQLite has them (which keeps dates as text), and as DuckDB has them."""


class QueryError(Exception):
    """The engine refused a query; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a query gave."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool
    """Whether there were more rows than asked for."""


def check_databases(databases: Sequence[Mapping[str, Any]]) -> None:
    """Reject databases that no engine could be given.

    A database is ``{"tables": {name: {"columns": [[name, type], ...], "rows": [...]}}}``, with
    ``primary_key`` and ``foreign_keys`` where a table has them, or ``{"file": path}``.

    Raises:
        TypeError: it is no sequence of mappings.
        ValueError: naming the database and table.
    """
    if isinstance(databases, str | bytes | Mapping) or not isinstance(databases, Sequence):
        raise TypeError(f"databases must be a sequence of mappings, got {databases!r:.80}")
    if not databases:
        raise ValueError("databases must hold a database")
    for number, database in enumerate(databases):
        if not isinstance(database, Mapping) or len({"tables", "file"} & set(database)) != 1:
            raise ValueError(f"databases[{number}] needs either 'tables' or 'file', got {database!r:.80}")
        if "file" in database:
            if not os.path.isfile(database["file"]):
                raise ValueError(f"databases[{number}]: there is no file {database['file']!r}")
            continue
        for name, table in database["tables"].items():
            _check_table(f"databases[{number}].tables[{name!r}]", name, table)


def _check_table(place: str, name: str, table: Any) -> None:
    try:
        columns, rows = table["columns"], table["rows"]
        known = bool(columns) and all(column and kind.upper() in TYPES for column, kind in columns)
        fitting = all(len(row) == len(columns) for row in rows)
    except (TypeError, KeyError, ValueError, AttributeError):
        known = fitting = False
    if not (known and fitting) or "\0" in name:
        kinds = ", ".join(TYPES)
        raise ValueError(f"{place} needs columns [[name, one of {kinds}], ...] and rows as long as these")


def quoted(name: str) -> str:
    """Return a name as an identifier."""
    return '"' + name.replace('"', '""') + '"'
