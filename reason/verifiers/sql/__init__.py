"""Text-to-SQL: an answer is right if it gives what the gold query gives, on every database.

Neither query's text is compared, only what comes out of them: columns in their order (names do not count),
rows as a multiset, or as a list where the question asks for an order. Sources of what is avoided: Zhong et
al., "Semantic Evaluation for Text-to-SQL with Distilled Test Suites" (2010.02840) strips DISTINCT and
permutes columns; BIRD (2305.03111) compares sets. A hostile query runs in a killable worker, on databases
that it can only read; see ``docs/sql.md`` for what counts as the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reason.errors import VerifierError
from reason.frozen import thaw
from reason.verdict import Status, Verdict
from reason.verifiers.limited import LimitExceeded, limited
from reason.verifiers.sql import judge as judging
from reason.verifiers.sql.database import check_databases

__all__ = ["DIALECTS", "query_databases", "verify_sql"]

DIALECTS = ("sqlite", "duckdb")
MAX_QUERY_CHARS = 20_000
SOFT, HARD = 0.75, 0.9
"""Parts of the time limit after which the worker stops a query, and after which it is killed."""


def verify_sql(
    databases: Sequence[Mapping[str, Any]],
    gold_sql: str,
    answer_sql: str,
    *,
    dialect: str = "sqlite",
    order_matters: bool | None = None,
    tolerance: float = 1e-9,
    timeout_s: float = 2.0,
    memory_bytes: int = 2**31,
) -> Verdict:
    """Judge a query by its results.

    >>> shop = {"tables": {"item": {"columns": [["price", "INTEGER"]], "rows": [[2], [5], [5]]}}}
    >>> verify_sql([shop], "SELECT MAX(price) FROM item", "SELECT price FROM item").detail
    'database 0: more than 1 rows instead of 1'

    Args:
        databases: Each ``{"tables": {name: {"columns": [[name, type], ...], "rows": [...]}}}`` with JSON
            values, or ``{"file": path}`` of a SQLite or DuckDB file, which is opened for reading only.
        gold_sql: The right query; trusted.
        answer_sql: Hostile text.
        dialect: ``sqlite`` or ``duckdb``: the engine of both queries.
        order_matters: Whether the rows must come in the gold's order (rows that tie in its ORDER BY may
            stand in any order where the result shows the keys); None: where the gold has ORDER BY outermost.
        tolerance: Relative, of floats; integers and decimals are compared exactly.
        timeout_s: Elapsed time of both queries on all databases, in seconds.
        memory_bytes: How much memory they may take, in bytes.

    Returns:
        Components: ``runs`` (1 if the answer ran on every database that it reached), ``same`` (the fraction
        of databases on which the results are the same).

    Raises:
        ValueError: a database, the dialect or a limit cannot be.
        TypeError: an argument is of another type.
    """
    _check(databases, dialect, tolerance, gold_sql=gold_sql, answer_sql=answer_sql)
    answer = answer_sql.strip()
    if not answer:
        return _wrong("it is empty", answer_sql, status=Status.PARSE_ERROR)
    if len(answer) > MAX_QUERY_CHARS:
        return _wrong(f"it has more than {MAX_QUERY_CHARS} characters", answer_sql, status=Status.PARSE_ERROR)
    plain = [thaw(database) for database in databases]
    request = (plain, gold_sql, answer, dialect, order_matters, tolerance, SOFT * timeout_s)
    try:
        reply = limited(judging.judge, *request, timeout_s=HARD * timeout_s, memory_bytes=memory_bytes)
    except LimitExceeded as error:
        return _blame(plain, gold_sql, answer_sql, dialect, str(error), timeout_s, memory_bytes)
    except VerifierError as error:
        return Verdict.unscorable(str(error), answer=answer_sql)
    return _verdict(reply, answer_sql)


def query_databases(
    databases: Sequence[Mapping[str, Any]],
    sql: str,
    *,
    dialect: str = "sqlite",
    most: int = 100,
    timeout_s: float = 2.0,
    memory_bytes: int = 2**31,
) -> list[dict[str, Any]]:
    """Run one reading query on each database, in a killable worker.

    Args:
        databases: As of :func:`verify_sql`.
        sql: Hostile text.
        dialect: ``sqlite`` or ``duckdb``.
        most: Rows that are returned of each database.
        timeout_s: Elapsed time of all of it, in seconds.
        memory_bytes: How much memory it may take, in bytes.

    Returns:
        Of each database ``{"columns", "rows", "more"}``, or ``{"error"}``.

    Raises:
        LimitExceeded: it took longer or more memory, in a way that nothing but killing it ends.
        ValueError: a database or the dialect cannot be.
        TypeError: an argument is of another type.
    """
    _check(databases, dialect, 0.0, sql=sql)
    plain = [thaw(database) for database in databases]
    replies: list[dict[str, Any]] = limited(
        judging.run,
        plain,
        sql,
        dialect,
        most,
        SOFT * timeout_s,
        timeout_s=timeout_s,
        memory_bytes=memory_bytes,
    )
    return replies


def _check(databases: Sequence[Mapping[str, Any]], dialect: str, tolerance: float, **texts: str) -> None:
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a string, got {text!r:.80}")
    if dialect not in DIALECTS:
        raise ValueError(f"dialect must be one of {', '.join(DIALECTS)}, got {dialect!r}")
    if not 0.0 <= tolerance < 1.0:
        raise ValueError(f"tolerance must be in [0, 1), got {tolerance!r}")
    check_databases(databases)


def _verdict(reply: Mapping[str, Any], answer: str) -> Verdict:
    outcome, detail = reply["outcome"], reply["detail"]
    same = reply["same"] / reply["run"] if reply["run"] else 0.0
    if outcome == "same":
        return Verdict.right(answer=answer, components={"runs": 1.0, "same": 1.0})
    if outcome == "gold":
        return Verdict.unscorable(f"the gold query: {detail}", answer=answer)
    if outcome == "different":
        return _wrong(detail, answer, runs=1.0, same=same)
    status = {"refused": Status.PARSE_ERROR, "failed": Status.OK, "timeout": Status.TIMEOUT}[outcome]
    return _wrong(detail, answer, status=status)


def _wrong(
    detail: str, answer: str, *, status: Status = Status.OK, runs: float = 0.0, same: float = 0.0
) -> Verdict:
    return Verdict.wrong(detail, answer=answer, status=status, components={"runs": runs, "same": same})


def _blame(
    databases: Sequence[Mapping[str, Any]],
    gold_sql: str,
    answer: str,
    dialect: str,
    detail: str,
    timeout_s: float,
    memory_bytes: int,
) -> Verdict:
    """Find out whose query went over the limits: the answer's, if the gold alone stays within them."""
    request = (databases, gold_sql, None, dialect, None, 0.0, SOFT * timeout_s)
    try:
        reply = limited(judging.judge, *request, timeout_s=HARD * timeout_s, memory_bytes=memory_bytes)
    except (LimitExceeded, VerifierError) as error:
        return Verdict.unscorable(f"the gold query: {error}", answer=answer)
    if reply["outcome"] == "gold":
        return _verdict(reply, answer)
    return _wrong(detail, answer, status=Status.TIMEOUT)
