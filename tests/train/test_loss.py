"""Losses as methods: found by file name, told by options, and each of them learns."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

import reason.train.losses
from reason.errors import ConfigError
from reason.train.batch import Rollout, TokenBatch, Totals
from reason.train.loss import load, names
from reason.train.masks import lengths

torch.set_num_threads(1)


def test_every_file_of_the_folder_is_a_loss():
    folder = Path(reason.train.losses.__file__).parent
    assert names() == tuple(sorted(path.stem for path in folder.glob("[!_]*.py")))
    assert len(names()) >= 13
    for name in names():
        loss = load(name)
        assert loss.name == name
        assert loss.module.__all__ == ["Options", "advantages", "loss"]
        assert type(loss.options) is loss.module.Options


def test_names_and_options_that_are_not_are_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'dapo'"):
        load("dappo")
    with pytest.raises(ConfigError, match="did you mean 'clip_high'"):
        load("dapo", {"clip_hihg": 0.3})
    with pytest.raises(ConfigError, match="no loss '__init__'"):
        load("__init__")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("grpo", {"clip_low": 1.5}),
        ("grpo", {"clip_high": -0.1}),
        ("grpo", {"clip_high": math.nan}),
        ("grpo", {"dual_clip": 0.5}),
        ("grpo", {"kl_coefficient": -1.0}),
        ("grpo", {"kl_estimator": "k4"}),
        ("grpo", {"correction_threshold": 0.0}),
        ("grpo", {"top_entropy": 0.0}),
        ("grpo", {"scale_rewards": "all"}),
        ("grpo", {"mask_truncated": 1}),
        ("cispo", {"max_weight": 0.5, "min_weight": 1.0}),
        ("sapo", {"temperature_negative": 0.0}),
        ("ppo", {"smoothing": 1.1}),
        ("reinforce_plus_plus", {"discount": -0.1}),
        ("online_dpo", {"beta": 0.0}),
    ],
)
def test_options_that_cannot_be_are_refused_by_name(name, options):
    with pytest.raises(ValueError, match=next(iter(options))):
        load(name, options)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("grpo", {"clip_low": 0.2, "clip_high": 0.2, "dual_clip": 0.0, "scale_rewards": "group"}),
        ("dapo", {"clip_low": 0.2, "clip_high": 0.28, "scale_rewards": "group"}),
        ("gspo", {"clip_low": 3e-4, "clip_high": 4e-4, "scale_rewards": "group"}),
        ("cispo", {"min_weight": 0.0, "max_weight": 5.0}),
        ("sapo", {"temperature_positive": 1.0, "temperature_negative": 1.05}),
        ("reinforce_plus_plus", {"baseline": False, "discount": 1.0, "kl_estimator": "k2"}),
        ("ppo", {"discount": 1.0, "smoothing": 0.95, "value_clip": 0.2, "value_coefficient": 0.5}),
        ("rloo", {"kl_coefficient": 0.0, "correction": "truncate", "correction_threshold": 2.0}),
        ("online_dpo", {"beta": 0.1}),
    ],
)
def test_defaults_are_the_published_ones(name, published):
    options = load(name).options
    assert {option: getattr(options, option) for option in published} == published


def play(loss, logits, seed):
    """One step on the simplest of environments: two tokens, reward 1 if the last of them is token 2."""
    generator = torch.Generator().manual_seed(seed)
    groups, members, turns = 8, 8, 2
    size = groups * members
    tokens = torch.multinomial(logits.detach().softmax(0), size * turns, True, generator=generator)
    rewards_S = (tokens.view(size, turns)[:, -1] == 2).double().numpy()
    sequence_N = np.repeat(np.arange(size), turns)
    old_N = torch.log_softmax(logits.detach(), 0)[tokens]
    reference_N = torch.full_like(old_N, -math.log(len(logits)))
    group_S = np.repeat(np.arange(groups), members)
    rollout = Rollout(
        rewards_S=rewards_S,
        group_S=group_S,
        sequence_N=sequence_N,
        mask_N=np.ones(len(sequence_N), bool),
        old_logprobs_N=old_N.numpy(),
        reference_logprobs_N=reference_N.numpy(),
        old_values_N=np.full(len(sequence_N), 0.5),
    )
    found = loss.advantages(rollout)
    values_N = torch.full_like(old_N, 0.5)
    batch = TokenBatch(
        logprobs_N=torch.log_softmax(logits, 0)[tokens],
        sampler_logprobs_N=old_N,
        old_logprobs_N=old_N,
        reference_logprobs_N=reference_N,
        advantages_N=torch.from_numpy(found.advantages_N),
        values_N=values_N,
        old_values_N=values_N,
        returns_N=None if found.returns_N is None else torch.from_numpy(found.returns_N),
        sequence_N=torch.from_numpy(sequence_N),
        mask_N=torch.from_numpy(found.mask_N),
        lengths_S=torch.from_numpy(lengths(found.mask_N, sequence_N, size)),
        group_S=torch.from_numpy(group_S),
    )
    return loss(batch, Totals.of(found.mask_N, sequence_N, max_tokens=turns)).loss


@pytest.mark.parametrize("name", sorted(set(names()) - {"sft"}))
def test_every_method_learns_what_is_rewarded(name):
    loss = load(name)
    logits = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=0.1)
    for step in range(25):
        optimizer.zero_grad()
        play(loss, logits, seed=step).backward()
        optimizer.step()
    assert logits.softmax(0)[2] > 0.6


@pytest.mark.parametrize("name", sorted(set(names()) - {"sft", "expert_iteration", "online_dpo"}))
def test_on_policy_all_policy_gradients_point_the_same_way(name):
    """At the sampler itself no ratio is clipped: methods differ in scale and baseline only."""
    directions = []
    for method in (name, "dr_grpo"):
        logits = torch.tensor([0.3, 0.0, -0.4], dtype=torch.float64, requires_grad=True)
        total = sum(play(load(method), logits, seed) for seed in range(40))
        total.backward()
        directions.append(-logits.grad / logits.grad.norm())
    assert directions[0] @ directions[1] > 0.95
