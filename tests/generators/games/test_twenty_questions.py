import itertools
from functools import cache
from random import Random

import pytest

from reason.errors import ConfigError
from reason.frozen import thaw
from reason.generators.games.playing import rehearsal
from reason.generators.games.twenty_questions import TwentyQuestions, TwentyQuestionsConfig

FAMILY = TwentyQuestions()
TRUTH = {
    "names": ["mimi", "lolo", "tutu"],
    "attributes": ["colour", "size"],
    "rows": [["red", "tiny"], ["red", "huge"], ["blue", "huge"]],
    "num_turns": 3,
    "secret": 1,
}


def with_secret(task, secret):
    return rehearsal(FAMILY, task.text, {**task.ground_truth, "secret": secret})


@pytest.mark.parametrize(
    ("play", "passed"),
    [
        ("ask colour red\nask size huge\nguess lolo", True),
        ("guess lolo", True),
        ("guess mimi\nguess lolo", True),
        ("Guess: LOLO!", False),  # no such name
        ("guess: LOLO.", True),
        ("is it lolo?", False),
        ("lolo", False),
        ("guess mimi lolo", False),
        ("guess mimi or lolo", False),
        ("guess lolo\nguess lolo", False),
        ("ask colour red\nask size huge\nask size tiny\nguess lolo", False),  # no turn is left
        ("guess mimi\nguess tutu\nguess mimi", False),
    ],
)
def test_plays_worked_out_by_hand(play, passed):
    assert FAMILY.verify(rehearsal(FAMILY, "", TRUTH), play).passed is passed


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("ask colour red", "yes."),
        ("ask colour blue", "no."),
        ("ask size: huge?", "yes."),
        ("ASK SIZE = TINY", "no."),
        ("ask colour green", "no."),  # a colour that none of them has
        ("ask colour huge", None),
        ("ask diet fish", None),  # no attribute of this table
        ("ask colour", None),
        ("ask colour red size huge", None),
    ],
)
def test_questions_are_answered_from_the_table(action, answer):
    task = rehearsal(FAMILY, "", TRUTH)
    transition = FAMILY.transition(task, FAMILY.initial_state(task), action)
    assert transition.valid == (answer is not None)
    if answer:
        assert transition.observation.partition("\n")[0].endswith(f" {answer}")


def test_a_lost_game_is_worth_half_of_its_bits():
    four = {
        **TRUTH,
        "names": ["mimi", "lolo", "tutu", "sasa"],
        "rows": [*TRUTH["rows"], ["blue", "tiny"]],
        "num_turns": 1,
    }
    assert FAMILY.verify(rehearsal(FAMILY, "", four), "ask colour red").score == 0.25
    assert FAMILY.verify(rehearsal(FAMILY, "", four), "ask colour green").score == 0


def test_the_turns_granted_are_enough_for_every_creature_and_one_more():
    for level in range(7):
        task = FAMILY.task(level=level)
        worst = 0
        for secret in range(len(task.ground_truth["names"])):
            other = with_secret(task, secret)
            worst = max(worst, len(FAMILY.reference_play(other)))
            assert FAMILY.verify(other, "\n".join(FAMILY.reference_play(other))).passed
        assert worst == FAMILY.max_turns(task) - 1


def fewest_turns(rows):
    """Return the worst case of the best strategy, guesses included, by exhaustive search."""

    @cache
    def worst(items):
        if len(items) == 1:
            return 1
        cells = {(place, value) for item in items for place, value in enumerate(rows[item])}
        parts = {frozenset(item for item in items if rows[item][place] == value) for place, value in cells}
        asked = min(1 + max(worst(part), worst(items - part)) for part in parts if part < items)
        guessed = 1 + min(worst(items - {item}) for item in items)
        return min(asked, guessed)

    return worst(frozenset(range(len(rows))))


@pytest.mark.parametrize("index", range(8))
def test_the_reference_player_needs_hardly_more_than_the_best_strategy(index):
    knobs = {"num_items": 8, "num_attributes": 3, "num_values": 3, "spare_turns": 0}
    task = FAMILY.task(index=index, knobs=knobs)
    assert 0 <= FAMILY.max_turns(task) - fewest_turns(task.ground_truth["rows"]) <= 1


def test_the_reference_player_does_not_know_the_creature():
    task = FAMILY.task(level=3)
    for secret, other in itertools.combinations(range(8), 2):
        one, two = with_secret(task, secret), with_secret(task, other)
        first, second = FAMILY.initial_state(one), FAMILY.initial_state(two)
        while first == second:
            action = FAMILY.reference_action(one, first)
            assert action == FAMILY.reference_action(two, second)
            first, second = (
                FAMILY.transition(each, state, action).state for each, state in ((one, first), (two, second))
            )


def test_rows_and_names_are_different_and_stand_in_the_prompt():
    for level in (0, 4, 9):
        task = FAMILY.task(level=level)
        truth = thaw(task.ground_truth)
        assert len(set(truth["names"])) == len(set(map(tuple, truth["rows"]))) == len(truth["rows"])
        for name, row in zip(truth["names"], truth["rows"], strict=True):
            cells = zip(truth["attributes"], row, strict=True)
            assert f"- {name}: {', '.join(' '.join(cell) for cell in cells)}\n" in task.text


def test_the_text_player_wins_nearly_always():
    rng = Random(5)
    tasks = [FAMILY.task(level=rng.randrange(8), index=index) for index in range(60)]
    answers = [FAMILY.solve(task) for task in tasks]
    assert sum(answer is not None for answer in answers) >= 57


@pytest.mark.parametrize(
    "knobs",
    [{"num_items": 1}, {"num_items": 129}, {"num_attributes": 11}, {"num_values": 1}, {"spare_turns": -1}],
)
def test_tables_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match=next(iter(knobs))):
        TwentyQuestionsConfig(**knobs)
