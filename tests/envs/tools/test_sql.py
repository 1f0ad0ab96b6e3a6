import time

import pytest

from reason.envs.tools.sql import Sql
from reason.errors import ConfigError
from reason.task import Task

FILMS = {
    "film": {
        "columns": [["id", "INTEGER"], ["title", "TEXT"], ["year", "INTEGER"], ["shown on", "TEXT"]],
        "rows": [[1, "A|b", 1920, "2020-01-31"], [2, None, 1931, "2020-02-01"], [3, "c\nd", 1931, None]],
    }
}


@pytest.fixture
def query(session):
    return session(Sql(tables=FILMS))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SELECT id, title FROM film ORDER BY id", "id | title\n1 | A\\|b\n2 | NULL\n3 | c\\nd"),
        ("SELECT count(*) AS n FROM film WHERE year = 1931;", "n\n2"),
        ("SELECT id FROM film WHERE id > 9", "id\n[no rows]"),
        (
            "WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT n+1 FROM t WHERE n<3) SELECT sum(n) s FROM t",
            "s\n6",
        ),
        ("SELECT year, count(*) AS n FROM film GROUP BY year ORDER BY year", "year | n\n1920 | 1\n1931 | 2"),
        ("SELECT date(\"shown on\", '+1 day') AS d FROM film WHERE id = 1", "d\n2020-02-01"),
        ("SELECT strftime('%Y', '2020-03-04') AS y", "y\n2020"),
        ("SELECT x'00ff' AS b, 1.5 AS r", "b | r\nX'00FF' | 1.5"),
        ("SELECT name FROM sqlite_schema", "name\nfilm"),
        ("-- a comment\nSELECT 1 AS one", "one\n1"),
    ],
)
def test_queries(query, text, shown):
    result = query(query=text)
    assert (result.text, result.error) == (shown, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-- nothing",
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "DELETE FROM film",
        "UPDATE film SET year = 0",
        "INSERT INTO film VALUES (9, 'x', 1, NULL)",
        "DROP TABLE film",
        "CREATE TABLE t (x)",
        "CREATE TEMP TABLE film AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "ATTACH '/tmp/x.db' AS x",
        "VACUUM INTO '/tmp/x.db'",
        "PRAGMA table_info(film)",
        "BEGIN",
        "WITH t AS (SELECT 1) DELETE FROM film",
        "SELECT load_extension('x')",
        "SELECT random()",
        "SELECT hex(randomblob(4))",
        "SELECT date('now')",
        "SELECT datetime(' NOW ')",
        "SELECT date()",
        "SELECT strftime('%Y')",
        "SELECT date('n' || 'ow')",
        "SELECT datetime('2020-01-01', 'localtime')",
        "SELECT CURRENT_TIMESTAMP",
        "SELECT CURRENT_DATE",
        "SELECT readfile('/etc/passwd')",
        "SELECT * FROM pragma_table_info('film')",
        "SELECT 1\x00",
        "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
        "SELECT " + "1+" * 9_000 + "1",
    ],
    ids=lambda text: text[:40].replace("\x00", "NUL"),
)
def test_what_does_not_just_read_is_refused(query, text):
    result = query(query=text)
    assert result.error
    assert result.text
    assert query(query="SELECT count(*) AS n, sum(year) AS y FROM film").text == "n | y\n3 | 5782"


@pytest.mark.parametrize(
    "text",
    [
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM t) SELECT count(*) FROM t",
        "SELECT count(*) FROM " + ", ".join(f"film f{number}" for number in range(40)),
        "SELECT length(hex(zeroblob(999999999)))",
        "SELECT printf('%.*c', 900000000, 'x')",
        "SELECT replace(printf('%900000d', 1), ' ', printf('%900000d', 1))",
    ],
    ids=["recursion", "cross join", "blob", "printf", "replace"],
)
def test_bombs_are_stopped(session, text):
    started = time.monotonic()
    result = session(Sql(tables=FILMS, query_seconds=0.5))(query=text)
    assert time.monotonic() - started < 10.0
    assert result.error or "NULL" in result.text


def test_long_results_are_cut(session):
    many = {"t": {"columns": [["x", "INTEGER"]], "rows": [[number] for number in range(500)]}}
    result = session(Sql(tables=many, max_rows=3))(query="SELECT x FROM t ORDER BY x")
    assert result.text == "x\n0\n1\n2\n[only the first 3 rows are shown]"


def test_tables_come_with_the_task(session, task):
    data = task.to_dict()
    del data["task_id"]
    own = Task(**{**data, "prompt": task.prompt, "metadata": {"tables": FILMS}})
    assert session(Sql(), task=own)(query="SELECT max(id) AS m FROM film").text == "m\n3"
    assert session(Sql())(query="SELECT 1 FROM film").error


@pytest.mark.parametrize(
    "tables",
    [
        {"t": {}},
        {"t": {"columns": [], "rows": []}},
        {"t": {"columns": [["x", "INTEGER); DROP TABLE t; --"]], "rows": []}},
        {"t": {"columns": [["x", "TEXT"]], "rows": [[1, 2]]}},
        {"t\0": {"columns": [["x", "TEXT"]], "rows": []}},
        {"t": 5},
        [1],
    ],
)
def test_tables_that_are_none_are_refused(tables):
    with pytest.raises(ConfigError, match="table"):
        Sql(tables=tables)


def test_hostile_names_of_tables_and_columns_stay_names(session):
    tables = {'t"; DROP': {"columns": [['x" TEXT); --', "TEXT"]], "rows": [["v"]]}}
    assert session(Sql(tables=tables))(query='SELECT * FROM "t""; DROP"').text == 'x" TEXT); --\nv'
