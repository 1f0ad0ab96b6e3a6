"""The pages of a fictional world: what an encyclopedia says of it, with its errors and its old editions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from reason.search.corpus import Page
from reason.search.relations import KINDS, RELATIONS, SETS, relations_of
from reason.search.world import Thing, World
from reason.seeding import stream

__all__ = ["RUMOUR", "pages", "pages_of"]

RUMOUR = "It is said that"
"""How a sentence begins that a page says of another thing: the thing's own page is right."""
OLD_REVISIONS, NEW_REVISIONS = (2401, 2449), (2450, 2499)

_MANNERS = (
    "quiet",
    "stubborn",
    "bright",
    "windswept",
    "crowded",
    "careful",
    "famous",
    "forgotten",
    "cheerful",
    "plain",
)
_SUBJECTS = (
    "maps",
    "bells",
    "mosaics",
    "pears",
    "ferries",
    "tiles",
    "kites",
    "almanacs",
    "fountains",
    "wool",
)


def pages(world: World) -> Iterator[Page]:
    """Write every page; a thing with an outdated page has both side by side, in either order."""
    rumours = _draw_rumours(world)
    for thing in world.things:
        yield from pages_of(world, thing, rumours.get(thing.number, ()))


def pages_of(world: World, thing: Thing, rumours: list[str] | tuple[str, ...] = ()) -> Iterator[Page]:
    """Write the pages of one thing."""
    rng = stream(world.key, "page", thing.number)
    current = _write(world, thing, thing.facts, rng, rng.randint(*NEW_REVISIONS), rumours, thing.page_id)
    if not thing.facts or rng.random() >= world.settings.outdated:
        yield current
        return
    changed = dict(thing.facts)
    relation = rng.choice(sorted(changed))
    while changed[relation] == thing.facts[relation]:
        changed[relation] = world.draw_object(rng, thing, relation)
    year = rng.randint(*OLD_REVISIONS)
    old = _write(world, thing, changed, rng, year, (), f"{thing.page_id}-{year}")
    yield from (old, current) if rng.random() < 0.5 else (current, old)


def _write(
    world: World,
    thing: Thing,
    facts: Mapping[str, int],
    rng: Random,
    year: int,
    rumours: list[str] | tuple[str, ...],
    page_id: str,
) -> Page:
    sentences, links = [], []
    if thing.alias:
        sentences.append(f"{thing.name} is also known as {thing.alias}.")
    for relation in relations_of(thing.kind):
        if relation.name in facts:
            value = facts[relation.name]
            sentence = rng.choice(relation.says)
            sentences.append(sentence.format(s=thing.name, o=world.name_of(relation.name, value)))
            if not relation.literal:
                links.append(world.things[value].page_id)
    for each in SETS:
        if members := world.subjects(each.relation, thing.number):
            names = "; ".join(world.things[number].name for number in members)
            sentences.append(each.lists.format(s=thing.name, members=names))
            links.extend(world.things[number].page_id for number in members)
    sentences.append(f"Many remember {thing.name} for {rng.choice(_MANNERS)} {rng.choice(_SUBJECTS)}.")
    rng.shuffle(sentences)
    first = f"{thing.name} is {KINDS[thing.kind]}."
    last = f"This page was last revised in the year {year}."
    text = " ".join(_capital(sentence) for sentence in [first, *sentences, *rumours, last])
    return Page(id=page_id, title=_capital(thing.name), text=text, links=tuple(dict.fromkeys(links)))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _draw_rumours(world: World) -> dict[int, list[str]]:
    """Draw false sentences, by the page that says them."""
    rng = stream(world.key, "rumours")
    rumours: dict[int, list[str]] = {}
    for thing in world.things:
        if not thing.facts or rng.random() >= world.settings.contradictions:
            continue
        relation = RELATIONS[rng.choice(sorted(thing.facts))]
        value = world.draw_object(rng, thing, relation.name)
        if value == thing.facts[relation.name]:
            continue
        # A false object's page claims the thing; a false number stands on the page of any of its kind.
        teller = world.draw_object(rng, thing, "teacher") if relation.literal else value
        if teller == thing.number:
            continue
        claim = rng.choice(relation.says).format(s=thing.name, o=world.name_of(relation.name, value))
        claim = claim.replace("The ", "the ", 1) if claim.startswith("The ") else claim
        rumours.setdefault(teller, []).append(f"{RUMOUR} {claim}")
    return rumours
