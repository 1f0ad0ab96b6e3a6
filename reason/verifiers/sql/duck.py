"""DuckDB that only reads, in a process of its own: import this module in a worker, never in a caller.

What it may touch is settled when the module is imported, and cannot be changed by a query. Some of its
functions cannot be interrupted; the worker's limits of time and memory end them.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import duckdb

from reason.verifiers.sql.database import TYPES, QueryError, Result, quoted

__all__ = ["Duck"]

_SAFE: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "512MB",
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "lock_configuration": "true",
}
_CHUNK_ROWS = 200
_numbers = itertools.count()
_memory = duckdb.connect(":memory:", config=_SAFE)
"""Made once: to connect takes longer than all else together."""


class Duck:
    """One database, open for reading."""

    def __init__(self, database: Mapping[str, Any]) -> None:
        """Open it: a file as it is, tables in memory.

        Raises:
            QueryError: DuckDB refuses the file or the rows.
        """
        self._name: str | None = None
        try:
            if "file" in database:
                self._connection = duckdb.connect(database["file"], read_only=True, config=_SAFE)
                return
            self._connection, self._name = _memory, f"database_{next(_numbers)}"
            self._connection.execute(f"ATTACH ':memory:' AS {self._name}")
            self._connection.execute(f"USE {self._name}")
            _fill(self._connection, database["tables"])
        except duckdb.Error as error:
            self.close()
            raise QueryError(f"the database cannot be opened: {error}") from error

    def query(self, sql: str, *, most: int, seconds: float) -> Result:
        """Run one statement; see :meth:`reason.verifiers.sql.sqlite.Sqlite.query`.

        Raises:
            QueryError: it is no single SELECT, or fails.
            TimeoutError: it was stopped.
        """
        try:
            statements = duckdb.extract_statements(sql)
            if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
                raise QueryError("only one SELECT statement is run")
            # A SELECT may hold a DELETE, in its WITH.
            self._connection.execute("BEGIN TRANSACTION READ ONLY")
            try:
                with _interrupted_after(self._connection, seconds):
                    cursor = self._connection.execute(statements[0])
                    columns = tuple(column[0] for column in cursor.description or ())
                    rows = cursor.fetchmany(most + 1)
            finally:
                self._connection.execute("ROLLBACK")
        except duckdb.InterruptException:
            raise TimeoutError(f"the query took more than {seconds:g} s") from None
        except (duckdb.Error, RuntimeError, ValueError, OverflowError) as error:
            raise QueryError(str(error).split("\n", 1)[0]) from None
        return Result(columns=columns, rows=rows[:most], more=len(rows) > most)

    def close(self) -> None:
        """Let it go."""
        if self._name is None:
            if hasattr(self, "_connection"):
                self._connection.close()
            return
        self._connection.execute("USE memory")
        self._connection.execute(f"DETACH DATABASE IF EXISTS {self._name}")

    def __enter__(self) -> Self:
        """Return this database."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def _fill(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Any]) -> None:
    for name, table in tables.items():
        parts = [f"{quoted(column)} {TYPES[kind.upper()]}" for column, kind in table["columns"]]
        if key := table.get("primary_key"):
            parts.append(f"PRIMARY KEY ({', '.join(map(quoted, key))})")
        connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(parts)})")
        rows: Sequence[Sequence[Any]] = table["rows"]
        place = f"({', '.join('?' * len(table['columns']))})"
        for start in range(0, len(rows), _CHUNK_ROWS):
            chunk = rows[start : start + _CHUNK_ROWS]
            places = ", ".join([place] * len(chunk))
            values = [value for row in chunk for value in row]
            connection.execute(f"INSERT INTO {quoted(name)} VALUES {places}", values)


@contextmanager
def _interrupted_after(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    over = threading.Event()

    def interrupt() -> None:
        pause = seconds
        while not over.wait(pause):
            connection.interrupt()  # again and again: one that comes before the query begins is lost
            pause = 0.05

    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
