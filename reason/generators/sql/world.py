"""Worlds that questions are asked about: tables, what their columns hold, and how English speaks of them.

A world is one TOML file in ``worlds/``; whatever lies there is a world, and nothing lists them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Column", "Table", "World", "load_world", "world_names"]

SQL_TYPES = {
    "key": "INTEGER",
    "reference": "INTEGER",
    "name": "TEXT",
    "category": "TEXT",
    "count": "INTEGER",
    "amount": "REAL",
    "date": "DATE",
}
"""The kinds of columns, and their SQL types."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a world's table."""

    name: str
    kind: str
    """A key of ``SQL_TYPES``: ``name`` is free text, ``category`` one of few texts, ``amount`` a decimal."""
    noun: str
    """What English calls it; for a reference, the role of the row that it leads to."""
    values: tuple[str, ...] = ()
    """What a text holds."""
    low: Any = None
    """Least number or date."""
    high: Any = None
    unit: str = ""
    null: float = 0.0
    """How often it is NULL in realistic data; 0 where it is NOT NULL."""
    refers: str = ""
    """The table that a reference leads to."""
    inverse: str = ""
    """What the referred row calls its rows here: the plural of a role."""
    above: str = ""
    """A verb phrase for being above a value, with ``{}`` for the value."""
    below: str = ""

    @property
    def type(self) -> str:
        """Its SQL type."""
        return SQL_TYPES[self.kind]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of a world."""

    name: str
    noun: str
    plural: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    rows: int = 10
    """How many rows realistic data has."""

    @property
    def references(self) -> tuple[Column, ...]:
        """Its columns that lead to other rows."""
        return tuple(column for column in self.columns.values() if column.refers)


@dataclass(frozen=True, kw_only=True)
class World:
    """Tables that belong together; a table refers to itself and to tables before it."""

    name: str
    about: str
    tables: Mapping[str, Table]


@cache
def world_names() -> tuple[str, ...]:
    """Return the names of all worlds, sorted."""
    folder = files(__package__).joinpath("worlds")
    return tuple(sorted(path.name[:-5] for path in folder.iterdir() if path.name.endswith(".toml")))


@cache
def load_world(name: str) -> World:
    """Read a world.

    Raises:
        ValueError: its file breaks a rule; the message names the table and column.
        FileNotFoundError: there is none of that name.
    """
    data = tomllib.loads(files(__package__).joinpath("worlds", f"{name}.toml").read_text("utf-8"))
    about, pools = data.pop("about"), {**_pools(), **data.pop("pools", {})}
    tables: dict[str, Table] = {}
    for key, table in data.items():
        tables[key] = _table(key, table, pools)
        for column in tables[key].references:
            if column.refers not in tables:
                raise ValueError(f"world {name}: {key}.{column.name} refers to {column.refers!r}")
    return World(name=name, about=about, tables=tables)


@cache
def _pools() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("pools.toml").read_text("utf-8"))


def _table(name: str, data: dict[str, Any], pools: Mapping[str, Any]) -> Table:
    noun = data.get("noun", name.replace("_", " "))
    plural = data.get("plural", noun + "s")
    own = f"{name}_id"
    key = tuple(data.get("key", (own,)))
    columns: dict[str, Column] = {}
    if key == (own,):
        columns[own] = Column(name=own, kind="key", noun=f"{noun} id")
    for column, parts in data["columns"].items():
        columns[column] = _column(name, column, parts, pools, plural)
    if missing := set(key) - set(columns):
        raise ValueError(f"table {name} lacks its key {sorted(missing)}")
    return Table(
        name=name, noun=noun, plural=plural, key=key, columns=columns, rows=data.get("rows", Table.rows)
    )


def _column(table: str, name: str, data: dict[str, Any], pools: Mapping[str, Any], plural: str) -> Column:
    parts = dict(data)
    kind = parts.pop("kind", "reference" if "refers" in parts else "")
    values = parts.pop("values", ())
    values = pools[values] if isinstance(values, str) else values
    if kind not in SQL_TYPES:
        raise ValueError(f"{table}.{name}: kind must be one of {', '.join(SQL_TYPES)}, got {kind!r}")
    if kind in ("name", "category") and len(values) < 3:
        raise ValueError(f"{table}.{name} needs three values and more, got {values!r}")
    if kind in ("count", "amount", "date") and not {"low", "high"} <= set(parts):
        raise ValueError(f"{table}.{name} needs low and high")
    for bound in ("low", "high"):
        if bound in parts and kind == "date":
            parts[bound] = str(parts[bound])
    if kind == "reference":
        parts.setdefault("inverse", plural)
    noun = parts.pop("noun", name.removesuffix("_id").replace("_", " "))
    return Column(name=name, kind=kind, noun=noun, values=tuple(values), **parts)
