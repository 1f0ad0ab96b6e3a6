"""CASE: rows that get labels, and how many rows there are of each label."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from sqlglot import exp

from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_atom, draw_condition
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema
from reason.generators.sql.showing import REPORTS, Report, draw_plain, joined
from reason.generators.sql.tree import AnyOf, Condition, Scope
from reason.registry import register

__all__ = ["Branch", "Census", "Label", "SQLCase", "SQLCaseConfig", "Split"]

_LABELS = (
    ("A", "B", "C", "D", "E"),
    ("high", "middle", "low", "none", "other"),
    ("first tier", "second tier", "third tier", "fourth tier", "no tier"),
    ("red", "amber", "green", "blue", "grey"),
    ("urgent", "soon", "later", "some day", "never"),
)


@dataclass(frozen=True)
class Branch:
    """A label, and the condition under which a row gets it."""

    text: str
    where: Condition

    def sql(self, scope: Scope) -> exp.Expr:
        """Return its arm of the CASE."""
        return exp.If(this=self.where.sql(scope), true=exp.Literal.string(self.text))


@dataclass(frozen=True)
class Label(AnyOf):
    """The label of the first condition that a row meets; the default for the others, or NULL.

    It is drawn rows for as any other choice of conditions is: each in turn is met, and the others are not.
    """

    items: tuple[Branch, ...]
    default: str | None = None

    def sql(self, scope: Scope) -> exp.Expr:
        """Return it as SQL."""
        return exp.Case(
            ifs=[branch.sql(scope) for branch in self.items],
            default=None if self.default is None else exp.Literal.string(self.default),
        )


@dataclass(frozen=True)
class Census:
    """How many rows there are of each label."""

    subject: str
    label: Label
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        label = self.label.sql(scope)
        where = self.where.sql(scope) if self.where else None
        query = scope.select(label, exp.Count(this=exp.Star()), where=where)
        return query.group_by(exp.Literal.number(1))


@dataclass(frozen=True)
class Split:
    """How many of the rows meet each of some conditions, side by side in one row."""

    subject: str
    parts: tuple[Condition, ...]
    where: Condition | None = None

    def query(self, schema: Schema) -> exp.Query:
        """Return it as SQL."""
        scope = Scope(schema, self.subject)
        counts = [
            exp.Count(this=exp.Case(ifs=[exp.If(this=part.sql(scope), true=exp.Literal.number(1))]))
            for part in self.parts
        ]
        return scope.select(*counts, where=self.where.sql(scope) if self.where else None)


_LABEL = "{items:branch*} (the first that fits)"
PHRASES = (
    *REPORTS,
    Phrase("branch", Branch, "{text:text} for those {where:part}"),
    Phrase("label", Label, f"{_LABEL}; {{default:text}} for all others"),
    Phrase("label", Label, f"{_LABEL}; NULL for all others", {"default": None}),
    Phrase("shown", Label, f"label [{_LABEL}; {{default:text}} for all others]"),
    Phrase("shown", Label, f"label [{_LABEL}; NULL for all others]", {"default": None}),
    *(
        Phrase("question", Census, template, style=style)
        for style, template in (
            ("explicit", "Give each of the {subject:plural}{ where:condition?} a label: {label:label}. "
             "Show each label that occurs and how many rows have it."),
            ("explicit", "Count the {subject:plural}{ where:condition?} by a label: {label:label}. "
             "Return the label and the count, for labels that occur."),
            ("business", "We sort all {subject:plural}{ where:condition?} into classes: {label:label}. "
             "Which classes are there, and how many rows does each have?"),
            ("business", "Let us label the {subject:plural}{ where:condition?}: {label:label}. "
             "I want each label in use with its number of rows."),
        )
    ),
    *(
        Phrase("question", Split, template, style=style)
        for style, template in (
            ("explicit", "In one row, count of all {subject:plural}{ where:condition?}: "
             "those {parts:part*} (one column each)."),
            ("explicit", "Of the {subject:plural}{ where:condition?}, return in one row how many there are "
             "of: those {parts:part*} (a column each)."),
            ("business", "Looking at the {subject:plural}{ where:condition?}, how many are there of these, "
             "side by side in one row: those {parts:part*}?"),
            ("business", "I need one line about all {subject:plural}{ where:condition?} with these numbers: "
             "of those {parts:part*}."),
        )
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SQLCaseConfig(AskingConfig):
    """Knobs of the question."""

    num_branches: int = 2
    """How many conditions a label has, or how many counts are asked for."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(1 <= self.num_branches <= 4, "num_branches", "1 to 4")


@register
class SQLCase(AskingFamily[SQLCaseConfig]):
    """Write a SQL query that labels rows by conditions, or counts what meets each of them.

    Effort is the number of nodes of the gold query.
    """

    id = "SQLCase-v0"
    topic = "CASE"
    phrases = PHRASES

    def at_level(self, level: int) -> SQLCaseConfig:
        """Add branches, conditions, columns and other tables in turn."""
        return SQLCaseConfig(
            num_tables=1 + level // 2,
            num_columns=1 + (level + 1) // 3,
            num_branches=1 + (level >= 1) + (level >= 5) + (level >= 8),
            num_conditions=(level >= 3) + (level >= 6) + (level >= 7),
            depth=(level >= 4) + (level >= 9),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLCaseConfig) -> Any:
        """Draw branches, each on another column, and what is done with their labels."""
        subject = rng.choice(list(schema.tables))
        columns = columns_within(schema, subject, config.depth)
        if not columns:
            return None
        kind = rng.choice(("report", "report", "census", "split"))
        rng.shuffle(columns)
        used, others = columns[: config.num_branches], columns[config.num_branches :]
        if len(used) < config.num_branches:
            return None
        # Each on another column, so that no condition hides behind those before it.
        atoms = [draw_atom(rng, schema, subject, column) for column in used]
        where = draw_condition(
            rng,
            schema,
            subject,
            config.num_conditions,
            config.depth,
            evidence=config.evidence,
            columns=others,
        )
        if where is None and config.num_conditions:
            return None
        if kind == "split":
            return Split(subject, tuple(atoms), where)
        names = rng.choice(_LABELS)
        branches = tuple(Branch(name, atom) for name, atom in zip(names, atoms, strict=False))
        label = Label(branches, rng.choice((None, names[4], names[4])))
        if kind == "census":
            return Census(subject, label, where)
        shown = draw_plain(rng, schema, subject, config.num_columns, 0)
        if len(shown) < config.num_columns:
            return None
        values: list[Any] = [*shown, label]
        rng.shuffle(values)
        return Report(subject, tuple(values), joined(where))
