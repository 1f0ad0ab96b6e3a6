import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from reason.errors import ConfigError
from reason.train.config import ComponentConfig, OptimizerConfig
from reason.train.learner import Learner
from reason.train.loss import names
from reason.train.optimizer import learning_rate
from reason.train.passes import Passes
from reason.train.trajectory import Group

name = pytest.mark.parametrize


def learner(policy, *, loss="dapo", options=None, passes=None, **settings):
    settings = {"lr": 1e-2, **settings}
    return Learner(
        policy, loss=ComponentConfig(name=loss, options=options or {}), config=OptimizerConfig(**settings),
        passes=passes or Passes(max_tokens=10_000), max_generated=48, seed=0, total_steps=10,
    )  # fmt: skip


def weights(policy):
    return torch.cat([parameter.detach().flatten() for parameter in policy.parameters()]).clone()


def rewarded(groups, rewards):
    """The same episodes with other rewards."""
    return [
        replace(
            group,
            members=[
                replace(member, reward=reward, passed=reward)
                for member, reward in zip(group.members, row, strict=True)
            ],
        )
        for group, row in zip(groups, rewards, strict=True)
    ]


@pytest.fixture
def played(small):
    return small.play(small.env(), small.policy(), small.config(), groups=3)


MIXED = [[1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0], [1.0, 0.0, math.nan, 0.0]]


def test_groups_of_one_reward_teach_nothing_and_cost_no_pass(small, played):
    policy = small.policy()
    before = weights(policy)
    metrics = learner(policy).update(rewarded(played, [[1.0] * 4, [0.0] * 4, [math.nan] * 4]), 0)
    assert torch.equal(weights(policy), before)
    assert metrics["updates"] == 0
    assert metrics["skipped"] == 1.0


def test_a_member_that_could_not_be_scored_changes_nothing(small, played):
    """Its group is rewarded as if it had not been there: the same step as with the other members alone."""
    policy, other = small.policy(), small.policy()
    learner(policy).update(rewarded(played, MIXED), 0)
    groups = rewarded(played, MIXED)
    groups[2] = replace(groups[2], members=[groups[2].members[at] for at in (0, 1, 3)])
    learner(other).update(groups, 0)
    assert not torch.equal(weights(policy), weights(small.policy()))
    torch.testing.assert_close(weights(policy), weights(other), rtol=0, atol=1e-5)


@name("settings", [{"max_tokens": 64}, {"max_tokens": 64, "shared_prefix": False}, {"shared_prefix": False}])
def test_micro_batches_and_shared_prompts_change_no_gradient(small, played, settings):
    groups = rewarded(played, MIXED)
    plain, other = small.policy(), small.policy()
    first = learner(plain, lr=1e-3).update(groups, 0)
    passes = Passes(**{"max_tokens": 10_000, **settings})
    second = learner(other, lr=1e-3, passes=passes).update(groups, 0)
    assert first["grad_norm"] == pytest.approx(second["grad_norm"], rel=1e-4)
    assert first["loss"] == pytest.approx(second["loss"], abs=1e-5)


def test_a_rollout_is_cut_into_as_many_updates_as_asked_for(small, played):
    groups = rewarded(played, [[1.0, 0.0, 1.0, 0.0]] * 3)
    metrics = learner(small.policy(), updates_per_rollout=4, epochs=2).update(groups, 0)
    assert metrics["updates"] == 8
    assert metrics["ratio_max"] > 1.0
    assert learner(small.policy(), updates_per_rollout=64).update(groups, 0)["updates"] == 12
    once = learner(small.policy()).update(groups, 0)
    assert once["updates"] == 1
    assert once["ratio_max"] == pytest.approx(1.0, abs=1e-4)
    assert once["sampler_mismatch_max"] < 1e-4


def test_what_was_rewarded_becomes_likelier_than_what_was_not(small, played):
    policy = small.policy()
    groups = rewarded(played, [[1.0, 0.0, 0.0, 1.0]] * 3)
    trainee = learner(policy, lr=1e-3)
    members = [member for group in groups for member in group.members]

    def total(reward):
        chosen = [member for member in members if member.reward == reward]
        return Passes(max_tokens=10_000).score_all(policy, chosen)[0].sum()

    before = total(1.0) - total(0.0)
    for step in range(5):
        trainee.update(groups, step)
    assert total(1.0) - total(0.0) > before + 0.1


