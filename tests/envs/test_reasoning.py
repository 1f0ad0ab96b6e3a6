import asyncio
import copy
import inspect
import json
import math
import pickle
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

import reason
from reason.envs.reasoning import ReasoningEnv
from reason.envs.stop_reason import StopReason
from reason.errors import ConfigError, TaskFormatError, UnknownFamilyError
from reason.family import ANSWER_INSTRUCTION
from reason.interactive import InteractiveFamily
from reason.seeding import index_of
from reason.task import Task

EVERY_ENV = pytest.mark.parametrize("env_id", [f"reason/{name}" for name in reason.ids()])
TASK_KEYS = {"task_id", "family", "level", "split", "index"}
INFO_KEYS = TASK_KEYS | {"turn", "messages", "reward_components", "stop_reason", "verdict"}
VERDICT_KEYS = {"score", "passed", "status", "components", "answer", "detail"}
COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda env: pickle.loads(pickle.dumps(env)),
    "fork": lambda env: env.fork(1)[0],
}


def trajectory(env_id):
    """Play and hash everything seen; its source also runs in child processes."""
    import hashlib
    import json

    import gymnasium

    import reason  # noqa: F401

    env = gymnasium.make(env_id, level=1, max_turns=3, reward="shaped")
    story = []
    for seed in (0, 7, None):
        story.append(env.reset(seed=seed))
        for action in ("nothing", "<answer>1</answer>", f"<answer>{env.task.reference}</answer>"):
            story.append(env.step(action))
            if story[-1][2] or story[-1][3]:
                break
    return hashlib.sha256(json.dumps([story, env.get_state()]).encode()).hexdigest()


def wrap(answer):
    return f"<answer>{answer}</answer>"


def reference_texts(env):
    """What a policy writes that plays the reference: one answer, or one action a turn."""
    games = isinstance(env.family, InteractiveFamily)
    return [wrap(text) for text in (env.task.reference.splitlines() if games else [env.task.reference])]


def steps(env, texts):
    """Write texts until the episode ends."""
    made = []
    for text in texts:
        made.append(env.step(text))
        if made[-1][2] or made[-1][3]:
            break
    return made


def make(**arguments):
    return gymnasium.make("reason/Sum-v0", **arguments)


# Every environment -------------------------------------------------------------------------------


@EVERY_ENV
@pytest.mark.parametrize("max_turns", [1, 3])
def test_gymnasiums_checker_finds_nothing(env_id, max_turns):
    env = gymnasium.make(env_id, max_turns=max_turns)
    check_env(env)
    assert env.unwrapped is env
    check_env(gymnasium.make(env_id, max_turns=max_turns, disable_env_checker=False).unwrapped)


@EVERY_ENV
def test_gymnasiums_own_wrappers_see_nothing_wrong_while_it_is_played(env_id):
    env = gymnasium.wrappers.OrderEnforcing(gymnasium.wrappers.PassiveEnvChecker(gymnasium.make(env_id)))
    env.reset(seed=1)
    env.step("I do not know")
    env.close()


@EVERY_ENV
def test_the_reference_wins_and_silence_earns_nothing(env_id):
    env = gymnasium.make(env_id, level=0)
    for seed in range(5):
        env.reset(seed=seed)
        rewards, texts = [], reference_texts(env)
        for text in texts:
            _, reward, terminated, truncated, info = env.step(text)
            rewards.append(reward)
        assert (terminated, truncated, info["stop_reason"]) == (True, False, "answered")
        assert info["verdict"]["passed"]
        games = isinstance(env.family, InteractiveFamily)
        assert sum(rewards) == pytest.approx(info["verdict"]["score"] if games else 1.0)
        offline = reason.score(env.task, wrap(env.task.reference))
        assert (offline.score, offline.passed) == (info["verdict"]["score"], True)
        env.reset()
        ends = env.family.max_turns(env.task) == 1 if games else not env.tools
        _, reward, terminated, truncated, info = env.step("")
        assert (reward, terminated, truncated) == (0.0, ends, False)
        assert info["verdict"]["status"] == "no_answer"


