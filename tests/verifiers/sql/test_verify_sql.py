"""The SQL verifier: results decide, and no text harms anything."""

import re
import sqlite3
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from reason.verdict import Status
from reason.verifiers.sql import DIALECTS, query_databases, verify_sql

HERE = Path(__file__).parent
DATA = tomllib.loads((HERE / "cases.toml").read_text())
REFUSED = (HERE / "refused.txt").read_text().splitlines()
BOMBS = [
    (dialect, sql)
    for dialect, texts in tomllib.loads((HERE / "bombs.toml").read_text()).items()
    for sql in texts
]
TABLES = {
    name: {
        "columns": table["columns"],
        "rows": [[None if value == "\0null" else value for value in row] for row in table["rows"]],
    }
    for name, table in DATA["tables"].items()
}
SHOP = {"tables": TABLES}
BIG = {"tables": {"big": {"columns": [["n", "INTEGER"]], "rows": [[n] for n in range(1000)]}}}
CASES = [(case, dialect) for case in DATA["case"] for dialect in case.get("dialects", DIALECTS)]


@pytest.mark.parametrize(
    ("case", "dialect"), CASES, ids=lambda value: value if isinstance(value, str) else value["why"]
)
def test_an_answer_is_right_if_it_gives_what_the_gold_gives(case, dialect):
    verdict = verify_sql(
        [SHOP], case["gold"], case["answer"], dialect=dialect, order_matters=case.get("order")
    )
    assert verdict.passed is case["passed"], verdict
    assert verdict.status is Status.OK


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("answer", [case["gold"] for case in DATA["case"] if "dialects" not in case])
def test_every_gold_accepts_itself(dialect, answer):
    assert verify_sql([SHOP, SHOP], answer, answer, dialect=dialect).passed


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("answer", REFUSED)
def test_what_is_no_reading_query_is_wrong_and_changes_nothing(dialect, answer):
    verdict = verify_sql([SHOP], "SELECT id FROM customer", answer, dialect=dialect)
    assert verdict.passed is False
    assert not Path("/tmp/reason-sql-test-copy").exists()
    assert verify_sql([SHOP], "SELECT COUNT(*) FROM customer", "SELECT 5", dialect=dialect).passed


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("gold", ["SELECT id FROM customer WHERE id > 100", "SELECT COUNT(*) FROM customer"])
@pytest.mark.parametrize(
    "answer", ["DELETE FROM customer", "CREATE TABLE t AS SELECT 5", "DROP TABLE customer"]
)
def test_writing_wins_nothing_where_the_gold_is_empty(dialect, gold, answer):
    assert verify_sql([SHOP], gold, answer, dialect=dialect).passed is False


@pytest.mark.parametrize(("dialect", "bomb"), BOMBS)
def test_a_runaway_query_is_stopped_and_the_next_one_served(dialect, bomb):
    verify_sql([BIG], "SELECT 1", "SELECT 1", dialect=dialect)  # a warm worker
    start = time.monotonic()
    verdict = verify_sql([BIG], "SELECT 1", bomb, dialect=dialect, timeout_s=1.0)
    elapsed = time.monotonic() - start
    assert verdict.passed is False
    assert verdict.score == 0.0
    assert elapsed < 20.0  # far above the limit, for a machine that does much else, and far below for ever
    assert verify_sql([BIG], "SELECT COUNT(*) FROM big", "SELECT 1000", dialect=dialect).passed


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_gold_that_fails_is_our_fault(dialect):
    for gold in ("SELECT nothing FROM customer", "SELECT id FROM nowhere", "no query at all"):
        verdict = verify_sql([SHOP], gold, "SELECT id FROM customer", dialect=dialect)
        assert (verdict.score, verdict.passed, verdict.status) == (None, None, Status.VERIFIER_ERROR)


def test_a_gold_that_takes_too_long_is_our_fault():
    bomb = "SELECT COUNT(*) FROM big a, big b, big c, big d, big e"
    verdict = verify_sql([BIG], bomb, "SELECT 1", timeout_s=0.5)
    assert verdict.status is Status.VERIFIER_ERROR


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_database_must_agree(dialect):
    def table(rows):
        return {"tables": {"t": {"columns": [["n", "INTEGER"]], "rows": [[row] for row in rows]}}}

    databases = [table([1, 2, 3]), table([5]), table([])]
    verdict = verify_sql(
        databases, "SELECT MAX(n) FROM t", "SELECT n FROM t ORDER BY n DESC LIMIT 1", dialect=dialect
    )
    assert verdict.passed is False
    assert verdict.components == {"runs": 1.0, "same": pytest.approx(2 / 3)}
    assert "database 2" in verdict.detail


