"""Read-only SQL over tables, in SQLite, in a process that can be killed.

The tables are those of ``task.metadata["tables"]`` and of the tool itself::

    {"film": {"columns": [["id", "INTEGER"], ["title", "TEXT"]], "rows": [[1, "Nosferatu"]]}}

One statement a call, and only what reads: an authorizer refuses the rest. Chance and the clock are refused
too, so that a query gives the same text every time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reason.envs.tool import Tool, ToolResult
from reason.errors import ConfigError
from reason.frozen import FrozenDict, freeze, thaw
from reason.task import Task
from reason.verifiers.limited import LimitExceeded, limited
from reason.verifiers.sql.sqlite import MAX_QUERY_CHARS, confine, fill

__all__ = ["Sql", "run_query"]

MAX_VALUE_CHARS = 1_000
TYPES = ("INTEGER", "REAL", "TEXT", "NUMERIC", "BLOB", "")


@dataclass(frozen=True, kw_only=True)
class Sql(Tool):
    """Query tables."""

    name: str = "sql"
    description: str = "Run one SELECT statement of SQLite on the tables of the task (see sqlite_schema)."
    parameters: Mapping[str, Any] = freeze(
        {
            "type": "object",
            "properties": {
                "query": {
                    "type": "string",
                    "description": "One SELECT statement.",
                    "maxLength": MAX_QUERY_CHARS,
                }
            },
            "required": ["query"],
        }
    )
    timeout_s: float | None = None
    tables: Mapping[str, Any] = FrozenDict()
    """Tables of every task, beside the task's own."""
    max_rows: int = 100
    """Rows that are shown; the rest is counted out with a note."""
    query_seconds: float = 2.0
    """Elapsed time that a query may take."""
    memory_bytes: int = 256 * 2**20
    """Memory that a query may take, in bytes."""

    def __post_init__(self) -> None:
        """Reject tables that are none."""
        super().__post_init__()
        object.__setattr__(self, "tables", freeze(self.tables, name="Sql.tables"))
        _check(self.tables)

    def call(self, task: Task, state: Any, arguments: Mapping[str, Any]) -> ToolResult:
        """Run the query on fresh tables."""
        tables = {**self.tables, **task.metadata.get("tables", {})}
        _check(tables)
        try:
            reply = limited(
                run_query,
                thaw(tables),
                arguments["query"],
                self.max_rows,
                timeout_s=self.query_seconds,
                memory_bytes=self.memory_bytes,
            )
        except LimitExceeded:
            return ToolResult(text="the query did not finish within its time and memory", error=True)
        return ToolResult(text=reply["text"], error=reply["error"])


def run_query(tables: Mapping[str, Any], query: str, max_rows: int) -> dict[str, Any]:
    """Run a query on tables, in whatever process this is; :func:`limited` bounds its time and memory.

    Args:
        tables: As the module says.
        query: Hostile text.
        max_rows: Rows that are shown.

    Returns:
        JSON data: ``text`` (a header, the rows, a note), ``error`` (whether it is a complaint instead).
    """
    connection, clock = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    try:
        fill(connection, tables)
        confine(connection, clock)
        try:
            cursor = connection.execute(query)
            rows = cursor.fetchmany(max_rows + 1)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
            return {"text": _plain(str(error)), "error": True}
        if cursor.description is None:
            return {"text": "that is no SELECT statement", "error": True}
        lines = [" | ".join(_shown(column[0]) for column in cursor.description)]
        lines += [" | ".join(map(_shown, row)) for row in rows[:max_rows]]
        if len(rows) > max_rows:
            lines.append(f"[only the first {max_rows} rows are shown]")
        elif not rows:
            lines.append("[no rows]")
        return {"text": _plain("\n".join(lines)), "error": False}
    finally:
        connection.close()
        clock.close()


def _shown(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        value = f"X'{value[:MAX_VALUE_CHARS].hex().upper()}'"
    text = str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("|", "\\|")
    return text if len(text) <= MAX_VALUE_CHARS else f"{text[:MAX_VALUE_CHARS]}…"


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _check(tables: Any) -> None:
    """Reject tables that SQLite could not be given.

    Raises:
        ConfigError: naming the table.
    """
    if not isinstance(tables, Mapping):
        raise ConfigError(f"tables must map names to tables, got {tables!r:.80}")
    for name, table in tables.items():
        try:
            columns, rows = table["columns"], table["rows"]
            sound = bool(columns) and all(kind.upper() in TYPES and column for column, kind in columns)
            sound = sound and all(len(row) == len(columns) for row in rows)
        except (TypeError, KeyError, ValueError, AttributeError):
            sound = False
        if not sound or "\0" in name:
            raise ConfigError(
                f"table {name!r:.80} needs columns [[name, type], ...] and rows as long as these"
            )