@EVERY_ENV
def test_infos_are_fresh_json_without_the_ground_truth(env_id):
    env = gymnasium.make(env_id, level=1, max_turns=3)
    infos = [env.reset(seed=3)[1], *(step[4] for step in steps(env, "ab"))]
    with_tools = "tools" in infos[0]
    for info in infos:
        assert set(info) - {"tools"} == INFO_KEYS | ({"spans"} if with_tools else set())
        assert set(info["verdict"]) in (set(), VERDICT_KEYS)
        assert json.loads(json.dumps(info)) == info
    again = [env.reset(seed=3)[1], *(step[4] for step in steps(env, "ab"))]
    assert infos == again
    assert not any(
        one is other or one["messages"] is other["messages"] for one, other in zip(infos, again, strict=True)
    )
    infos[0]["messages"].clear()
    infos[1]["verdict"].clear()
    assert env.get_state()["episode"]["messages"][0] == again[0]["messages"][0]


def test_trajectories_are_the_same_in_threads_processes_and_under_hash_seeds():
    ids = [f"reason/{name}" for name in reason.ids() if name not in ("Sum-v0", "Hunt-v0")]
    with ThreadPoolExecutor(3) as pool:
        expected, again = (list(part) for part in (pool.map(trajectory, ids), pool.map(trajectory, ids)))
    assert again == expected
    program = f"{inspect.getsource(trajectory)}\nprint(*map(trajectory, {ids!r}))"
    for hash_seed in ("0", "4242"):
        child = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": hash_seed, "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert child.stdout.split() == expected


@EVERY_ENV
def test_no_global_generator_is_touched(env_id):
    gymnasium.make(env_id).reset(seed=0)  # imports may do as they like
    random.seed(1)
    np.random.seed(1)
    before = random.getstate(), np.random.get_state()
    env = gymnasium.make(env_id, max_turns=2)
    env.reset()
    env.reset(seed=5)
    env.step(env.action_space.sample())
    env.fork(2)
    env.render()
    after = random.getstate(), np.random.get_state()
    assert before[0] == after[0]
    assert all(np.array_equal(one, other) for one, other in zip(before[1], after[1], strict=True))


@EVERY_ENV
@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_copies_go_on_alike_and_apart(env_id, duplicate):
    env = gymnasium.make(env_id, level=1, max_turns=4)
    env.reset(seed=11)
    over = any(steps(env, ["first"])[0][2:4])
    env.action_space.seed(1)
    twin = duplicate(env)
    assert twin.get_state() == env.get_state()
    assert twin.action_space.sample() == env.action_space.sample()
    if not over:
        ahead = twin.step("second")
        assert env.get_state()["episode"]["turn"] == 1
        assert env.step("second") == ahead
    assert env.get_state() == twin.get_state()
    assert env.reset() == twin.reset()


@EVERY_ENV
def test_state_is_json_and_brings_any_environment_there(env_id):
    env, other = gymnasium.make(env_id, level=1, max_turns=3), gymnasium.make(env_id, max_turns=3)
    blank = env.get_state()
    env.reset(seed=9)
    env.step("a")
    state = json.loads(json.dumps(env.get_state()))
    other.set_state(state)
    assert other.get_state() == env.get_state()
    if env.get_state()["episode"]["stop_reason"] is None:
        assert other.step("b") == env.step("b")
    other.set_state(json.loads(json.dumps(blank)))
    with pytest.raises(ResetNeeded):
        other.step("b")


# Seeds, streams and options ----------------------------------------------------------------------


def test_a_seed_starts_a_stream_and_resets_walk_it():
    env = make(level=2)
    family = reason.get("Sum")
    env.reset(seed=42)
    played = [env.task] + [(env.reset(), env.task)[1] for _ in range(4)]
    assert played == [family.task(index=index_of(42, episode), level=2) for episode in range(5)]
    assert env.reset(seed=42)[0] == played[0].text


def test_without_a_seed_every_environment_has_its_own_entropy():
    tasks = set()
    for _ in range(10):
        env = make(level=5)
        env.reset()
        tasks.add(env.task.task_id)
        twin = make(level=5)
        twin.reset(seed=env.np_random_seed)
        assert twin.task == env.task
    assert len(tasks) == 10


def test_a_generator_set_from_outside_decides_an_unseeded_stream():
    first, second, other = make(), make(), make()
    for env, seed in ((first, 1), (second, 1), (other, 2)):
        env.np_random = np.random.default_rng(seed)
        env.reset()
    assert first.task == second.task != other.task


