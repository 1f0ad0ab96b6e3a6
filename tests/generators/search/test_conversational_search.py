import json

import pytest

import reason
from reason.errors import ConfigError
from reason.generators.search.conversational_search import ConversationalSearch, ConversationalSearchConfig
from reason.interactive import play
from reason.verdict import Status
from reason.verifiers.short_answer import token_f1

FAMILY = ConversationalSearch()
SMALL = {"num_pages": 400, "editions": 1}


@pytest.fixture(scope="module")
def task():
    return FAMILY.task(knobs={**SMALL, "num_turns": 4})


def call(query):
    return json.dumps({"arguments": {"query": query}, "name": "search"})


def judge(task, *lines):
    return reason.score(task, "<answer>{}</answer>".format("\n".join(lines)))


def test_the_reference_player_searches_with_the_rewrite_and_wins(task):
    actions = FAMILY.reference_play(task)
    assert len(actions) == 2
    verdict = judge(task, *actions)
    assert verdict.passed
    assert verdict.components == {"exact_match": 1.0, "answer_f1": 1.0, "rewrite_f1": 1.0}
    assert play(FAMILY, task, actions).passed


def test_the_search_shows_the_page_that_tells(task):
    state = FAMILY.initial_state(task)
    step = FAMILY.transition(task, state, call(task.ground_truth["rewrite"]))
    assert step.valid
    assert not step.done
    assert task.ground_truth["answers"][0].casefold() in step.observation.casefold()


def test_the_best_query_counts(task):
    rewrite, answer = task.ground_truth["rewrite"], task.ground_truth["answers"][0]
    half = " ".join(rewrite.split()[:3])
    verdict = judge(task, call("zzz"), call(half), answer)
    assert verdict.components["rewrite_f1"] == pytest.approx(token_f1(half, [rewrite]))
    assert judge(task, answer).components["rewrite_f1"] == 0.0


def test_a_query_beyond_the_budget_or_after_the_answer_counts_for_nothing(task):
    rewrite, answer = task.ground_truth["rewrite"], task.ground_truth["answers"][0]
    verdict = judge(task, call("zzz"), call("zzz"), call(rewrite), answer)
    assert verdict.passed
    assert verdict.components["rewrite_f1"] == 0.0
    late = judge(task, answer, call(rewrite))
    assert (late.passed, late.status) == (False, Status.PARSE_ERROR)
    assert late.components["rewrite_f1"] == 0.0


def test_a_partly_right_answer_has_f1_but_no_score(task):
    verdict = judge(task, f"{task.ground_truth['answers'][0]} Zzz")
    assert verdict.score == 0.0
    assert 0.0 < verdict.components["answer_f1"] < 1.0


def test_two_answers_are_none(task):
    answer = task.ground_truth["answers"][0]
    verdict = judge(task, "Zzz", answer)
    assert not verdict.passed
    assert verdict.components["answer_f1"] == 0.0


@pytest.mark.parametrize(
    "action",
    [
        '{"name": "search"}',
        '{"name": "search", "arguments": {"query": 3}}',
        '{"name": "search", "arguments": {"query": ""}}',
        '{"name": "search", "arguments": "x"}',
        '{"name": "open_page", "arguments": {"query": "x"}}',
        '{"name": ["search"]}',
    ],
)
def test_a_call_that_cannot_be_made_costs_a_turn(task, action):
    step = FAMILY.transition(task, FAMILY.initial_state(task), action)
    assert not step.valid
    assert not step.done
    assert step.state["turn"] == 1


@pytest.mark.parametrize(
    "action", ["{", "{}", "{" * 5_000, '{"a": ' * 3_000, '{"name": 1' + "0" * 9_000 + "}", "[]"]
)
def test_what_is_no_call_is_a_wrong_answer(task, action):
    step = FAMILY.transition(task, FAMILY.initial_state(task), action)
    assert step.done
    assert not step.passed


def test_a_play_of_calls_alone_comes_to_an_end(task):
    state, steps = FAMILY.initial_state(task), []
    for _ in range(FAMILY.max_turns(task)):
        steps.append(FAMILY.transition(task, state, call("zzz")))
        state = steps[-1].state
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    assert [step.valid for step in steps] == [True, True, False, False, False]
    offline = judge(task, *[call("zzz")] * FAMILY.max_turns(task))
    assert not offline.passed


@pytest.mark.parametrize(
    "knobs", [{"num_turns": 1}, {"num_turns": 13}, {"num_searches": 0}, {"num_pages": 1}]
)
def test_knobs_that_cannot_be_are_refused(knobs):
    with pytest.raises(ConfigError, match=next(iter(knobs))):
        ConversationalSearchConfig(**knobs)
