"""Choosing databases that tell a query from its mutants: a small test suite, with its kill rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reason.generators.sql.mutants import Mutant
from reason.verifiers.sql.database import QueryError, Result
from reason.verifiers.sql.gate import order_columns
from reason.verifiers.sql.judge import difference, open_database

__all__ = ["Suite", "distil"]

MOST_ROWS = 2_000
SECONDS = 0.5
"""Elapsed time of one query on one database: one that takes longer is no mutant to learn from."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Databases, and what they tell apart."""

    databases: tuple[Mapping[str, Any], ...]
    num_mutants: int
    survivors: tuple[Mutant, ...]
    """Mutants that gave the gold's result on every database; most of them are equal to it."""
    unnoticed: tuple[Mutant, ...] = field(default=())
    """Mutants that the given databases alone cannot tell from the gold, and the drawn ones can."""


def distil(
    databases: Sequence[Mapping[str, Any]],
    draw: Callable[[int], Mapping[str, Any]],
    gold_sql: str,
    mutants: Sequence[Mutant],
    *,
    dialect: str = "sqlite",
    tries: int = 100,
    patience: int | None = None,
    tolerance: float = 1e-9,
    seconds: float = SECONDS,
) -> Suite:
    """Add drawn databases to the given ones, until each mutant that any of them notices is noticed.

    Args:
        databases: Those that the suite begins with.
        draw: Gives another database for each number from 0, such as those of
            :func:`reason.generators.sql.neighbours.neighbour`.
        gold_sql: The right query.
        mutants: Wrong ones, of which some may be right all the same.
        dialect: The engine.
        tries: Databases that are drawn, at most.
        patience: Databases in a row that notice nothing new, after which no more are drawn; None: ``tries``.
        tolerance: Of the comparison.
        seconds: Elapsed time of one query on one database; a mutant that takes longer is noticed.

    Raises:
        QueryError: the gold fails on a given database.
        TimeoutError: it takes too long there.
    """
    comparison = (*order_columns(gold_sql, dialect), tolerance)
    alive = list(mutants)
    for database in databases:
        with _opened(database, gold_sql, dialect, seconds) as (opened, gold):
            alive = [mutant for mutant in alive if not _noticed(opened, gold, mutant, comparison, seconds)]
    unnoticed, chosen = list(alive), list(databases)
    idle = 0
    for number in range(tries):
        if not alive or (patience is not None and idle >= patience):
            break
        idle += 1
        drawn = draw(number)
        try:
            with _opened(drawn, gold_sql, dialect, seconds) as (opened, gold):
                if not gold.rows:
                    continue
                left = [mutant for mutant in alive if not _noticed(opened, gold, mutant, comparison, seconds)]
        except (QueryError, TimeoutError):
            continue
        if len(left) < len(alive):
            chosen.append(drawn)
            alive, idle = left, 0
    return Suite(
        databases=tuple(chosen),
        num_mutants=len(mutants),
        survivors=tuple(alive),
        unnoticed=tuple(mutant for mutant in unnoticed if mutant not in alive),
    )


@contextmanager
def _opened(
    database: Mapping[str, Any], gold_sql: str, dialect: str, seconds: float
) -> Iterator[tuple[Any, Result]]:
    with open_database(database, dialect) as opened:
        yield opened, opened.query(gold_sql, most=MOST_ROWS, seconds=seconds)


def _noticed(
    opened: Any, gold: Result, mutant: Mutant, comparison: tuple[bool, Any, float], seconds: float
) -> bool:
    try:
        found = opened.query(mutant.sql, most=len(gold.rows), seconds=seconds)
    except (QueryError, TimeoutError):
        return True
    return bool(difference(gold, found, *comparison))
