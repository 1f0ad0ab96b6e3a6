"""The databases of one question: they tell its query from every mutant that is not equal to it.

Whole databases are drawn first; what none of them notices is looked for by small edits of those in which the
query finds something, one after the other (a random walk in the neighbourhood of rows that matter). In the
end as few of them are kept as notice what all do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import sqlglot
from sqlglot import exp

from reason.frozen import thaw
from reason.generators.sql.bench import Bench
from reason.generators.sql.draw import sample_values
from reason.generators.sql.edits import Editor
from reason.generators.sql.equality import Equality
from reason.generators.sql.mutants import Mutant, mutants
from reason.generators.sql.neighbours import constants_of, neighbour
from reason.generators.sql.schema import Schema
from reason.generators.sql.witness import draw_witness, edges
from reason.seeding import stream
from reason.task import Task
from reason.verifiers.sql.database import QueryError
from reason.verifiers.sql.gate import order_columns
from reason.verifiers.sql.judge import difference, open_database

__all__ = ["Drawing", "Suite", "noticed_mutants"]

FIRST_TRIES = 3
"""Realistic databases that are tried before a question counts as one without an answer."""
DRAWN = 6
"""Whole databases that are drawn beside the first."""
WALKS, STEPS, PATIENCE = 20, 24, 150
"""Walks from one of them, edits of a walk, and edits in a row that may notice nothing new."""
LEAN = 4
"""Rows of a table in a database where few decide."""
LEAST_KILLED = 0.99
"""Part of the mutants, without those that are equal for sure, which the databases must notice."""
LEAST_DATABASES, MOST_DATABASES = 3, 6
_MANY, _AMPLE = 90, 14
"""Values, and rows of a table, where no two should be alike."""
_SAMPLES, _WITNESSES = 12, 8
"""Values of a column beside the query's, and rows that meet its conditions."""
_MOST_ROWS, _TOLERANCE, _DUCKDB_S = 2_000, 1e-9, 20.0
"""Rows, relative error of floats and seconds of a query in DuckDB, where no bench counts steps."""
Database = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Databases, and what they tell apart."""

    databases: tuple[Database, ...]
    num_mutants: int
    equal: tuple[Mutant, ...]
    """Mutants that are the gold in other words: nothing can notice them."""
    survivors: tuple[Mutant, ...]
    """Other mutants that give what the gold gives on every database."""

    @property
    def kill_rate(self) -> float:
        """The part of the mutants, without the equal ones, that is noticed."""
        counted = self.num_mutants - len(self.equal)
        return 1.0 - len(self.survivors) / counted if counted else 1.0


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
        self._tree = sqlglot.parse_one(gold, read="sqlite")
        self._constants = constants_of(self._tree, "sqlite")
        for column, values in edges(question):
            near = self._constants.setdefault(schema.column_name(column.name).lower(), [])
            near += [value for value in values if value not in near]
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
        self._sizes = {schema.table_name(table.name): table.rows for table in schema.tables.values()}
        self._columns = _columns(self._tree, self._shape)
        self._small = {name: 2 for name in self._shape if name not in self._columns}
        self._lean = {name: self._small.get(name, LEAN) for name in self._shape}
        self._ample = {name: self._small.get(name, _AMPLE) for name in self._shape}
        self._witnesses = [draw_witness(schema, question, rng) for _ in range(_WITNESSES)]

    def suite(self) -> Suite | None:
        """Draw them; None where the query finds nothing, or a mutant too many goes unnoticed."""
        with Bench({name: {**table, "rows": []} for name, table in self._shape.items()}, self._gold) as bench:
            first = next((found for _ in range(FIRST_TRIES) if (found := self._first(bench))), None)
            if first is None:
                return None
            types = {name: dict(table["columns"]) for name, table in self._shape.items()}
            search = _Search(bench, mutants(self._tree, "sqlite", types))
            search.take(first)
            for number in range(DRAWN):
                if search.alive or len(search.answered) < LEAST_DATABASES:
                    search.take(self._other(number))
            equality = Equality(self._tree, self._shape)
            equal = tuple(mutant for mutant in search.alive if equality.holds(mutant.sql))
            search.alive = [mutant for mutant in search.alive if mutant not in equal]
            self._walk(search)
            databases = search.fewest(LEAST_DATABASES)
            suite = Suite(
                databases=databases,
                num_mutants=len(search.mutants),
                equal=equal,
                survivors=tuple(search.alive),
            )
        fitting = LEAST_DATABASES <= len(databases) <= MOST_DATABASES
        return suite if fitting and suite.kill_rate >= LEAST_KILLED else None

    def _first(self, bench: Bench) -> Database | None:
        """Draw realistic rows; None where the query finds none among them."""
        drawn = self._draw(values=self._values, sizes=self._sizes)
        bench.load(drawn["tables"])
        return drawn if bench.answer() else None

    def _walk(self, search: _Search) -> None:
        editor = Editor(self._shape, self._constants, self._values, self._columns, self._rng)
        idle = 0
        for number in range(WALKS):
            if number % 2 == 0:
                search.take(self._draw(sizes=self._lean, values=self._values, share=0.9))
            if not search.alive or idle > PATIENCE:
                return
            start = search.answered[-1 if number % 2 == 0 else number % len(search.answered)]
            tables = dict(start["tables"])
            search.bench.load(tables)
            for _ in range(STEPS):
                if not search.alive:
                    return
                wanted = self._rng.choice(search.alive).columns
                if (edit := editor.edit(tables, wanted)) is None:
                    continue
                name, rows = edit
                search.bench.put(name, rows)
                if not search.bench.answer():
                    search.bench.put(name, tables[name]["rows"])
                    continue
                tables[name] = {**tables[name], "rows": rows}
                idle += 1
                if search.look(edited := {"tables": dict(tables)}):
                    search.answered.append(edited)
                    idle = 0

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

    def _draw(self, **more: Any) -> dict[str, Any]:
        return neighbour(self._shape, self._constants, self._rng, witnesses=self._witnesses, **more)


class _Search:
    """Which mutants are left, and the databases that noticed the others."""

    def __init__(self, bench: Bench, found: Sequence[Mutant]) -> None:
        self.bench = bench
        self.mutants = found
        self.alive = list(found)
        self.kept: list[Database] = []
        self.answered: list[Database] = []
        """Databases in which the gold query finds something."""

    def take(self, database: Database) -> None:
        """Look at a database, if the gold finds something there."""
        self.bench.load(database["tables"])
        if self.bench.answer():
            self.answered.append(database)
            self.look(database)

    def look(self, database: Database) -> bool:
        """Ask which mutants are noticed on the rows that lie on the bench, and keep them if one is."""
        left = [mutant for mutant in self.alive if not self.bench.notices(mutant.sql)]
        found = len(left) < len(self.alive)
        if found:
            self.alive = left
            self.kept.append(database)
        return found

    def fewest(self, least: int) -> tuple[Database, ...]:
        """Return few databases that notice what all do: the first, and in turn the one that adds most."""
        noticed = []
        for database in self.kept:
            self.bench.load(database["tables"])
            self.bench.answer()
            noticed.append({m.sql for m in self.mutants if self.bench.notices(m.sql)})
        chosen = [0] if noticed else []
        missing = set().union(*noticed).difference(*noticed[:1])
        while missing:
            best = max(range(len(noticed)), key=lambda number: len(noticed[number] & missing))
            chosen.append(best)
            missing -= noticed[best]
        databases = [self.kept[number] for number in chosen]
        more = [database for database in self.answered if database not in databases]
        return (*databases, *more[: max(least - len(databases), 0)])


def noticed_mutants(task: Task, most: int) -> list[str]:
    """Return mutants of a task's query, in its dialect, whose results differ on one of its databases.

    Args:
        task: Of a family of questions.
        most: How many, at most.
    """
    truth = thaw(task.ground_truth)
    gold, dialect, databases = truth["gold_sql"], truth["dialect"], truth["databases"]
    types = {name: dict(table["columns"]) for name, table in databases[0]["tables"].items()}
    left = [mutant.sql for mutant in mutants(gold, dialect, types)]
    stream("near misses", task.task_id).shuffle(left)
    notice = _noticed_by_sqlite if dialect == "sqlite" else _noticed_by_duckdb
    found: list[str] = []
    for database in databases:
        left = [sql for sql in left if sql not in found]
        found += notice(database, gold, left[: most - len(found)])
    return found


def _noticed_by_sqlite(database: Mapping[str, Any], gold: str, queries: Sequence[str]) -> list[str]:
    with Bench(database["tables"], gold) as bench:
        return [sql for sql in queries if bench.notices(sql)] if bench.answer() else []


def _noticed_by_duckdb(database: Mapping[str, Any], gold: str, queries: Sequence[str]) -> list[str]:
    order, found = order_columns(gold, "duckdb"), list[str]()
    with open_database(database, "duckdb") as opened:
        right = opened.query(gold, most=_MOST_ROWS, seconds=_DUCKDB_S)
        for sql in queries:
            try:
                other = opened.query(sql, most=len(right.rows), seconds=_DUCKDB_S)
            except (QueryError, TimeoutError):
                found.append(sql)
                continue
            if difference(right, other, *order, _TOLERANCE):
                found.append(sql)
    return found


def _columns(tree: exp.Expr, shape: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the tables that a query reads, and which of their columns it names."""
    names = {column.name for column in tree.find_all(exp.Column)}
    tables = {table.name for table in tree.find_all(exp.Table)}
    return {
        table: [name for name, _ in shape[table]["columns"] if name in names]
        for table in shape
        if table in tables
    }
