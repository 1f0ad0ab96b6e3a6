"""SQLite that only reads, and gives the same answer every time.

An authorizer refuses whatever is no read; chance and the clock are refused too; limits keep its functions
from building long texts, which nothing could interrupt.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from reason.verifiers.sql.database import QueryError, Result, quoted

__all__ = ["MAX_QUERY_CHARS", "Sqlite", "confine", "fill"]

MAX_QUERY_CHARS = 20_000
MAX_LENGTH = 1_000_000
"""Bytes of the longest text or row that SQLite may build."""
_STEPS = 2_000
"""Virtual machine steps between two looks at the clock."""
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
_UNSTEADY = frozenset(
    [
        "random",
        "randomblob",
        "load_extension",
        "current_time",
        "current_date",
        "current_timestamp",
        "sqlite_version",
        "sqlite_source_id",
        "changes",
        "total_changes",
        "last_insert_rowid",
        "fts3_tokenizer",
    ]
)
_CLOCKS = {"date": 1, "time": 1, "datetime": 1, "julianday": 1, "unixepoch": 1, "strftime": 2, "timediff": 2}
"""Functions of time, and how many arguments they need not to read the clock."""
_OF_THE_CLOCK = frozenset(("now", "localtime", "utc"))


class Sqlite:
    """One database, open for reading."""

    def __init__(self, database: Mapping[str, Any]) -> None:
        """Open it: a file as it is, tables in memory.

        Raises:
            QueryError: SQLite refuses the file or the rows.
        """
        self._clock = sqlite3.connect(":memory:")
        try:
            if "file" in database:
                path = quote(database["file"])
                self._connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
            else:
                self._connection = sqlite3.connect(":memory:")
                fill(self._connection, database["tables"])
        except (sqlite3.Error, OverflowError, TypeError, ValueError) as error:
            self._clock.close()
            raise QueryError(f"the database cannot be opened: {error}") from error
        self._connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        confine(self._connection, self._clock)

    def query(self, sql: str, *, most: int, seconds: float) -> Result:
        """Run one statement.

        Args:
            sql: Hostile text.
            most: Rows to fetch.
            seconds: Elapsed time after which it is stopped.

        Raises:
            QueryError: it is refused, or fails.
            TimeoutError: it was stopped.
        """
        deadline = time.monotonic() + seconds
        self._connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        try:
            cursor = self._connection.execute(sql)
            rows = cursor.fetchmany(most + 1)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the query took more than {seconds:g} s") from None
            raise QueryError(str(error)) from None
        if cursor.description is None:
            raise QueryError("that is no query")
        columns = tuple(column[0] for column in cursor.description)
        return Result(columns=columns, rows=rows[:most], more=len(rows) > most)

    def close(self) -> None:
        """Let it go."""
        self._connection.close()
        self._clock.close()

    def __enter__(self) -> Self:
        """Return this database."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def fill(connection: sqlite3.Connection, tables: Mapping[str, Any]) -> None:
    """Make tables with their rows."""
    for name, table in tables.items():
        parts = [f"{quoted(column)} {kind}" for column, kind in table["columns"]]
        if key := table.get("primary_key"):
            parts.append(f"PRIMARY KEY ({', '.join(map(quoted, key))})")
        connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(parts)})")
        places = ", ".join("?" * len(table["columns"]))
        connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({places})", table["rows"])
    connection.commit()


def confine(connection: sqlite3.Connection, clock: sqlite3.Connection) -> None:
    """Let a connection read only.

    Args:
        connection: For hostile queries from here on.
        clock: Another connection, which computes the functions of time.
    """
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA trusted_schema = OFF")
    for limit, value in (
        (sqlite3.SQLITE_LIMIT_LENGTH, MAX_LENGTH),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 4 * MAX_QUERY_CHARS),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200),
        (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
    ):
        connection.setlimit(limit, value)
    for name in _CLOCKS:
        connection.create_function(name, -1, _steady(name, clock), deterministic=True)
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action not in _READING:
        return sqlite3.SQLITE_DENY
    unsteady = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _UNSTEADY
    return sqlite3.SQLITE_DENY if unsteady else sqlite3.SQLITE_OK


def _steady(name: str, clock: sqlite3.Connection) -> Callable[..., Any]:
    """Return SQLite's own function of time, which refuses to read the clock."""

    def compute(*values: Any) -> Any:
        words = [value.strip().lower() for value in values if isinstance(value, str)]
        if len(values) < _CLOCKS[name] or _OF_THE_CLOCK.intersection(words):
            raise ValueError(f"{name} may not read the clock")
        places = ", ".join("?" * len(values))
        return clock.execute(f"SELECT {name}({places})", values).fetchone()[0]

    return compute
