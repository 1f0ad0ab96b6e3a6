"""What a text claims about a fictional world: the sentences that state a fact in the words of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reason.search.relations import RELATIONS, Relation
from reason.search.world import World

__all__ = ["MAX_TEXT_CHARS", "claims"]

MAX_TEXT_CHARS = 100_000
"""Characters of a text that are read."""
MAX_SENTENCE_CHARS = 400

_ENDS = re.compile(r"[.!?;]+(?=\s|\Z)|\n")


def claims(world: World, text: str) -> list[bool]:
    """Return, for every claim of a text, whether it is a fact of the world; a claim made again counts once.

    A claim is a sentence that one of the pages' own sentence forms fits and whose subject is a thing of the
    world by name. What is outdated, a rumour or made up is no fact.

    Args:
        world: The facts.
        text: Hostile text; read in time linear in its length.
    """
    found: dict[tuple[int, str, str], bool] = {}
    for sentence in _ENDS.split(text[:MAX_TEXT_CHARS]):
        words = " ".join(sentence.split())
        if len(words) <= MAX_SENTENCE_CHARS:
            for number, relation, value in _readings(world, words):
                fact = world.things[number].facts.get(relation.name)
                key = number, relation.name, value.casefold()
                found[key] = fact is not None and _names(world, relation, fact, value)
    return list(found.values())


def _readings(world: World, sentence: str) -> Iterator[tuple[int, Relation, str]]:
    """Yield every way in which a sentence states a relation of a thing that there is."""
    for relation in RELATIONS.values():
        for template in relation.says:
            before, rest = template.rstrip(".").split("{s}")
            middle, tail = rest.split("{o}")
            place = sentence.find(middle, len(before))
            if sentence[: len(before)].casefold() != before.casefold() or place < 0:
                continue
            number = world.find(sentence[len(before) : place])
            value = sentence[place + len(middle) :]
            if number is not None and world.things[number].kind == relation.kind and value.endswith(tail):
                yield number, relation, value.removesuffix(tail)


def _names(world: World, relation: Relation, fact: int, value: str) -> bool:
    if relation.literal:
        return value == str(fact)
    return world.find(value) == fact
