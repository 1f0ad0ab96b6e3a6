import asyncio
import json
import math
import threading

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ClosedEnvironmentError, ResetNeeded
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import DictInfoToList

import reason
from reason.envs.vector import ReasoningVectorEnv
from reason.errors import ConfigError
from reason.interactive import InteractiveFamily
from reason.seeding import derive

ENV_IDS = [f"reason/{name}" for name in reason.ids()]
EVERY_ENV = pytest.mark.parametrize("env_id", ENV_IDS)


def wrap(answer):
    return f"<answer>{answer}</answer>"


def right(envs):
    return [wrap(task.reference) for task in envs.tasks]


def task_ids(envs):
    return [task and task.task_id for task in envs.tasks]


@pytest.fixture
def make():
    made = []

    def make(num_envs, **arguments):
        made.append(gymnasium.make_vec("reason/Sum-v0", num_envs=num_envs, **arguments))
        return made[-1]

    yield make
    for envs in made:
        envs.close()


@EVERY_ENV
def test_make_vec_gives_gymnasiums_vector_form(env_id):
    with_env = gymnasium.make_vec(env_id, num_envs=3, level=0)
    assert isinstance(with_env, ReasoningVectorEnv)
    assert with_env.metadata["autoreset_mode"] is AutoresetMode.DISABLED
    assert with_env.spec.id == env_id
    observations, infos = with_env.reset(seed=1)
    assert observations in with_env.observation_space
    assert infos["_task_id"].all()
    actions = with_env.action_space.sample()
    assert actions in with_env.action_space
    observations, rewards, terminations, truncations, infos = with_env.step(actions)
    assert observations in with_env.observation_space
    for array, dtype in ((rewards, np.float64), (terminations, np.bool_), (truncations, np.bool_)):
        assert array.shape == (3,)
        assert array.dtype == dtype
    assert infos["verdict"]["score"].tolist() == rewards.tolist()
    with_env.close()


@EVERY_ENV
def test_a_vector_plays_what_its_environments_play_alone(env_id):
    seeds = [3, 1, 4, 1]
    envs = gymnasium.make_vec(env_id, num_envs=4, level=1, max_turns=2, reward="shaped")
    alone = [gymnasium.make(env_id, level=1, max_turns=2, reward="shaped") for _ in seeds]
    observations, _ = envs.reset(seed=seeds)
    expected = [env.reset(seed=seed) for env, seed in zip(alone, seeds, strict=True)]
    assert observations == tuple(observation for observation, _ in expected)
    assert envs.infos == tuple(info for _, info in expected)
    observations, rewards, terminations, truncations, _ = envs.step(actions := ["a", "b", wrap("1"), ""])
    steps = [env.step(action) for env, action in zip(alone, actions, strict=True)]
    assert list(zip(observations, rewards, terminations, truncations, envs.infos, strict=True)) == steps
    going = [i for i, step in enumerate(steps) if not (step[2] or step[3])]
    texts = {i: text for i, text in enumerate(right(envs)) if i in going}
    assert envs.step_some(texts) == {i: alone[i].step(text) for i, text in texts.items()}
    assert envs.reset()[0] == tuple(env.reset()[0] for env in alone)
    envs.close()


@pytest.mark.parametrize(
    ("env_id", "mode"),
    [*((env_id, "sync") for env_id in ENV_IDS), *((env_id, "async") for env_id in ENV_IDS[:2])],
)
def test_gymnasiums_own_vectors_play_it_too(env_id, mode):
    extra = {"shared_memory": False, "context": "spawn"} if mode == "async" else {}
    envs = gymnasium.make_vec(
        env_id, num_envs=2, vectorization_mode=mode, vector_kwargs=extra, level=0, max_turns=2
    )
    alone = [gymnasium.make(env_id, level=0, max_turns=2) for _ in range(2)]
    observations, infos = envs.reset(seed=5)
    assert observations == tuple(env.reset(seed=5 + i)[0] for i, env in enumerate(alone))
    # One ends and resets by itself on the next step while the other gets its second try.
    for actions in ((wrap(alone[0].task.reference), "no"), ("ignored", "no"), ("no", "ignored")):
        observations, rewards, _, _, infos = envs.step(actions)
        assert observations in envs.observation_space
        assert infos["task_id"].shape == (2,)
        if actions[0] == wrap(alone[0].task.reference) and not isinstance(alone[0].family, InteractiveFamily):
            assert rewards.tolist() == [1.0, 0.0]
            assert infos["stop_reason"].tolist() == ["answered", None]
    envs.close()


@EVERY_ENV
def test_shared_memory_says_that_it_cannot_hold_text(env_id):
    with pytest.raises(ValueError, match="shared_memory=False"):
        gymnasium.make_vec(env_id, num_envs=2, vectorization_mode="async", vector_kwargs={"context": "spawn"})


