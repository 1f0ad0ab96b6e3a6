"""Projection and filter: which columns of which rows."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import draw_columns, draw_condition
from reason.generators.sql.listing import LISTINGS, Listing
from reason.generators.sql.schema import Schema
from reason.registry import register

__all__ = ["SQLFilter", "SQLFilterConfig"]


@dataclass(frozen=True, kw_only=True)
class SQLFilterConfig(AskingConfig):
    """Knobs of the question."""


@register
class SQLFilter(AskingFamily[SQLFilterConfig]):
    """Write a SQL query for a question that picks columns and rows of a table.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLFilter-v0"
    topic = "projection and filter"
    phrases = LISTINGS

    def at_level(self, level: int) -> SQLFilterConfig:
        """Add a condition, a column or a table each level, and other tables' columns."""
        return SQLFilterConfig(
            num_tables=1 + (2 * level + 1) // 3,
            num_columns=1 + level // 3,
            num_conditions=1 + (level + 1) // 3 + (level >= 9),
            depth=(level >= 1) * (level + 1) // 6,
        )

    def ask(self, rng: Random, schema: Schema, config: SQLFilterConfig) -> Any:
        """Draw columns and conditions of any table that has enough of them."""
        subject = rng.choice(list(schema.tables))
        where = draw_condition(
            rng, schema, subject, config.num_conditions, config.depth, evidence=config.evidence
        )
        if where is None and config.num_conditions:
            return None
        columns = draw_columns(rng, schema, subject, config.num_columns, config.depth)
        return Listing(subject, columns, where) if len(columns) == config.num_columns else None
