"""Dialogue: a conversation about a database, whose follow-ups only make sense after what was asked before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import Draft
from reason.generators.sql import sql_top
from reason.generators.sql.asking import AskingConfig, AskingFamily
from reason.generators.sql.draw import columns_within, draw_atom, draw_columns
from reason.generators.sql.listing import LISTINGS, Listing
from reason.generators.sql.phrase import Phrase
from reason.generators.sql.schema import Schema, read_schema
from reason.generators.sql.showing import joined
from reason.generators.sql.sql_top import Order, Top
from reason.generators.sql.tree import Column, Condition, render
from reason.registry import register
from reason.task import Task

__all__ = ["Cut", "Narrow", "SQLDialogue", "SQLDialogueConfig", "Show", "Sort", "Switch"]

_CONVERSATION = re.compile(
    r"```sql\n(?P<ddl>.*?)\n```\n\nConversation:\n(?P<turns>.*)\n\nWrite one (?P<dialect>\w+) query",
    re.DOTALL,
)
MOST_FREE = 3
"""Columns that nobody has spoken of after the first question; longer conversations come back to some."""
_TURN = re.compile(r"^[0-9]+\. (.+)$", re.MULTILINE)
_DIALECTS = {"SQLite": "sqlite", "DuckDB": "duckdb"}


@dataclass(frozen=True)
class Narrow:
    """Keep those of the rows that meet one condition more."""

    where: Condition

    def after(self, question: Any) -> Any:
        """Return the question that is meant now."""
        return replace(question, where=joined(question.where, self.where))


@dataclass(frozen=True)
class Switch:
    """Put another condition in the place of the one that came last."""

    where: Condition

    def after(self, question: Any) -> Any:
        """Return the question that is meant now."""
        items = getattr(question.where, "items", (question.where,))
        return replace(question, where=joined(*items[:-1], self.where))


@dataclass(frozen=True)
class Show:
    """Show other columns, or further ones."""

    columns: tuple[Column, ...]
    more: bool

    def after(self, question: Any) -> Any:
        """Return the question that is meant now."""
        return replace(question, columns=(*question.columns, *self.columns) if self.more else self.columns)


@dataclass(frozen=True)
class Sort:
    """Sort the rows, and those that are equal by their key."""

    order: Order
    key: Column

    def after(self, question: Any) -> Any:
        """Return the question that is meant now."""
        return Top(question.subject, question.columns, (self.order,), self.key, question.where)


@dataclass(frozen=True)
class Cut:
    """Keep the first of the sorted rows."""

    limit: int

    def after(self, question: Any) -> Any:
        """Return the question that is meant now."""
        return replace(question, limit=self.limit)


PHRASES = (
    *LISTINGS,
    *sql_top.PHRASES,
    *(
        Phrase("turn", kind, text, fixed)
        for kind, fixed, texts in (
            (Narrow, {}, ("And only those {where:condition}?", "Of these, keep the ones {where:condition}.",
                          "Leave out all but those {where:condition}.")),
            (Switch, {}, ("In place of that last condition: those {where:condition}.",
                          "Let me change the last condition: make it those {where:condition}.")),
            (Show, {"more": False}, ("Show the {columns:column*} instead.",
                                     "I meant their {columns:column*}.")),
            (Show, {"more": True}, ("Also the {columns:column*}, please.",
                                    "Put their {columns:column*} behind that.")),
            (Sort, {}, ("Sort them by {order:order}; ties go by {key:column}, the lowest first.",
                        "In order of {order:order}, please, and where that is equal the lower "
                        "{key:column} first.")),
            (Cut, {}, ("Just the first {limit:number} of them.", "The first {limit:number} will do.")),
        )
        for text in texts
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SQLDialogueConfig(AskingConfig):
    """Knobs of the conversation."""

    num_turns: int = 2
    """How often somebody speaks."""
    evidence: float = 0.0
    """Always 0: nobody explains a word in a conversation."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.num_turns <= 8, "num_turns", "2 to 8")
        self.require(self.evidence == 0.0, "evidence", "0")


