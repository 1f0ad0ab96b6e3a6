"""Small changes of a query, each of which asks for something else: what a task's databases must notice.

The classes are those of mutation testing for SQL (Tuya, Suarez-Cabal and de la Riva, "Mutating database
queries", 2007): comparisons, constants, columns, conditions, joins, aggregates, DISTINCT, grouping, order,
limits, set operations, windows and arithmetic.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlglot import exp
from sqlglot.dialects import Dialect

from reason.generators.sql.neighbours import steps

__all__ = ["Mutant", "mutants"]

Schema = Mapping[str, Mapping[str, str]]
"""Tables, their columns and types."""


class Mutant(NamedTuple):
    """A query that differs from the gold in one place."""

    kind: str
    sql: str
    columns: tuple[str, ...] = ()
    """Names of the columns that stand where it differs."""


_COMPARISONS: dict[Any, tuple[Any, ...]] = {
    exp.EQ: (exp.NEQ, exp.GTE, exp.LTE),
    exp.NEQ: (exp.EQ,),
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GTE),
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LTE),
}
_ARITHMETIC: dict[Any, Any] = {
    exp.Add: exp.Sub,
    exp.Sub: exp.Add,
    exp.Mul: exp.Add,
    exp.Div: exp.Mul,
}
_AGGREGATES: dict[Any, Any] = {
    exp.Sum: exp.Avg,
    exp.Avg: exp.Sum,
    exp.Min: exp.Max,
    exp.Max: exp.Min,
}
_SETS: dict[Any, tuple[Any, ...]] = {
    exp.Union: (exp.Intersect, exp.Except),
    exp.Intersect: (exp.Union, exp.Except),
    exp.Except: (exp.Union, exp.Intersect),
}
_RANKS = ("RowNumber", "Rank", "DenseRank")
_PARTS = {"%Y": ("%m",), "%m": ("%d", "%Y"), "%d": ("%m", "%w"), "%w": ("%d",), "%Y-%m": ("%Y", "%m-%d")}
"""Parts of a date, and those that each is mistaken for."""
_DAYS = re.compile(r"(-?[0-9]{1,5}) (DAYS?)", re.IGNORECASE)
_OTHER_COLUMNS = 2
"""How many columns a column is exchanged for."""


def mutants(sql: str | exp.Expr, dialect: str, schema: Schema) -> list[Mutant]:
    """Return the mutants of a query, each once, none equal to it in its text.

    Args:
        sql: A query that sqlglot can read.
        dialect: Of sqlglot.
        schema: Which columns there are to be mistaken for one another.

    Raises:
        sqlglot.errors.SqlglotError: it is no SQL.
    """
    # A wrapper gives the root a parent, so that it is replaced like any other node.
    root = exp.Paren(this=exp.maybe_parse(sql, dialect=dialect, copy=True))
    write = Dialect.get_or_raise(dialect).generator()
    seen = {write.generate(root.this)}
    found = []
    for node in list(root.this.walk()):
        columns = _columns_at(node)
        for kind, change in _changes(node, schema):
            if _futile(kind, node):
                continue
            undo = change(node)
            # What is written is not copied first, which is half of the work.
            text = write.generate(root.this, copy=False)
            undo()
            if text not in seen:
                seen.add(text)
                found.append(Mutant(kind, text, columns))
    return found


def _columns_at(node: exp.Expr) -> tuple[str, ...]:
    if isinstance(node, exp.Query):
        return ()
    holder: exp.Expr | None = node
    if isinstance(node, exp.Literal | exp.Column) or not isinstance(node, exp.Condition):
        holder = node.find_ancestor(exp.Predicate)
    return tuple(dict.fromkeys(column.name for column in (holder or node).find_all(exp.Column)))


def _futile(kind: str, node: Any) -> bool:
    """Say whether a change of a recursion may take its end from it, or changes nothing but its repetitions.

    The first every database notices, after a long time; the second none does where the rows are a forest.
    """
    begin = node.find_ancestor(exp.With)
    if begin is None or not begin.args.get("recursive"):
        return False
    select = node if isinstance(node, exp.Select) else node.find_ancestor(exp.Select)
    further = select is not None and isinstance(select.parent, exp.Union) and select.arg_key == "expression"
    step = kind == "constant" and isinstance(node.parent, exp.Add)
    return kind in ("arithmetic", "set") or step or (further and kind in ("where", "distinct", "join"))


Change = Callable[[Any], Callable[[], None]]
"""Changes a node in its place, and returns what undoes it."""


def _replaced(make: Callable[[Any], Any]) -> Change:
    def change(node: Any) -> Callable[[], None]:
        new = make(node)
        node.replace(new)

        def undo() -> None:
            new.replace(node)
            for name, value in dict(node.args).items():
                node.set(name, value)  # its children may have moved into the new node

        return undo

    return change


def _as(other: Any, **more: Any) -> Change:
    """Make it an expression of another kind over the same parts."""
    return _replaced(lambda node: other(**{**node.args, **more}))


def _to(new: Any) -> Change:
    return _replaced(lambda _: new.copy())


def _identifier(name: str) -> Callable[[Any], Any]:
    return lambda _: exp.to_identifier(name)


def _text(text: str) -> Callable[[Any], Any]:
    return lambda _: exp.Literal.string(text)


def _set(name: str, value: Callable[[Any], Any]) -> Change:
    def change(node: Any) -> Callable[[], None]:
        old = node.args.get(name)
        node.set(name, value(node))
        return lambda: node.set(name, old)

    return change


def _both(first: Change, second: Change) -> Change:
    def change(node: Any) -> Callable[[], None]:
        steps = first(node), second(node)

        def undo() -> None:
            for step in steps:
                step()

        return undo

    return change


def _changes(node: Any, schema: Schema) -> Iterator[tuple[str, Change]]:
    kind = type(node)
    for other in _COMPARISONS.get(kind, ()):
        yield "comparison", _as(other)
    if kind in _ARITHMETIC:
        yield "arithmetic", _as(_ARITHMETIC[kind])
    if isinstance(node, exp.Connector):
        yield "conjunct", _replaced(lambda n: n.this)
        yield "conjunct", _replaced(lambda n: n.expression)
        yield "connector", _as(exp.Or if kind is exp.And else exp.And)
    if isinstance(node, exp.Not):
        yield "negation", _replaced(lambda n: n.this)
    if isinstance(node, exp.In | exp.Exists | exp.Between | exp.Like | exp.Is) and not isinstance(
        node.parent, exp.Not
    ):
        yield "negation", _replaced(lambda n: exp.Not(this=n.copy()))
    if isinstance(node, exp.TimeToStr):
        for part in _PARTS.get(node.text("format"), ()):
            yield "date", _set("format", _text(part))
    elif isinstance(node, exp.Literal) and not isinstance(node.parent, exp.TimeToStr):
        yield from _constants(node)
    if isinstance(node, exp.Column):
        yield from _columns(node, schema)
    if isinstance(node, exp.Join):
        yield from _joins(node)
    if isinstance(node, exp.Select):
        yield from _selects(node)
    if isinstance(node, exp.AggFunc):
        yield from _aggregates(node)
    if isinstance(node, exp.Ordered):
        yield "order", _set("desc", lambda n: not n.args.get("desc"))
    if isinstance(node, exp.Window) and node.args.get("partition_by"):
        yield "window", _set("partition_by", lambda n: [item.copy() for item in n.args["partition_by"][1:]])
    if kind.__name__ in _RANKS:
        for name in _RANKS:
            if name != kind.__name__ and hasattr(exp, name):
                yield "window", _to(getattr(exp, name)())
    if isinstance(node, exp.SetOperation):
        if kind is exp.Union:
            yield "set", _set("distinct", lambda n: not n.args.get("distinct"))  # SQLite has no other ALL
        for other in _SETS[kind]:
            yield "set", _as(other, distinct=True)
    if isinstance(node, exp.If) and isinstance(node.parent, exp.Case):
        yield "case", _set("true", lambda _: exp.null())
    if isinstance(node, exp.Case) and node.args.get("default"):
        yield "case", _set("default", lambda _: None)


def _constants(node: exp.Literal) -> Iterator[tuple[str, Change]]:
    if node.is_string:
        try:
            day = datetime.date.fromisoformat(node.this)
        except ValueError:
            if match := _DAYS.fullmatch(node.this):
                for step in (1, -1):
                    yield "constant", _to(exp.Literal.string(f"{int(match[1]) + step} {match[2]}"))
                return
            yield "constant", _to(exp.Literal.string(node.this + "x"))
            return
        for days in (1, -1):
            yield "constant", _to(exp.Literal.string((day + datetime.timedelta(days=days)).isoformat()))
        return
    for value in steps(int(node.this) if node.is_int else float(node.this)):
        yield "constant", _to(exp.convert(value))


def _columns(node: exp.Column, schema: Schema) -> Iterator[tuple[str, Change]]:
    table = _table_of(node)
    columns = schema.get(table, {})
    if node.name not in columns:
        return
    # Sorted by the same column twice is sorted by it once: what then decides is the engine's affair.
    taken = {node.name}
    if isinstance(node.parent, exp.Ordered) and (order := node.find_ancestor(exp.Order)):
        taken.update(
            term.this.name
            for term in order.expressions
            if isinstance(term.this, exp.Column) and term.this.table == node.table
        )
    alike = [name for name, kind in columns.items() if kind == columns[node.name] and name not in taken]
    for name in alike[:_OTHER_COLUMNS]:
        yield "column", _set("this", _identifier(name))


def _table_of(node: exp.Column) -> str:
    """Return the name of the table that a column belongs to; empty where it cannot be told."""
    scope = node.find_ancestor(exp.Select)
    while scope is not None:
        tables = [source for key in ("from", "from_") if (source := scope.args.get(key))]
        sources = [
            *(source.this for source in tables),
            *(join.this for join in scope.args.get("joins") or ()),
        ]
        for source in sources:
            if isinstance(source, exp.Table) and (
                source.alias_or_name == node.table or (not node.table and len(sources) == 1)
            ):
                return str(source.name)
        scope = scope.find_ancestor(exp.Select)
    return ""


def _joins(node: exp.Join) -> Iterator[tuple[str, Change]]:
    if node.side:
        yield "join", _set("side", lambda _: None)
    elif node.kind.upper() in ("", "INNER") and node.args.get("on") is not None:
        yield "join", _both(_set("kind", lambda _: None), _set("side", lambda _: "LEFT"))


def _selects(node: exp.Select) -> Iterator[tuple[str, Change]]:
    if node.args.get("distinct"):
        yield "distinct", _set("distinct", lambda _: None)
    elif not _is_distinct(node):
        yield "distinct", _set("distinct", lambda _: exp.Distinct())
    for clause in ("where", "having", "order", "limit", "group"):
        if node.args.get(clause):
            yield clause, _set(clause, lambda _: None)
    group = node.args.get("group")
    if group is not None and len(group.expressions) > 1:
        yield (
            "group",
            _set(
                "group",
                lambda n: exp.Group(expressions=[item.copy() for item in n.args["group"].expressions[:-1]]),
            ),
        )


def _is_distinct(node: exp.Select) -> bool:
    """Say whether DISTINCT would change nothing, whatever the rows: not everywhere where this holds."""
    if isinstance(node.parent, exp.Exists | exp.SetOperation):
        return isinstance(node.parent, exp.Exists) or bool(node.parent.args.get("distinct"))
    if isinstance(node.parent, exp.In):
        return True
    columns = [item.this if isinstance(item, exp.Alias) else item for item in node.expressions]
    group = node.args.get("group")
    if group is None:
        return all(isinstance(column, exp.AggFunc) for column in columns)
    return all(key in columns or isinstance(key, exp.Literal) for key in group.expressions)  # 1: the first


def _aggregates(node: exp.AggFunc) -> Iterator[tuple[str, Change]]:
    if (other := _AGGREGATES.get(type(node))) is not None:
        yield "aggregate", _replaced(lambda n: other(this=n.this.copy()))
    inner = node.this
    if isinstance(inner, exp.Distinct):
        yield "aggregate", _set("this", lambda n: n.this.expressions[0].copy())
    elif isinstance(inner, exp.Column) and not isinstance(node, exp.Min | exp.Max):
        yield "aggregate", _set("this", lambda n: exp.Distinct(expressions=[n.this.copy()]))
    if isinstance(node, exp.Count) and not isinstance(inner, exp.Star):
        yield "aggregate", _set("this", lambda _: exp.Star())
