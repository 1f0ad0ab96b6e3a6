"""Repair: the query that is shown runs, is wrong, and what is shown of it is what it gives."""

import pytest

import reason
from reason.errors import ConfigError


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb"])
def test_the_query_that_is_shown_runs_and_is_wrong(dialect):
    family = reason.get("SQLRepair-v0")
    task = family.task(level=1, knobs={"dialect": dialect})
    broken = task.ground_truth["broken_sql"]
    verdict = family.verify(task, broken)
    assert verdict.score == 0.0
    assert verdict.components["runs"] == 1.0
    assert f"```sql\n{broken}\n```" in task.text
    was, should = task.text.split("On one database it returns\n\n")[1].split(
        "\n\nwhere the right result is\n\n"
    )
    assert was != should.split("\n\nWrite one ")[0]


def test_the_question_can_be_answered_without_the_query():
    family = reason.get("SQLRepair-v0")
    task = family.task(index=1, level=3)
    assert family.verify(task, family.solve(task)).passed


def test_only_its_sources_can_be_asked():
    with pytest.raises(ConfigError, match="source"):
        reason.get("SQLRepair-v0").configure(knobs={"source": "SAT-v0"})