def test_options_choose_one_task_and_do_not_last():
    env = make(level=1)
    env.reset(seed=0)
    following = (env.reset(), env.task)[1]
    env.reset(seed=0)
    env.reset(options={"split": "test", "index": 12, "level": 4})
    assert env.task == reason.get("Sum").task(split="test", index=12, level=4)
    env.reset()
    assert env.task.level == 1
    assert env.task.split == "train"
    env.reset(seed=0, options={"level": 3})
    assert env.task == reason.get("Sum").task(index=index_of(0), level=3)
    env.reset(options={})
    assert env.task == following


def test_a_task_from_anywhere_can_be_played():
    task = Task.from_json(reason.get("Sum").task(split="validation", index=5, level=1).to_json())
    env = make()
    observation, info = env.reset(options={"task": task})
    assert observation == task.text
    assert info["task_id"] == task.task_id
    assert [message["role"] for message in info["messages"]] == ["system", "user"]
    assert env.step(wrap(task.reference))[1] == 1.0


def test_knobs_reach_the_family_alone_and_over_a_level():
    env = make(num_terms=7)
    env.reset(seed=1)
    assert (env.task.config["num_terms"], env.task.level) == (7, None)
    env = make(level=0, num_terms=9)
    env.reset(seed=1)
    assert (env.task.config["num_terms"], env.task.level) == (9, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"levle": 3}, r"no option 'levle'; did you mean 'level'\?"),
        ({"level": None}, "must have a value"),
        ({"level": -1}, "level must be"),
        ({"level": "3"}, "level must be an integer"),
        ({"index": -1}, "index must be"),
        ({"split": "tset"}, "split must be one of"),
        ({"task": 5}, "must be a reason.Task"),
        ({"task": "task", "index": 5}, "excludes 'index'"),
        ({"reset_mask": [True]}, "no option 'reset_mask'"),
        ([("level", 3)], "options must be a mapping"),
        ({3: 4}, "no option 3"),
    ],
)
def test_options_that_cannot_be_are_named_and_change_nothing(options, message):
    env = make()
    env.reset(seed=1)
    state = env.get_state()
    with pytest.raises(ConfigError, match=message):
        env.reset(seed=2, options=options)
    assert env.get_state() == state
    assert env.np_random_seed == 1


def test_a_task_of_another_family_is_refused():
    foreign = reason.get("SAT").task(level=0)
    with pytest.raises(ConfigError, match="make reason/SAT-v0"):
        make().reset(options={"task": foreign})


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True, [1], np.array([1, 2])])
def test_seeds_that_cannot_be_are_named(seed):
    with pytest.raises(ConfigError, match="seed must be an integer from 0"):
        make().reset(seed=seed)


def test_numpy_integers_are_seeds_and_levels():
    env = make(level=np.int64(2), max_turns=np.int32(2))
    assert env.reset(seed=np.uint32(4)) == make(level=2).reset(seed=4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_term": 3}, r"no knob 'num_term'; did you mean 'num_terms'\?"),
        ({"max_turn": 3}, r"no knob 'max_turn'; did you mean 'max_turns'\?"),
        ({"num_terms": 0}, "num_terms must be 1 to 50"),
        ({"num_terms": "3"}, "num_terms must be of type int"),
        ({"level": -1}, "level must be"),
        ({"split": "dev"}, "split must be one of train, validation, test, got 'dev'"),
        ({"max_turns": 0}, "max_turns must be an integer from 1, got 0"),
        ({"max_chars": 2.0}, "max_chars must be an integer"),
        ({"reward": "dense"}, "reward must be 'binary', 'shaped' or a function"),
        ({"feedback": "loud"}, "feedback must be"),
    ],
)
def test_arguments_that_cannot_be_are_named(arguments, message):
    with pytest.raises(ConfigError, match=message):
        make(**arguments)


def test_an_unknown_family_or_render_mode_is_named():
    with pytest.raises(UnknownFamilyError, match="did you mean 'Sum-v0'"):
        ReasoningEnv("Som")
    with pytest.raises(ConfigError, match="render_mode must be 'ansi' or None"):
        ReasoningEnv("Sum", render_mode="human")


