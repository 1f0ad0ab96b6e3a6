import sqlite3

import pytest
import sqlglot

from reason.generators.sql.distil import distil
from reason.generators.sql.mutants import mutants
from reason.generators.sql.neighbours import constants_of, neighbour

TYPES = {
    "person": {"id": "INTEGER", "name": "TEXT", "age": "INTEGER"},
    "pet": {"id": "INTEGER", "owner": "INTEGER", "kind": "TEXT"},
}
SCHEMA = {
    "person": {
        "columns": [["id", "INTEGER"], ["name", "TEXT"], ["age", "INTEGER"]],
        "primary_key": ["id"],
        "not_null": ["id", "name"],
    },
    "pet": {
        "columns": [["id", "INTEGER"], ["owner", "INTEGER"], ["kind", "TEXT"]],
        "primary_key": ["id"],
        "not_null": ["id"],
        "foreign_keys": [[["owner"], "person", ["id"]]],
    },
}
QUERIES = {
    "SELECT name FROM person WHERE age > 30 AND name <> 'Bo'": {
        "comparison",
        "constant",
        "conjunct",
        "connector",
    },
    "SELECT COUNT(age) FROM person": {"aggregate", "column"},
    "SELECT name, COUNT(*) FROM person GROUP BY name, age HAVING COUNT(*) > 1": {"having", "group"},
    "SELECT DISTINCT kind FROM pet ORDER BY kind DESC LIMIT 2": {"distinct", "order", "limit"},
    "SELECT p.name FROM person AS p JOIN pet AS q ON q.owner = p.id": {"join"},
    "SELECT p.name FROM person AS p LEFT JOIN pet AS q ON q.owner = p.id": {"join"},
    "SELECT id FROM pet UNION SELECT id FROM person": {"set"},
    "SELECT name FROM person WHERE NOT EXISTS (SELECT 1 FROM pet WHERE owner = person.id)": {"negation"},
    "SELECT CASE WHEN age > 9 THEN name ELSE 'x' END FROM person": {"case"},
    "SELECT RANK() OVER (PARTITION BY kind ORDER BY id) FROM pet": {"window"},
    "SELECT age + 2 FROM person": {"arithmetic"},
    "SELECT name FROM person WHERE name IN ('a', 'b') OR name LIKE 'c%' OR age BETWEEN 1 AND 2": {"negation"},
}


def drawn(rng, query, **more):
    return neighbour(SCHEMA, constants_of(query, "sqlite"), rng, **more)


@pytest.mark.parametrize("query", QUERIES)
def test_mutants_are_of_every_class_that_the_query_has(query):
    found = mutants(query, "sqlite", TYPES)
    assert QUERIES[query] <= {mutant.kind for mutant in found}
    texts = [mutant.sql for mutant in found]
    assert len(set(texts)) == len(texts)
    assert sqlglot.transpile(query, read="sqlite", write="sqlite")[0] not in texts


@pytest.mark.parametrize("query", QUERIES)
def test_mutants_differ_in_one_place_and_leave_the_query_alone(query):
    first, again = (mutants(query, "sqlite", TYPES) for _ in range(2))
    assert first == again
    with sqlite3.connect(":memory:") as database:
        for table, columns in TYPES.items():
            database.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        runs = 0
        for mutant in first:
            try:
                database.execute(mutant.sql).fetchall()
                runs += 1
            except sqlite3.Error:
                continue
    assert runs >= 0.6 * len(first)