# Seeds and groups --------------------------------------------------------------------------------


def test_one_seed_gives_each_group_its_own_stream(make):
    envs, alone = make(6, group_size=2, level=3), gymnasium.make("reason/Sum-v0", level=3)
    envs.reset(seed=7)
    first = task_ids(envs)
    envs.reset()
    second = task_ids(envs)
    for group in range(3):
        expected = [alone.reset(seed=derive("vector", 7, group))[1]["task_id"], alone.reset()[1]["task_id"]]
        assert first[2 * group : 2 * group + 2] == [expected[0]] * 2
        assert second[2 * group : 2 * group + 2] == [expected[1]] * 2
    assert len({*first, *second}) == 6


def test_neighbouring_seeds_share_no_task(make):
    envs, other = make(20, level=4), make(20, level=4)
    envs.reset(seed=1)
    other.reset(seed=2)
    assert not {*task_ids(envs)} & {*task_ids(other)}


def test_unseeded_vectors_differ_and_their_groups_agree(make):
    seen = set()
    for _ in range(3):
        envs = make(4, group_size=4, level=5)
        envs.reset()
        assert len(set(task_ids(envs))) == 1
        seen.add(task_ids(envs)[0])
    assert len(seen) == 3


def test_a_group_that_is_reset_apart_finds_together_again(make):
    envs = make(2, group_size=2)
    envs.reset(seed=1)
    envs.reset(options={"reset_mask": np.array([True, False])})
    ahead = task_ids(envs)
    assert ahead[0] != ahead[1]
    envs.reset(options={"reset_mask": np.array([False, True])})
    assert task_ids(envs) == [ahead[0]] * 2


def test_a_group_is_drawn_once(make, monkeypatch):
    draws = []
    family = reason.get("Sum")
    original = type(family).generate
    monkeypatch.setattr(
        type(family), "generate", lambda self, rng, config: draws.append(1) or original(self, rng, config)
    )
    make(64, group_size=64).reset(seed=1)
    alone = gymnasium.make("reason/Sum-v0")
    one_group = len(draws)
    alone.reset(seed=derive("vector", 1, 0))
    assert len(draws) == 2 * one_group


# Resets ------------------------------------------------------------------------------------------


def test_a_mask_resets_some_and_leaves_the_rest(make):
    envs = make(3, max_turns=2)
    before, _ = envs.reset(seed=1)
    envs.step_some({0: "a", 1: "b"})
    mask = np.array([False, True, False])
    options = {"reset_mask": mask}
    observations, infos = envs.reset(options=options)
    assert options == {"reset_mask": mask}
    assert infos["_task_id"].tolist() == mask.tolist()
    assert infos["task_id"][0] is None
    assert observations[0] == envs.step_some({2: "c"})[2][0]
    assert observations[1] != before[1]
    assert observations[2] == before[2]
    assert [info["turn"] for info in envs.infos] == [1, 0, 1]


def test_levels_and_tasks_are_given_for_each_environment(make):
    envs = make(4, group_size=2, level=1)
    envs.reset(seed=1, options={"levels": [0, 0, 5, 5]})
    assert [task.level for task in envs.tasks] == [0, 0, 5, 5]
    envs.reset(options={"levels": [None, None, 5, 5]})
    assert [task.level for task in envs.tasks] == [1, 1, 5, 5]
    envs.reset(options={"level": 2})
    assert [task.level for task in envs.tasks] == [2] * 4
    family = reason.get("Sum")
    chosen = [family.task(split="test", index=index, level=2) for index in (0, 0, 1, 1)]
    envs.reset(options={"tasks": chosen})
    assert envs.tasks == tuple(chosen)
    envs.reset(options={"task": chosen[0]})
    assert set(envs.tasks) == {chosen[0]}
    envs.reset(options={"split": "test", "index": 1, "level": 2})
    assert set(envs.tasks) == {chosen[2]}
    mask = np.array([True, True, False, False])
    envs.reset(options={"reset_mask": mask, "tasks": [chosen[0], chosen[0], None, None]})
    assert envs.tasks == (chosen[0], chosen[0], chosen[2], chosen[2])


