"""The tables of one SELECT, and the joins that bring them together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from sqlglot import exp

from reason.generators.sql.schema import Link, Schema

__all__ = ["Scope", "grouped"]


class Scope:
    """The tables of one SELECT: a subject, and what its paths lead to."""

    def __init__(
        self,
        schema: Schema,
        table: str,
        *,
        within: Scope | None = None,
        required: Sequence[tuple[str, ...]] = (),
    ) -> None:
        """Begin with the subject.

        Args:
            schema: What there is.
            table: The subject.
            required: Paths that drop a row which they lead nowhere.
            within: The scope of the query that this one stands in.
        """
        self.schema = schema
        self.table = table
        self._required = required
        self._numbers: Iterator[int] = within._numbers if within else itertools.count(1)
        self.alias = f"t{next(self._numbers)}"
        self._joins: dict[tuple[str, ...], tuple[str, exp.Join]] = {}

    def column(self, path: tuple[str, ...], name: str) -> exp.Expr:
        """Return a column at the end of a path, joining what is on the way."""
        return self.at(self._reach(path), name)

    def key(self) -> list[exp.Expr]:
        """Return the subject's primary key."""
        return [self.at(self.alias, name) for name in self.schema.tables[self.table].key]

    def at(self, alias: str, name: str) -> exp.Expr:
        """Return a column of a table that has been joined."""
        return exp.column(self.schema.column_name(name), table=alias)

    def inner(self, table: str) -> Scope:
        """Return the scope of a subquery about another table."""
        return Scope(self.schema, table, within=self)

    def join(self, link: Link, *, outer: bool, where: Any = None) -> Scope:
        """Join the rows that refer to the subject, and return their scope, for columns of their own.

        Args:
            link: Which rows.
            outer: Whether the subject stays where there are none.
            where: A condition on their own columns, which decides what is joined.
        """
        inner = self.inner(link.table)
        condition = self.refer(link, inner.alias)
        if where is not None:
            condition = exp.and_(condition, grouped(where, inner), wrap=False, copy=False)
        self._add((f"<{link.table}.{link.column}", inner.alias), link.table, inner.alias, outer, condition)
        return inner

    def refer(self, link: Link, alias: str) -> exp.Expr:
        """Return the condition that a row of ``alias`` refers to the subject."""
        key = self.schema.tables[self.table].key[0]
        return exp.EQ(this=self.at(alias, link.column), expression=self.at(self.alias, key))

    def select(self, *columns: exp.Expr, where: exp.Expr | None = None) -> exp.Select:
        """Select from the subject and all that was joined: call it when every column has been asked for."""
        query = exp.select(*columns).from_(self._table(self.table, self.alias))
        for _, join in self._joins.values():
            query = query.join(join, copy=False)
        return query.where(where, copy=False) if where is not None else query

    def _reach(self, path: tuple[str, ...]) -> str:
        if not path:
            return self.alias
        if path not in self._joins:
            before = self._reach(path[:-1])
            table = self.schema.target(self.table, path)
            alias = f"t{next(self._numbers)}"
            key = self.schema.tables[table].key[0]
            condition = exp.EQ(this=self.at(before, path[-1]), expression=self.at(alias, key))
            # A path that may lead nowhere keeps its row, with NULL at its end.
            steps = [self.schema.column(self.table, path[:end], name) for end, name in enumerate(path)]
            outer = path not in self._required and any(step.null for step in steps)
            self._add(path, table, alias, outer, condition)
        return self._joins[path][0]

    def _add(self, path: tuple[str, ...], table: str, alias: str, outer: bool, condition: exp.Expr) -> None:
        join = exp.Join(this=self._table(table, alias), on=condition, side="LEFT" if outer else None)
        self._joins[path] = (alias, join)

    def _table(self, table: str, alias: str) -> exp.Expr:
        return exp.alias_(exp.to_table(self.schema.table_name(table)), alias, table=True)


def grouped(item: Any, scope: Scope) -> exp.Expr:
    """Return a condition that can stand beside others."""
    found = item.sql(scope)
    return exp.Paren(this=found) if isinstance(found, exp.Connector) else found