# Turns, stops and feedback -----------------------------------------------------------------------


def test_one_turn_ends_with_the_first_answer():
    env = make()
    env.reset(seed=1)
    observation, reward, terminated, truncated, info = env.step(wrap("3"))
    assert (observation, reward, terminated, truncated) == ("", 0.0, True, False)
    assert (info["stop_reason"], info["turn"], info["verdict"]["detail"]) == ("answered", 1, "too small")
    assert info["messages"] == [{"role": "assistant", "content": wrap("3")}]


def test_a_wrong_answer_gets_the_reason_and_another_try():
    env = make(max_turns=3)
    env.reset(seed=1)
    observation, reward, terminated, truncated, info = env.step(wrap("3"))
    assert "too small" in observation
    assert "2 tries are left" in observation
    assert env.task.reference not in observation
    assert (reward, terminated, truncated, info["stop_reason"]) == (0.0, False, False, None)
    assert info["messages"][1] == {"role": "user", "content": observation}
    observation, *_ = env.step("I give up")
    assert observation.startswith("No final answer was found.")
    assert "1 try is left" in observation
    observation, reward, terminated, truncated, info = env.step(wrap(env.task.reference))
    assert (observation, reward, terminated, truncated) == ("", 1.0, True, False)
    assert info["turn"] == 3


def test_turns_that_run_out_truncate():
    env = make(max_turns=2)
    env.reset(seed=1)
    env.step(wrap("3"))
    observation, reward, terminated, truncated, info = env.step(wrap("4"))
    assert (observation, reward, terminated, truncated) == ("", 0.0, False, True)
    assert info["stop_reason"] == "max_turns"


def test_messages_only_grow():
    env = make(max_turns=4)
    transcript = env.reset(seed=1)[1]["messages"]
    for action in ("a", "b", wrap("1"), wrap("2")):
        transcript = transcript + env.step(action)[4]["messages"]
        assert env.get_state()["episode"]["messages"] == transcript
    roles = [message["role"] for message in transcript]
    assert roles == ["system", "user"] + ["assistant", "user"] * 3 + ["assistant"]


@pytest.mark.parametrize("feedback", ["none", "verdict", "detail", "components"])
def test_feedback_never_tells_the_reference(feedback):
    env = make(max_turns=2, feedback=feedback)
    for seed in range(20):
        env.reset(seed=seed)
        observation, *_ = env.step(wrap("tell"))
        assert env.task.reference not in observation


LEFT = f"1 try is left. {ANSWER_INSTRUCTION}"


@pytest.mark.parametrize(
    ("feedback", "wrong", "unread"),
    [
        ("none", "", ""),
        ("verdict", "That answer is not right.\n", "No final answer was found.\n"),
        ("detail", "That answer is not right.\nReason: too small\n", "No final answer was found.\nReason: "),
        (
            "components",
            "That answer is not right.\nReason: too small\nScores: closeness 0.000483.\n",
            "No final answer was found.\nReason: ",
        ),
    ],
)
def test_feedback_says_as_much_as_it_should(feedback, wrong, unread):
    env = make(max_turns=2, feedback=feedback)
    env.reset(seed=1)
    assert env.step(wrap("3"))[0] == wrong + LEFT
    env.reset(seed=1)
    told, *_ = env.step("I do not know")
    assert told.startswith(unread)
    assert told.endswith(LEFT)
    assert "Scores" not in told
    assert ("Reason" in told) == ("Reason" in unread)


@pytest.mark.parametrize("answer", ["crash", "sandbox"])
def test_what_cannot_be_scored_is_nan_and_never_zero(answer):
    for reward_rule in ("binary", "shaped", lambda verdict: 5.0):
        env = make(max_turns=3, reward=reward_rule)
        env.reset(seed=1)
        observation, reward, terminated, truncated, info = env.step(wrap(answer))
        assert math.isnan(reward)
        assert (observation, terminated, truncated, info["stop_reason"]) == ("", False, True, "unscorable")
        assert (info["verdict"]["score"], info["verdict"]["passed"]) == (None, None)
        assert info["reward_components"] == {"closeness": 0.0}
        with pytest.raises(ResetNeeded, match="unscorable"):
            env.step("again")