@pytest.mark.parametrize(
    ("seed", "options", "message"),
    [
        (-1, None, "seed must be an integer from 0"),
        ("7", None, "seed must be a list of num_envs=4"),
        ([1, 2], None, "seed must be a list of num_envs=4 entries"),
        ([1, 1, 2, -2], None, "entries 2 and 3 must be equal"),
        ([1, 1, "x", "x"], None, r"seed\[2\] must be an integer"),
        (None, {"levels": [1, 2, 3, 3]}, "entries 0 and 1 must be equal, they are of one group"),
        (None, {"levels": 3}, "must be a list of num_envs=4"),
        (None, {"levels": [1, 1, -1, -1]}, "level must be"),
        (None, {"levels": [1] * 4, "level": 1}, "exclude each other"),
        (None, {"tasks": [5] * 4}, "must be a reason.Task"),
        (None, {"lvels": [1] * 4}, "no option 'lvels'; did you mean 'levels'"),
        (None, {"index": [1]}, "index must be an integer"),
        (None, {"reset_mask": [True, False]}, "must be 4 booleans"),
        (None, {"reset_mask": np.zeros(4, dtype=bool)}, "one of them True"),
        (None, {"reset_mask": np.ones(4)}, "must be 4 booleans"),
        (None, 5, "options must be a mapping"),
    ],
)
def test_resets_that_cannot_be_are_named_and_change_nothing(make, seed, options, message):
    envs = make(4, group_size=2)
    envs.reset(seed=1)
    before, infos = envs.tasks, envs.infos
    with pytest.raises(ConfigError, match=message):
        envs.reset(seed=seed, options=options)
    assert envs.tasks == before
    assert envs.infos == infos
    assert envs.np_random_seed == 1


def test_arrays_of_seeds_are_seeds(make):
    envs = make(2)
    assert envs.reset(seed=np.array([3, 4]))[0] == envs.reset(seed=[3, 4])[0]
    assert envs.reset(seed=np.int64(3))[0] == envs.reset(seed=3)[0]


# Steps -------------------------------------------------------------------------------------------


def test_every_answer_is_judged_for_its_own_environment(make):
    envs = make(40, level=6)
    envs.reset(seed=1)
    actions = [action if i % 3 else wrap("1") for i, action in enumerate(right(envs))]
    _, rewards, terminations, _, infos = envs.step(actions)
    assert rewards.tolist() == [float(i % 3 > 0) for i in range(40)]
    assert terminations.all()
    assert infos["verdict"]["passed"].tolist() == [i % 3 > 0 for i in range(40)]


def test_what_cannot_be_scored_is_nan_in_every_array(make):
    envs = make(3)
    envs.reset(seed=1)
    _, rewards, terminations, truncations, infos = envs.step([right(envs)[0], wrap("crash"), "no"])
    assert rewards[[0, 2]].tolist() == [1.0, 0.0]
    assert math.isnan(rewards[1])
    assert terminations.tolist() == [True, False, True]
    assert truncations.tolist() == [False, True, False]
    assert math.isnan(infos["verdict"]["score"][1])
    assert infos["verdict"]["passed"].tolist() == [True, None, False]


def test_some_may_step_while_others_wait(make):
    envs = make(4, max_turns=3)
    envs.reset(seed=1)
    steps = envs.step_some({3: right(envs)[3], np.int64(1): "no"})
    assert list(steps) == [3, 1]
    assert steps[3][1:4] == (1.0, True, False)
    assert steps[1][4]["turn"] == 1
    assert [info["turn"] for info in envs.infos] == [0, 1, 0, 1]
    assert envs.step_some({}) == {}
    with pytest.raises(ResetNeeded, match="environment 3: the episode has ended"):
        envs.step_some({0: "a", 3: "b"})
    assert envs.infos[0]["turn"] == 0


def test_plain_infos_agree_with_the_batched_ones(make):
    envs = make(3, max_turns=2)
    envs.reset(seed=1)
    infos = envs.step([right(envs)[0], "no", wrap("crash")])[4]
    listed = DictInfoToList(envs)._convert_info_to_list(infos)
    for plain, from_arrays in zip(envs.infos, listed, strict=True):
        assert plain["verdict"]["passed"] == from_arrays["verdict"]["passed"]
        assert plain["messages"] == from_arrays["messages"]
        assert plain["turn"] == from_arrays["turn"]
        assert json.loads(json.dumps(plain)) == plain


@pytest.mark.parametrize(
    ("actions", "error", "message"),
    [
        ("ab", TypeError, "actions must be a sequence"),
        (None, TypeError, "actions must be a sequence"),
        (["a"], ValueError, "num_envs=2 texts, got 1"),
        (["a", 2], TypeError, r"actions\[1\] must be a string"),
    ],
)
def test_actions_that_cannot_be_are_named(make, actions, error, message):
    envs = make(2)
    envs.reset(seed=1)
    with pytest.raises(error, match=message):
        envs.step(actions)
    assert [info["turn"] for info in envs.infos] == [0, 0]


