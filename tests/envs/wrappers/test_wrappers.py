"""What all wrappers have in common."""

import asyncio
import copy
import json
import pickle

import gymnasium
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.wrappers import PassiveEnvChecker

from reason.envs.group import EnvGroup
from reason.envs.session import Session
from reason.envs.wrapper import ReasoningWrapper
from reason.envs.wrappers.ablation import Ablation
from reason.envs.wrappers.budget import Budget
from reason.envs.wrappers.choice import Choice
from reason.envs.wrappers.hints import Hints, knowledge_points
from reason.envs.wrappers.recording import Recording
from reason.envs.wrappers.rendering import Phrasebook, Rendering
from reason.errors import ConfigError, TaskFormatError


def question(task):
    """The evidence of a sum: its terms."""
    return [task.text.removeprefix("What is ").removesuffix("?")]


def smaller(task):
    return str(int(task.reference) - 1)


GERMAN = Phrasebook(
    {"What is": "Was ist", "You add.": "Du addierst.", "hm": "äh", "left": "übrig"}, back=True
)
WRAPPERS = {
    "none": lambda env, path: ReasoningWrapper(env),
    "hints": lambda env, path: Hints(env, chunks=2),
    "ablation": lambda env, path: Ablation(env, mode="shuffle", evidence=question),
    "choice": lambda env, path: Choice(env, wrong=smaller),
    "budget": lambda env, path: Budget(env, turns=3, chars=1000, tell=True),
    "recording": lambda env, path: Recording(env, path),
    "rendering": lambda env, path: Rendering(env, GERMAN),
    "all": lambda env, path: Recording(
        Rendering(Budget(Hints(Ablation(env, evidence=question), chunks=1), turns=3, tell=True), GERMAN), path
    ),
}
TEXTS = ["hm", "<answer>2</answer>", "\ud800"]


@pytest.fixture(params=WRAPPERS)
def wrapped(request, tmp_path):
    def make(**arguments):
        env = gymnasium.make("reason/Sum-v0", level=2, max_turns=4, **arguments)
        return WRAPPERS[request.param](env, tmp_path / "episodes.jsonl")

    return make


def story(env, seed=3):
    told = [env.reset(seed=seed)]
    for text in TEXTS:
        told.append(env.step(text))
    return told


def test_a_wrapped_environment_is_one_of_gymnasiums_and_is_deterministic(wrapped):
    env = wrapped()
    assert isinstance(env, gymnasium.Env)
    told = story(PassiveEnvChecker(env))
    assert told == story(wrapped()) == story(env)
    observation, info = told[0]
    assert observation in env.observation_space
    assert info["messages"][-1]["content"] == observation
    for text, (observation, _, _, _, info) in zip(TEXTS, told[1:], strict=True):
        assert info["messages"][0] == {"role": "assistant", "content": text}
        assert [message["content"] for message in info["messages"][1:]] == (
            [observation] if observation else []
        )
        assert json.loads(json.dumps(info)) == info
    json.loads(json.dumps(env.get_state()))


def test_asyncio_plays_alike(wrapped):
    async def play():
        env = wrapped()
        return [await env.areset(seed=3), *[await env.astep(text) for text in TEXTS]]

    assert asyncio.run(play()) == story(wrapped())


@pytest.mark.parametrize("duplicate", [lambda env: env.fork(2)[1], copy.copy, copy.deepcopy])
def test_forks_and_copies_go_on_alike_and_apart(wrapped, duplicate):
    env = wrapped()
    expected = story(env)
    env.reset(seed=3)
    env.step(TEXTS[0])
    twin = duplicate(env)
    assert twin.get_state() == env.get_state()
    assert twin.step(TEXTS[1]) == expected[2]
    assert env.get_state() != twin.get_state()
    assert env.step(TEXTS[1]) == expected[2]
    assert twin.step(TEXTS[2]) == env.step(TEXTS[2]) == expected[3]


def test_states_are_json_and_bring_another_one_there(wrapped):
    env, other = wrapped(), wrapped()
    env.reset(seed=3)
    env.step(TEXTS[0])
    state = json.loads(json.dumps(env.get_state()))
    other.set_state(state)
    assert other.get_state() == env.get_state()
    assert other.step(TEXTS[1]) == env.step(TEXTS[1])
    before = other.get_state()
    broken = [
        3,
        {},
        {**state, "more": 1},
        {**state, "own": 3},
        {**state, "own": {"x": 1}},
        {**state, "env": {}},
    ]
    for one in broken:
        with pytest.raises(TaskFormatError):
            other.set_state(one)
        assert other.get_state() == before