def test_too_long_an_answer_is_a_described_stop():
    env = make(max_chars=50, max_turns=3)
    env.reset(seed=1)
    action = wrap(env.task.reference) + "x" * 50
    observation, reward, terminated, truncated, info = env.step(action)
    assert (observation, reward, terminated, truncated) == ("", 0.0, False, True)
    assert info["stop_reason"] == "max_chars"
    assert f"{len(action)} characters, over the limit of 50" in info["verdict"]["detail"]
    assert info["verdict"]["components"] == {"closeness": 0.0}
    env.reset(seed=1)
    assert env.step(wrap(env.task.reference).ljust(50))[1] == 1.0


def test_steps_out_of_order_say_what_to_do():
    env = make()
    with pytest.raises(ResetNeeded, match=r"call reset\(\) before step"):
        env.step("a")
    with pytest.raises(ResetNeeded, match="no task"):
        _ = env.task
    env.reset(seed=1)
    env.step("a")
    with pytest.raises(ResetNeeded, match=r"ended \(answered\)"):
        env.step("a")


@pytest.mark.parametrize("action", [None, 3, b"bytes", ["<answer>3</answer>"]])
def test_an_action_that_is_no_string_is_a_type_error(action):
    env = make()
    env.reset(seed=1)
    with pytest.raises(TypeError, match="action must be a string"):
        env.step(action)


@given(st.text(alphabet=st.characters(exclude_categories=())))
@settings(max_examples=200, deadline=None)
def test_no_text_raises_and_every_step_stays_in_the_spaces(text):
    env = make(max_turns=2)
    env.reset(seed=1)
    observation, reward, _, _, info = env.step(np.str_(text))
    assert observation in env.observation_space
    assert reward == 0.0
    assert type(info["messages"][0]["content"]) is str
    assert json.loads(json.dumps(env.get_state())) == env.get_state()
    env.render()


# Rewards -----------------------------------------------------------------------------------------


def test_shaped_rewards_add_up_to_the_best_credit():
    env = make(max_turns=5, reward="shaped")
    env.reset(seed=1)
    total = int(env.task.reference)
    rewards = [env.step(wrap(answer))[1] for answer in (total - 3, total - 1, total - 9, total - 1, total)]
    assert rewards == pytest.approx([1 / 8, 1 / 4 - 1 / 8, 0, 0, 1 - 1 / 4])
    for answer, credit in ((total - 1, 1 / 4), (total, 1.0), ("nothing", 0.0)):
        env.reset(seed=1)
        assert env.step(wrap(answer))[1] == pytest.approx(credit)


def test_shaped_rewards_count_components_where_a_wrong_score_is_zero():
    env = gymnasium.make("reason/SAT-v0", level=2, reward="shaped")
    env.reset(seed=1)
    right, wrong = env.task.reference, next(iter(env.family.near_misses(env.task)))
    _, reward, *_, info = env.step(wrap(wrong))
    assert info["verdict"]["score"] == 0.0
    assert 0.25 < reward < 0.5
    assert reward == pytest.approx(info["reward_components"]["satisfied_fraction"] / 2)
    env.reset(seed=1)
    assert env.step(wrap(right))[1] == 1.0


def test_a_function_sees_the_verdict_of_every_turn():
    seen = []
    env = make(max_turns=2, reward=lambda verdict: seen.append(verdict) or -0.25)
    env.reset(seed=1)
    assert [env.step("a")[1], env.step(wrap("3"))[1]] == [-0.25, -0.25]
    assert [verdict.status.value for verdict in seen] == ["no_answer", "ok"]


@pytest.mark.parametrize("value", [None, "1", math.inf, [1.0]])
def test_a_function_that_returns_no_number_is_named_and_the_step_undone(value):
    env = make(reward=lambda verdict: value)
    env.reset(seed=1)
    state = env.get_state()
    with pytest.raises(TypeError, match="reward must return a finite number or NaN"):
        env.step("a")
    assert env.get_state() == state


# Forks, states, asyncio, rendering ---------------------------------------------------------------


