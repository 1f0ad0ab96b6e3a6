"""A schema drawn from a world: which tables and columns it has, how they are named, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from reason.frozen import FrozenDict
from reason.generators.sql.world import Column, Table, World, load_world, world_names

__all__ = ["NAMINGS", "Link", "Schema", "draw_schema", "read_schema"]

NAMINGS = ("snake", "plural", "camel", "short")
"""``book.author_id``; ``books.author_id``; ``Book.authorId``; ``bk.athr_id``."""
_DROPPED, _COMMENTED = 0.2, 0.4
_COLUMN_LINE = re.compile(r"  (\w+) (?:INTEGER|TEXT|REAL|DATE)\b")


@dataclass(frozen=True)
class Link:
    """A reference seen from the row that it leads to: the rows of ``table`` whose ``column`` names it."""

    table: str
    column: str


@dataclass(frozen=True, kw_only=True)
class Schema:
    """What a question may ask of; tables and columns go by their names in the world."""

    world: World
    tables: Mapping[str, Table]
    naming: str
    commented: bool = True
    """Whether columns whose names say all have a comment nonetheless."""

    def table_name(self, table: str) -> str:
        """Return a table's name in SQL."""
        return _table_name(self.naming, table, self.world.tables[table].plural)

    def column_name(self, column: str) -> str:
        """Return a column's name in SQL."""
        return _styled(self.naming, column, first_upper=False)

    def target(self, table: str, path: tuple[str, ...]) -> str:
        """Return the table to which a path of references leads."""
        for step in path:
            table = self.tables[table].columns[step].refers
        return table

    def column(self, table: str, path: tuple[str, ...], name: str) -> Column:
        """Return a column at the end of a path."""
        return self.tables[self.target(table, path)].columns[name]

    def links(self, table: str) -> list[Link]:
        """Return the references that lead to a table."""
        return [
            Link(other.name, column.name)
            for other in self.tables.values()
            for column in other.references
            if column.refers == table
        ]

    def ddl(self) -> str:
        """Show it as CREATE TABLE statements."""
        return "\n".join(self._create(table) for table in self.tables.values())

    def shape(self) -> dict[str, Any]:
        """Return it as :func:`reason.generators.sql.neighbours.neighbour` takes it."""
        return {self.table_name(table.name): self._shape(table) for table in self.tables.values()}

    def _shape(self, table: Table) -> dict[str, Any]:
        columns = table.columns.values()
        return {
            "columns": [[self.column_name(column.name), column.type] for column in columns],
            "primary_key": [self.column_name(name) for name in table.key],
            "not_null": [self.column_name(column.name) for column in columns if not column.null],
            "foreign_keys": [
                [
                    [self.column_name(column.name)],
                    self.table_name(column.refers),
                    [self.column_name(self.tables[column.refers].key[0])],
                ]
                for column in table.references
            ],
        }

    def _create(self, table: Table) -> str:
        lines = []
        for column in table.columns.values():
            text = f"  {self.column_name(column.name)} {column.type}"
            if table.key == (column.name,):
                text += " PRIMARY KEY"
            elif not column.null:
                text += " NOT NULL"
            if column.refers:
                key = self.column_name(self.tables[column.refers].key[0])
                text += f" REFERENCES {self.table_name(column.refers)}({key})"
            lines.append((text, self._comment(column)))
        if len(table.key) > 1:
            lines.append((f"  PRIMARY KEY ({', '.join(map(self.column_name, table.key))})", ""))
        shown = [
            text + ("," if number < len(lines) else "") + (f" -- {comment}" if comment else "")
            for number, (text, comment) in enumerate(lines, 1)
        ]
        head = f" -- {table.plural}" if self.naming == "short" or table.noun != _words(table.name) else ""
        return "\n".join([f"CREATE TABLE {self.table_name(table.name)} ({head}", *shown, ");"])

    def _comment(self, column: Column) -> str:
        telling = column.noun == _words(column.name.removesuffix("_id") if column.refers else column.name)
        parts = [] if telling and self.naming != "short" and not self.commented else [column.noun]
        if column.unit:
            parts.append(f"in {column.unit}")
        if column.kind == "category" and self.commented:
            parts.append("such as " + " or ".join(f"'{value}'" for value in column.values[:2]))
        return ", ".join(parts)


def draw_schema(rng: Random, num_tables: int) -> Schema:
    """Draw a schema.

    Args:
        rng: What draws.
        num_tables: Least number of tables; those that they refer to come along.
    """
    world = load_world(rng.choice(world_names()))
    left = list(world.tables)
    rng.shuffle(left)
    chosen: set[str] = set()
    while left and len(chosen) < num_tables:
        _include(left.pop(), world, chosen)
    tables = {
        name: replace(table, columns=FrozenDict(_kept(table, rng)))
        for name, table in world.tables.items()
        if name in chosen
    }
    return Schema(world=world, tables=tables, naming=rng.choice(NAMINGS), commented=rng.random() < _COMMENTED)


def read_schema(ddl: str) -> Schema:
    """Read what :meth:`Schema.ddl` shows.

    Raises:
        ValueError: no world has such tables.
    """
    shown: dict[str, list[str]] = {}
    for block in ddl.split("CREATE TABLE ")[1:]:
        name = block.partition(" (")[0]
        shown[name] = [match[1] for line in block.split("\n") if (match := _COLUMN_LINE.match(line))]
    for world_name in world_names():
        for naming in NAMINGS:
            names = _names(world_name, naming)
            if all(name in names and set(columns) <= set(names[name][1]) for name, columns in shown.items()):
                world = load_world(world_name)
                tables = {}
                for name, columns in shown.items():
                    table = world.tables[names[name][0]]
                    kept = [names[name][1][column] for column in columns]
                    tables[table.name] = replace(
                        table, columns=FrozenDict({column: table.columns[column] for column in kept})
                    )
                return Schema(world=world, tables=tables, naming=naming)
    raise ValueError(f"no world has the tables {', '.join(shown)}")


@cache
def _names(world: str, naming: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Return of each table's SQL name the table, and its columns by their SQL names."""
    return {
        _table_name(naming, table.name, table.plural): (
            table.name,
            {_styled(naming, column, first_upper=False): column for column in table.columns},
        )
        for table in load_world(world).tables.values()
    }


def _include(name: str, world: World, chosen: set[str]) -> None:
    if name not in chosen:
        chosen.add(name)
        for column in world.tables[name].references:
            _include(column.refers, world, chosen)


def _kept(table: Table, rng: Random) -> dict[str, Column]:
    """Leave out some columns, but never keys, references or the first that describes a row."""
    plain = [
        column for column in table.columns.values() if not column.refers and column.name not in table.key
    ]
    optional = {column.name for column in plain[1:] if len(plain) > 3 and rng.random() < _DROPPED}
    return {name: column for name, column in table.columns.items() if name not in optional}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table_name(naming: str, table: str, plural: str) -> str:
    if naming == "plural":
        return plural.replace(" ", "_")
    return _styled(naming, table, first_upper=True)


def _styled(naming: str, name: str, *, first_upper: bool) -> str:
    words = name.split("_")
    if naming == "camel":
        head = words[0].capitalize() if first_upper else words[0]
        return head + "".join(word.capitalize() for word in words[1:])
    if naming == "short":
        return "_".join(
            word if len(word) < 4 else word[0] + re.sub("[aeiou]", "", word[1:]) for word in words
        )
    return name
