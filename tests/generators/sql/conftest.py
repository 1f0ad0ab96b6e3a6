import random
import re
from functools import partial

import pytest

import reason
from reason.frozen import thaw
from reason.generators.sql.asking import _PROMPT
from reason.generators.sql.schema import Schema, read_schema
from reason.generators.sql.tree import render
from reason.generators.sql.world import load_world
from reason.verifiers.sql import query_databases
from reason.verifiers.sql.compare import same_multiset


@pytest.fixture
def plain_query():
    """Return what writes a query with 200 for 200.0: the question says them alike."""
    return partial(re.compile(r"\b([0-9]+)\.0\b").sub, r"\1")


@pytest.fixture
def rng_of():
    return random.Random


AUTHORS = [[1, "Ann Oak", "Kenya", "1950-01-01"], [2, "Bo", None, None]]
BOOKS = [
    [1, "Salt Roads", 1, 1, "crime", 10.0, 100, "2020-02-29"],
    [2, "Two Men", 2, 1, None, 20.0, 200, None],
    [3, "Ashes", None, 2, "poetry", 30.0, None, "2021-12-31"],
    [4, "Tin", 1, 2, "crime", 40.5, 300, "2021-01-01"],
]
SALES = [
    [1, None, 1, 1, "2021-01-31", 2, 1.5],
    [2, None, 1, 1, "2021-02-01", 5, None],
    [3, None, 2, 1, "2022-02-01", 9, 4.0],
]
ROWS = {
    "author": AUTHORS,
    "publisher": [[1, "Quill House", "Oslo", 1900], [2, "Paper Moon", "Lyon", None]],
    "book": BOOKS,
    "shop": [[1, "Oslo", None, "2000-01-01", 50.0]],
    "sale": SALES,
}


@pytest.fixture
def bookshop():
    world = load_world("bookshop")
    return Schema(world=world, tables=world.tables, naming="snake")


@pytest.fixture
def answers(bookshop):
    """Return the rows that a question has in a small bookshop; both engines must give the same."""

    def run(question):
        tables = {name: {**table, "rows": ROWS.get(name, [])} for name, table in bookshop.shape().items()}
        rows = {}
        for dialect in ("sqlite", "duckdb"):
            sql = render(question.query(bookshop), dialect)
            [reply] = query_databases([{"tables": tables}], sql, dialect=dialect, timeout_s=300.0)
            rows[dialect] = sorted((list(row) for row in reply["rows"]), key=repr)
        assert same_multiset(
            [tuple(row) for row in rows["sqlite"]], [tuple(row) for row in rows["duckdb"]], 1e-9
        ), sql
        return rows["sqlite"]

    return run


@pytest.fixture
def check_engines(plain_query):
    """Check that drawn tasks mean the same in both engines, and that their questions read back."""

    def check(name, levels):
        family = reason.get(name)
        for level in levels:
            task = family.task(level=level, knobs={"dialect": "duckdb"})
            parts = _PROMPT.search(task.text)
            schema = read_schema(parts["ddl"])
            [question] = family.read_question(schema, parts["question"], parts["notes"] or "")
            gold, databases = task.ground_truth["gold_sql"], thaw(task.ground_truth["databases"])
            assert plain_query(render(question.query(schema), "duckdb")) == plain_query(gold)
            lite = query_databases(
                databases, render(question.query(schema), "sqlite"), timeout_s=300.0, most=500
            )
            duck = query_databases(databases, gold, dialect="duckdb", timeout_s=300.0, most=500)
            for one, other in zip(lite, duck, strict=True):
                left, right = ([tuple(row) for row in reply["rows"]] for reply in (one, other))
                assert same_multiset(left, right, 1e-9), gold
            assert lite[0]["rows"]

    return check


CUSTOMERS = [
    [1, "Flo", None, "2020-01-01", None, None],
    [2, "Di", None, "2020-01-01", None, 1],
    [3, "Eve", None, "2020-01-01", None, 2],
    [4, "Gil", None, "2020-01-01", None, None],
    [5, "Hal", None, "2020-01-01", None, 4],
]


@pytest.fixture
def chain_answers(answers, monkeypatch):
    """Return the rows that a question has where customers recommended one another."""
    monkeypatch.setitem(ROWS, "customer", CUSTOMERS)
    return answers
