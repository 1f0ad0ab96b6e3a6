"""Naming a thing without its name: "the settler of the town where ... was born", and the lookups it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from reason.search.relations import RELATIONS, Relation
from reason.search.world import World

__all__ = ["Phrase", "Step", "join", "last", "look_up", "name_thing", "name_two"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One lookup of the reference search."""

    query: str
    """A question that names all it needs."""
    value: str
    """What is found."""
    pages: tuple[str, ...]
    """Ids of the pages that say so."""
    depends_on: tuple[int, ...] = ()
    """Places of the steps whose values the query uses."""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A way of naming a thing: by its name, or by a chain of relations from another."""

    text: str
    thing: int
    """The thing's number."""
    steps: tuple[Step, ...] = ()
    """The lookups that find it."""


def look_up(world: World, subject: int, relation: Relation, depends_on: tuple[int, ...] = ()) -> Step:
    """Return the step that reads one fact on its subject's page."""
    thing = world.things[subject]
    return Step(
        query=relation.asks[0].format(x=thing.name),
        value=world.name_of(relation.name, thing.facts[relation.name]),
        pages=(thing.page_id,),
        depends_on=depends_on,
    )


def last(steps: Sequence[Step]) -> tuple[int, ...]:
    """Return the place of the last step as what the next one depends on; nothing where there is none."""
    return (len(steps) - 1,) if steps else ()


def name_thing(rng: Random, world: World, number: int, num_hops: int) -> Phrase | None:
    """Name a thing by a chain of ``num_hops`` relations, drawn backwards from it; None in a dead end."""
    chain: list[tuple[str, int]] = []
    seen = {number}
    for _ in range(num_hops):
        end = chain[-1][1] if chain else number
        pointers = [pointer for pointer in world.pointers(end) if pointer[1] not in seen]
        if not pointers:
            return None
        # By relation first: else nearly every chain would go through the commonest relation.
        relation = rng.choice(sorted({name for name, _ in pointers}))
        chain.append((relation, rng.choice([subject for name, subject in pointers if name == relation])))
        seen.add(chain[-1][1])
    text = world.things[chain[-1][1] if chain else number].name
    steps: list[Step] = []
    for name, subject in reversed(chain):
        steps.append(look_up(world, subject, RELATIONS[name], last(steps)))
        text = RELATIONS[name].phrase + text
    return Phrase(text=text, thing=number, steps=tuple(steps))


def name_two(
    rng: Random, world: World, numbers: tuple[int, int], num_hops: int
) -> tuple[Phrase, Phrase] | None:
    """Name two things by chains of ``num_hops`` relations together; None in a dead end."""
    hops = rng.randint(0, num_hops)
    one = name_thing(rng, world, numbers[0], hops)
    other = name_thing(rng, world, numbers[1], num_hops - hops)
    return (one, other) if one and other and one.text != other.text else None


def join(one: Phrase, other: Phrase) -> tuple[tuple[Step, ...], tuple[tuple[int, ...], tuple[int, ...]]]:
    """Put the steps of two phrases one after the other; return also the places of the two ends."""
    offset = len(one.steps)
    moved = tuple(
        replace(step, depends_on=tuple(place + offset for place in step.depends_on)) for step in other.steps
    )
    steps = (*one.steps, *moved)
    return steps, (last(one.steps), last(steps) if moved else ())