def test_what_is_equal_for_sure_is_no_mutant():
    kinds = [m.kind for m in mutants("SELECT MIN(age), COUNT(*) FROM person", "sqlite", TYPES)]
    assert "distinct" not in kinds
    assert kinds.count("aggregate") == 1
    grouped = mutants("SELECT name, COUNT(*) FROM person GROUP BY name", "sqlite", TYPES)
    assert "distinct" not in [m.kind for m in grouped]
    join = "SELECT q.kind FROM pet AS q JOIN person AS p ON q.owner = p.id"
    assert "join" in [m.kind for m in mutants(join, "sqlite", TYPES)]
    sorted_twice = [m.sql for m in mutants("SELECT id FROM person ORDER BY age, id", "sqlite", TYPES)]
    assert not any("age ASC, age" in sql or "ORDER BY age, age" in sql for sql in sorted_twice)
    ordinal = mutants("SELECT name, COUNT(*) FROM person GROUP BY 1", "sqlite", TYPES)
    assert "distinct" not in [m.kind for m in ordinal]


def test_dates_move_by_a_day():
    found = mutants("SELECT name FROM person WHERE name > '2020-03-01'", "sqlite", TYPES)
    texts = " ".join(mutant.sql for mutant in found)
    assert "2020-02-29" in texts
    assert "2020-03-02" in texts


def test_constants_come_with_what_lies_next_to_them():
    found = constants_of(
        "SELECT 1 FROM person WHERE age > 30 AND name = 'Bo' AND born < '2020-01-01'", "sqlite"
    )
    assert {29, 30, 31} <= set(found["age"])
    assert "Bo" in found["name"]
    assert any(value < "Bo" for value in found["name"])
    assert {"2019-12-31", "2020-01-01", "2020-01-02"} <= set(found["born"])


def test_neighbours_keep_keys(rng_of):
    for seed in range(150):
        around = {"person": {"age": 31, "name": "Bo"}} if seed % 2 else None
        tables = drawn(rng_of(seed), "SELECT 1 FROM person WHERE age > 30", around=around)["tables"]
        people = [row[0] for row in tables["person"]["rows"]]
        assert len(set(people)) == len(people)
        assert None not in people
        assert all(row[1] is not None for row in tables["person"]["rows"])
        assert all(row[1] is None or row[1] in people for row in tables["pet"]["rows"])


def test_around_a_witness_each_constant_stands_once(rng_of):
    query = "SELECT name FROM person WHERE age > 30 AND name = 'Bo'"
    witness = {"person": {"age": 31, "name": "Bo"}}
    rows = drawn(rng_of(1), query, around=witness)["tables"]["person"]["rows"]
    pairs = {(name, age) for _, name, age in rows}
    assert {("Bo", 31), ("Bo", 30), ("Bo", 29), ("Bo", None), ("Box", 31)} <= pairs
    assert [(name, age) for _, name, age in rows].count(("Bo", 31)) >= 2


@pytest.mark.parametrize("query", ["SELECT name FROM person WHERE age > 30", "SELECT COUNT(age) FROM person"])
def test_a_suite_notices_what_any_database_notices(rng_of, query):
    rng = rng_of(4)
    empty = {"tables": {name: {**table, "rows": []} for name, table in SCHEMA.items()}}
    found = mutants(query, "sqlite", TYPES)
    suite = distil([empty], lambda _: drawn(rng, query), query, found)
    assert suite.num_mutants == len(found)
    assert not suite.survivors
    assert suite.unnoticed
    assert len(suite.databases) > 1


def test_a_mutant_that_is_equal_survives(rng_of):
    rng = rng_of(7)
    query = "SELECT id FROM person"  # its key: DISTINCT changes nothing
    found = [mutant for mutant in mutants(query, "sqlite", TYPES) if mutant.kind == "distinct"]
    suite = distil([drawn(rng, query)], lambda _: drawn(rng, query), query, found, tries=40)
    assert [mutant.kind for mutant in suite.survivors] == ["distinct"]


def test_patience_ends_the_search(rng_of):
    calls = []

    def draw(number):
        calls.append(number)
        return drawn(rng_of(number), "SELECT id FROM person")

    equal = [m for m in mutants("SELECT id FROM person", "sqlite", TYPES) if m.kind == "distinct"]
    distil([draw(0)], draw, "SELECT id FROM person", equal, tries=90, patience=5)
    assert len(calls) == 6
