import asyncio
import json
import math
import random

import gymnasium
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

import reason
from reason.interactive import MAX_ACTION_CHARS, NO_ACTION, InteractiveFamily
from reason.testing.hostile import load


def is_game(family_id):
    return isinstance(reason.get(family_id), InteractiveFamily)


def wrap(answer):
    return f"<answer>{answer}</answer>"


def make(level=2, **arguments):
    return gymnasium.make("reason/Hunt-v0", level=level, **arguments)


def play(env, texts, seed=1):
    env.reset(seed=seed)
    steps = []
    for text in texts:
        steps.append(env.step(text))
        if steps[-1][2] or steps[-1][3]:
            break
    return steps


def actions_of(env):
    state = env.get_state()["episode"]["state"]
    return state.get("below", state)["actions"]


def offline(env):
    actions = actions_of(env)
    verdict = reason.score(env.task, reason.format_answer("\n".join(actions)) if actions else "")
    return json.loads(json.dumps(verdict.to_dict()))


@pytest.mark.parametrize("arguments", [{}, {"max_turns": 2}, {"reward": "shaped", "invalid_penalty": 0.5}])
def test_gymnasiums_checker_finds_nothing(arguments):
    check_env(make(**arguments))


def test_a_game_goes_on_until_it_is_won():
    env = make()
    for seed in range(20):
        _, info = env.reset(seed=seed)
        assert info["messages"][-1]["content"].startswith("Find my number")
        total, actions = 0.0, env.task.reference.splitlines()
        for number, action in enumerate(actions, start=1):
            observation, reward, terminated, truncated, info = env.step(f"I say {wrap(action)}")
            total += reward
            assert info["turn"] == number
            assert info["messages"][1:] == [{"role": "user", "content": observation}]
            assert (terminated, truncated) == (number == len(actions), False)
        assert (info["stop_reason"], observation, total) == ("answered", "Found.", 1.0)
        assert info["verdict"] == offline(env)
        assert info["verdict"]["passed"]
        with pytest.raises(ResetNeeded, match="answered"):
            env.step(wrap("1"))


def test_rewards_are_the_transitions_unless_asked_otherwise():
    def rewards(rule):
        env = make(reward=rule)
        env.reset(seed=3)
        return [env.step(wrap(action))[1] for action in env.task.reference.splitlines()]

    own = rewards(None)
    assert own == [0.25, *[0.0] * (len(own) - 2), 0.75]
    assert rewards("binary") == [*[0.0] * (len(own) - 1), 1.0]
    assert rewards("shaped") == [0.125, *[0.0] * (len(own) - 2), 0.875]
    assert rewards(lambda verdict: verdict.score) == [0.25] * (len(own) - 1) + [1.0]


def test_a_lost_game_ends_and_keeps_its_partial_credit():
    env = make(level=0)
    env.reset(seed=1)
    wrong = str(env.task.ground_truth["high"] + 1)
    steps = [env.step(wrap(wrong)) for _ in range(3)]
    assert [step[1] for step in steps] == [0.25, 0.0, 0.0]
    assert [step[2] for step in steps] == [False, False, True]
    info = steps[-1][4]
    assert (info["stop_reason"], info["verdict"]["passed"], info["verdict"]["score"]) == (
        "answered",
        False,
        0.25,
    )
    assert info["verdict"] == offline(env)


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("I do not know", "no_answer", "No action was found"),
        ("<think> hm", "no_answer", "never closed"),
        (wrap("1\n2"), "parse_error", "An action is one line."),
        (wrap("1\u20282"), "parse_error", "An action is one line."),
        (wrap("9" * (MAX_ACTION_CHARS + 1)), "parse_error", f"at most {MAX_ACTION_CHARS} characters"),
        (wrap("left"), "parse_error", "Say a number in digits."),
    ],
)
def test_what_is_no_action_costs_a_turn_and_the_penalty_and_says_why(text, status, told):
    env = make(invalid_penalty=0.2)
    env.reset(seed=1)
    observation, reward, terminated, truncated, info = env.step(text)
    assert told in observation
    assert told in info["verdict"]["detail"]
    assert (reward, terminated, truncated, info["turn"]) == (-0.2, False, False, 1)
    assert (info["verdict"]["status"], info["verdict"]["passed"]) == (status, False)
    env.reset(seed=1)
    steps = play(env, [text] * 50)
    assert len(steps) == env.family.max_turns(env.task)
    assert steps[-1][4]["stop_reason"] in ("max_turns", "answered")
    assert steps[-1][4]["verdict"] == offline(env)


@pytest.mark.parametrize("family_id", [name for name in reason.ids() if is_game(name)])
def test_a_turn_without_an_action_is_one_of_the_games_own_turns(family_id):
    family = reason.get(family_id)
    task = next(family.tasks(stop=1, level=1))
    if task.tools:
        return  # turns beside the game's, which stands still
    env = gymnasium.make(f"reason/{family_id}")
    env.reset(options={"task": task})
    state = family.initial_state(task)
    for text in ["hm", wrap("a\nb"), wrap("9" * (MAX_ACTION_CHARS + 1)), "<think>", *["hm"] * 1000]:
        transition = family.transition(task, state, NO_ACTION)
        state = transition.state
        observation, _, terminated, truncated, info = env.step(text)
        assert not transition.valid
        assert observation.endswith(f"\n{transition.observation}")
        assert info["verdict"]["status"] != "ok" or terminated
        assert (terminated, truncated) == (transition.done, False)
        if terminated:
            break
    assert info["turn"] == family.max_turns(task)
    assert info["stop_reason"] == "answered"
    assert info["verdict"] == offline(env)