@pytest.mark.parametrize("dialect", DIALECTS)
def test_many_equal_columns_cost_nothing(dialect):
    columns = ", ".join(f"1 AS c{n}" for n in range(30))
    verify_sql([BIG], "SELECT 1", "SELECT 1", dialect=dialect)
    readings = []
    for _ in range(3):
        start = time.monotonic()
        assert verify_sql(
            [BIG], f"SELECT {columns} FROM big", f"SELECT {columns} FROM big", dialect=dialect
        ).passed
        readings.append(time.monotonic() - start)
    assert min(readings) < 3.0  # minutes where every pair of columns is compared


def test_a_file_is_read_and_never_written(tmp_path):
    files = {"sqlite": tmp_path / "a.sqlite", "duckdb": tmp_path / "b.duckdb"}
    for dialect, connect in (("sqlite", sqlite3.connect), ("duckdb", duckdb.connect)):
        connection = connect(str(files[dialect]))
        connection.execute("CREATE TABLE t (n INTEGER)")
        connection.execute("INSERT INTO t VALUES (1), (2)")
        connection.commit()
        connection.close()
        before = files[dialect].read_bytes()
        database = {"file": str(files[dialect])}
        assert verify_sql([database], "SELECT SUM(n) FROM t", "SELECT 3", dialect=dialect).passed
        for text in ("DELETE FROM t", "DROP TABLE t", "INSERT INTO t VALUES (3)"):
            assert verify_sql([database], "SELECT SUM(n) FROM t", text, dialect=dialect).passed is False
        assert files[dialect].read_bytes() == before


def test_threads_share_the_workers():
    with ThreadPoolExecutor(6) as threads:
        verdicts = list(
            threads.map(
                lambda n: verify_sql([SHOP], "SELECT COUNT(*) FROM customer", f"SELECT {n % 7}"), range(42)
            )
        )
    assert [verdict.passed for verdict in verdicts] == [n % 7 == 5 for n in range(42)]
    assert threading.active_count() < 50


@pytest.mark.parametrize("dialect", DIALECTS)
def test_queries_are_run_for_an_explorer(dialect):
    replies = query_databases(
        [SHOP, SHOP], "SELECT id, city FROM customer ORDER BY id", dialect=dialect, most=2
    )
    assert replies == [{"columns": ["id", "city"], "rows": [[1, "Oslo"], [2, "Rome"]], "more": True}] * 2
    [reply] = query_databases([SHOP], "SELECT nothing FROM customer", dialect=dialect)
    assert "nothing" in reply["error"]
    [reply] = query_databases([SHOP], "DELETE FROM customer", dialect=dialect)
    assert "error" in reply


@pytest.mark.parametrize(
    ("arguments", "error", "named"),
    [
        ({"dialect": "oracle"}, ValueError, "dialect"),
        ({"databases": []}, ValueError, "databases"),
        ({"databases": SHOP}, TypeError, "databases"),
        ({"databases": [{"rows": 1}]}, ValueError, "databases[0]"),
        ({"databases": [{"file": "/nowhere/at.all"}]}, ValueError, "/nowhere/at.all"),
        (
            {"databases": [{"tables": {"t": {"columns": [["a", "MONEY"]], "rows": []}}}]},
            ValueError,
            "tables['t']",
        ),
        (
            {"databases": [{"tables": {"t": {"columns": [["a", "TEXT"]], "rows": [[1, 2]]}}}]},
            ValueError,
            "tables['t']",
        ),
        ({"tolerance": 2.0}, ValueError, "tolerance"),
        ({"answer_sql": None}, TypeError, "answer_sql"),
        ({"gold_sql": b"SELECT 1"}, TypeError, "gold_sql"),
        ({"timeout_s": -1.0}, ValueError, "timeout_s"),
    ],
)
def test_bad_arguments_are_named(arguments, error, named):
    given = {"databases": [SHOP], "gold_sql": "SELECT 1", "answer_sql": "SELECT 1", **arguments}
    with pytest.raises(error, match=re.escape(named)):
        verify_sql(given.pop("databases"), given.pop("gold_sql"), given.pop("answer_sql"), **given)