def test_a_reset_that_fails_has_changed_nothing(wrapped):
    env = wrapped()
    env.reset(seed=3)
    env.step(TEXTS[0])
    before = env.get_state()
    for options in ({"level": -1}, {"levle": 1}, [1]):
        with pytest.raises(ConfigError):
            env.reset(options=options)
        assert env.get_state() == before


def test_sessions_and_groups_take_wrapped_environments(wrapped):
    env = wrapped()
    with Session(env, seed=3) as session:
        assert [session.step(text) for text in TEXTS] == story(wrapped())[1:]
    group = EnvGroup(env, 2)
    group.reset(seed=3)
    assert [group.step(1, text) for text in TEXTS] == story(wrapped())[1:]
    assert group.step(0, TEXTS[0])[4]["turn"] == 1
    group.close()


def test_only_our_environments_are_wrapped():
    with pytest.raises(ConfigError, match="wraps a ReasoningEnv"):
        Hints(gymnasium.make("CartPole-v1"))


# One by one --------------------------------------------------------------------------------------


def make(family="Sum", **arguments):
    return gymnasium.make(f"reason/{family}-v0", **arguments)


def test_hints_grow_from_nothing_to_the_whole_solution():
    env = Hints(make("Hunt", level=6), chunks=0)
    lengths = []
    for chunks in range(5):
        prompt, _ = env.reset(seed=8, options={"chunks": chunks})
        lines = prompt.partition("begins like this:\n")[2].splitlines()
        reference = env.task.reference.splitlines()
        assert lines == reference[: len(lines)]
        lengths.append(len(lines))
    assert lengths[0] == 0
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(reference)
    assert env.reset(seed=8)[0] == make("Hunt", level=6).reset(seed=8)[0]


def test_hints_come_from_the_trace_where_there_is_one():
    env = Hints(make(), chunks=1)
    prompt, _ = env.reset(options={"task": traced()})
    assert prompt.endswith("begins like this:\nstep 0\nstep 1")


def traced(num_steps=8):
    """A task whose trace has steps, the last one without a text."""
    from reason.task import Task

    task = make().family.task(level=1)
    data = {name: getattr(task, name) for name in vars(task) if name != "task_id"}
    steps = [{"id": i, "depends_on": [], "text": f"step {i}", "value": i} for i in range(num_steps)]
    return Task(**{**data, "trace": (*steps, {"id": "end", "depends_on": [], "text": "", "value": 9})})


def test_knowledge_points_are_chosen_steps_of_the_trace():
    task = traced()
    assert knowledge_points(task) == {i: f"step {i}" for i in range(8)}
    env = Hints(make(), chunks=2)
    plain, _ = make().reset(options={"task": task})
    for points, told in (([3, 0], "\n- step 0\n- step 3"), ((5, 5), "\n- step 5")):
        prompt, _ = env.reset(options={"task": task, "points": points})
        assert prompt == f"{plain}\n\nIt helps to know:{told}"
    assert env.reset(options={"task": task, "points": []})[0] == plain
    assert env.reset(options={"task": task})[0].endswith("step 3")
    before = env.get_state()
    for points in ("0", 0, None, ["end"], [[]], [0, 8], [1.5]):
        with pytest.raises(ConfigError, match="point"):
            env.reset(options={"task": task, "points": points})
    with pytest.raises(ConfigError, match="not both"):
        env.reset(options={"task": task, "points": [0], "chunks": 1})
    assert env.get_state() == before


@pytest.mark.parametrize("chunks", [5, -1, 1.5, True, "2"])
def test_chunks_that_cannot_be_are_named(chunks):
    with pytest.raises(ConfigError, match="chunks"):
        Hints(make(), chunks=chunks)
    env = Hints(make())
    env.reset(seed=1)
    state = env.get_state()
    with pytest.raises(ConfigError, match="chunks"):
        env.reset(seed=2, options={"chunks": chunks})
    assert env.get_state() == state


