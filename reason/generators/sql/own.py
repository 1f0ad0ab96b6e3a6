"""Databases of one's own: what a SQLite or DuckDB file holds, and neighbours of it around a query."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

from reason.errors import InputFormatError
from reason.verifiers.sql.database import quoted

__all__ = ["add_keys", "ddl_of", "dialect_of", "examine", "shape_of", "used_tables"]

Shape = dict[str, Any]
"""As :func:`reason.generators.sql.neighbours.neighbour` takes it."""
SQLITE_SUFFIXES, DUCKDB_SUFFIXES = (".sqlite", ".sqlite3", ".db"), (".duckdb", ".ddb")
TRIES, PATIENCE = 60, 15
"""Neighbours that are drawn for one query, and how many in a row may notice no further mutant."""
QUERY_SECONDS = 3.0
"""Elapsed time of one query on the file."""
SAMPLES = 12
"""Values of a column that are taken from the file."""
_SQLITE_MAGIC = b"SQLite format 3\0"
_COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
    "WHERE table_schema = 'main' ORDER BY table_name, ordinal_position"
)
_SECONDS = 60.0


def dialect_of(file: Path) -> str:
    """Return ``sqlite`` or ``duckdb``, by what a file begins with.

    Raises:
        InputFormatError: it is neither, or cannot be read.
    """
    try:
        with file.open("rb") as data:
            begin = data.read(16)
    except OSError as error:
        raise InputFormatError(f"{file}: cannot be read ({error.strerror or error})") from error
    if begin.startswith(_SQLITE_MAGIC):
        return "sqlite"
    if begin[8:12] == b"DUCK":
        return "duckdb"
    raise InputFormatError(f"{file}: it is no SQLite and no DuckDB file")


def shape_of(file: Path, dialect: str) -> Shape:
    """Return the tables of a file, with columns, types and keys; a table after those that it refers to.

    DuckDB's keys are not read.

    Raises:
        InputFormatError: the engine cannot open it, or there is no table in it.
    """
    try:
        shape = _sqlite_shape(file) if dialect == "sqlite" else _duckdb_shape(file)
    except sqlite3.Error as error:
        raise InputFormatError(f"{file}: SQLite cannot read it ({error})") from error
    if not shape:
        raise InputFormatError(f"{file}: there is no table in it")
    return _sorted(shape)


def _sqlite_shape(file: Path) -> Shape:
    shape: Shape = {}
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|' "
            "ORDER BY name"
        ).fetchall()
        for (name,) in names:
            columns = connection.execute(f"PRAGMA table_info({quoted(name)})").fetchall()
            keyed = sorted((place, column) for _, column, *_, place in columns if place)
            foreign: dict[int, list[Any]] = {}
            for number, _, other, mine, theirs, *_ in connection.execute(
                f"PRAGMA foreign_key_list({quoted(name)})"
            ):
                key = foreign.setdefault(number, [[], other, []])
                key[0].append(mine)
                key[2].append(theirs)
            shape[name] = {
                "columns": [[column, _kind(kind)] for _, column, kind, *_ in columns],
                "primary_key": [column for _, column in keyed],
                "not_null": [column for _, column, _, required, *_ in columns if required],
                "foreign_keys": list(foreign.values()),
            }
    return shape


def _duckdb_shape(file: Path) -> Shape:
    from reason.verifiers.sql import query_databases

    [reply] = query_databases(
        [{"file": str(file)}], _COLUMNS, dialect="duckdb", most=10_000, timeout_s=_SECONDS
    )
    if "error" in reply:
        raise InputFormatError(f"{file}: DuckDB cannot read it ({reply['error']})")
    shape: Shape = {}
    for name, column, kind, nullable in reply["rows"]:
        table = shape.setdefault(name, {"columns": [], "primary_key": [], "not_null": [], "foreign_keys": []})
        table["columns"].append([column, _kind(kind)])
        if nullable == "NO":
            table["not_null"].append(column)
    return shape


def _kind(declared: str) -> str:
    """Return the type by SQLite's rules of affinity; dates and times by their names."""
    text = declared.upper()
    for kind, words in {
        "TIMESTAMP": ("TIMESTAMP", "DATETIME"),
        "DATE": ("DATE",),
        "BOOLEAN": ("BOOL",),
        "INTEGER": ("INT",),
        "TEXT": ("CHAR", "CLOB", "TEXT"),
        "REAL": ("REAL", "FLOA", "DOUB"),
    }.items():
        if any(word in text for word in words):
            return kind
    return "NUMERIC" if text else "TEXT"


def add_keys(shape: Shape, schema: Mapping[str, Any]) -> Shape:
    """Return a shape with the keys that Spider's or BIRD's tables file tells of, where the file tells none.

    Args:
        shape: Of the database file.
        schema: One entry of the tables file.

    Raises:
        ValueError: it names columns that it does not have.
    """
    try:
        tables, columns = schema["table_names_original"], schema["column_names_original"]
        pairs = [(columns[mine], columns[theirs]) for mine, theirs in schema.get("foreign_keys", ())]
        found = [((tables[a], mine), (tables[b], theirs)) for (a, mine), (b, theirs) in pairs]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"the tables file is wrong about its keys ({error!r})") from error
    names = {name.lower(): name for name in shape}
    changed = {name: dict(table) for name, table in shape.items()}
    for (table, mine), (other, theirs) in found:
        one, two = names.get(table.lower()), names.get(other.lower())
        if one is None or two is None or shape[one]["foreign_keys"]:
            continue
        places = [_spelled(shape[one], mine), _spelled(shape[two], theirs)]
        if None not in places:
            changed[one]["foreign_keys"] = [
                *changed[one]["foreign_keys"],
                [[places[0]], two, [places[1]]],
            ]
    return _sorted(changed)


