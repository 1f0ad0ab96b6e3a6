import math

import numpy as np
import pytest

from reason.train.statistics import clustered_interval, describe_groups, wilson_interval
from reason.train.trajectory import Group, Trajectory


def member(reward, *, group=0, number=0, passed=None, generated=3, truncated=False):
    token_ids = np.arange(2 + generated)
    return Trajectory(
        token_ids_T=token_ids,
        generated_T=token_ids >= 2,
        sampler_logprobs_T=np.where(token_ids >= 2, -0.5, 0.0).astype(np.float32),
        prompt_length=2,
        group=group,
        member=number,
        reward=reward,
        passed=reward if passed is None else passed,
        truncated=truncated,
    )


def group(rewards, index=0, env="a", level=None):
    members = [member(reward, group=index, number=at) for at, reward in enumerate(rewards)]
    return Group(index=index, env=env, level=level, members=members)


def test_the_wilson_interval_covers_the_share_as_often_as_it_says():
    rng = np.random.default_rng(0)
    for share in (0.05, 0.3, 0.9):
        ends = [wilson_interval(int(rng.binomial(40, share)), 40) for _ in range(1000)]
        assert 0.92 <= np.mean([low <= share <= high for low, high in ends]) <= 0.98


def test_the_clustered_interval_covers_the_mean_where_members_depend_on_each_other():
    rng = np.random.default_rng(1)
    hits, naive = [], []
    for _ in range(400):
        tasks = rng.normal(0.5, 1.0, 60)
        clusters = [task + rng.normal(0, 0.1, 8) for task in tasks]
        mean, low, high = clustered_interval(clusters)
        hits.append(low <= 0.5 <= high)
        values = np.concatenate(clusters)
        naive.append(abs(mean - 0.5) <= 1.96 * values.std() / math.sqrt(values.size))
    assert 0.9 <= np.mean(hits) <= 0.99
    assert np.mean(naive) < 0.7


def test_what_could_not_be_scored_is_left_out_and_never_0():
    metrics = describe_groups([group([1.0, math.nan, 1.0]), group([math.nan] * 3, index=1)])
    assert metrics["reward"] == metrics["solve_rate"] == 1.0
    assert metrics["masked"] == pytest.approx(4 / 6)
    assert math.isnan(describe_groups([group([math.nan])])["reward"])


def test_a_group_is_dead_where_all_that_could_be_scored_got_the_same():
    groups = [group([1.0, 1.0]), group([0.0, math.nan, 0.0]), group([0.0, 1.0]), group([math.nan, math.nan])]
    assert [one.alive for one in groups] == [False, False, True, False]
    assert describe_groups(groups)["dead_groups"] == 0.75


def test_several_environments_are_told_apart():
    metrics = describe_groups([group([1.0, 0.0], env="a"), group([0.0, 0.0], env="b")])
    assert (metrics["reward/a"], metrics["reward/b"], metrics["reward"]) == (0.5, 0.0, 0.25)
    assert "reward/a" not in describe_groups([group([1.0], env="a")])


def test_a_trajectory_whose_arrays_do_not_fit_is_refused():
    good = member(1.0)
    with pytest.raises(ValueError, match="one length"):
        Trajectory(
            token_ids_T=good.token_ids_T[:-1], generated_T=good.generated_T,
            sampler_logprobs_T=good.sampler_logprobs_T, prompt_length=2, group=0, member=0, reward=0.0,
        )  # fmt: skip
    with pytest.raises(ValueError, match="prompt"):
        Trajectory(
            token_ids_T=good.token_ids_T, generated_T=good.generated_T,
            sampler_logprobs_T=good.sampler_logprobs_T, prompt_length=4, group=0, member=0, reward=0.0,
        )  # fmt: skip
