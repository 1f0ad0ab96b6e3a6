"""Repair: a query that gives the wrong result, beside the question that it was meant to answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import Draft, Family
from reason.frozen import thaw
from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.schema import Schema, read_schema
from reason.generators.sql.tree import render
from reason.registry import register
from reason.task import Task

__all__ = ["SQLRepair", "SQLRepairConfig"]

SOURCES = ("SQLFilter-v0", "SQLJoin-v0", "SQLGroup-v0", "SQLTop-v0", "SQLSubquery-v0")
"""Families whose questions the queries were meant to answer."""
MAX_SHOWN_ROWS = 6
_CANDIDATES = 12
"""Changed queries that are tried until one runs and gives something else."""
_SECONDS = 20.0
_PROMPT = re.compile(
    r"```sql\n(?P<ddl>.*?)\n```\n(?P<notes>(?:\nNote: [^\n]*)*)\n?\nQuestion: (?P<question>[^\n]*)\n\n"
    r"This (?P<dialect>\w+) query was meant", re.DOTALL,
)  # fmt: skip
_DIALECTS = {"SQLite": "sqlite", "DuckDB": "duckdb"}


@dataclass(frozen=True, kw_only=True)
class SQLRepairConfig(AskingConfig):
    """Knobs of the query; the numbers of tables, columns and conditions are those of the source's level."""

    source: str = "mixed"
    """The family whose question it is; ``mixed`` draws one of ``SOURCES``."""
    source_level: int = 2
    """The level of that family."""
    num_changes: int = 1
    """How many places of the right query were changed."""

    def __post_init__(self) -> None:
        """Reject sources and sizes that cannot be."""
        super().__post_init__()
        self.require(self.source in ("mixed", *SOURCES), "source", f"mixed or one of {', '.join(SOURCES)}")
        self.require(0 <= self.source_level <= 9, "source_level", "0 to 9")
        self.require(1 <= self.num_changes <= 4, "num_changes", "1 to 4")


@register
class SQLRepair(AskingFamily[SQLRepairConfig]):
    """Repair a SQL query that runs, but does not answer the question.

    The prompt shows what the query returns on one database, and what it should return. Effort is the number
    of nodes of the right query.
    """

    id = "SQLRepair-v0"
    topic = "repair"

    def at_level(self, level: int) -> SQLRepairConfig:
        """Take the source's questions of the same level; from level 5 on, change two places."""
        return SQLRepairConfig(source_level=level, num_changes=1 + (level >= 5))

    def ask(self, rng: Random, schema: Schema, config: SQLRepairConfig) -> Any:
        """Leave that to the source."""
        return None

    def generate(self, rng: Random, config: SQLRepairConfig) -> Draft:
        """Draw a question of another family; once it is kept, change its query until that is wrong."""
        name = rng.choice(SOURCES) if config.source == "mixed" else config.source
        source = _family(name)
        knobs = {"style": config.style, "evidence": config.evidence, "dialect": config.dialect}
        drawn: Draft = source.generate(rng, source.configure(config.source_level, knobs))

        def finish(draft: Draft) -> Draft | None:
            whole = drawn.finish(drawn) if drawn.finish else drawn
            if whole is None:
                return None
            found = _break(rng, whole.ground_truth, config.num_changes)
            if found is None:
                return None
            broken, shown = found
            return replace(
                draft,
                prompt=_ask_repair(str(whole.prompt), broken, shown),
                ground_truth={**whole.ground_truth, "broken_sql": broken},
                metadata={**whole.metadata, "topic": self.topic, "source": name},
            )

        return replace(drawn, canonical=["repair", name, drawn.canonical], finish=finish)

    def solve(self, task: Task) -> str | None:
        """Read the question, and write its query anew."""
        match = _PROMPT.search(task.text)
        if match is None:
            return None
        schema = read_schema(match["ddl"])
        dialect = _DIALECTS[match["dialect"]]
        written = {
            render(question.query(schema), dialect)
            for name in SOURCES
            for question in _family(name).read_question(schema, match["question"], match["notes"] or "")
        }
        if len(written) > 1:
            raise GenerationError(f"{self.id}: {match['question']!r} can be read as {sorted(written)}")
        return written.pop() if written else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the query as it was, and what the family of questions has."""
        yield task.ground_truth["broken_sql"]
        yield from super().near_misses(task)


def _family(name: str) -> Any:
    from reason.registry import get

    family: Family[Any] = get(name)
    return family


def _break(
    rng: Random, truth: Mapping[str, Any], num_changes: int
) -> tuple[str, tuple[Mapping[str, Any], Mapping[str, Any]]] | None:
    """Change the gold query in some places, until it gives another result on a database.

    Returns:
        The changed query, and what it and the gold give on the first such database.
    """
    from reason.generators.sql.mutants import mutants
    from reason.verifiers.sql import query_databases
    from reason.verifiers.sql.database import Result
    from reason.verifiers.sql.gate import order_columns
    from reason.verifiers.sql.judge import difference

    databases = [thaw(database) for database in truth["databases"]]
    gold, dialect = truth["gold_sql"], truth["dialect"]
    types = {name: dict(table["columns"]) for name, table in databases[0]["tables"].items()}
    right = query_databases(databases, gold, dialect=dialect, timeout_s=_SECONDS)
    comparison = (*order_columns(gold, dialect), 1e-9)

    def result(reply: Mapping[str, Any]) -> Result:
        rows = [tuple(row) for row in reply["rows"]]
        return Result(columns=tuple(reply["columns"]), rows=rows, more=reply["more"])

    for _ in range(_CANDIDATES):
        broken = gold
        for _ in range(num_changes):
            if choices := mutants(broken, dialect, types):
                broken = rng.choice(choices).sql
        found = query_databases(databases, broken, dialect=dialect, timeout_s=_SECONDS)
        if any("error" in reply for reply in (*right, *found)):
            continue
        for one, other in zip(found, right, strict=True):
            if difference(result(other), result(one), *comparison):
                return broken, (one, other)
    return None


def _ask_repair(prompt: str, broken: str, shown: Sequence[Mapping[str, Any]]) -> str:
    """Put the wrong query between the question and what is to be written."""
    begin, _, rest = prompt.partition("\n\nWrite one ")
    engine, _, rules = rest.partition(" query that answers it.")
    was, should = map(_table, shown)
    return (
        f"{begin}\n\nThis {engine} query was meant to answer it, but is wrong:\n\n```sql\n{broken}\n```\n\n"
        f"On one database it returns\n\n{was}\n\nwhere the right result is\n\n{should}\n\n"
        f"Write one {engine} query that answers the question, on that database and on any other.{rules}"
    )


def _table(reply: Mapping[str, Any]) -> str:
    rows = [" | ".join("NULL" if value is None else str(value) for value in row) for row in reply["rows"]]
    if not rows:
        return "(no rows)"
    left = len(rows) - MAX_SHOWN_ROWS
    return "\n".join([*rows[:MAX_SHOWN_ROWS], *([f"({left} more rows)"] if left > 0 else [])])
