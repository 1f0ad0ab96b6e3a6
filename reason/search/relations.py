"""What can be said in the fictional world: kinds of things, relations between them, and their English.

One table serves the pages (sentences), the questions (phrases) and the reader that answers from text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["KINDS", "RELATIONS", "SETS", "Kind", "Relation", "SetOf", "relations_of"]

Kind = Literal["person", "place", "work", "company", "event"]
Target = Literal["person", "place", "company", "year", "count"]

KINDS: Mapping[Kind, str] = {
    "person": "a person",
    "place": "a town",
    "work": "a book",
    "company": "a company",
    "event": "an event",
}
"""Kinds, and what a page of each begins with."""


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A functional relation: each thing of ``kind`` has at most one object."""

    name: str
    kind: Kind
    """Of the subject."""
    target: Target
    """Kind of the object, or a year or count."""
    says: tuple[str, ...]
    """Sentences of a page, with ``{s}`` and ``{o}``."""
    phrase: str = ""
    """What stands before a subject to name its object; empty for numbers."""
    asks: tuple[str, ...]
    """Questions, with ``{x}`` for the subject."""

    @property
    def literal(self) -> bool:
        """True where the object is a number."""
        return self.target in ("year", "count")


def _table(*relations: Relation) -> dict[str, Relation]:
    return {relation.name: relation for relation in relations}


RELATIONS: Mapping[str, Relation] = _table(
    Relation(
        name="teacher",
        kind="person",
        target="person",
        says=("{s} was taught by {o}.", "The teacher of {s} was {o}."),
        phrase="the teacher of ",
        asks=("Who was the teacher of {x}?", "Who taught {x}?", "By whom was {x} taught?"),
    ),
    Relation(
        name="birthplace",
        kind="person",
        target="place",
        says=("{s} was born in {o}.", "The birthplace of {s} is {o}."),
        phrase="the birthplace of ",
        asks=("In which town was {x} born?", "Where was {x} born?", "Which town is the birthplace of {x}?"),
    ),
    Relation(
        name="employer",
        kind="person",
        target="company",
        says=("{s} worked for {o}.", "The employer of {s} was {o}."),
        phrase="the company that employed ",
        asks=(
            "Which company employed {x}?",
            "For which company did {x} work?",
            "Who was the employer of {x}?",
        ),
    ),
    Relation(
        name="birth_year",
        kind="person",
        target="year",
        says=("The year of birth of {s} is {o}.", "{s} came into the world in the year {o}."),
        asks=("In which year was {x} born?", "What is the year of birth of {x}?", "When was {x} born?"),
    ),
    Relation(
        name="settler",
        kind="place",
        target="person",
        says=("{s} was settled by {o}.", "The settler of {s} was {o}."),
        phrase="the settler of ",
        asks=("Who settled {x}?", "Who was the settler of {x}?", "By whom was {x} settled?"),
    ),
    Relation(
        name="government",
        kind="place",
        target="place",
        says=("{s} is governed from {o}.", "The seat of government of {s} is {o}."),
        phrase="the town that governs ",
        asks=(
            "From which town is {x} governed?",
            "Which town governs {x}?",
            "What is the seat of government of {x}?",
        ),
    ),
    Relation(
        name="settlement_year",
        kind="place",
        target="year",
        says=("{s} dates from the year {o}.", "The year of settlement of {s} is {o}."),
        asks=(
            "In which year was {x} settled?",
            "When was {x} settled?",
            "What is the year of settlement of {x}?",
        ),
    ),
    Relation(
        name="author",
        kind="work",
        target="person",
        says=("{s} was written by {o}.", "The author of {s} is {o}."),
        phrase="the author of ",
        asks=("Who wrote {x}?", "Who is the author of {x}?", "By whom was {x} written?"),
    ),
    Relation(
        name="setting",
        kind="work",
        target="place",
        says=("{s} is set in {o}.", "The setting of {s} is {o}."),
        phrase="the setting of ",
        asks=("In which town is {x} set?", "Where is {x} set?", "Which town is the setting of {x}?"),
    ),
    Relation(
        name="publication_year",
        kind="work",
        target="year",
        says=("{s} was published in the year {o}.", "The year of publication of {s} is {o}."),
        asks=(
            "In which year was {x} published?",
            "When was {x} published?",
            "What is the year of publication of {x}?",
        ),
    ),
    Relation(
        name="length",
        kind="work",
        target="count",
        says=("{s} has {o} pages.", "The number of pages of {s} is {o}."),
        asks=(
            "How many pages does {x} have?",
            "What is the number of pages of {x}?",
            "To how many pages does {x} run?",
        ),
    ),
    Relation(
        name="founder",
        kind="company",
        target="person",
        says=("{s} was founded by {o}.", "The founder of {s} was {o}."),
        phrase="the founder of ",
        asks=("Who founded {x}?", "Who was the founder of {x}?", "By whom was {x} founded?"),
    ),
    Relation(
        name="seat",
        kind="company",
        target="place",
        says=("{s} has its seat in {o}.", "The seat of {s} is {o}."),
        phrase="the seat of ",
        asks=(
            "In which town does {x} have its seat?",
            "Where is the seat of {x}?",
            "Which town is the seat of {x}?",
        ),
    ),
    Relation(
        name="founding_year",
        kind="company",
        target="year",
        says=("{s} was founded in the year {o}.", "The founding year of {s} is {o}."),
        asks=("In which year was {x} founded?", "When was {x} founded?", "What is the founding year of {x}?"),
    ),
    Relation(
        name="winner",
        kind="event",
        target="person",
        says=("{s} was won by {o}.", "The winner of {s} was {o}."),
        phrase="the winner of ",
        asks=("Who won {x}?", "Who was the winner of {x}?", "By whom was {x} won?"),
    ),
    Relation(
        name="venue",
        kind="event",
        target="place",
        says=("{s} was held in {o}.", "The venue of {s} was {o}."),
        phrase="the town that hosted ",
        asks=("In which town was {x} held?", "Where was {x} held?", "Which town hosted {x}?"),
    ),
    Relation(
        name="event_year",
        kind="event",
        target="year",
        says=("{s} took place in the year {o}.", "The year of {s} was {o}."),
        asks=("In which year did {x} take place?", "When did {x} take place?", "What was the year of {x}?"),
    ),
)
"""Every relation by name."""


@dataclass(frozen=True, kw_only=True)
class SetOf:
    """All things with one object: a page of the object lists them."""

    relation: str
    """Of each member, to the owner."""
    lists: str
    """Sentence of the owner's page, with ``{s}`` and ``{members}``."""
    year: str
    """Relation that orders the members."""
    extreme: str
    """Question for the first or last, with ``{x}`` and ``{which}``."""
    total: str = ""
    """Question for the sum of the members' lengths, with ``{x}``."""


SETS: tuple[SetOf, ...] = (
    SetOf(
        relation="author",
        lists="The books of {s} are: {members}.",
        year="publication_year",
        extreme="Which of the books of {x} was published {which}?",
        total="How many pages do the books of {x} have together?",
    ),
    SetOf(
        relation="venue",
        lists="The events held in {s} are: {members}.",
        year="event_year",
        extreme="Which of the events held in {x} took place {which}?",
    ),
    SetOf(
        relation="founder",
        lists="The companies founded by {s} are: {members}.",
        year="founding_year",
        extreme="Which of the companies founded by {x} was founded {which}?",
    ),
)


def relations_of(kind: Kind) -> tuple[Relation, ...]:
    """Return the relations that things of a kind have."""
    return tuple(relation for relation in RELATIONS.values() if relation.kind == kind)
