from random import Random

import pytest

from reason.search.conversations import MENTIONS, draw_conversation, rewrite_last
from reason.search.reading import Reader


@pytest.fixture(scope="module")
def reader(corpus):
    return Reader(corpus)


@pytest.mark.parametrize("num_turns", [2, 3, 6, 10])
def test_every_question_can_be_completed_from_what_was_said_and_answered_from_the_pages(
    world, reader, num_turns
):
    rng = Random(num_turns)
    for _ in range(20):
        turns = draw_conversation(rng, world, num_turns=num_turns)
        assert len(turns) == num_turns
        for stop in range(1, num_turns + 1):
            told = turns[:stop]
            rewrite = rewrite_last([turn.text for turn in told], [turn.answers[0] for turn in told[:-1]])
            assert rewrite == told[-1].rewrite
            assert reader.answer(rewrite).casefold() == told[-1].answers[0].casefold()


def test_only_the_first_question_is_complete(world):
    rng = Random(0)
    for _ in range(30):
        first, *rest = draw_conversation(rng, world, num_turns=5)
        assert first.text == first.rewrite
        for turn in rest:
            assert turn.text != turn.rewrite
            assert turn.text.startswith("And what about ") or any(
                words in turn.text for words in MENTIONS.values()
            )


def test_nothing_is_asked_twice(world):
    rng = Random(3)
    for _ in range(30):
        turns = draw_conversation(rng, world, num_turns=8)
        assert len({(turn.page, turn.rewrite) for turn in turns}) == len(turns)


@pytest.mark.parametrize(
    "questions", [[], ["What?"], ["Where was this person born?"], ["And what about Dorvale?"]]
)
def test_what_does_not_fit_is_not_completed(questions):
    assert rewrite_last(questions, []) is None
