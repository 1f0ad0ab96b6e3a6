"""Tiny databases around a query: its constants and what lies next to them, NULLs, duplicates, empty tables.

Random databases of this kind separate nearly all queries that are not the same (Zhong, Yu and Klein,
"Semantic Evaluation for Text-to-SQL with Distilled Test Suites", 2010.02840, section 3).
"""

from __future__ import annotations

import datetime
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlglot import exp

__all__ = ["Constants", "constants_of", "fitting_constants", "neighbour", "steps"]

Constants = Mapping[str, Sequence[Any]]
"""Values by lower-case name of a column; under the empty name those of which the column is not known."""

_NULLS, _DUPLICATES, _NEAR, _COUNTED = 0.12, 0.15, 0.65, 0.7
"""How often a value is NULL, a row is a copy of another, a value comes from the query's constants, and a key
is the row's number."""
_NEAR_MISSES = 0.4
"""How often a row that meets the conditions is made to differ in one column."""
_MOST_NEAR, _SMALL = 8, 6
"""Constants of a column that are tried around a witness, and how many rows its table has beside them."""
_SIZES = (0, 1, 2, 3, 4, 6, 9, 16)
_SPREADS = (2, 5, 30)
"""How many different values there are beside the constants: few make duplicates, many make groups."""
_DAY = datetime.date(2021, 3, 14)


def constants_of(sql: str | exp.Expr, dialect: str) -> dict[str, list[Any]]:
    """Return the constants of a query, and values next to them, by the column that they are compared with.

    Raises:
        sqlglot.errors.SqlglotError: it is no SQL.
    """
    found: dict[str, list[Any]] = defaultdict(list)
    tree = exp.maybe_parse(sql, dialect=dialect)
    for literal in tree.find_all(exp.Literal):
        if literal.find_ancestor(exp.Limit, exp.Offset, exp.Interval):
            continue
        holder = literal.find_ancestor(exp.Predicate)
        columns = [column.name.lower() for column in holder.find_all(exp.Column)] if holder else []
        like = isinstance(holder, exp.Like | exp.ILike)
        for value in _around(literal, like=like):
            for name in columns or [""]:
                if value not in found[name]:
                    found[name].append(value)
    return dict(found)


def fitting_constants(constants: Constants, name: str, kind: str) -> list[Any]:
    """Return those of a query's constants that a column of some type may hold."""
    return [value for value in constants.get(name.lower(), constants.get("", ())) if _fits(value, kind)]


def steps(value: float) -> tuple[float, float]:
    """Return the numbers next to a constant: of floats by a power of two, so that sums stay exact."""
    step = 1 if isinstance(value, int) else 2.0 ** (math.frexp(value)[1] - 6)
    return value + step, value - step


def _around(literal: exp.Literal, *, like: bool) -> Iterator[Any]:
    if not literal.is_string:
        value = int(literal.this) if literal.is_int else float(literal.this)
        yield value
        yield from steps(value)
        return
    text = literal.this
    if like:
        core = text.replace("%", "").replace("_", "a")
        yield from (core, core + "b", "b" + core, core.swapcase(), core[:-1])
        return
    yield text
    try:
        day = datetime.date.fromisoformat(text[:10])
    except ValueError:
        yield from (text + "x", text.swapcase(), text[:-1])  # after, elsewhere and before it in their order
        return
    for days in (-1, 1, -366, 31):
        yield (day + datetime.timedelta(days=days)).isoformat() + text[10:]


def neighbour(
    schema: Mapping[str, Any],
    constants: Constants,
    rng: random.Random,
    *,
    values: Mapping[str, Mapping[str, Sequence[Any]]] | None = None,
    sizes: Mapping[str, int] | None = None,
    witnesses: Sequence[Mapping[str, Mapping[str, Any]]] = (),
    around: Mapping[str, Mapping[str, Any]] | None = None,
    spread: int | None = None,
    share: float = 0.6,
) -> dict[str, Any]:
    """Draw a small database that keeps its schema's keys.

    Args:
        schema: ``{table: {"columns": [[name, type], ...]}}``, with ``primary_key`` (names), ``not_null``
            (names) and ``foreign_keys`` (``[[names, table, names], ...]``) where a table has them. A table
            refers to itself or to tables before it.
        constants: Of the query.
        rng: What draws.
        values: What a column holds beside the constants, by table and column; small numbers, days and
            letters where it is not told.
        sizes: Rows of a table, at most; drawn where it is not told.
        witnesses: Values by table and column that meet the query's conditions together: many rows have those
            of one witness, but for a value or none.
        share: How many do, in tables that witnesses speak of.
        around: One such witness, around which each column takes each of its constants in turn.
        spread: How many different values there are beside the constants; drawn where it is None.
    """
    tables: dict[str, Any] = {}
    spread = spread or rng.choice(_SPREADS)
    for name, table in schema.items():
        size = rng.choice(_SIZES)
        if sizes is not None and name in sizes:
            size = sizes[name]
        told = values.get(name, {}) if values is not None else {}
        wanted = [witness[name] for witness in witnesses if name in witness]
        source = _Values(constants, spread, rng, told, share)
        planned = _around_witness(table, source, around[name]) if around and name in around else []
        if around:
            referred = (
                tables.get(other, {"rows": ()})["rows"] for _, other, _ in table.get("foreign_keys", ())
            )
            size = max(len(planned), min(size, _SMALL), *map(len, referred)) if planned else size
        rows = _rows(table, tables, size, source, wanted, planned)
        tables[name] = {key: value for key, value in table.items() if key != "rows"} | {"rows": rows}
    return {"tables": tables}


