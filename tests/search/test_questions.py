from random import Random

import pytest

from reason.errors import ConfigError, GenerationError
from reason.search.questions import KINDS_OF_QUESTION, UNANSWERABLE, draw_question
from reason.search.reading import Reader
from reason.search.relations import RELATIONS, relations_of
from reason.search.world import World, WorldSettings

PLACES = [
    (kind, num_hops)
    for kind in KINDS_OF_QUESTION
    for num_hops in range(1 if kind in ("bridge", "unanswerable") else 2, 7)
]


@pytest.fixture(scope="module")
def reader(corpus):
    return Reader(corpus)


@pytest.mark.parametrize(("kind", "num_hops"), PLACES)
def test_a_reader_of_the_pages_finds_the_answer(world, corpus, reader, kind, num_hops):
    rng = Random(f"{kind} {num_hops}")
    for _ in range(12):
        question = draw_question(rng, world, kind=kind, num_hops=num_hops)
        assert reader.answer(question.text).casefold() == question.answers[0].casefold()
        assert all(corpus.get(page) for page in question.pages)
        assert not set(question.answers) & set(question.rivals)
        if kind in ("bridge", "unanswerable"):
            assert len(question.steps) == num_hops
            assert question.answers[0] not in question.text


@pytest.mark.parametrize(("kind", "num_hops"), PLACES)
def test_the_steps_are_a_search_that_uses_only_what_was_found(world, reader, kind, num_hops):
    rng = Random(f"steps {kind} {num_hops}")
    for _ in range(8):
        question = draw_question(rng, world, kind=kind, num_hops=num_hops)
        for place, step in enumerate(question.steps):
            assert all(0 <= other < place for other in step.depends_on)
            for other in step.depends_on:
                said = question.steps[other].value.split("; ")
                assert any(value in step.query for value in said)
        if kind in ("bridge", "unanswerable", "intersection"):
            assert question.steps[-1].value == question.answers[0]
            for step in question.steps:
                assert reader.answer(step.query).casefold() == step.value.casefold()


def test_a_stream_of_chance_decides_the_question(world):
    drawn = [draw_question(Random(5), world, kind="bridge", num_hops=4) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_unanswerable_questions_ask_for_what_no_page_tells(world, corpus):
    rng = Random(1)
    for _ in range(30):
        question = draw_question(rng, world, kind="unanswerable", num_hops=1)
        page = corpus.get(question.pages[-1])
        relation = next(
            relation
            for relation in relations_of(page.id.split("-")[0])
            for ask in relation.asks
            if question.text
            in (ask.format(x=page.title), ask.format(x=world.things[int(page.id.split("-")[1])].name))
        )
        assert relation.name not in world.things[int(page.id.split("-")[1])].facts
        assert question.answers == (UNANSWERABLE,)


@pytest.mark.parametrize(
    ("kind", "num_hops"), [("bridge", 0), ("bridge", 7), ("comparison", 1), ("riddle", 2), ("bridge", 2.0)]
)
def test_questions_that_cannot_be_are_refused(world, kind, num_hops):
    with pytest.raises(ConfigError):
        draw_question(Random(0), world, kind=kind, num_hops=num_hops)


def test_a_world_without_gaps_has_no_unanswerable_question():
    whole = World(WorldSettings(num_pages=300, missing=0.0))
    with pytest.raises(GenerationError, match="unanswerable"):
        draw_question(Random(0), whole, kind="unanswerable", num_hops=1)


def test_no_two_relations_share_a_question_or_a_phrase():
    asks = [ask for relation in RELATIONS.values() for ask in relation.asks]
    phrases = [relation.phrase for relation in RELATIONS.values() if relation.phrase]
    assert len(asks) == len(set(asks))
    assert len(phrases) == len(set(phrases))
    assert all(relation.literal != bool(relation.phrase) for relation in RELATIONS.values())
