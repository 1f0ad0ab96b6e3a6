"""Mutants that are the gold in other words, whatever the rows: what no database can notice.

Both queries are brought to one form by rules that hold under the schema's keys: what a condition leaves no
NULL of, what a key decides, and what no reader of a subquery sees. Equal forms are equal queries; different
forms say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from reason.generators.sql.presence import (
    COMPARISONS,
    Place,
    conditions_on,
    is_link,
    known_column,
    parts,
    place_of,
    rejected,
)

__all__ = ["Equality"]


class Equality:
    """Whether a query is equal to a gold query for sure."""

    def __init__(self, gold: exp.Expr, shape: Mapping[str, Any]) -> None:
        """Bring the gold to its form.

        Args:
            gold: Its tree, which is left alone.
            shape: Tables with keys, as :func:`reason.generators.sql.neighbours.neighbour` takes them.
        """
        self._shape = {**shape, **_named_results(gold)}
        self._gold = self._form(gold.copy())

    def holds(self, sql: str) -> bool:
        """Say whether a query has the same form.

        Args:
            sql: In SQLite's dialect.
        """
        return self._form(sqlglot.parse_one(sql, read="sqlite")) == self._gold

    def _form(self, tree: exp.Expr) -> str:
        for count in list(tree.find_all(exp.Count)):
            for branch in count.this.args["ifs"] if isinstance(count.this, exp.Case) else ():
                if isinstance(branch.args["true"], exp.Literal):
                    branch.set("true", exp.Literal.number(1))
        for search in list(tree.find_all(exp.StrPosition)):
            _trim(search)
        for comparison in list(tree.find_all(*COMPARISONS)):
            self._settle_extreme(comparison)
        for operation in list(tree.find_all(exp.SetOperation)):
            _forget_repetitions(operation)
        for select in list(tree.find_all(exp.Select)):
            if isinstance(select.parent, exp.Exists) and not any(
                item.find(exp.AggFunc) for item in select.expressions
            ):
                select.set("expressions", [exp.Literal.number(1)])
                select.set("distinct", None)
            elif isinstance(select.parent, exp.In):
                select.set("distinct", None)
            _Rows(select, self._shape).settle()
        return tree.sql(dialect="sqlite")

    def _settle_extreme(self, node: exp.Expr) -> None:
        """Nothing is below the least of the values to which it belongs."""
        left, right = node.this, node.expression
        if not (isinstance(left, exp.Column) and isinstance(right, exp.Subquery)):
            return
        inner, value = right.this, right.this.selects[0]
        if any(inner.args.get(clause) for clause in ("limit", "offset", "group", "having")):
            return
        below = {exp.Min: exp.LTE, exp.Max: exp.GTE}.get(type(value))
        tables = list(inner.find_all(exp.Table))
        outer = node.find_ancestor(exp.Select)
        if type(node) is not below or len(tables) != 1 or outer is None or not isinstance(inner, exp.Select):
            return
        mine = dict(_sources(outer)).get(left.table)
        same = isinstance(value.this, exp.Column) and value.this.name == left.name
        where = inner.args.get("where")
        alike = all(
            is_link(part)
            and part.this.name == part.expression.name
            and {place_of(part.this)[0], place_of(part.expression)[0]}
            == {left.table, tables[0].alias_or_name}
            for part in (parts(where.this) if where else ())
        )
        if same and alike and mine == tables[0].name:
            node.replace(exp.EQ(this=left.copy(), expression=right.copy()))


class _Rows:
    """The rows of one SELECT: which of its sources may be absent, and what decides what."""

    def __init__(self, select: exp.Select, shape: Mapping[str, Any]) -> None:
        self._select = select
        self._shape = shape
        self._tables = dict(_sources(select))
        self._joins: list[exp.Join] = list(select.args.get("joins") or ())
        where = select.args.get("where")
        self._conditions = list(parts(where.this)) if where else []
        self._known = {place for part in self._conditions for place in rejected(part)}
        """Columns that are not NULL in any row that is left."""

    def settle(self) -> None:
        """Change the SELECT to its form."""
        named = "" not in self._tables or not self._joins
        plain = named and all(join.side in ("", "LEFT") for join in self._joins)
        if not plain or any(table not in self._shape for table in self._tables.values()):
            return
        self._settle_joins()
        self._settle_conditions()
        for count in list(self._select.find_all(exp.Count)):
            if count.find_ancestor(exp.Select) is self._select:
                self._settle_count(count)
        group = self._select.args.get("group")
        if group and all(isinstance(item, exp.Column) for item in group.expressions):
            decided = self._decided({place_of(item) for item in group.expressions})
            whole = sorted(f"{alias}.{name}" for alias, name in decided)
            group.set("expressions", [exp.Literal.string(name) for name in whole])
        for node in self._select.find_all(exp.Window):
            if node.find_ancestor(exp.Select) is self._select:
                self._settle_rank(node)
        if self._select.args.get("distinct") and not group and (self._has_keys() or self._has_numbers()):
            self._select.set("distinct", None)

    def _absent(self) -> set[str]:
        return {join.this.alias for join in self._joins if join.side}

    def _settle_joins(self) -> None:
        for join in self._joins:
            if not join.side:
                self._known.update(place for part in conditions_on(join) for place in rejected(part))
        for join in reversed(self._joins):  # one that follows may need one before it
            alias = join.this.alias
            if join.side and any(held == alias for held, _ in self._known):
                join.set("side", None)
                self._known.update(place for part in conditions_on(join) for place in rejected(part))
        for join in self._joins:
            if join.side and self._finds_one(join):
                join.set("side", None)

    def _finds_one(self, join: exp.Join) -> bool:
        """Say whether a join finds a row for every row before it."""
        alias = join.this.alias
        conditions = list(conditions_on(join))
        if len(conditions) != 1 or not is_link(condition := conditions[0]):
            return False
        sides = place_of(condition.this), place_of(condition.expression)
        mine, theirs = sides if sides[1][0] == alias else (sides[1], sides[0])
        if theirs[0] != alias or mine[0] in self._absent() or not self._filled(mine):
            return False
        references = self._shape[self._tables[mine[0]]].get("foreign_keys", ())
        return [[mine[1]], self._tables[alias], [theirs[1]]] in [list(key) for key in references]

    def _filled(self, place: Place) -> bool:
        alias, name = place
        if place in self._known:
            return True
        return alias in self._tables and name in self._shape[self._tables[alias]]["not_null"]

    def _settle_conditions(self) -> None:
        """Leave out what asks for a value where there is one."""
        asked = {
            place
            for join in self._joins
            if not join.side
            for part in conditions_on(join)
            for place in rejected(part)
        }
        left = list(self._conditions)
        for part in self._conditions:
            if (column := known_column(part)) is None:
                continue
            others = {place for other in left if other is not part for place in rejected(other)}
            required = column[0] not in self._absent() and self._is_required(column)
            if required or column in asked | others:
                left = [other for other in left if other is not part]
        where = exp.Where(this=exp.and_(*left, wrap=False, copy=False)) if left else None
        self._select.set("where", where)

    def _is_required(self, place: Place) -> bool:
        alias, name = place
        return alias in self._tables and name in self._shape[self._tables[alias]]["not_null"]

    def _settle_count(self, node: exp.Count) -> None:
        """Count rows, or those of a table, where a column is filled in all of them."""
        if not isinstance(node.this, exp.Column):
            return
        place = place_of(node.this)
        alias = place[0]
        if alias not in self._absent():
            if self._filled(place):
                node.set("this", exp.Star())
            return
        [join] = [join for join in self._joins if join.this.alias == alias]
        asked = {found for part in conditions_on(join) for found in rejected(part)}
        if self._is_required(place) or place in asked:
            node.set("this", exp.column("present", table=alias))

    def _settle_rank(self, node: exp.Window) -> None:
        """Number rows of which no two are equal in what they are sorted by: every rank is that number."""
        order = node.args.get("order")
        terms = [term.this for term in order.expressions] if order else []
        columns = {place_of(item) for item in (*terms, *_partition(node)) if isinstance(item, exp.Column)}
        if isinstance(node.this, exp.Rank | exp.DenseRank) and self._holds_keys(columns):
            node.set("this", exp.RowNumber())

    def _has_numbers(self) -> bool:
        """Say whether each row shows its number among those that are like it in other columns shown."""
        shown = [_unalias(item) for item in self._select.expressions]
        return any(
            isinstance(item, exp.Window)
            and isinstance(item.this, exp.RowNumber)
            and all(part in shown for part in _partition(item))
            for item in shown
        )

    def _has_keys(self) -> bool:
        return self._holds_keys(
            {
                place_of(item)
                for item in map(_unalias, self._select.expressions)
                if isinstance(item, exp.Column)
            }
        )

    def _holds_keys(self, places: set[Place]) -> bool:
        decided = self._decided(places)
        return all(
            {(alias, name) for name in self._shape[table]["primary_key"]} <= decided
            for alias, table in self._tables.items()
        )

    def _decided(self, places: set[Place]) -> set[Place]:
        """Return the columns whose values some columns' values decide."""
        found = set(places)
        equal = [
            (join, place_of(part.this), place_of(part.expression))
            for join in self._joins
            for part in conditions_on(join)
            if is_link(part)
        ]
        while True:
            before = len(found)
            for alias, table in self._tables.items():
                if {(alias, name) for name in self._shape[table]["primary_key"]} <= found:
                    found.update((alias, name) for name, _ in self._shape[table]["columns"])
            for join, one, other in equal:
                for here, there in ((one, other), (other, one)):
                    # An outer join decides the key that it looks for, which is NULL where it finds none.
                    if here in found and (not join.side or self._is_looked_for(join, there)):
                        found.add(there)
            if len(found) == before:
                return found

    def _is_looked_for(self, join: exp.Join, place: Place) -> bool:
        alias, name = place
        key = self._shape[self._tables[alias]]["primary_key"] if alias in self._tables else ()
        return join.this.alias == alias and len(list(conditions_on(join))) == 1 and list(key) == [name]