@pytest.mark.parametrize("position", [2, -1, "0", 0.0, None])
def test_positions_that_cannot_be_are_named(make, position):
    envs = make(2)
    envs.reset(seed=1)
    with pytest.raises(IndexError, match="positions are 0 to 1"):
        envs.step_some({position: "a"})
    with pytest.raises(TypeError, match="must map positions"):
        envs.step_some(["a"])


def test_stepping_before_a_reset_says_so(make):
    with pytest.raises(ResetNeeded, match=r"environment 0: call reset\(\)"):
        make(2).step(["a", "b"])


def test_a_reward_function_that_fails_undoes_the_whole_step(make):
    def fail_once(verdict):
        if verdict.answer == "3":
            raise KeyError("mine")
        return 0.5

    envs = make(3, reward=fail_once)
    envs.reset(seed=1)
    with pytest.raises(KeyError, match="mine"):
        envs.step([wrap("1"), wrap("2"), wrap("3")])
    assert [info["turn"] for info in envs.infos] == [0, 0, 0]
    assert envs.step([wrap("1")] * 3)[1].tolist() == [0.5] * 3


def test_arguments_that_cannot_be_are_named(make):
    for arguments, message in (
        ({"num_envs": 3, "group_size": 2}, "num_envs must be a multiple of group_size=2, got 3"),
        ({"num_envs": 0}, "num_envs must be an integer from 1"),
        ({"num_envs": 2, "group_size": 0}, "group_size must be"),
        ({"num_envs": 2, "max_workers": 0}, "max_workers must be"),
        ({"num_envs": 2, "group_sise": 2}, "did you mean 'group_size'"),
        ({"num_envs": 2, "max_episode_steps": 0}, "max_episode_steps must be"),
        ({"num_envs": 2, "render_mode": "human"}, "render_mode must be"),
    ):
        with pytest.raises(ConfigError, match=message):
            make(**arguments)


def test_gymnasiums_step_limit_lowers_the_turns(make):
    envs = make(1, max_turns=5, max_episode_steps=2)
    envs.reset(seed=1)
    assert not envs.step(["a"])[3][0]
    assert envs.step(["a"])[3][0]


def test_rendering_shows_each_conversation(make):
    envs = make(2, render_mode="ansi")
    assert envs.render() == ("", "")
    envs.reset(seed=1)
    envs.step(["one", "two"])
    assert [shown.endswith(word) for shown, word in zip(envs.render(), ("one", "two"), strict=True)] == [
        True
    ] * 2


# Threads and asyncio -----------------------------------------------------------------------------


def test_verification_runs_side_by_side_and_close_leaves_no_thread(make):
    envs = make(3, max_workers=3)
    before = threading.active_count()
    envs.reset(seed=1)
    # The checker waits until three of its calls are there: one after the other would time out.
    infos = envs.step([wrap("meet")] * 3)[4]
    assert infos["stop_reason"].tolist() == ["answered"] * 3
    assert threading.active_count() > before
    envs.close()
    envs.close()
    assert threading.active_count() == before
    for call in (lambda: envs.step(["a"] * 3), envs.reset, lambda: envs.step_some({0: "a"})):
        with pytest.raises(ClosedEnvironmentError):
            call()


def test_one_worker_takes_no_thread(make):
    envs = make(8, max_workers=1)
    before = threading.active_count()
    envs.reset(seed=1)
    assert envs.step(right(envs))[1].sum() == 8
    assert threading.active_count() == before


def test_asyncio_steps_different_environments_at_once(make):
    envs = make(3, max_workers=3, max_turns=2)
    envs.reset(seed=1)

    async def play():
        met = await asyncio.gather(*(envs.astep_some({i: wrap("meet")}) for i in range(3)))
        assert [list(steps) for steps in met] == [[0], [1], [2]]
        return await envs.astep_some(dict(enumerate(right(envs))))

    assert [step[1] for step in asyncio.run(play()).values()] == [1.0] * 3


def test_asyncio_refuses_two_steps_of_one_environment(make):
    envs = make(2, max_turns=3)
    envs.reset(seed=1)

    async def play():
        both = envs.astep_some({0: "a", 1: "a"}), envs.astep_some({0: "b"})
        return await asyncio.gather(*both, return_exceptions=True)

    results = asyncio.run(play())
    assert sorted(type(result).__name__ for result in results) == ["RuntimeError", "dict"]
    assert envs.infos[0]["turn"] == 1


def test_a_cancelled_step_has_changed_nothing(make):
    release = threading.Event()
    envs = make(2, reward=lambda verdict: float(release.wait(10)))
    envs.reset(seed=1)

    async def play():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(envs.astep_some({0: "a", 1: "a"}), timeout=0.05)
        release.set()
        assert [info["turn"] for info in envs.infos] == [0, 0]
        return await envs.astep_some({0: "a", 1: "a"})

    assert len(asyncio.run(play())) == 2
