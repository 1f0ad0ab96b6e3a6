"""Conversations about a fictional world: follow-up questions that leave out what was just said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from reason.errors import GenerationError
from reason.search.relations import RELATIONS, Kind, Relation
from reason.search.world import Thing, World

__all__ = ["MENTIONS", "Turn", "draw_conversation", "rewrite_last"]

MENTIONS: Mapping[Kind, str] = {
    "person": "this person",
    "place": "this town",
    "work": "this book",
    "company": "this company",
    "event": "this event",
}
"""How a question names the thing of a kind that was named last."""

_TRIES = 500
_ASK_AGAIN = "And what about {x}?"
_AGAIN = re.compile(r"And what about (.+)\?")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One question of a conversation with its answer."""

    text: str
    """As it is asked: after the first, with something left out."""
    rewrite: str
    """The same question, complete in itself."""
    answers: tuple[str, ...]
    """The answer first, then its other names."""
    page: str
    """Id of the page that tells it."""


def draw_conversation(rng: Random, world: World, *, num_turns: int) -> tuple[Turn, ...]:
    """Draw a conversation; every question after the first needs the ones before it.

    Raises:
        GenerationError: this world has none so long.
    """
    for _ in range(_TRIES):
        thing = rng.choice(world.things)
        turns: list[Turn] = []
        talk = _Talk(rng=rng, world=world)
        while len(turns) < num_turns and (turn := talk.ask(thing, first=not turns)):
            turns.append(turn)
            thing = talk.next_thing()
        if len(turns) == num_turns:
            return tuple(turns)
    raise GenerationError(f"this world has no conversation of {num_turns} turns: take more pages")


class _Talk:
    """The state of a conversation while it is drawn: who was named last, and what was asked."""

    def __init__(self, *, rng: Random, world: World) -> None:
        self._rng, self._world = rng, world
        self._last: dict[Kind, int] = {}
        self._asked: set[tuple[int, str]] = set()
        self._before: tuple[Relation, str] | None = None
        self._mentioned: list[int] = []

    def ask(self, thing: Thing, *, first: bool) -> Turn | None:
        """Ask something new of a named thing, or the same as before of another; None if all is asked."""
        rng = self._rng
        if not first and self._before and rng.random() < 0.25 and (turn := self._ask_again()):
            return turn
        fresh = [name for name in sorted(thing.facts) if (thing.number, name) not in self._asked]
        if not fresh or not (first or self._last.get(thing.kind) == thing.number):
            return None
        relation = RELATIONS[rng.choice(fresh)]
        template = rng.choice(relation.asks)
        mention = thing.name if first else MENTIONS[thing.kind]
        return self._turn(thing, relation, template, template.format(x=mention))

    def next_thing(self) -> Thing:
        """Draw what to ask about next among those named last of their kind, mostly the newest."""
        named = [number for number in self._mentioned if number in self._last.values()]
        newest = named[-1]
        return self._world.things[newest if self._rng.random() < 0.6 else self._rng.choice(named)]

    def _ask_again(self) -> Turn | None:
        relation, template = self._before or (None, "")
        if relation is None:
            return None
        other = self._world.things[self._rng.choice(self._world.by_kind[relation.kind])]
        if relation.name not in other.facts or other.number in self._mentioned:
            return None
        return self._turn(other, relation, template, _ASK_AGAIN.format(x=other.name))

    def _turn(self, thing: Thing, relation: Relation, template: str, text: str) -> Turn:
        value = thing.facts[relation.name]
        self._mention(thing)
        if relation.literal:
            answers: tuple[str, ...] = (
                str(value),
                f"the year {value}" if relation.target == "year" else f"{value} pages",
            )
        else:
            named = self._world.things[value]
            self._mention(named)
            answers = (named.name, named.alias) if named.alias else (named.name,)
        self._asked.add((thing.number, relation.name))
        self._before = relation, template
        return Turn(text=text, rewrite=template.format(x=thing.name), answers=answers, page=thing.page_id)

    def _mention(self, thing: Thing) -> None:
        self._last[thing.kind] = thing.number
        self._mentioned = [number for number in self._mentioned if number != thing.number] + [thing.number]


def rewrite_last(questions: Sequence[str], answers: Sequence[str]) -> str | None:
    """Complete the last question of a conversation from its words alone; None where they do not fit.

    Args:
        questions: All that were asked, as they were asked.
        answers: The first answers of all but the last.
    """
    last: dict[Kind, str] = {}
    template = rewritten = ""
    for position, question in enumerate(questions):
        again = _AGAIN.fullmatch(question)
        found = (template, again[1], _subject_kind(template)) if again and template else _read(question, last)
        if found is None:
            return None
        template, name, kind = found
        if kind is None:
            return None
        rewritten = template.format(x=name)
        last[kind] = name
        target = next(relation.target for relation in RELATIONS.values() if template in relation.asks)
        for known in MENTIONS:
            if known == target and position < len(answers):
                last[known] = answers[position]
    return rewritten or None


def _read(question: str, last: Mapping[Kind, str]) -> tuple[str, str, Kind | None] | None:
    """Return the template of a question, and name and kind of what it asks about."""
    for relation in RELATIONS.values():
        for template in relation.asks:
            before, after = template.split("{x}")
            if not (question.startswith(before) and question.endswith(after)):
                continue
            name = question[len(before) : len(question) - len(after)]
            mentioned = next((kind for kind, words in MENTIONS.items() if words == name), None)
            if mentioned is None:
                if not name.startswith(relation.phrase or "\n"):
                    return template, name, relation.kind
            elif mentioned == relation.kind and mentioned in last:
                return template, last[mentioned], mentioned
    return None


def _subject_kind(template: str) -> Kind | None:
    return next((relation.kind for relation in RELATIONS.values() if template in relation.asks), None)
