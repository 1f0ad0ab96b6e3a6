"""A fictional world: people, places, works, companies and events that no model has ever read of.

Facts are drawn at once, pages are written when they are asked for (:mod:`reason.search.encyclopedia`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from random import Random

from reason.family import Config
from reason.search.relations import RELATIONS, Kind, relations_of
from reason.seeding import derive, stream

__all__ = ["Thing", "World", "WorldSettings", "open_world"]

SHARES: dict[Kind, float] = {"person": 0.42, "place": 0.16, "work": 0.24, "company": 0.1, "event": 0.08}
"""Of the pages, by kind."""
FIRST_YEAR, LAST_YEAR = 1100, 2400
MIN_PAGES, MAX_PAGES = 200, 5_000_000

_ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "z",
)
_VOWELS = ("a", "e", "i", "o", "u", "ae", "ia", "ei")
_CODAS = ("", "", "", "l", "m", "n", "r", "s", "th", "sk")
_TOWNS = ("dor", "vik", "mere", "holm", "gard", "by", "wick", "ness")
_ADJECTIVES = (
    "Silent",
    "Crimson",
    "Hollow",
    "Patient",
    "Northern",
    "Broken",
    "Golden",
    "Distant",
    "Salted",
    "Seventh",
)
_NOUNS = (
    "Harbour",
    "Garden",
    "Lantern",
    "Letter",
    "Orchard",
    "River",
    "Mirror",
    "Winter",
    "Bridge",
    "Clockmaker",
)
_TRADES = (
    "Glassworks",
    "Shipyard",
    "Trading House",
    "Printing Press",
    "Ironworks",
    "Weavers",
    "Brewery",
    "Railway",
)
_EVENTS = (
    "Regatta",
    "Chess Congress",
    "Marathon",
    "Poetry Contest",
    "Balloon Race",
    "Chess Open",
    "Fencing Cup",
)


@dataclass(frozen=True, kw_only=True)
class WorldSettings(Config):
    """What decides a world: equal settings give equal pages on every machine."""

    seed: int = 0
    num_pages: int = 3_000
    """Things, each with a current page; outdated pages come on top."""
    outdated: float = 0.08
    """Share of the things with a second, outdated page of the same title, on which a fact differs."""
    contradictions: float = 0.08
    """Share of the things of which some other page says something false."""
    missing: float = 0.08
    """Share of the facts that no page tells: what unanswerable questions ask for."""

    def __post_init__(self) -> None:
        """Reject settings that cannot be."""
        super().__post_init__()
        self.require(0 <= self.seed < 2**53, "seed", "0 to 2**53 - 1")
        self.require(MIN_PAGES <= self.num_pages <= MAX_PAGES, "num_pages", f"{MIN_PAGES} to {MAX_PAGES}")
        for name in ("outdated", "contradictions", "missing"):
            self.require(0.0 <= getattr(self, name) <= 0.5, name, "0 to 0.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """One thing of the world."""

    number: int
    kind: Kind
    name: str
    alias: str = ""
    """A second name, which its page tells; empty where it has none."""
    facts: dict[str, int] = field(default_factory=dict)
    """Relation to the object: a thing's number, or the year or count itself; what is missing has no entry."""

    @property
    def page_id(self) -> str:
        """Id of its current page."""
        return f"{self.kind}-{self.number}"


