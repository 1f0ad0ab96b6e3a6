import asyncio

import gymnasium
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from reason.envs.group import EnvGroup
from reason.errors import ConfigError


def wrap(answer):
    return f"<answer>{answer}</answer>"


@pytest.fixture
def make():
    made = []

    def make(size, family="Sum", max_workers=None, **arguments):
        env = gymnasium.make(f"reason/{family}-v0", **arguments)
        made.append(EnvGroup(env, size, max_workers=max_workers))
        return made[-1]

    yield make
    for group in made:
        group.close()


def test_members_play_the_task_that_one_environment_plays(make):
    group, alone = make(3, level=3), gymnasium.make("reason/Sum-v0", level=3)
    for seed in (4, None, None):
        starts = group.reset(seed=seed)
        assert starts == [alone.reset(seed=seed)] * 3
        assert len({id(info) for _, info in starts}) == 3
        assert {member.task.task_id for member in group.members} == {alone.task.task_id}


def test_members_are_stepped_in_any_order_and_unevenly(make):
    group = make(4, max_turns=3)
    group.reset(seed=1)
    right = wrap(group.task.reference)
    assert group.step(2, right)[2]
    steps = group.step_some({3: "a", 0: right})
    assert list(steps) == [3, 0]
    group.step_some({3: wrap("crash")})
    outcome = group.outcome()
    assert outcome.done.tolist() == [True, False, True, True]
    assert outcome.turns.tolist() == [1, 0, 1, 2]
    assert outcome.chars.tolist() == [len(right), 0, len(right), 1 + len(wrap("crash"))]
    assert outcome.stop_reasons == ("answered", None, "answered", "unscorable")
    for array in (group.rewards, outcome.scores, outcome.passed, outcome.components["closeness"]):
        np.testing.assert_array_equal(array, [1.0, np.nan, 1.0, np.nan])
    with pytest.raises(ResetNeeded, match="member 2"):
        group.step_some({1: "a", 2: "b"})
    assert group.outcome().turns.tolist() == [1, 0, 1, 2]


def test_group_rewards_see_all_and_never_unmask(make):
    group = make(4)
    group.reset(seed=1)
    texts = [wrap(group.task.reference), wrap("1"), wrap("sandbox"), "nothing"]
    group.step_some(dict(enumerate(texts)))

    def centred(outcome):
        return np.nan_to_num(outcome.rewards) - np.nanmean(outcome.rewards)

    rewards = group.compute_group_rewards(centred)
    np.testing.assert_allclose(rewards, [2 / 3, -1 / 3, np.nan, -1 / 3])
    np.testing.assert_array_equal(group.rewards, [1.0, 0.0, np.nan, 0.0])


@pytest.mark.parametrize("value", [[1.0], 3.0, [np.inf] * 2, [[1.0], [2.0]]])
def test_group_rewards_that_cannot_be_are_named(make, value):
    group = make(2)
    group.reset(seed=1)
    with pytest.raises(ValueError, match="group rewards must be 2"):
        group.compute_group_rewards(lambda outcome: value)


def test_members_are_verified_in_parallel_by_threads_and_by_asyncio(make):
    group = make(3, max_workers=3, max_turns=2)
    group.reset(seed=1)
    # The checker waits until three of its calls are there: one after the other would time out.
    assert len(group.step_some(dict.fromkeys(range(3), wrap("meet")))) == 3
    steps = asyncio.run(group.astep_some(dict.fromkeys(range(3), wrap("meet"))))
    assert [step[4]["turn"] for step in steps.values()] == [2, 2, 2]
    assert group.outcome().turns.tolist() == [2, 2, 2]
    metrics = group.get_metrics()
    assert (metrics["step"]["count"], metrics["judge"]["count"], metrics["draw"]["count"]) == (2, 6, 1)


def test_games_are_played_in_groups(make):
    group = make(2, family="Hunt", level=2)
    group.reset(seed=3)
    for action in group.task.reference.splitlines():
        group.step(0, wrap(action))
    while not group.outcome().done[1]:
        group.step(1, wrap("0"))
    np.testing.assert_array_equal(group.rewards, [1.0, 0.25])


@pytest.mark.parametrize("member", [2, -1, "0", True, 0.0])
def test_members_that_are_not_there_are_named(make, member):
    group = make(2)
    with pytest.raises(IndexError):
        group.step_some({0: "before reset"})
    group.reset(seed=1)
    with pytest.raises(IndexError, match="member"):
        group.step_some({member: "a"})


@pytest.mark.parametrize("size", [0, -1, 1.5, True])
def test_sizes_that_cannot_be_are_named(make, size):
    with pytest.raises(ConfigError, match="size must be an integer from 1"):
        make(size)
