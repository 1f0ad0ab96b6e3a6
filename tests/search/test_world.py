import hashlib
import subprocess
import sys

import pytest

from reason.errors import ConfigError
from reason.search.corpus import Corpus
from reason.search.encyclopedia import RUMOUR, pages
from reason.search.reading import Reader
from reason.search.relations import RELATIONS, relations_of
from reason.search.world import World, WorldSettings

DIGEST = """
import hashlib
from reason.search.encyclopedia import pages
from reason.search.world import World, WorldSettings
world = World(WorldSettings(seed=3, num_pages=300))
text = "".join(p.id + p.title + p.text + str(p.links) for p in pages(world))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.parametrize("hash_seed", ["0", "77"])
def test_a_world_has_the_same_pages_in_every_process(hash_seed):
    ran = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    world = World(WorldSettings(seed=3, num_pages=300))
    text = "".join(p.id + p.title + p.text + str(p.links) for p in pages(world))
    assert ran.stdout.strip() == hashlib.sha256(text.encode()).hexdigest()


def test_another_seed_is_another_world(world):
    other = World(WorldSettings(seed=8, num_pages=600))
    assert not {thing.name for thing in world.things} & {thing.name for thing in other.things}


def test_names_are_unique_and_objects_are_of_their_kind(world):
    names = [name.casefold() for thing in world.things for name in (thing.name, thing.alias) if name]
    assert len(names) == len(set(names))
    for thing in world.things:
        for name, value in thing.facts.items():
            relation = RELATIONS[name]
            assert relation.kind == thing.kind
            if not relation.literal:
                assert world.things[value].kind == relation.target
                assert value != thing.number


def test_the_pages_tell_exactly_the_facts(world, corpus):
    reader = Reader(corpus)
    for thing in world.things:
        entry = reader._entries[thing.name.casefold()]
        facts = {name: world.name_of(name, value).casefold() for name, value in thing.facts.items()}
        assert {name: value.casefold() for name, value in entry.facts.items()} == facts


def test_every_link_leads_to_a_page_that_the_text_names(corpus):
    for page in corpus:
        assert len(corpus.linked(page)) == len(page.links)
        for target in corpus.linked(page):
            assert target.title.casefold() in page.text.casefold()


def test_outdated_pages_differ_in_one_fact_and_are_older(world, corpus):
    old = [page for page in corpus if page.id.count("-") == 2]
    assert 0.04 * len(world.things) < len(old) < 0.12 * len(world.things)
    for page in old:
        current = corpus.get(page.id.rpartition("-")[0])
        before, now = Reader([page])._entries, Reader([current])._entries
        (one,), (other,) = before.values(), now.values()
        assert one.revised < other.revised
        changed = [name for name in other.facts if one.facts[name] != other.facts[name]]
        assert len(changed) == 1
        assert set(one.facts) == set(other.facts)


def test_rumours_contradict_the_page_of_what_they_are_about(world, corpus):
    rumours = [
        sentence for page in corpus for sentence in page.text.split(". ") if sentence.startswith(RUMOUR)
    ]
    assert 0.04 * len(world.things) < len(rumours) < 0.12 * len(world.things)
    texts = " ".join(page.text for page in corpus if page.id.count("-") == 1).casefold()
    for rumour in rumours:
        claim = rumour.removeprefix(RUMOUR).strip().casefold()
        assert texts.count(f". {claim}.") == 0


def test_the_knobs_turn_errors_off():
    settings = WorldSettings(num_pages=300, outdated=0.0, contradictions=0.0, missing=0.0)
    world = World(settings)
    found = Corpus(pages(world))
    assert len(found) == 300
    assert not any(RUMOUR in page.text for page in found)
    assert all(len(thing.facts) == len(relations_of(thing.kind)) for thing in world.things)


@pytest.mark.parametrize("bad", [{"num_pages": 10}, {"outdated": 0.9}, {"seed": -1}, {"missing": "x"}])
def test_settings_that_cannot_be_are_refused(bad):
    with pytest.raises(ConfigError, match=next(iter(bad))):
        WorldSettings(**bad)
