"""The databases of one question: see :mod:`reason.generators.sql.distil`."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import sqlglot
from sqlglot import exp

from reason.frozen import thaw
from reason.generators.sql.distil import Suite, distil
from reason.generators.sql.draw import sample_values
from reason.generators.sql.mutants import mutants
from reason.generators.sql.neighbours import constants_of, neighbour
from reason.generators.sql.schema import Schema
from reason.generators.sql.witness import draw_witness
from reason.task import Task
from reason.verifiers.sql.database import QueryError
from reason.verifiers.sql.gate import order_columns
from reason.verifiers.sql.judge import difference, open_database

__all__ = ["Drawing", "noticed_mutants"]

FIRST_TRIES = 3
"""Realistic databases that are tried before a question counts as one without an answer."""
SEARCH_TRIES, PATIENCE = 80, 15
"""Databases that are searched for one that notices another mutant, and how many in a row may notice none."""
_MANY, _AMPLE = 90, 14
"""Values, and rows of a table, where no two should be alike."""
MOST_ROWS = 500
SECONDS = 1.0
_SAMPLES, _WITNESSES = 12, 8
"""Values of a column beside the query's, and rows that meet its conditions."""


class Drawing:
    """What draws the databases of one question."""

    def __init__(self, schema: Schema, question: Any, gold: str, rng: Random) -> None:
        """Collect what the rows are made of.

        Args:
            schema: What there is.
            question: The tree.
            gold: Its query, in SQLite.
            rng: What draws.
        """
        self._rng = rng
        self._gold = gold
        self._shape = schema.shape()
        self._constants = constants_of(gold, "sqlite")
        self._values = {
            schema.table_name(table.name): {
                schema.column_name(name): sample_values(rng, column, _SAMPLES)
                for name, column in table.columns.items()
            }
            for table in schema.tables.values()
        }
        # Few values make ties, and groups of many rows.
        self._flat = {
            name: {column: values[:2] for column, values in columns.items()}
            for name, columns in self._values.items()
        }
        references = [
            (name, mine[0], other, theirs[0])
            for name, table in self._shape.items()
            for mine, other, theirs in table["foreign_keys"]
        ]
        partial = {mine for name, mine, *_ in references if mine not in self._shape[name]["not_null"]}
        self._total = {(mine, other, theirs) for _, mine, other, theirs in references if mine not in partial}
        self._sizes = {schema.table_name(table.name): table.rows for table in schema.tables.values()}
        used = {table.name for table in sqlglot.parse_one(gold, read="sqlite").find_all(exp.Table)}
        self._small = {name: 2 for name in self._shape if name not in used}
        self._ample = {name: self._small.get(name, _AMPLE) for name in self._shape}
        self._witnesses = [draw_witness(schema, question, rng) for _ in range(_WITNESSES)]

    def first(self) -> dict[str, Any] | None:
        """Draw realistic rows among which the gold query finds some; None where it never does."""
        for _ in range(FIRST_TRIES):
            database = self._draw(values=self._values, sizes=self._sizes)
            with open_database(database, "sqlite") as opened:
                if opened.query(self._gold, most=1, seconds=SECONDS).rows:
                    return database
        return None

    def suite(self, database: Mapping[str, Any]) -> Suite:
        """Add databases to the first, until the mutants of the gold query are noticed."""
        types = {name: dict(table["columns"]) for name, table in self._shape.items()}
        found = mutants(self._gold, "sqlite", types, certain=self._certain)
        return distil([database], self._other, self._gold, found, tries=SEARCH_TRIES, patience=PATIENCE)

    def _other(self, number: int) -> dict[str, Any]:
        around = self._witnesses[number // 2 % len(self._witnesses)]
        match number % 5:
            case 0:  # all is different, so that no result hides behind an equal one
                return self._draw(sizes=self._ample, around=around, spread=_MANY)
            case 1:
                return self._draw(sizes=self._small, values=self._values)
            case 2:  # many rows that meet the conditions, and tie
                return self._draw(sizes=self._ample, values=self._flat, share=0.95)
            case 3:
                return self._draw(sizes=self._small, values=self._values, around=around)
            case _:
                return self._draw(sizes=self._small)

    def _certain(self, join: exp.Join) -> bool:
        """Say whether a join follows a reference that is never NULL."""
        on = join.args.get("on")
        if not isinstance(on, exp.EQ) or not all(
            isinstance(side, exp.Column) for side in (on.left, on.right)
        ):
            return False
        return (on.left.name, join.this.name, on.right.name) in self._total

    def _draw(self, **more: Any) -> dict[str, Any]:
        return neighbour(self._shape, self._constants, self._rng, witnesses=self._witnesses, **more)


def noticed_mutants(task: Task) -> list[str]:
    """Return the mutants of a task's query whose results differ on one of its databases."""
    truth = thaw(task.ground_truth)
    gold, dialect = truth["gold_sql"], truth["dialect"]
    if dialect != "sqlite":
        return []  # DuckDB is only opened in a worker
    types = {name: dict(table["columns"]) for name, table in truth["databases"][0]["tables"].items()}
    left = [mutant.sql for mutant in mutants(gold, dialect, types)]
    found: list[str] = []
    for database in truth["databases"]:
        with open_database(database, dialect) as opened:
            right = opened.query(gold, most=MOST_ROWS, seconds=SECONDS)
            for sql in left:
                try:
                    result = opened.query(sql, most=MOST_ROWS, seconds=SECONDS)
                except (QueryError, TimeoutError):
                    found.append(sql)
                    continue
                if difference(right, result, *order_columns(gold, dialect), 1e-9):
                    found.append(sql)
        left = [sql for sql in left if sql not in found]
    return found
