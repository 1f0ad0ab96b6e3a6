import pytest

from reason import registry
from reason.generators.games.playing import rehearsal
from reason.generators.games.turns import TurnGame, count_turns
from reason.seeding import stream

GAMES = (
    "BullsAndCows-v0",
    "CodeBreaking-v0",
    "Minesweeper-v0",
    "NumberGuess-v0",
    "TheoryProbe-v0",
    "TwentyQuestions-v0",
    "WordGuess-v0",
)
UNREADABLE = (
    "",
    "banana",
    "\x00",
    "9" * 1_000_000,
    "1 2 " * 250_000,
    "-" + "1" * 190,
    "١٢" * 90,
    "\ud800",
    "ask",
    "guess",
    "test",
    "rule",
    "rule not",
    "ask colour",
    "🂡" * 50,
    "1e9",
    "0x10",
    "()",
    "NaN",
    "1/0",
)


@pytest.fixture(params=GAMES)
def game(request) -> TurnGame:
    return registry.get(request.param)


def plays_of(game, level=2, count=4):
    """Yield tasks and the states that the reference passes through."""
    for index in range(count):
        task = game.task(level=level, index=index)
        states = [game.initial_state(task)]
        for action in task.reference.splitlines()[:-1]:
            states.append(game.transition(task, states[-1], action).state)
        yield task, states


def test_unreadable_actions_cost_a_turn_and_change_nothing_else(game):
    task = game.task(level=1)
    state = game.initial_state(task)
    for text in UNREADABLE:
        transition = game.transition(task, state, text)
        assert not transition.valid
        assert not transition.passed
        assert transition.reward == 0
        assert transition.state == {**state, "turn": 1}
        assert len(transition.observation) < 1_000


def test_a_game_ends_with_its_turns(game):
    for level in (0, 3):
        task = game.task(level=level)
        state = game.initial_state(task)
        for turn in range(1, game.max_turns(task) + 1):
            transition = game.transition(task, state, "banana")
            state = transition.state
            assert transition.done == (turn == game.max_turns(task))
        assert not transition.passed
        assert 0 <= transition.reward <= 0.5
        assert "No turn is left." in transition.observation


def test_the_turns_left_are_told_and_stand_in_the_prompt(game):
    task = game.task(level=3)
    assert f"within {count_turns(game.max_turns(task))}" in task.text
    told = game.transition(task, game.initial_state(task), "banana").observation
    assert told.endswith(f"{count_turns(game.max_turns(task) - 1)} left.")


def test_winning_pays_one_and_nothing_pays_before(game):
    for task, states in plays_of(game):
        assert [state["turn"] for state in states] == list(range(len(states)))
        last = game.transition(task, states[-1], task.reference.splitlines()[-1])
        assert (last.reward, last.done, last.passed) == (1.0, True, True)
        assert game.verify(task, task.reference).score == 1


def test_the_reference_player_makes_valid_actions_wherever_chance_leads(game):
    for index in range(6):
        task = game.task(level=2, index=index)
        others = [game.task(level=2, index=other).reference for other in range(20, 24)]
        choices = [action for reference in [task.reference, *others] for action in reference.splitlines()]
        rng, state = stream("chance", task.task_id), game.initial_state(task)
        for _ in range(game.max_turns(task)):
            action = rng.choice([rng.choice(choices), game.reference_action(task, state)])
            assert game.transition(task, state, game.reference_action(task, state)).valid
            transition = game.transition(task, state, action)
            if transition.done:
                break
            state = transition.state


def test_the_reference_player_wins_from_where_it_stands(game):
    for task, states in plays_of(game):
        state = states[len(states) // 2]
        while True:
            transition = game.transition(task, state, game.reference_action(task, state))
            if transition.done:
                break
            state = transition.state
        assert transition.passed


def test_a_transition_is_a_function_of_its_arguments(game):
    for task, states in plays_of(game, count=2):
        copy = rehearsal(game, task.text, task.ground_truth)
        for state, action in zip(states, task.reference.splitlines(), strict=True):
            assert game.transition(task, state, action) == game.transition(copy, state, action)


def test_the_text_player_needs_a_world(game):
    task = game.task(level=1)
    assert game.solve(rehearsal(game, task.text, {})) is None
    answer = game.solve(rehearsal(game, task.text, task.ground_truth))
    assert answer is None or game.verify(task, answer).passed


def test_an_observation_shows_no_more_than_the_answers(game):
    for task, states in plays_of(game, count=2):
        shown = game.observe(task, states[0])
        assert shown.endswith(f"{count_turns(game.max_turns(task))} left.")
        assert task.reference.splitlines()[-1] not in shown