def _around_witness(
    table: Mapping[str, Any], source: _Values, witness: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Return a witness, twice, and what differs from it in one column."""
    required = set(table.get("not_null", ()))
    found: list[Mapping[str, Any]] = [witness]
    for name, kind in table["columns"]:
        if name in witness:
            others = [*source.constants(name, kind)[:_MOST_NEAR], *([] if name in required else [None])]
            found += [{**witness, name: value} for value in others if value != witness[name]]
    return [*found, witness]


def _rows(
    table: Mapping[str, Any],
    others: Mapping[str, Any],
    size: int,
    values: _Values,
    wanted: Sequence[Mapping[str, Any]],
    planned: Sequence[Mapping[str, Any]] = (),
) -> list[list[Any]]:
    rng = values.rng
    names = [name for name, _ in table["columns"]]
    key = [names.index(name) for name in table.get("primary_key", ())]
    referring = {name for mine, _, _ in table.get("foreign_keys", ()) for name in mine}
    rows: list[list[Any]] = []
    taken: set[tuple[Any, ...]] = set()
    for number in range(size):
        told = planned[number] if number < len(planned) else None
        if told is not None and number and told is planned[0] and rows:
            row = _copy(rows[0], key, table, names, values)
        elif told is not None:
            row = [told.get(name, values.draw(name, kind)) for name, kind in table["columns"]]
        elif rows and rng.random() < _DUPLICATES:
            row = _copy(rng.choice(rows), key, table, names, values)
        else:
            row = [values.draw(name, kind) for name, kind in table["columns"]]
            if wanted and rng.random() < values.share:
                meeting = rng.choice(wanted)
                spared = rng.choice(list(meeting)) if rng.random() < _NEAR_MISSES else ""
                for place, name in enumerate(names):
                    if name in meeting and name != spared:
                        row[place] = meeting[name]
        for place in key:
            # A key of few different values would leave few rows.
            if names[place] not in referring and (told is not None or rng.random() < _COUNTED):
                row[place] = number + 1 if table["columns"][place][1].upper() == "INTEGER" else f"k{number}"
        required = {names.index(name) for name in table.get("not_null", ())} | set(key)
        for place in range(len(row)):
            held = told is not None and names[place] in told
            if place not in required and not held and rng.random() < _NULLS:
                row[place] = None
        turn = number if planned else None
        if not _refer(row, names, table, others, rows, required, rng, turn):
            continue
        identity = tuple(row[place] for place in key)
        if key and identity in taken:
            continue
        taken.add(identity)
        rows.append(row)
    return rows


def _copy(
    row: Sequence[Any], key: Sequence[int], table: Mapping[str, Any], names: Sequence[str], values: _Values
) -> list[Any]:
    copied = list(row)
    for place in key:
        copied[place] = values.draw(names[place], table["columns"][place][1])
    return copied


def _refer(
    row: list[Any],
    names: Sequence[str],
    table: Mapping[str, Any],
    others: Mapping[str, Any],
    rows: Sequence[Sequence[Any]],
    required: set[int],
    rng: random.Random,
    turn: int | None,
) -> bool:
    """Make a row's references lead somewhere; False where they cannot."""
    for mine, other, theirs in table.get("foreign_keys", ()):
        places = [names.index(name) for name in mine]
        if any(row[place] is None for place in places):
            continue
        target = others.get(other)
        columns = names if target is None else [name for name, _ in target["columns"]]
        choices = rows if target is None else target["rows"]
        if not choices:
            if required.intersection(places):
                return False
            for place in places:
                row[place] = None
            continue
        # In turn, so that each row that is referred to counts.
        chosen = rng.choice(choices) if turn is None else choices[turn % len(choices)]
        for place, name in zip(places, theirs, strict=True):
            row[place] = chosen[columns.index(name)]
    return True


class _Values:
    """What draws the values of one database."""

    def __init__(
        self,
        constants: Constants,
        spread: int,
        rng: random.Random,
        told: Mapping[str, Sequence[Any]],
        share: float,
    ) -> None:
        self.rng = rng
        self.share = share
        self._told = told
        self._near: dict[tuple[str, str], list[Any]] = {}
        self._constants = constants
        self._spread = spread

    def constants(self, name: str, kind: str) -> list[Any]:
        if (name, kind) not in self._near:
            self._near[name, kind] = fitting_constants(self._constants, name, kind)
        return self._near[name, kind]

    def draw(self, name: str, kind: str) -> Any:
        rng, spread = self.rng, self._spread
        near = self.constants(name, kind)
        if near and rng.random() < _NEAR:
            return rng.choice(near)
        if told := self._told.get(name):
            return rng.choice(told)
        number = rng.randrange(spread)
        match kind.upper():
            case "INTEGER":
                return number
            case "REAL" | "NUMERIC":
                return (number - spread // 4) / 4
            case "BOOLEAN":
                return number % 2 == 0
            case "DATE":
                return (_DAY + datetime.timedelta(days=19 * number - 200)).isoformat()
            case "TIMESTAMP":
                return f"{_DAY + datetime.timedelta(days=number - 3)} {rng.randrange(24):02}:30:00"
            case _:
                return ("a", "b", "Ab", "c", "")[number] if number < 5 else f"text {number}"


def _fits(value: Any, kind: str) -> bool:
    match kind.upper():
        case "INTEGER":
            return isinstance(value, int)
        case "REAL" | "NUMERIC":
            return isinstance(value, int | float)
        case "BOOLEAN":
            return False
        case "DATE":
            return isinstance(value, str) and _is_date(value) and len(value) == 10
        case "TIMESTAMP":
            return isinstance(value, str) and _is_date(value[:10]) and len(value) > 10
        case _:
            return isinstance(value, str)


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