@register
class SQLDialogue(AskingFamily[SQLDialogueConfig]):
    """Write the SQL query that the last turn of a conversation asks for.

    Each follow-up changes what was asked before it: it narrows, shows something else, sorts, cuts off. The
    task's metadata has the last turn's full rewrite, and the query of every turn. Effort is the number of
    nodes of the gold query, and of turns.
    """

    id = "SQLDialogue-v0"
    topic = "dialogue"
    phrases = PHRASES
    rules = "Rows for which a value that they are sorted by is missing are left out."

    def at_level(self, level: int) -> SQLDialogueConfig:
        """Add turns, columns, tables and conditions in turn."""
        return SQLDialogueConfig(
            num_tables=1 + level // 2,
            num_columns=1 + (level >= 3) + (level >= 7),
            num_conditions=1,
            num_turns=2 + (level >= 1) + (level >= 2) + (level >= 5) + (level >= 7) + (level >= 9),
            depth=(level >= 2) + (level >= 8),
        )

    def ask(self, rng: Random, schema: Schema, config: SQLDialogueConfig) -> Any:
        """Draw the first question; :meth:`generate` lets the conversation go on."""
        subject = rng.choice([name for name, table in schema.tables.items() if len(table.key) == 1])
        columns = draw_columns(rng, schema, subject, config.num_columns, config.depth)
        left = [column for column in columns_within(schema, subject, config.depth) if column not in columns]
        needed = min(config.num_turns, MOST_FREE) + config.num_conditions
        if len(columns) < config.num_columns or len(left) < needed:
            return None
        where = [draw_atom(rng, schema, subject, left.pop(rng.randrange(len(left))))]
        return Listing(subject, columns, joined(*where[: config.num_conditions]))

    def _draft(self, rng: Random, config: SQLDialogueConfig, schema: Schema, question: Any) -> Draft:
        turns, last = _go_on(rng, schema, config, question)
        whole = super()._draft(rng, config, schema, last)
        style = whole.metadata["style"]
        book = self._phrasebook(schema, style)
        said = [book.say("question", question, question.subject, rng)]
        said += [book.say("turn", turn, question.subject, rng) for turn in turns]
        prompt = str(whole.prompt)
        begin, end = prompt.index("\nQuestion: "), prompt.index("\n\nWrite one ")
        rewrite = prompt[begin + len("\nQuestion: ") : end]
        listed = "".join(f"\n{number}. {text}" for number, text in enumerate(said, 1))
        asked = prompt[end:].replace("query that answers it.", "query for what the last line asks.", 1)
        queries = [render(each.query(schema), config.dialect) for each in _standing(question, turns)]
        return replace(
            whole,
            prompt=f"{prompt[:begin]}\nConversation:{listed}{asked}",
            canonical=[schema.world.name, repr(question), repr(turns)],
            effort=(whole.effort or 0.0) + len(turns),
            metadata={**whole.metadata, "rewrite": rewrite, "turn_queries": queries},
        )

    def solve(self, task: Task) -> str | None:
        """Read every turn, and write the query that all of them come to."""
        match = _CONVERSATION.search(task.text)
        if match is None:
            return None
        schema = read_schema(match["ddl"])
        book = self._phrasebook(schema)
        first, *rest = _TURN.findall(match["turns"])
        meant = [reading for reading in self.read_question(schema, first) if isinstance(reading, Listing)]
        for text in rest:
            meant = [
                turn.after(so_far) for so_far in meant for turn in book.read("turn", text, so_far.subject)
            ]
        written = {render(question.query(schema), _DIALECTS[match["dialect"]]) for question in meant}
        if len(written) > 1:
            raise GenerationError(f"{self.id}: {match['turns']!r} can be read as {sorted(written)}")
        return written.pop() if written else None


def _go_on(rng: Random, schema: Schema, config: SQLDialogueConfig, question: Any) -> tuple[list[Any], Any]:
    """Draw what is said after the first question, and return it with the question that it comes to."""
    subject, turns, used = question.subject, list[Any](), set[Column]()
    kinds = ["narrow", "narrow", "show", "more", "switch", "sort"]
    for _ in range(config.num_turns - 1):
        done = {type(turn) for turn in turns}
        if turns and isinstance(turns[-1], Sort) and rng.random() < 0.6:
            turn: Any = Cut(rng.randint(2, 4))
        else:
            fitting = [kind for kind in kinds if not (kind == "sort" and Sort in done)]
            turn = _draw_turn(rng, schema, config, question, rng.choice(fitting), used)
        turn = turn or _draw_turn(rng, schema, config, question, "narrow", used)
        turns.append(turn)
        question = turn.after(question)
    return turns, question if question.subject == subject else None


def _draw_turn(
    rng: Random, schema: Schema, config: SQLDialogueConfig, question: Any, kind: str, used: set[Column]
) -> Any:
    """Draw a turn of a kind; None where it would change nothing."""
    subject = question.subject
    asked = {getattr(item, "left", getattr(item, "column", None)) for item in _items(question.where)} | used
    if kind in ("narrow", "switch"):
        free = [c for c in columns_within(schema, subject, config.depth) if c not in asked]
        column = rng.choice(free or columns_within(schema, subject, config.depth))
        used.add(column)
        atom = draw_atom(rng, schema, subject, column)
        return Narrow(atom) if kind == "narrow" or question.where is None else Switch(atom)
    if kind == "sort":
        sortable = columns_within(schema, subject, 0, ("count", "amount", "date"))
        key = Column((), schema.tables[subject].key[0])
        return Sort(Order(rng.choice(sortable), rng.random() < 0.5), key) if sortable else None
    shown = draw_columns(rng, schema, subject, rng.randint(1, 2), config.depth)
    other = tuple(column for column in shown if column not in question.columns)
    return Show(other, kind == "more") if other else None


def _items(where: Any) -> Iterator[Any]:
    yield from getattr(where, "items", (where,))


def _standing(question: Any, turns: list[Any]) -> Iterator[Any]:
    yield question
    for turn in turns:
        question = turn.after(question)
        yield question