@name("loss", names())
def test_every_loss_trains(small, played, loss):
    policy = small.policy()
    before = weights(policy)
    trainee = learner(policy, loss=loss)
    metrics = trainee.update(rewarded(played, MIXED), 0)
    assert not torch.equal(weights(policy), before)
    assert math.isfinite(metrics["loss"])
    assert math.isfinite(metrics["grad_norm"])


@name(
    "options",
    [
        {"kl_coefficient": 0.1},
        {"entropy_coefficient": 0.01},
        {"top_entropy": 0.3},
        {"dual_clip": 3.0},
        {"correction": "mask", "correction_level": "sequence"},
    ],
)
def test_every_option_of_a_loss_trains(small, played, options):
    policy = small.policy()
    recompute = "correction" in options
    trainee = learner(policy, options=options, updates_per_rollout=2, recompute_logprobs=recompute)
    metrics = trainee.update(rewarded(played, MIXED), 0)
    assert math.isfinite(metrics["grad_norm"])
    if "kl_coefficient" in options:
        # The second update starts from weights that have left the reference.
        assert metrics["kl"] > 0


def test_truncated_episodes_are_left_out_where_the_loss_is_told_so(small, played):
    groups = rewarded(played, MIXED)
    cut = [replace(group, members=[replace(m, truncated=True) for m in group.members]) for group in groups]
    whole = [replace(group, members=[replace(m, truncated=False) for m in group.members]) for group in groups]
    policy, options = small.policy(), {"mask_truncated": True}
    assert learner(policy, options=options).update(cut, 0)["updates"] == 0
    assert torch.equal(weights(policy), weights(small.policy()))
    assert learner(policy, options=options).update(whole, 0)["updates"] == 1


def test_a_state_that_was_loaded_goes_on_bit_for_bit(small, played):
    groups = rewarded(played, MIXED)
    for loss in ("dapo", "ppo", "online_dpo"):
        whole = learner(small.policy(), loss=loss, updates_per_rollout=2, warmup_steps=10)
        for step in range(4):
            whole.update(groups, step)
        first = learner(small.policy(), loss=loss, updates_per_rollout=2, warmup_steps=10)
        for step in range(2):
            first.update(groups, step)
        state = first.state_dict()
        second = learner(small.policy(seed=9), loss=loss, updates_per_rollout=2, warmup_steps=10)
        second.load_state_dict(state)
        for step in range(2, 4):
            second.update(groups, step)
        assert weights(second.policy).numpy().tobytes() == weights(whole.policy).numpy().tobytes()


def test_a_gradient_that_is_not_finite_is_left_out(small, played):
    policy = small.policy()
    with torch.no_grad():
        policy.norm.weight[0] = math.nan
    before = weights(policy)
    trainee = learner(policy)
    trainee.update(rewarded(played, MIXED), 0)
    assert trainee.optimizer.left_out == 1
    assert np.array_equal(before.numpy(), weights(policy).numpy(), equal_nan=True)


def test_an_unknown_loss_is_refused_with_what_was_meant(small):
    with pytest.raises(ConfigError, match="did you mean 'dapo'"):
        learner(small.policy(), loss="dappo")
    with pytest.raises(ConfigError, match="clip_high"):
        learner(small.policy(), options={"clip_hi": 0.3})


@name(
    ("settings", "update", "step", "rate"),
    [
        ({}, 0, 0, 1.0),
        ({"warmup_steps": 4}, 0, 0, 0.25),
        ({"warmup_steps": 4}, 3, 0, 1.0),
        ({"schedule": "linear"}, 9, 50, 0.5),
        ({"schedule": "linear", "final_fraction": 0.2}, 9, 100, 0.2),
        ({"schedule": "cosine"}, 9, 50, 0.5),
        ({"schedule": "cosine"}, 9, 0, 1.0),
    ],
)
def test_the_learning_rate_is_a_function_of_where_the_run_stands(settings, update, step, rate):
    config = OptimizerConfig(lr=1.0, **settings)
    assert learning_rate(config, update=update, step=step, total_steps=100) == pytest.approx(rate)


def test_an_empty_rollout_is_no_error(small):
    empty = Group(index=0, env="a", level=None, members=[])
    assert learner(small.policy()).update([empty], 0)["updates"] == 0
