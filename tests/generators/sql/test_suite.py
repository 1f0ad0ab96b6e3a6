"""The search for databases: what edits keep whole, and what the bench compares."""

import pytest

from reason.generators.sql.bench import Bench
from reason.generators.sql.edits import Editor
from reason.generators.sql.neighbours import constants_of

SHAPE = {
    "person": {
        "columns": [["id", "INTEGER"], ["name", "TEXT"], ["age", "INTEGER"], ["boss", "INTEGER"]],
        "primary_key": ["id"],
        "not_null": ["id", "name"],
        "foreign_keys": [[["boss"], "person", ["id"]]],
    },
    "likes": {
        "columns": [["who", "INTEGER"], ["whom", "INTEGER"], ["since", "DATE"]],
        "primary_key": ["who", "whom"],
        "not_null": ["who", "whom", "since"],
        "foreign_keys": [[["who"], "person", ["id"]], [["whom"], "person", ["id"]]],
    },
}
PEOPLE = [[1, "Ann", 31, None], [2, "Bo", 30, 1], [3, "Cy", None, 1]]
LIKES = [[1, 2, "2020-01-01"], [2, 1, "2021-05-05"]]
QUERY = "SELECT name FROM person WHERE age > 30 AND name <> 'Bo'"
VALUES = {"person": {"id": [], "name": ["Di", "Ed"], "age": [3, 99], "boss": []},
          "likes": {"who": [], "whom": [], "since": ["2022-02-02"]}}  # fmt: skip


def tables(people=PEOPLE, likes=LIKES):
    return {"person": {**SHAPE["person"], "rows": people}, "likes": {**SHAPE["likes"], "rows": likes}}


def walk(rng, steps, wanted=()):
    columns = {"person": ["name", "age"], "likes": ["since"]}
    editor = Editor(SHAPE, constants_of(QUERY, "sqlite"), VALUES, columns, rng)
    held = tables()
    for _ in range(steps):
        if (edit := editor.edit(held, wanted)) is not None:
            name, rows = edit
            held = {**held, name: {**held[name], "rows": rows}}
            yield held


def test_edits_keep_keys_references_and_what_must_not_be_null(rng_of):
    for seed in range(8):
        for held in walk(rng_of(seed), 120):
            people, likes = held["person"]["rows"], held["likes"]["rows"]
            ids = [row[0] for row in people]
            assert len(set(ids)) == len(ids)
            assert len({(who, whom) for who, whom, _ in likes}) == len(likes)
            assert {who for who, _, _ in likes} | {whom for _, whom, _ in likes} <= set(ids)
            assert all(boss is None or boss in ids for *_, boss in people)
            assert all(name is not None for _, name, _, _ in people)
            assert all(since is not None for *_, since in likes)


def test_edits_leave_the_rows_that_they_were_given_alone(rng_of):
    before = repr(tables())
    for _ in walk(rng_of(1), 60):
        pass
    assert repr(tables()) == before


def test_edits_are_where_it_matters(rng_of):
    ages = {row[2] for held in walk(rng_of(2), 80, ["age"]) for row in held["person"]["rows"]}
    assert {29, 30, 31, None} <= ages


@pytest.mark.parametrize(
    ("sql", "noticed"),
    [
        ("SELECT name FROM person WHERE age >= 31", False),
        ("SELECT name FROM person WHERE age >= 30", True),
        ("SELECT name, age FROM person WHERE age > 30", True),
        ("SELECT nothing FROM person", True),
        ("SELECT name FROM person WHERE age > 30 UNION ALL SELECT 'Ann'", True),
        ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r", True),
    ],
)
def test_a_bench_notices_what_gives_something_else(sql, noticed):
    with Bench(tables(), QUERY) as bench:
        assert bench.answer()
        assert bench.notices(sql) is noticed


def test_a_bench_minds_order_where_the_gold_has_one():
    ordered = "SELECT name FROM person ORDER BY id"
    with Bench(tables(), ordered) as bench:
        assert bench.answer()
        assert bench.notices("SELECT name FROM person ORDER BY id DESC")
    with Bench(tables(), "SELECT name FROM person") as bench:
        assert bench.answer()
        assert not bench.notices("SELECT name FROM person ORDER BY id DESC")
        bench.put("person", [])
        assert not bench.answer()
        bench.load(tables())
        assert bench.answer()
