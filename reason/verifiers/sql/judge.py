"""Running a gold query and an answer on databases, in a worker; see :mod:`reason.verifiers.sql`."""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping, Sequence
from typing import Any

from reason.verifiers.sql.compare import same_multiset, same_order
from reason.verifiers.sql.database import QueryError, Result
from reason.verifiers.sql.gate import check_query, order_columns

__all__ = ["difference", "judge", "open_database", "run"]

MAX_GOLD_ROWS = 100_000


def judge(
    databases: Sequence[Mapping[str, Any]],
    gold_sql: str,
    answer_sql: str | None,
    dialect: str,
    order_matters: bool | None,
    tolerance: float,
    seconds: float,
) -> dict[str, Any]:
    """Compare the results of two queries on each database.

    Args:
        databases: JSON data.
        gold_sql: Trusted.
        answer_sql: Hostile; None runs the gold alone.
        dialect: ``sqlite`` or ``duckdb``.
        order_matters: Whether rows are compared in order; None: where the gold has ORDER BY.
        tolerance: Relative, of floats.
        seconds: Elapsed time of all of it.

    Returns:
        ``outcome``: ``same``, ``different``, ``refused``, ``failed``, ``timeout``, or ``gold`` (the fault is
        the gold's); ``detail``; ``same`` and ``run``: on how many databases.
    """
    deadline = time.monotonic() + seconds
    ordered, keys = order_columns(gold_sql, dialect)
    if order_matters is not None:
        ordered, keys = order_matters, keys if ordered else None
    problem = check_query(answer_sql, dialect) if answer_sql is not None else ""
    if problem:
        return _reply("refused", problem)
    same = 0
    first_difference = ""
    for number, database in enumerate(databases):
        try:
            with open_database(database, dialect) as opened:
                gold = _query(opened, gold_sql, MAX_GOLD_ROWS, deadline)
                if answer_sql is None:
                    same += 1
                    continue
                try:
                    found = _query(opened, answer_sql, len(gold.rows), deadline)
                except QueryError as error:
                    return _reply("failed", str(error)[:300], same=same, run=number)
                except TimeoutError as error:
                    return _reply("timeout", str(error), same=same, run=number)
        except (QueryError, TimeoutError) as error:
            return _reply("gold", f"database {number}: {error}"[:500])
        how = difference(gold, found, ordered, keys, tolerance)
        same += not how
        first_difference = first_difference or (how and f"database {number}: {how}")
    outcome = "different" if first_difference else "same"
    return _reply(outcome, first_difference, same=same, run=len(databases))


def run(
    databases: Sequence[Mapping[str, Any]], sql: str, dialect: str, most: int, seconds: float
) -> list[dict[str, Any]]:
    """Run one query on each database: ``columns``, ``rows`` and ``more``, or ``error``, of each.

    Args:
        databases: JSON data.
        sql: Hostile text.
        dialect: ``sqlite`` or ``duckdb``.
        most: Rows that are returned.
        seconds: Elapsed time of all of it.
    """
    deadline = time.monotonic() + seconds
    replies: list[dict[str, Any]] = []
    problem = check_query(sql, dialect)
    for database in databases:
        try:
            if problem:
                raise QueryError(problem)
            with open_database(database, dialect) as opened:
                result = _query(opened, sql, most, deadline)
        except (QueryError, TimeoutError) as error:
            replies.append({"error": str(error)[:1000]})
            continue
        rows = [[_plain(value) for value in row] for row in result.rows]
        replies.append({"columns": list(result.columns), "rows": rows, "more": result.more})
    return replies


def open_database(database: Mapping[str, Any], dialect: str) -> Any:
    """Open a database with the engine of a dialect, for reading.

    Raises:
        QueryError: the engine refuses it.
    """
    # Imported here: who judges SQLite has no need of DuckDB, which is slow to load.
    place, name = {"sqlite": ("sqlite", "Sqlite"), "duckdb": ("duck", "Duck")}[dialect]
    return getattr(importlib.import_module(f"reason.verifiers.sql.{place}"), name)(database)


def _query(opened: Any, sql: str, most: int, deadline: float) -> Result:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    result: Result = opened.query(sql, most=most, seconds=left)
    return result


def difference(
    gold: Result, found: Result, ordered: bool, keys: Sequence[int] | None, tolerance: float
) -> str:
    """Say how a result differs from the gold; an empty text where it does not."""
    if len(gold.columns) != len(found.columns):
        return f"{len(found.columns)} columns instead of {len(gold.columns)}"
    if found.more or len(gold.rows) != len(found.rows):
        count = f"more than {len(gold.rows)}" if found.more else str(len(found.rows))
        return f"{count} rows instead of {len(gold.rows)}"
    if ordered and not same_order(gold.rows, found.rows, tolerance, keys):
        return "the rows differ, or their order"
    if not ordered and not same_multiset(gold.rows, found.rows, tolerance):
        return "the rows differ"
    return ""


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes):
        return f"X'{value.hex().upper()}'"
    return str(value).encode("utf-8", "backslashreplace").decode()


def _reply(outcome: str, detail: str, *, same: int = 0, run: int = 0) -> dict[str, Any]:
    plain = detail.encode("utf-8", "backslashreplace").decode()
    return {"outcome": outcome, "detail": plain, "same": same, "run": run}
