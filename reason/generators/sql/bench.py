"""One SQLite connection on which a query and its mutants run on many databases of one schema."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from reason.verifiers.sql.database import Result, quoted
from reason.verifiers.sql.gate import order_columns
from reason.verifiers.sql.judge import difference
from reason.verifiers.sql.sqlite import fill

__all__ = ["Bench"]

_CACHED = 512
_STEPS, _MOST_LOOKS = 5_000, 200
"""Virtual machine steps between two looks at a query, and how many looks it has: no clock, which differs."""
_MOST_ROWS = 2_000
_TOLERANCE, _DIGITS = 1e-9, 6
"""Of floats; amounts are quarters, and averages of few of them."""


class Bench:
    """A gold query, and which other queries give the same as it on the rows that lie there.

    The queries are ours: they are not confined as those of a policy are.
    """

    def __init__(self, tables: Mapping[str, Any], gold: str) -> None:
        """Make the tables.

        Args:
            tables: Of a database; their rows are put there.
            gold: The right query.

        Raises:
            sqlite3.Error: SQLite refuses the tables.
        """
        self._gold = gold
        self._order = order_columns(gold, "sqlite")
        self._connection = sqlite3.connect(":memory:", cached_statements=_CACHED)
        self._looks = 0
        self._connection.set_progress_handler(self._look, _STEPS)
        fill(self._connection, tables)
        self._result = Result(columns=(), rows=[], more=False)
        self._counted: Counter[Any] = Counter()

    def put(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Let a table hold these rows and no others."""
        self._connection.execute(f"DELETE FROM {quoted(table)}")
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {quoted(table)} VALUES ({places})", rows)

    def load(self, tables: Mapping[str, Any]) -> None:
        """Let all tables hold the rows of a database."""
        for name, table in tables.items():
            self.put(name, table["rows"])

    def answer(self) -> bool:
        """Run the gold query; False where it finds nothing, too much, or fails."""
        try:
            self._result = self._run(self._gold, _MOST_ROWS)
        except sqlite3.Error:
            return False
        self._counted = Counter(self._result.rows)
        return bool(self._result.rows) and not self._result.more

    def notices(self, sql: str) -> bool:
        """Say whether a query gives something else than the gold gave; one that fails does."""
        gold = self._result
        try:
            found = self._run(sql, len(gold.rows))
        except sqlite3.Error:
            return True
        if len(found.rows) != len(gold.rows) or found.more or len(found.columns) != len(gold.columns):
            return True
        if found.rows == gold.rows:
            return False
        if self._order[0]:
            return bool(difference(gold, found, *self._order, _TOLERANCE))
        return Counter(found.rows) != self._counted and _rounded(found.rows) != _rounded(gold.rows)

    def close(self) -> None:
        """Let it go."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return this bench."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _run(self, sql: str, most: int) -> Result:
        self._looks = 0
        cursor = self._connection.execute(sql)
        rows = cursor.fetchmany(most + 1)
        columns = tuple(column[0] for column in cursor.description)
        cursor.close()  # a statement that is not at its end would keep its table from change
        return Result(columns=columns, rows=rows[:most], more=len(rows) > most)

    def _look(self) -> bool:
        self._looks += 1
        return self._looks > _MOST_LOOKS


def _rounded(rows: Sequence[Sequence[Any]]) -> Counter[Any]:
    return Counter(
        tuple(round(value, _DIGITS) if isinstance(value, float) else value for value in row) for row in rows
    )