def test_too_many_invalid_turns_in_a_row_end_the_episode():
    env = make(level=8, max_invalid=3)
    env.reset(seed=1)
    texts = ["a", wrap("b"), wrap("0"), "a", wrap("b"), "c", "d"]
    steps = play(env, texts)
    assert [step[4]["stop_reason"] for step in steps] == [None] * 5 + ["invalid_action"]
    assert steps[-1][2:4] == (False, True)
    assert steps[-1][4]["verdict"] == offline(env)


def test_fewer_turns_than_the_game_has_cut_it():
    env = make(max_turns=2)
    steps = play(env, [wrap("0")] * 3)
    assert [step[4]["stop_reason"] for step in steps] == [None, "max_turns"]
    assert steps[-1][4]["verdict"] == offline(env)
    assert steps[-1][4]["verdict"]["score"] == 0.25


def test_too_long_a_text_ends_the_game_as_it_stands():
    env = make(max_chars=100)
    steps = play(env, [wrap("0"), "x" * 101])
    assert steps[-1][4]["stop_reason"] == "max_chars"
    assert steps[-1][4]["verdict"]["score"] == offline(env)["score"] == 0.25


def test_a_fault_of_the_game_is_nan():
    env = make()
    steps = play(env, [wrap("0"), wrap("crash")])
    assert math.isnan(steps[-1][1])
    assert steps[-1][2:4] == (False, True)
    assert steps[-1][4]["stop_reason"] == "unscorable"
    assert "a fault of the game" in steps[-1][4]["verdict"]["detail"]


HOSTILE = [
    "\\boxed{1}", "a \\boxed{1} b", "```", "~~~", "<answer>", "</answer", "<", "think>", "/think>", "[THINK",
    "]", "\x1f", "\x85", "\u200b", "\u2028", "and", "between", "\\boxed", "{2}", "\ud800", "&lt;answer&gt;",
    "\ufeff", "0", "12", " ", "\t", "\\\\boxed{", "◁think▷", "<|channel|>final",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(HOSTILE), max_size=5).map("".join), min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_whatever_was_written_the_last_verdict_is_the_offline_score(texts):
    env = make(level=3, max_turns=len(texts))
    steps = play(env, [wrap(text) for text in texts])
    assert steps[-1][2] or steps[-1][3]
    assert steps[-1][4]["verdict"] == offline(env)
    assert json.loads(json.dumps(env.get_state())) == env.get_state()


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=())), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_no_text_raises(texts):
    env = make(level=3, max_turns=len(texts))
    steps = play(env, [wrap(text) for text in texts])
    assert steps[-1][4]["verdict"] == offline(env)


def test_a_game_forks_and_is_restored_at_any_turn():
    env = make(level=3)
    env.reset(seed=5)
    right = [wrap(action) for action in env.task.reference.splitlines()]
    for text in right:
        (fork,) = env.fork(1)
        other = gymnasium.make("reason/Hunt-v0", level=0)
        other.set_state(json.loads(json.dumps(env.get_state())))
        assert fork.step(wrap("left")) == other.step(wrap("left"))
        other.set_state(json.loads(json.dumps(env.get_state())))
        step = env.step(text)
        assert other.step(text) == step
        assert other.get_state() == env.get_state()
    assert step[4]["verdict"]["passed"]


def test_games_are_played_by_asyncio_and_in_vectors_alike():
    env = make(level=3)
    env.reset(seed=2)
    texts = ["hm", *[wrap(action) for action in env.task.reference.splitlines()]]
    expected = [env.step(text) for text in texts]

    async def alone():
        env = make(level=3)
        await env.areset(seed=2)
        return [await env.astep(text) for text in texts]

    assert asyncio.run(alone()) == expected
    envs = gymnasium.make_vec("reason/Hunt-v0", num_envs=2, level=3)
    envs.reset(seed=[2, 3])
    assert [envs.step_some({0: text})[0] for text in texts] == expected
    envs.close()


def test_an_environment_without_limits_lets_every_game_last_as_long_as_it_does():
    for level in range(5):
        env = make(level=level)
        steps = play(env, [wrap("0")] * 100)
        assert len(steps) == env.family.max_turns(env.task) == level + 3


@pytest.mark.parametrize("family_id", [name for name in reason.ids() if is_game(name)])
def test_every_game_takes_hostile_texts_and_ends_as_it_is_scored_offline(family_id):
    texts = [hostile.text()[:5_000] for hostile in load()]
    env, twin = (gymnasium.make(f"reason/{family_id}", level=1) for _ in range(2))
    for seed in range(4):
        for each in (env, twin):
            each.reset(seed=seed)
        rng, done = random.Random(seed), False
        actions = [wrap(action) for action in env.task.reference.splitlines()]
        while not done:
            text = rng.choice([rng.choice(texts), wrap(rng.choice(texts)), rng.choice(actions)])
            step = env.step(text)
            assert twin.step(text) == step
            assert math.isfinite(step[1])
            done = step[2] or step[3]
        assert step[4]["verdict"] == offline(env)
