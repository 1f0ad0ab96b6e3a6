import time

import pytest

from reason.search.claims import claims
from reason.search.encyclopedia import RUMOUR
from reason.search.relations import RELATIONS


def test_every_sentence_of_a_current_page_on_its_own_thing_is_a_fact(world, corpus):
    """By the pages, which another module writes: each fact that they tell is a claim, and true."""
    for thing in world.things[::7]:
        page = corpus.get(thing.page_id)
        sentences = [part for part in page.text.rstrip(".").split(". ") if RUMOUR not in part]
        found = claims(world, ". ".join(sentences) + ".")
        assert found == [True] * len(thing.facts)


def test_an_outdated_page_has_one_claim_that_is_false(world, corpus):
    old = [page for page in corpus if page.id.count("-") == 2]
    for page in old:
        assert claims(world, page.text).count(False) == 1


@pytest.mark.parametrize("relation", RELATIONS.values(), ids=lambda relation: relation.name)
def test_each_way_of_saying_a_fact_is_read_and_checked(world, relation):
    thing = next(thing for thing in world.things if relation.name in thing.facts)
    fact = thing.facts[relation.name]
    wrong = str(fact + 1) if relation.literal else world.things[fact - 1 if fact else 1].name
    for template in relation.says:
        right = template.format(s=thing.name, o=world.name_of(relation.name, fact))
        assert claims(world, right) == [True]
        assert claims(world, f"Well, so. \n{right[0].upper()}{right[1:].rstrip('.')}\nAnd?") == [True]
        assert claims(world, template.format(s=thing.name, o=wrong)) == [False]
        assert claims(world, template.format(s=thing.name, o="nobody at all")) == [False]
        assert claims(world, template.format(s="Nobody Atall", o="x")) == []
        assert claims(world, f"I think that {right}") == []


def test_a_claim_made_again_counts_once_and_a_missing_fact_is_false(world):
    thing = next(thing for thing in world.things if thing.kind == "person" and {"teacher"} - set(thing.facts))
    text = f"{thing.name} was taught by {world.things[0].name}."
    assert claims(world, text) == [False]
    assert claims(world, f"{text} {text.upper().lower()} {text}") == [False]


def test_a_second_name_names_the_thing(world):
    thing = next(thing for thing in world.things if thing.alias and "birth_year" in thing.facts)
    assert claims(world, f"The year of birth of {thing.alias} is {thing.facts['birth_year']}.") == [True]


@pytest.mark.parametrize(
    "text", ["", ".", "was taught by", "\x00\ud800 was taught by \ud800.", "{s} was {o}."]
)
def test_what_states_nothing_has_no_claim(world, text):
    assert claims(world, text) == []


def test_reading_takes_linear_time(world):
    for unit in ("x was taught by ", "The year of birth of ", ". ", "was taught by. "):
        started = time.process_time()
        claims(world, unit * (1_000_000 // len(unit)))
        assert time.process_time() - started < 5.0