def test_forks_share_the_past_and_nothing_else():
    env = make(max_turns=5, reward="shaped")
    env.reset(seed=1)
    env.step(wrap("1"))
    forks = env.fork(3)
    right = wrap(env.task.reference)
    assert forks[0].step(right)[2]
    assert forks[1].step("no")[4]["turn"] == 2
    assert env.get_state() == forks[2].get_state()
    assert env.step(right) == forks[2].step(right) != forks[1].step(right)
    assert env.fork(0) == []
    with pytest.raises(ConfigError, match="n must be an integer from 0"):
        env.fork(-1)


def _broken_states():
    env = make(max_turns=2)
    env.reset(seed=1)
    state = env.get_state()
    yield 5
    yield {}
    yield {**state, "more": 1}
    yield {**state, "seed": -1}
    yield {**state, "starts": None}
    for changed in (
        {"messages": []}, {"messages": 3}, {"messages": [{"role": "user"}]}, {"turn": "1"}, {"turn": -1},
        {"best_credit": "x"}, {"best_credit": 7.0}, {"messages": [[1, 2]]}, {"stop_reason": "tired"},
        {"task": None}, {"more": 1},
    ):  # fmt: skip
        yield {**state, "episode": {**state["episode"], **changed}}
    tampered = json.loads(json.dumps(state))
    tampered["episode"]["task"]["ground_truth"] = {}
    yield tampered


def test_a_state_that_cannot_be_is_refused_and_changes_nothing():
    env = make()
    env.reset(seed=2)
    before = env.get_state()
    for state in _broken_states():
        with pytest.raises((TaskFormatError, ConfigError)):
            env.set_state(state)
        assert env.get_state() == before
    foreign = ReasoningEnv("SAT", level=0)
    foreign.reset(seed=2)
    with pytest.raises(ConfigError, match="SAT-v0"):
        env.set_state(foreign.get_state())


def test_asyncio_plays_like_the_rest():
    async def play():
        env = make(max_turns=2)
        story = [await env.areset(seed=5), await env.astep("a"), await env.astep(wrap(env.task.reference))]
        return [*story, await env.areset()]

    env = make(max_turns=2)
    expected = [env.reset(seed=5), env.step("a"), env.step(wrap(env.task.reference)), env.reset()]
    assert asyncio.run(play()) == expected


def test_verification_does_not_block_the_event_loop():
    async def play():
        envs = [make() for _ in range(3)]
        for env in envs:
            await env.areset(seed=1)
        # The checker waits until three of its calls are there: one after the other would time out.
        return await asyncio.gather(*(env.astep(wrap("meet")) for env in envs))

    assert [step[4]["stop_reason"] for step in asyncio.run(play())] == ["answered"] * 3


def test_two_steps_at_once_on_one_environment_are_refused():
    async def play():
        env = make(max_turns=5)
        await env.areset(seed=1)
        results = await asyncio.gather(env.astep("a"), env.astep("b"), return_exceptions=True)
        return results, env.get_state()["episode"]["turn"]

    results, turn = asyncio.run(play())
    assert sorted(type(result).__name__ for result in results) == ["RuntimeError", "tuple"]
    assert turn == 1


def test_a_cancelled_step_has_changed_nothing():
    release = threading.Event()

    def slow(verdict):
        release.wait(10)
        return 0.0

    async def play():
        env = make(max_turns=2, reward=slow)
        await env.areset(seed=1)
        state = env.get_state()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(env.astep("a"), timeout=0.05)
        release.set()
        assert env.get_state() == state
        return (await env.astep("a"))[4]["turn"]

    assert asyncio.run(play()) == 1


def test_rendering_shows_the_conversation_and_no_control_characters():
    env = make(render_mode="ansi", max_turns=2)
    assert env.render() == ""
    env.reset(seed=1)
    env.step("\x1b[2Jred\ud800 \u202e")
    shown = env.render()
    assert shown.startswith("[system]\nYou add.\n\n[user]\nWhat is ")
    assert "\\x1b[2Jred\\ud800 \\u202e" in shown
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert make().render() is None
    frames = gymnasium.make("reason/Sum-v0", render_mode="ansi_list")
    frames.reset(seed=1)
    frames.step("a")
    assert [frame.count("[assistant]") for frame in frames.render()] == [0, 1]


def test_stop_reasons_are_plain_words():
    assert [reason_.value for reason_ in StopReason] == [str(reason_) for reason_ in StopReason]
    assert json.dumps(StopReason.ANSWERED) == '"answered"'
