import pytest

import reason
from reason.generators.sql.schema import draw_schema
from reason.verifiers.sql import query_databases, verify_sql

FAMILIES = [
    "SQLFilter-v0",
    "SQLNull-v0",
    "SQLGroup-v0",
    "SQLDistinct-v0",
    "SQLTop-v0",
    "SQLJoin-v0",
    "SQLSets-v0",
]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_question_has_one_reading_which_is_its_query(family):
    asked = reason.get(family)
    for index in range(6):
        task = asked.task(split="test", index=index, level=index + 1)
        # Another SELECT with the same text would be no proof: what is read back renders to the gold itself.
        answer = asked.solve(task)
        assert answer is not None, task.text
        verdict = reason.score(task, f"<answer>{answer}</answer>")
        assert verdict.passed, (task.text, answer, task.reference)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_gold_result_is_never_empty_and_most_mutants_are_noticed(family):
    for index in range(4):
        task = reason.get(family).task(index=index, level=2 + index)
        truth = reason.frozen.thaw(task.ground_truth)
        for reply in query_databases(truth["databases"], truth["gold_sql"]):
            assert "error" not in reply
            assert reply["rows"]
        assert task.metadata["num_killed"] >= 0.6 * task.metadata["num_mutants"] > 0
        assert sum(task.metadata["survivors"].values()) == (
            task.metadata["num_mutants"] - task.metadata["num_killed"]
        )


@pytest.mark.parametrize("family", FAMILIES)
def test_both_engines_give_the_same(family):
    asked = reason.get(family)
    for index in range(3):
        lite = asked.task(index=index, level=2 * index + 1)
        knobs = {**lite.config, "dialect": "duckdb"}
        schema_of = {}
        for task in (lite, asked.task(index=index, knobs=knobs)):
            truth = reason.frozen.thaw(task.ground_truth)
            # A schema and question drawn by the other dialect's stream: each on both engines.
            other = "duckdb" if truth["dialect"] == "sqlite" else "sqlite"
            read = _read(asked, task)
            schema_of[truth["dialect"]] = read
            sql = {truth["dialect"]: truth["gold_sql"], other: read[other]}
            replies = {
                dialect: query_databases(truth["databases"], text, dialect=dialect, timeout_s=20.0)
                for dialect, text in sql.items()
            }
            for one, two in zip(replies["sqlite"], replies["duckdb"], strict=True):
                assert not {"error"} & {*one, *two}, (sql, one, two)
                assert _comparable(one["rows"]) == _comparable(two["rows"]), sql


def _read(asked, task):
    from reason.generators.sql.asking import _PROMPT
    from reason.generators.sql.schema import read_schema
    from reason.generators.sql.tree import render

    match = _PROMPT.search(task.text)
    schema = read_schema(match["ddl"])
    question = asked.read_question(schema, match["question"], match["notes"])[0]
    return {dialect: render(question.query(schema), dialect) for dialect in ("sqlite", "duckdb")}


def _comparable(rows):
    return sorted(repr([round(v, 9) if isinstance(v, float) else v for v in row]) for row in rows)


def test_every_drawn_schema_is_closed_under_references(rng_of):
    for seed in range(60):
        schema = draw_schema(rng_of(seed), 1 + seed % 6)
        for table in schema.tables.values():
            assert set(table.key) <= set(table.columns)
            assert all(column.refers in schema.tables for column in table.references)


def test_two_readings_are_told_apart_by_the_databases():
    task = reason.get("SQLJoin").task(index=3, level=3)
    truth = reason.frozen.thaw(task.ground_truth)
    verdict = verify_sql(
        truth["databases"], truth["gold_sql"], f"SELECT * FROM ({truth['gold_sql']}) WHERE 1 = 0"
    )
    assert not verdict.passed
