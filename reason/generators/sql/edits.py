"""Small edits of a database: another value in one place, a row once more, a row less; keys stay whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from reason.generators.sql.neighbours import Constants, fitting_constants

__all__ = ["Editor"]

_CHANGED, _COPIED = 0.6, 0.9
"""How often an edit changes a value, and how often it does that or copies a row; else it removes one."""
_VARIED = 0.6
"""How often a copy differs from its row in one place."""
_MOST_ROWS = 20
_WANTED = 0.6
"""How often an edit is where it matters."""
_ELSEWHERE = 0.15
"""How often a value is changed of which the query does not speak."""
Rows = list[list[Any]]


class Editor:
    """What draws edits."""

    def __init__(
        self,
        shape: Mapping[str, Any],
        constants: Constants,
        values: Mapping[str, Mapping[str, Sequence[Any]]],
        columns: Mapping[str, Sequence[str]],
        rng: Random,
    ) -> None:
        """Take what the edits are made of.

        Args:
            shape: The tables, as :func:`reason.generators.sql.neighbours.neighbour` takes them.
            constants: Of the query.
            values: Realistic ones, by table and column.
            columns: Of which the query speaks, by table: only these tables are edited.
            rng: What draws.
        """
        self._rng = rng
        self._shape = shape
        self._constants = constants
        self._values = values
        self._columns = columns
        self._near: dict[tuple[str, str], list[Any]] = {}
        self._tables = [name for name in shape if name in columns]
        self._referring = {
            name: {mine[0]: (other, theirs[0]) for mine, other, theirs in shape[name].get("foreign_keys", ())}
            for name in shape
        }

    def edit(self, tables: Mapping[str, Any], wanted: Sequence[str] = ()) -> tuple[str, Rows] | None:
        """Return a table and the rows that it shall hold instead; None where the draw changes nothing.

        Args:
            tables: Of a database.
            wanted: Columns that matter; any of the query's where there are none.
        """
        rng = self._rng
        places = [
            (name, column)
            for name in self._tables
            for column, _ in self._shape[name]["columns"]
            if column in wanted and column not in self._shape[name]["primary_key"]
        ]
        if places and rng.random() < _WANTED:
            return self._edit_at(*rng.choice(places), tables)
        name = rng.choice(self._tables)
        rows: Rows = tables[name]["rows"]
        if not rows:
            return None
        place, chance = rng.randrange(len(rows)), rng.random()
        if chance < _CHANGED:
            changed = self._changed(name, rows[place], tables)
            return None if changed is None else (name, [*rows[:place], changed, *rows[place + 1 :]])
        if chance < _COPIED:
            copied = self._copied(name, rows[place], tables) if len(rows) < _MOST_ROWS else None
            return None if copied is None else (name, [*rows, copied])
        if len(rows) == 1 or self._referred(name, rows[place], tables):
            return None
        return name, [*rows[:place], *rows[place + 1 :]]

    def _edit_at(self, name: str, column: str, tables: Mapping[str, Any]) -> tuple[str, Rows] | None:
        """Change a column of a row, or of a copy of it."""
        rows: Rows = tables[name]["rows"]
        if not rows:
            return None
        place = self._rng.randrange(len(rows))
        if self._rng.random() < 0.5 and len(rows) < _MOST_ROWS:
            copied = self._copied(name, rows[place], tables, column)
            return None if copied is None else (name, [*rows, copied])
        changed = self._changed(name, rows[place], tables, column)
        return None if changed is None else (name, [*rows[:place], changed, *rows[place + 1 :]])

    def _changed(
        self, name: str, row: Sequence[Any], tables: Mapping[str, Any], wanted: str = ""
    ) -> list[Any] | None:
        """Return a row with another value; None where the drawn one is no other."""
        rng, table = self._rng, self._shape[name]
        told = [wanted] if wanted else self._columns[name]
        open_places = [
            (place, column, kind)
            for place, (column, kind) in enumerate(table["columns"])
            if column not in table["primary_key"]
            and (column in told or (not wanted and rng.random() < _ELSEWHERE))
        ]
        if not open_places:
            return None
        place, column, kind = rng.choice(open_places)
        value = self._value(name, place, column, kind, tables)
        if value == row[place] or (value is None and column in table["not_null"]):
            return None
        return [*row[:place], value, *row[place + 1 :]]

    def _value(self, name: str, place: int, column: str, kind: str, tables: Mapping[str, Any]) -> Any:
        rng = self._rng
        if (reference := self._referring[name].get(column)) is not None:
            keys = self._keys(*reference, tables)
            return rng.choice(keys) if keys and rng.random() < 0.85 else None
        chance = rng.random()
        if chance < 0.1:
            return None
        near = self._constants_of(column, kind)
        if near and chance < 0.65:
            return rng.choice(near)
        pool = self._values[name][column]
        if pool and chance < 0.8:
            return rng.choice(pool)
        return rng.choice(tables[name]["rows"])[place]

    def _constants_of(self, column: str, kind: str) -> list[Any]:
        if (column, kind) not in self._near:
            self._near[column, kind] = fitting_constants(self._constants, column, kind)
        return self._near[column, kind]

    def _copied(
        self, name: str, row: Sequence[Any], tables: Mapping[str, Any], wanted: str = ""
    ) -> list[Any] | None:
        """Return a row once more under another key; None where no key is left."""
        rng, table = self._rng, self._shape[name]
        names = [column for column, _ in table["columns"]]
        copied = list(row)
        if wanted or rng.random() < _VARIED:
            copied = self._changed(name, row, tables, wanted) or copied
        places = [names.index(column) for column in table["primary_key"]]
        for place in places:
            reference = self._referring[name].get(names[place])
            if reference is not None:
                copied[place] = rng.choice(self._keys(*reference, tables))
            else:
                copied[place] = 1 + max(other[place] for other in tables[name]["rows"])
        taken = {tuple(other[place] for place in places) for other in tables[name]["rows"]}
        return None if tuple(copied[place] for place in places) in taken else copied

    def _keys(self, table: str, column: str, tables: Mapping[str, Any]) -> list[Any]:
        place = [name for name, _ in self._shape[table]["columns"]].index(column)
        return [row[place] for row in tables[table]["rows"]]

    def _referred(self, name: str, row: Sequence[Any], tables: Mapping[str, Any]) -> bool:
        return any(row[place] in held for place, held in self._references(name, tables))

    def _references(self, name: str, tables: Mapping[str, Any]) -> Iterator[tuple[int, list[Any]]]:
        """Yield the places of a table's columns that others refer to, and what these hold."""
        names = [column for column, _ in self._shape[name]["columns"]]
        for other, references in self._referring.items():
            for mine, (target, theirs) in references.items():
                if target == name:
                    yield names.index(theirs), self._keys(other, mine, tables)
