"""Rules over steps on a real environment: word problems, whose family judges worked solutions."""

import asyncio

import gymnasium as gym
import numpy as np
import pytest

import reason  # noqa: F401
from reason.envs.group import EnvGroup
from reason.process import ProcessVerdict, score_steps
from reason.rewards.capo import capo
from reason.rewards.group import group_columns, group_reward
from reason.rewards.interplay import interplay
from reason.rewards.steps import are_advantages
from reason.rewards.tp_grpo import tp_grpo

NAN = float("nan")


def solution(task, *, wrong=(), answer=None):
    """The reference's steps, some with another value, and the answer."""
    lines = [step["text"] for step in task.trace]
    for at in wrong:
        head, _, value = lines[at].rpartition("= ")
        lines[at] = f"{head}= {int(value) + 1}"
    return "\n".join([*lines, f"<answer>{task.reference if answer is None else answer}</answer>"])


@pytest.fixture
def group():
    group = EnvGroup(gym.make("reason/WordProblem-v0", level=2, max_turns=1).unwrapped, 4)
    group.reset(seed=3)
    yield group
    group.close()


def answered(group):
    task = group.task
    texts = [
        solution(task),
        solution(task, wrong=[1]),
        solution(task, wrong=[0], answer=int(task.reference) + 1),
        f"Apples are fruit = 3\n<answer>{task.reference}</answer>",
    ]
    group.step_some(dict(enumerate(texts)))
    return len(task.trace)


def test_capo_rewards_each_step_of_the_real_environment(group, nan_equal):
    size = answered(group)
    rewards = group.compute_group_rewards(group_reward(capo))
    right, mixed, wrong, beside = rewards
    nan_equal(right, [2.0] * (1 + size))
    nan_equal(mixed, [2.0, 2.0, 1.0] + [2.0] * (size - 2))
    nan_equal(wrong, [0.0, -1.0] + [0.0] * (size - 1))
    # What the solution does not need has nothing to be compared with.
    nan_equal(beside, [2.0] + [NAN] * size)


def test_tp_grpo_labels_what_leads_to_the_answer(group):
    answered(group)
    columns = group_columns(group.outcome())
    np.testing.assert_array_equal(columns["labels_GS"][:3, :3], [[1, 1, 1], [1, 1, 0], [1, 1, 0]])
    found = group_reward(tp_grpo)(group.outcome())
    high, low = found[0, 0], found[2, 0]
    assert high > 0 > low
    assert found[1, 2] == pytest.approx(high - 0.75)
    assert (found[2, 1], found[2, 2]) == (low, 0.0)
    assert are_advantages(group_reward(tp_grpo))
    assert not are_advantages(group_reward(capo))


def test_interplay_takes_the_process_of_the_real_environment(group):
    size = answered(group)
    found = group.compute_group_rewards(group_reward(interplay))
    assert found[0] == 1.0
    assert found[1] == pytest.approx(0.2 + 0.8 * (1 - 1 / size))
    assert found[2] == 0.0


def test_awaited_steps_are_judged_like_others(group, nan_equal):
    task = group.task
    asyncio.run(group.astep_some({0: solution(task, wrong=[0])}))
    assert group.outcome().processes[0][0].steps[0].right is False
    # The others wrote nothing, and were judged on that.
    assert [texts[0].steps for texts in group.outcome().processes[1:]] == [()] * 3


def test_without_judged_steps_the_outcome_alone_counts(nan_equal):
    group = EnvGroup(gym.make("reason/SAT-v0", level=1, max_turns=1).unwrapped, 2)
    group.reset(seed=0)
    group.step_some({0: f"<answer>{group.task.reference}</answer>", 1: "<answer>nothing</answer>"})
    nan_equal(group.compute_group_rewards(group_reward(capo)), [2.0, 0.0])
    with pytest.raises(ValueError, match="no column 'process_G'"):
        group.compute_group_rewards(group_reward(interplay))
    group.close()


def test_steps_that_could_not_be_judged_mask_the_member(group, monkeypatch, nan_equal):
    family = group.members[0].unwrapped.family
    task, judge = group.task, type(family).verify_steps

    def broken(self, task, text):
        if "7777" in text:
            raise RuntimeError("ours")
        return judge(self, task, text)

    monkeypatch.setattr(type(family), "verify_steps", broken)
    assert score_steps(task, "7777") == ProcessVerdict(score=None)
    texts = [solution(task), solution(task, answer=7777), solution(task), solution(task)]
    group.step_some(dict(enumerate(texts)))
    rewards = group.compute_group_rewards(group_reward(capo))
    assert np.isnan(rewards[1]).all()
    assert not np.isnan(rewards[[0, 2, 3]]).any()


def test_rows_must_have_a_place_for_every_step(group):
    size = answered(group)
    for shape in [(4, size), (4, size + 2), (4, 1 + size, 1)]:
        with pytest.raises(ValueError, match="group rewards must be 4"):
            group.compute_group_rewards(lambda outcome, shape=shape: np.zeros(shape))