def test_evidence_is_blanked_or_shuffled_and_the_rest_stays():
    plain, _ = make(level=2).reset(seed=5)
    blank, _ = Ablation(make(level=2), evidence=question).reset(seed=5)
    assert blank == "What is [removed]?"
    env = Ablation(make(level=2), mode="shuffle", evidence=question)
    shuffled, _ = env.reset(seed=5)
    assert shuffled != plain
    assert sorted(shuffled.removesuffix("?").split()) == sorted(plain.removesuffix("?").split())
    assert env.reset(seed=5)[0] == shuffled
    assert env.step(f"<answer>{env.task.reference}</answer>")[1] == 1.0


def test_a_task_without_evidence_is_named_and_the_reset_undone():
    env = Ablation(make())
    for _ in range(2):
        with pytest.raises(ConfigError, match="Sum-v0 names no evidence"):
            env.reset(seed=1)
        with pytest.raises(ResetNeeded):
            env.step("a")
    with pytest.raises(ConfigError, match="does not hold its evidence"):
        Ablation(make(), evidence=lambda task: ["not there"]).reset(seed=1)


def test_a_choice_pays_for_the_right_index_alone():
    env, right_places = Choice(make(), wrong=smaller), []
    for seed in range(30):
        prompt, _ = env.reset(seed=seed)
        first, second = (prompt.partition(f"Answer {n}:\n")[2].partition("\n")[0] for n in (1, 2))
        assert {first, second} == {env.task.reference, smaller(env.task)}
        right = 1 if first == env.task.reference else 2
        right_places.append(right)
        for text, reward in (
            (f"<answer>{right}</answer>", 1.0), (f"\\boxed{{{right}}}", 1.0),
            (f"<answer>({right})</answer>", 1.0), (f"<answer>{3 - right}</answer>", 0.0),
            (f"<answer>{env.task.reference}</answer>", 0.0),
            ("<answer>1 or 2</answer>", 0.0), ("<answer>12</answer>", 0.0), ("", 0.0),
        ):  # fmt: skip
            if env.task.reference in ("1", "2"):
                continue
            env.reset(seed=seed)
            assert env.step(text)[1] == reward, text
    assert 5 < right_places.count(1) < 25


def test_a_choice_finds_a_wrong_answer_where_the_family_knows_one():
    env = Choice(gymnasium.make("reason/SAT-v0", level=2))
    for seed in range(5):
        prompt, _ = env.reset(seed=seed)
        assert env.task.reference in prompt
        steps = []
        for choice in (1, 2):
            env.reset(seed=seed)
            steps.append(env.step(f"<answer>{choice}</answer>")[1])
        assert sorted(steps) == [0.0, 1.0]
    with pytest.raises(ConfigError, match="no pair"):
        Choice(make()).reset(seed=1)
    with pytest.raises(ConfigError, match="interactive"):
        Choice(make("Hunt"))


def test_a_budget_ends_the_episode_and_judges_it_as_it_stands():
    env = Budget(make("Hunt", level=4), turns=2, tell=True)
    prompt, _ = env.reset(seed=1)
    assert prompt.endswith("You have 2 turns left.")
    assert env.step("<answer>0</answer>")[0].endswith("You have 1 turn left.")
    _, _, terminated, truncated, info = env.step("<answer>0</answer>")
    assert (terminated, truncated, info["stop_reason"]) == (False, True, "budget")
    assert info["verdict"]["score"] == 0.25
    for one in (env, env.fork(1)[0]):
        with pytest.raises(ResetNeeded):
            one.step("a")
    env.reset()
    env.step("a")


def test_a_budget_of_characters_counts_all_turns():
    env = Budget(make(max_turns=9), chars=25)
    env.reset(seed=1)
    assert [env.step("x" * 10)[3] for _ in range(3)] == [False, False, True]
    env.reset(seed=1)
    step = env.step(f"<answer>{env.task.reference}</answer>{'x' * 30}")
    assert (step[1], step[2], step[4]["stop_reason"]) == (1.0, True, "answered")


@pytest.mark.parametrize("arguments", [{}, {"turns": 0}, {"chars": -1}, {"turns": 1.5}])
def test_budgets_that_cannot_be_are_named(arguments):
    with pytest.raises(ConfigError):
        Budget(make(), **arguments)


def test_wrapped_environments_pickle():
    env = Budget(Hints(make(max_turns=5), chunks=1), turns=3)
    env.reset(seed=1)
    env.step("a")
    twin = pickle.loads(pickle.dumps(env))
    assert twin.step("b") == env.step("b")
