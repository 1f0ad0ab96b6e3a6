"""What holds for every family of questions, whoever wrote it."""

import re
import sqlite3
from functools import cache
from random import Random

import pytest

import reason
from reason.frozen import thaw
from reason.generators.sql.asking import _PROMPT, AskingFamily
from reason.generators.sql.equality import Equality
from reason.generators.sql.mutants import mutants
from reason.generators.sql.neighbours import constants_of, neighbour
from reason.generators.sql.schema import read_schema
from reason.generators.sql.suite import LEAST_DATABASES, LEAST_KILLED, MOST_DATABASES, noticed_mutants
from reason.generators.sql.tree import render
from reason.registry import families
from reason.verifiers.sql import query_databases, verify_sql
from reason.verifiers.sql.database import QueryError
from reason.verifiers.sql.gate import order_columns, parse_query
from reason.verifiers.sql.judge import difference, open_database
from reason.verifiers.sql.sqlite import fill

FAMILIES = [
    family.id
    for family in families("sql")
    if isinstance(family, AskingFamily) and type(family).solve is AskingFamily.solve
]
IN_DUCKDB = [name for name in FAMILIES if name != "SQLExplore-v0"]
"""SQLExplore's tool answers from SQLite."""
SEARCH = 25
"""Databases of the independent search."""


@cache
def drawn(name, level, dialect="sqlite"):
    return reason.get(name).task(split="test", index=2, level=level, knobs={"dialect": dialect})


def truth_of(task):
    return thaw(task.ground_truth)


def read(name, task):
    """Return the schema and the question that the prompt speaks of."""
    parts = _PROMPT.search(task.text)
    schema = read_schema(parts["ddl"])
    [question] = reason.get(name).read_question(schema, parts["question"], parts["notes"] or "")
    return schema, question


def noticed(database, gold, others):
    """Return the queries that differ from the gold there; by the judge of answers, not by the bench."""
    found = set()
    with open_database(database, "sqlite") as opened:
        right = opened.query(gold, most=2000, seconds=20.0)
        for sql in others:
            try:
                result = opened.query(sql, most=len(right.rows), seconds=20.0)
            except (QueryError, TimeoutError):
                found.add(sql)
                continue
            if difference(right, result, *order_columns(gold, "sqlite"), 1e-9):
                found.add(sql)
    return found


def test_there_are_families():
    assert len(FAMILIES) >= 11


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("level", [2, 7])
def test_a_question_is_read_back_as_its_query(name, level, plain_query):
    task = drawn(name, level)
    assert plain_query(reason.get(name).solve(task)) == plain_query(task.reference), task.text


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("level", [2, 7])
def test_a_few_small_databases_have_answers_and_notice_what_is_stated(name, level):
    task = drawn(name, level)
    truth, told = truth_of(task), task.metadata
    gold, databases = truth["gold_sql"], truth["databases"]
    assert LEAST_DATABASES <= len(databases) == told["num_databases"] <= MOST_DATABASES
    for database in databases:
        assert max(len(table["rows"]) for table in database["tables"].values()) <= 40
        with open_database(database, "sqlite") as opened:
            assert opened.query(gold, most=1, seconds=20.0).rows
    types = {table: dict(told["columns"]) for table, told in databases[0]["tables"].items()}
    left = {mutant.sql for mutant in mutants(gold, "sqlite", types)}
    assert len(left) == told["num_mutants"]
    for database in databases:
        left -= noticed(database, gold, left)
    assert len(left) == told["num_mutants"] - told["num_killed"]
    counted = told["num_mutants"] - told["num_equal"]
    assert told["kill_rate"] == pytest.approx(told["num_killed"] / counted)
    assert told["kill_rate"] >= LEAST_KILLED
    assert sum(told["survivors"].values()) == counted - told["num_killed"]


@pytest.mark.parametrize("name", FAMILIES)
def test_what_counts_as_equal_is_told_apart_by_no_database(name):
    task = drawn(name, 7)
    truth = truth_of(task)
    gold, tables = truth["gold_sql"], truth["databases"][0]["tables"]
    schema, _ = read(name, task)
    shape = schema.shape()
    equality = Equality(parse_query(gold, "sqlite"), shape)
    types = {table: dict(told["columns"]) for table, told in tables.items()}
    equal = [m.sql for m in mutants(gold, "sqlite", types) if equality.holds(m.sql)]
    rng, constants = Random(11), constants_of(gold, "sqlite")
    for _ in range(SEARCH if equal else 0):
        assert not noticed(neighbour(shape, constants, rng), gold, equal)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("level", [2, 7])
def test_no_result_depends_on_the_order_in_which_rows_are_read(name, level):
    truth = truth_of(drawn(name, level))
    ordered = truth["order_matters"]
    for database in truth["databases"]:
        with sqlite3.connect(":memory:") as connection:
            fill(connection, database["tables"])
            forwards = connection.execute(truth["gold_sql"]).fetchall()
            connection.execute("PRAGMA reverse_unordered_selects = ON")
            backwards = connection.execute(truth["gold_sql"]).fetchall()
        assert (
            forwards == backwards if ordered else sorted(map(repr, forwards)) == sorted(map(repr, backwards))
        )


@pytest.mark.parametrize("name", IN_DUCKDB)
def test_both_engines_give_the_same(name, plain_query):
    task = drawn(name, 5, "duckdb")
    truth = truth_of(task)
    schema, question = read(name, task)
    assert plain_query(render(question.query(schema), "duckdb")) == plain_query(task.reference)
    lite = query_databases(truth["databases"], render(question.query(schema), "sqlite"), timeout_s=60.0)
    duck = query_databases(truth["databases"], truth["gold_sql"], dialect="duckdb", timeout_s=60.0)
    for one, other in zip(lite, duck, strict=True):
        assert not {"error"} & {*one, *other}, (truth["gold_sql"], one, other)
        assert one["rows"]
        assert comparable(one["rows"]) == comparable(other["rows"]), truth["gold_sql"]


def comparable(rows):
    return sorted(repr([float(f"{v:.9g}") if isinstance(v, int | float) else v for v in row]) for row in rows)


@pytest.mark.parametrize("name", IN_DUCKDB)
def test_near_misses_and_equivalents_in_duckdb(name):
    family, task = reason.get(name), drawn(name, 5, "duckdb")
    truth = truth_of(task)
    wrong = noticed_mutants(task, 3)
    assert wrong
    right = list(family.equivalents(task))[2:4]
    for sql, passed in [*((sql, False) for sql in wrong), *((sql, True) for sql in right)]:
        verdict = verify_sql(
            truth["databases"],
            truth["gold_sql"],
            sql,
            dialect="duckdb",
            order_matters=truth["order_matters"],
            timeout_s=60.0,
        )
        assert verdict.passed is passed, (sql, truth["gold_sql"], verdict.detail)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_prompt_shows_no_row_and_no_query(name):
    task = drawn(name, 2)
    assert not re.search(r"\bSELECT\b", task.text)
    assert task.reference not in task.text