def _spelled(table: Mapping[str, Any], column: str) -> str | None:
    return next((name for name, _ in table["columns"] if name.lower() == column.lower()), None)


def _sorted(shape: Shape) -> Shape:
    """Put tables behind those that they refer to; a reference that cannot be followed so is left out."""
    done: Shape = {}
    names = {name.lower(): name for name in shape}

    def whole(key: Sequence[Any]) -> list[Any] | None:
        mine, other, theirs = key
        target = names.get(str(other).lower())
        if target is None:
            return None
        # REFERENCES without columns means the primary key.
        theirs = [name or key for name, key in zip(theirs, shape[target]["primary_key"], strict=False)] if (
            None in theirs) else theirs  # fmt: skip
        known = [_spelled(shape[target], name) for name in theirs if name]
        return [mine, target, known] if None not in known and len(known) == len(mine) else None

    def visit(name: str, waiting: tuple[str, ...]) -> None:
        if name in done or name in waiting:
            return
        keys = [key for each in shape[name]["foreign_keys"] if (key := whole(each)) is not None]
        for _, other, _ in keys:
            visit(other, (*waiting, name))
        kept = [key for key in keys if key[1] == name or key[1] in done]
        done[name] = {**shape[name], "foreign_keys": kept}

    for name in shape:
        visit(name, ())
    return done


def ddl_of(shape: Shape) -> str:
    """Show tables as CREATE TABLE statements."""
    return "\n".join(_create(name, table) for name, table in shape.items())


def _create(name: str, table: Mapping[str, Any]) -> str:
    lines = [f"  {quoted(column)} {kind}" + " NOT NULL" * (column in table["not_null"])
             for column, kind in table["columns"]]  # fmt: skip
    if table["primary_key"]:
        lines.append(f"  PRIMARY KEY ({', '.join(map(quoted, table['primary_key']))})")
    for mine, other, theirs in table["foreign_keys"]:
        lines.append(
            f"  FOREIGN KEY ({', '.join(map(quoted, mine))}) REFERENCES {quoted(other)}"
            f"({', '.join(map(quoted, theirs))})"
        )
    return f"CREATE TABLE {quoted(name)} (\n" + ",\n".join(lines) + "\n);"


def used_tables(shape: Shape, sql: str, dialect: str) -> Shape:
    """Return the tables that a query reads, and those that these refer to.

    Raises:
        sqlglot.errors.SqlglotError: it cannot be read.
    """
    import sqlglot
    from sqlglot import exp

    named = {table.name.lower() for table in sqlglot.parse_one(sql, read=dialect).find_all(exp.Table)}
    wanted = {name for name in shape if name.lower() in named}
    for name in reversed(list(shape)):
        if name in wanted:
            wanted.update(other for _, other, _ in shape[name]["foreign_keys"])
    return {name: table for name, table in shape.items() if name in wanted}


def examine(file: str, shape: Shape, gold: str, dialect: str, seed: int) -> dict[str, Any]:
    """Draw neighbours around a query, and count the mutants that data can and cannot tell from it.

    For a worker: the file is opened in whatever process this is.

    Args:
        file: The database.
        shape: The tables that the query reads.
        gold: The query.
        dialect: ``sqlite`` or ``duckdb``.
        seed: Of the drawing.

    Returns:
        ``databases`` (the neighbours), ``num_rows`` of the gold on the file, ``num_mutants``, ``unnoticed``
        (by the file alone) and ``survivors`` (of all); or ``error``.
    """
    from sqlglot.errors import SqlglotError

    from reason.generators.sql.distil import distil
    from reason.generators.sql.mutants import mutants
    from reason.generators.sql.neighbours import constants_of, neighbour
    from reason.verifiers.sql.database import QueryError
    from reason.verifiers.sql.judge import open_database

    database, rng = {"file": file}, Random(seed)
    try:
        constants = constants_of(gold, dialect)
        found = mutants(gold, dialect, {name: dict(table["columns"]) for name, table in shape.items()})
        with open_database(database, dialect) as opened:
            rows = opened.query(gold, most=100_000, seconds=QUERY_SECONDS).rows
            values = _values(opened, shape, gold)
        drawn: Callable[[int], Any] = lambda number: neighbour(  # noqa: E731
            shape, constants, rng, values=values if number % 3 else None
        )
        suite = distil(
            [database],
            drawn,
            gold,
            found,
            dialect=dialect,
            tries=TRIES,
            patience=PATIENCE,
            seconds=QUERY_SECONDS,
        )
    except (QueryError, TimeoutError) as error:
        return {"error": f"the query fails on its own data: {error}"[:300]}
    except (SqlglotError, RecursionError) as error:
        return {"error": f"sqlglot cannot read the query: {error}"[:300]}
    return {
        "databases": list(suite.databases[1:]),
        "num_rows": len(rows),
        "num_mutants": suite.num_mutants,
        "unnoticed": len(suite.unnoticed) + len(suite.survivors),
        "survivors": len(suite.survivors),
    }


def _values(opened: Any, shape: Shape, gold: str) -> dict[str, dict[str, list[Any]]]:
    """Return some values of each column that a query names."""
    lower = gold.lower()
    found: dict[str, dict[str, list[Any]]] = {}
    for name, table in shape.items():
        for column, _ in table["columns"]:
            if column.lower() in lower:
                sql = (
                    f"SELECT DISTINCT {quoted(column)} FROM {quoted(name)} WHERE {quoted(column)} IS NOT NULL"
                )
                rows = opened.query(f"{sql} LIMIT {SAMPLES}", most=SAMPLES, seconds=2.0).rows
                told = [row[0] for row in rows if isinstance(row[0], int | float | str)]
                found.setdefault(name, {})[column] = told
    return found