def _sources(select: exp.Select) -> Iterator[tuple[str, str]]:
    """Yield aliases and tables; a table without a name where a source is none."""
    start = select.args.get("from_") or select.args.get("from")
    for source in [*([start.this] if start else ()), *(j.this for j in select.args.get("joins") or ())]:
        yield source.alias, source.name if isinstance(source, exp.Table) else ""


def _named_results(tree: exp.Expr) -> dict[str, Any]:
    """Return what WITH names as tables; what a grouped one is grouped by is its key."""
    found = {}
    for node in tree.find_all(exp.CTE):
        query, keys = node.this, [""]  # no column has that name
        group = query.args.get("group")
        if isinstance(query, exp.Select) and group:
            names = [item.alias for item in query.selects if _unalias(item) in group.expressions]
            keys = names if len(names) == len(group.expressions) else keys
        columns = [[name, ""] for name in query.named_selects]
        found[node.alias] = {"columns": columns, "primary_key": keys, "not_null": [], "foreign_keys": []}
    return found


def _partition(window: exp.Window) -> list[exp.Expr]:
    return list(window.args.get("partition_by") or ())


def _unalias(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Alias) else node


def _trim(node: exp.StrPosition) -> None:
    """Forget what stands behind an appended text that is looked for: the first place is the same."""
    wanted, text = node.args.get("substr"), node.this
    appended = text.expression if isinstance(text, exp.DPipe) else None
    if not (isinstance(appended, exp.Literal) and isinstance(wanted, exp.Literal)):
        return
    if len(wanted.name) == 1 and appended.name.startswith(wanted.name):
        text.set("expression", wanted.copy())


def _forget_repetitions(node: exp.SetOperation) -> None:
    """Forget how often the operands of a set operation have a row, where it does not count."""
    if not node.args.get("distinct"):
        return
    for side in (node.this, node.expression):
        while isinstance(side, exp.Paren | exp.Subquery):
            side = side.this
        if isinstance(side, exp.Select) and not side.args.get("limit"):
            side.set("distinct", None)
            start = side.args.get("from_") or side.args.get("from")
            plain = all(isinstance(item, exp.Star | exp.Column) for item in side.expressions)
            if plain and start and isinstance(start.this, exp.Subquery) and not side.args.get("group"):
                side = start.this.this
        if isinstance(side, exp.Union):
            side.set("distinct", True)
