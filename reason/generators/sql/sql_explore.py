"""Exploration: a question that is answered after queries of one's own on one of the databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

from reason.family import Draft
from reason.frozen import freeze, thaw
from reason.generators.sql.schema import Schema
from reason.generators.sql.sql_multi_hop import SQLMultiHop, SQLMultiHopConfig
from reason.registry import register

__all__ = ["SQL_TOOL", "SQLExplore"]

SQL_TOOL: Mapping[str, Any] = freeze(
    {
        "type": "function",
        "function": {
            "name": "sql",
            "description": "Run one SELECT statement of SQLite on the tables of the task "
            "(see sqlite_schema).",
            "parameters": {
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "One SELECT statement.", "maxLength": 20_000}
                },
                "required": ["query"],
            },
        },
    }
)
"""The tool ``sql`` of :mod:`reason.envs.tools.sql`, as tasks list it."""


@register
class SQLExplore(SQLMultiHop):
    """Explore a database with SQL queries of one's own, then submit the one that answers the question.

    The tool ``sql`` shows the rows of a query on one of the databases, cut off with a note where there are
    many, or the engine's error. What is submitted is judged on that database and on others. Effort is the
    number of nodes of the gold query.
    """

    id = "SQLExplore-v0"
    topic = "exploration"
    rules = (
        f"{SQLMultiHop.rules} The tool shows one database with these tables; the query is also judged on "
        "others."
    )

    def at_level(self, level: int) -> SQLMultiHopConfig:
        """Ask what SQLMultiHop-v0 asks, in SQLite."""
        return replace(super().at_level(level), dialect="sqlite")

    def generate(self, rng: Random, config: SQLMultiHopConfig) -> Draft:
        """Draw a question.

        Raises:
            ConfigError: the dialect is not SQLite, which is all that the tool knows.
        """
        config.require(config.dialect == "sqlite", "dialect", "sqlite")
        return super().generate(rng, config)

    def _draft(self, rng: Random, config: SQLMultiHopConfig, schema: Schema, question: Any) -> Draft:
        whole = super()._draft(rng, config, schema, question)

        def finish(draft: Draft) -> Draft | None:
            done = whole.finish(draft) if whole.finish else draft
            if done is None:
                return None
            tables = _for_the_tool(done.ground_truth["databases"][0]["tables"])
            return replace(done, metadata={**done.metadata, "tables": tables})

        return replace(whole, tools=(SQL_TOOL,), finish=finish)


def _for_the_tool(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables in the types of the tool, which keeps dates as SQLite does: as texts."""
    return {
        name: {
            "columns": [[column, "TEXT" if kind == "DATE" else kind] for column, kind in table["columns"]],
            "primary_key": thaw(table.get("primary_key", ())),
            "rows": thaw(table["rows"]),
        }
        for name, table in tables.items()
    }