class World:
    """The facts of one world."""

    def __init__(self, settings: WorldSettings) -> None:
        """Draw all names and facts."""
        self.settings = settings
        self.key = derive("search world", settings.to_dict())
        """Hash of the settings, from which every stream of the world is drawn."""
        rng = stream(self.key, "facts")
        numbers = _kinds(settings.num_pages)
        self.things: list[Thing] = []
        """By number."""
        self.by_kind: dict[Kind, range] = {}
        taken: set[str] = set()
        for kind, count in numbers.items():
            first = len(self.things)
            self.by_kind[kind] = range(first, first + count)
            for number in self.by_kind[kind]:
                alias = _new_name(rng, kind, taken) if kind == "person" and rng.random() < 0.2 else ""
                name = _new_name(rng, kind, taken)
                self.things.append(Thing(number=number, kind=kind, name=name, alias=alias))
        for thing in self.things:
            thing.facts.update(self._draw_facts(rng, thing))
        self._subjects = self._invert()

    def name_of(self, relation: str, value: int) -> str:
        """Return an object as a page writes it."""
        return str(value) if RELATIONS[relation].literal else self.things[value].name

    def find(self, name: str) -> int | None:
        """Return the number of the thing that has a name or second name, in any case; None where none has."""
        return self._numbers.get(name.strip().casefold())

    def subjects(self, relation: str, value: int) -> list[int]:
        """Return the things of which ``value`` is the object, in order."""
        return self._subjects.get((relation, value), [])

    def pointers(self, number: int) -> Iterator[tuple[str, int]]:
        """Yield every relation and subject of which a thing is the object."""
        for relation in RELATIONS.values():
            if relation.target == self.things[number].kind:
                for subject in self.subjects(relation.name, number):
                    yield relation.name, subject

    def draw_object(self, rng: Random, thing: Thing, relation: str) -> int:
        """Draw an object that a thing might have by its kind; never the thing itself."""
        target = RELATIONS[relation].target
        if target == "year":
            return rng.randint(FIRST_YEAR, LAST_YEAR)
        if target == "count":
            return rng.randint(40, 1_200)
        numbers = self.by_kind[target]
        drawn = numbers.start + rng.randrange(len(numbers) - (thing.number in numbers))
        return drawn + (thing.number in numbers and drawn >= thing.number)

    def _draw_facts(self, rng: Random, thing: Thing) -> Iterator[tuple[str, int]]:
        for relation in relations_of(thing.kind):
            value = self.draw_object(rng, thing, relation.name)
            if relation.name == "author":
                # Few people write many books, so that there are sets to order and to add up.
                people = self.by_kind["person"]
                value = people.start + rng.randrange(max(1, len(people) // 4))
            if rng.random() >= self.settings.missing:
                yield relation.name, value

    @cached_property
    def _numbers(self) -> dict[str, int]:
        named = ((name, thing.number) for thing in self.things for name in (thing.name, thing.alias))
        return {name.casefold(): number for name, number in named if name}

    def _invert(self) -> dict[tuple[str, int], list[int]]:
        subjects: dict[tuple[str, int], list[int]] = {}
        for thing in self.things:
            for relation, value in thing.facts.items():
                if not RELATIONS[relation].literal:
                    subjects.setdefault((relation, value), []).append(thing.number)
        return subjects


_lock = threading.Lock()


def open_world(settings: WorldSettings) -> World:
    """Return a world; the latest are kept."""
    with _lock:
        return _open_world(settings)


@lru_cache(maxsize=8)
def _open_world(settings: WorldSettings) -> World:
    return World(settings)


def _kinds(num_pages: int) -> dict[Kind, int]:
    counts = {kind: int(num_pages * share) for kind, share in SHARES.items()}
    counts["person"] += num_pages - sum(counts.values())
    return counts


def _new_name(rng: Random, kind: Kind, taken: set[str]) -> str:
    while (name := _draw_name(rng, kind)).casefold() in taken:
        pass
    taken.add(name.casefold())
    return name


def _draw_name(rng: Random, kind: Kind) -> str:
    word = _draw_word(rng)
    if kind == "person":
        return f"{word} {_draw_word(rng)}"
    if kind == "place":
        return word + rng.choice(_TOWNS)
    if kind == "work":
        return f"The {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)} of {word}"
    if kind == "company":
        return f"{word} {rng.choice(_TRADES)}"
    return f"the {word} {rng.choice(_EVENTS)}"


def _draw_word(rng: Random) -> str:
    syllables = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.choice((2, 2, 3)))]
    return ("".join(syllables) + rng.choice(_CODAS)).capitalize()
