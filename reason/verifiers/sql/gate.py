"""What may be run at all, and what a query's order is, read from its text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

__all__ = ["check_query", "order_columns", "parse_query"]

_WORDS = frozenset(
    [
        "current_date",
        "current_time",
        "current_timestamp",
        "current_localtime",
        "current_localtimestamp",
        "localtime",
        "localtimestamp",
        "sample",
        "tablesample",
    ]
)
"""Words that are chance or the clock wherever they stand for themselves."""
_FUNCTIONS = frozenset(
    [
        "random",
        "randomblob",
        "setseed",
        "uuid",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
        "gen_random_uuid_v7",
        "now",
        "today",
        "get_current_timestamp",
        "get_current_time",
        "transaction_timestamp",
        "statement_timestamp",
        "clock_timestamp",
        "txid_current",
        "nextval",
        "currval",
        "version",
        "current_setting",
        "getvariable",
        "query",
        "query_table",
        "reservoir_quantile",
        "current_database",
        "current_schema",
        "current_schemas",
        "current_catalog",
        "current_user",
        "current_role",
        "session_user",
        "current_query",
        "current_connection_id",
        "current_query_id",
        "current_transaction_id",
        "getenv",
        "pg_sleep",
        "sleep",
        "approx_quantile",
        "sqlite_version",
        "sqlite_source_id",
        "load_extension",
    ]
)
"""Functions that give another result another time, or that tell of the machine."""
_CATALOGUES = ("duckdb_", "pragma_", "pg_", "sqlite_", "read_", "glob", "parquet_", "sniff_")
"""How table functions and views of the engines themselves begin; a schema may be read nonetheless."""
_SCHEMAS = frozenset(("sqlite_master", "sqlite_schema", "duckdb_tables", "duckdb_columns"))


def parse_query(sql: str, dialect: str) -> exp.Query | None:
    """Return the tree of a single query; None where it is no query, or sqlglot cannot read it."""
    try:
        statements = sqlglot.parse(sql, read=dialect)
    except (SqlglotError, RecursionError, ValueError):
        return None
    found = [statement for statement in statements if statement is not None]
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        return None
    return found[0]


def check_query(sql: str, dialect: str) -> str:
    """Say why a text may not be run; an empty text where it may.

    What sqlglot cannot read is left to the engine, which runs one reading statement and nothing else: a
    dialect knows more than any parser of it.
    """
    try:
        tokens = [token for token in sqlglot.tokenize(sql, read=dialect) if token.text or token.token_type]
    except (SqlglotError, RecursionError, ValueError):
        return "it is no SQL"
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        return "it is empty"
    if any(token.token_type is TokenType.SEMICOLON for token in tokens):
        return "it is more than one statement"
    if tokens[0].text.lower() not in ("select", "with", "(", "values", "from"):
        return "it is no SELECT statement"
    for number, token in enumerate(tokens):
        if problem := _unsteady(tokens, number, token):
            return problem
    return ""


def _unsteady(tokens: list[Any], number: int, token: Any) -> str:
    if token.token_type in (TokenType.STRING, TokenType.NUMBER):
        return ""
    word = token.text.lower()
    following = tokens[number + 1].text if number + 1 < len(tokens) else ""
    before = tokens[number - 1].text if number else ""
    if before == "." or following == ".":
        return ""  # a column of that name
    called = following == "("
    if called and word in _FUNCTIONS:
        return f"{word} gives another result another time, or tells of the machine"
    if (
        word in _WORDS
        and token.token_type is not TokenType.IDENTIFIER
        and (called or word.startswith("current_"))
    ):
        return f"{word} gives another result another time"
    if word == "tablesample" or (word == "sample" and before.lower() == "using"):
        return "a sample is another one another time"
    if called and word.startswith(_CATALOGUES) and word not in _SCHEMAS:
        return f"{word} tells of the machine"
    return ""


@lru_cache(maxsize=512)
def order_columns(sql: str, dialect: str) -> tuple[bool, tuple[int, ...] | None]:
    """Say whether a query asks for an order of its rows, and by which of its columns.

    Returns:
        Whether the outermost query has ORDER BY; and the places, from 0, of the result's columns that its
        terms name, or None where a term is not among the result's columns.
    """
    tree = parse_query(sql, dialect)
    order = tree.args.get("order") if tree is not None else None
    if tree is None or order is None:
        return False, None
    names: dict[str, int] = {}
    for place, column in enumerate(tree.selects):
        if isinstance(column, exp.Star) or column.is_star:
            return True, None
        inner = column.this if isinstance(column, exp.Alias) else column
        for text in (column.alias_or_name, inner.sql(dialect=dialect)):
            if text:
                names.setdefault(text.lower(), place)
    places: list[int] = []
    for term in order.expressions:
        key = term.this if isinstance(term, exp.Ordered) else term
        if isinstance(key, exp.Literal) and key.is_int:
            places.append(int(key.this) - 1)
            continue
        text = key.name if isinstance(key, exp.Column) and not key.table else key.sql(dialect=dialect)
        if (found := names.get(text.lower())) is None:
            return True, None
        places.append(found)
    return True, tuple(places)
