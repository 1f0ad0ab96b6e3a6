"""Estimators of advantages against loops over sequences."""

import math

import numpy as np
import pytest

from reason.train.advantages import (
    batch_normalised,
    centred,
    generalised_advantages,
    group_deviations,
    leave_one_out,
    token_rewards,
)
from reason.train.batch import Rollout
from reason.train.loss import load, names

NAN = math.nan


def group_normalised(rewards_S, group_S):
    deviations_S = group_deviations(rewards_S, group_S, np.zeros_like(rewards_S))
    return centred(rewards_S, group_S) / (deviations_S + 1e-6)


def draw_rollout(seed=0, num_sequences=12, **changes):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 7, num_sequences)
    sequence_N = np.repeat(np.arange(num_sequences), lengths)
    size = len(sequence_N)
    rewards_S = rng.choice([0.0, 0.25, 1.0], num_sequences)
    rewards_S[3] = NAN
    group_S = rng.permutation(np.arange(num_sequences) % 3) * 7 + 2
    mask_N = (rng.random(size) < 0.8) & ~np.isnan(rewards_S)[sequence_N]
    fields = {
        "rewards_S": rewards_S,
        "group_S": group_S,
        "sequence_N": sequence_N,
        "mask_N": mask_N,
        "old_logprobs_N": -rng.exponential(1, size),
        "reference_logprobs_N": -rng.exponential(1, size),
        "old_values_N": rng.normal(0, 1, size),
    }
    return Rollout(**{**fields, **changes})


def others(rollout, index, *, with_itself):
    """Scorable rewards of the group of a sequence."""
    return [
        reward
        for other, (reward, group) in enumerate(zip(rollout.rewards_S, rollout.group_S, strict=True))
        if group == rollout.group_S[index] and not math.isnan(reward) and (with_itself or other != index)
    ]


def tokens_of(rollout, index):
    return [t for t in range(len(rollout.mask_N)) if rollout.sequence_N[t] == index and rollout.mask_N[t]]


def mean(values):
    return sum(values) / len(values)


def deviation(values, less=0):
    return math.sqrt(sum((value - mean(values)) ** 2 for value in values) / (len(values) - less))


def group_reference(rollout, options):
    scored = [reward for reward in rollout.rewards_S if not math.isnan(reward)]
    expected = np.zeros(len(rollout.mask_N))
    for index, reward in enumerate(rollout.rewards_S):
        if math.isnan(reward):
            continue
        group = others(rollout, index, with_itself=True)
        scale = getattr(options, "scale_rewards", "none")
        below = 1.0 if scale == "none" else deviation(group if scale == "group" else scored, less=1) + 1e-6
        expected[tokens_of(rollout, index)] = (reward - mean(group)) / below
    return expected


def divergences(rollout, options, index):
    return [
        options.kl_coefficient * (rollout.old_logprobs_N[t] - rollout.reference_logprobs_N[t])
        for t in tokens_of(rollout, index)
    ]


def rloo_reference(rollout, options):
    totals = rollout.rewards_S - [
        sum(divergences(rollout, options, index)) for index in range(len(rollout.rewards_S))
    ]
    shifted = Rollout(**{**vars(rollout), "rewards_S": totals})
    expected = np.zeros(len(rollout.mask_N))
    for index, total in enumerate(totals):
        if not math.isnan(total):
            rest = others(shifted, index, with_itself=False)
            expected[tokens_of(rollout, index)] = total - mean(rest) if rest else 0.0
    return expected


def normalised(values, rollout):
    inside = [values[t] for t in np.flatnonzero(rollout.mask_N)]
    return np.where(rollout.mask_N, (values - mean(inside)) / (deviation(inside) + 1e-6), 0.0)


def reinforce_reference(rollout, options):
    if options.baseline:
        return normalised(group_reference(rollout, options), rollout)
    returns = np.zeros(len(rollout.mask_N))
    for index, reward in enumerate(rollout.rewards_S):
        tokens, penalties = tokens_of(rollout, index), divergences(rollout, options, index)
        for place, t in enumerate(tokens):
            later = range(place, len(tokens))
            returns[t] = options.discount ** (len(tokens) - 1 - place) * reward
            returns[t] -= sum(options.discount ** (other - place) * penalties[other] for other in later)
    return normalised(returns, rollout)


def ppo_reference(rollout, options):
    """The definition of GAE: a sum over all later temporal differences."""
    advantages = np.zeros(len(rollout.mask_N))
    for index, reward in enumerate(rollout.rewards_S):
        tokens, penalties = tokens_of(rollout, index), divergences(rollout, options, index)
        values = [rollout.old_values_N[t] for t in tokens] + [0.0]
        earned = [-penalty for penalty in penalties]
        if tokens:
            earned[-1] += reward
        deltas = [
            earned[place] + options.discount * values[place + 1] - values[place]
            for place in range(len(tokens))
        ]
        for place, t in enumerate(tokens):
            advantages[t] = sum(
                (options.discount * options.smoothing) ** (later - place) * deltas[later]
                for later in range(place, len(tokens))
            )
    return normalised(advantages, rollout) if options.normalise_advantages else advantages


REFERENCES = {"rloo": rloo_reference, "reinforce_plus_plus": reinforce_reference, "ppo": ppo_reference}
KL = {"kl_coefficient": 0.3}
CASES = [
    *(
        (name, {"scale_rewards": scale})
        for name in ("grpo", "bnpo", "dapo")
        for scale in ("group", "batch", "none")
    ),
    *((name, {}) for name in ("gspo", "cispo", "sapo", "dr_grpo")),
    *((name, options) for name in ("rloo", "reinforce_plus_plus", "ppo") for options in ({}, KL)),
    ("reinforce_plus_plus", {"baseline": True, **KL}),
    ("reinforce_plus_plus", {"discount": 0.9, **KL}),
    ("ppo", {"normalise_advantages": False, "discount": 0.9, "smoothing": 0.7, **KL}),
    ("ppo", {"normalise_advantages": False, "smoothing": 0.0}),
]


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
@pytest.mark.parametrize("seed", [0, 1])
def test_advantages_equal_the_reference(name, options, seed):
    rollout, loss = draw_rollout(seed), load(name, options)
    found = loss.advantages(rollout)
    expected = REFERENCES.get(name, group_reference)(rollout, loss.options)
    np.testing.assert_allclose(found.advantages_N, expected, atol=1e-12)
    assert np.array_equal(found.mask_N, rollout.mask_N)
    if name == "ppo":
        raw = load(name, {**options, "normalise_advantages": False}).advantages(rollout).advantages_N
        expected_returns = np.where(rollout.mask_N, raw + rollout.old_values_N, 0.0)
        np.testing.assert_allclose(found.returns_N, expected_returns, atol=1e-12)


def test_every_loss_that_estimates_advantages_is_tested_here():
    assert {name for name, _ in CASES} == set(names()) - {"sft", "expert_iteration", "online_dpo"}


@pytest.mark.parametrize("name", names())
def test_an_unscorable_sequence_changes_nothing_for_the_others_and_learns_nothing(name):
    rollout, loss = draw_rollout(2), load(name)
    found = loss.advantages(rollout)
    out_N = rollout.sequence_N == 3
    assert not found.advantages_N[out_N].any()
    assert not found.mask_N[out_N].any()
    inside = ~out_N
    left = np.arange(12) != 3
    without = Rollout(
        rewards_S=rollout.rewards_S[left],
        group_S=rollout.group_S[left],
        sequence_N=rollout.sequence_N[inside] - (rollout.sequence_N[inside] > 3),
        mask_N=rollout.mask_N[inside],
        old_values_N=rollout.old_values_N[inside],
    )
    again = loss.advantages(without)
    np.testing.assert_allclose(again.advantages_N, found.advantages_N[inside], atol=1e-12)
    assert np.array_equal(again.mask_N, found.mask_N[inside])


@pytest.mark.parametrize("estimate", [centred, group_normalised, leave_one_out])
@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -7.3])
def test_a_group_of_equal_rewards_has_exactly_no_advantage(estimate, value):
    rewards_S = np.array([value] * 7 + [NAN] + [0.0, 1.0])
    found = estimate(rewards_S, np.array([4] * 8 + [5] * 2))
    assert not found[:8].any()
    assert found[8] < 0 < found[9]


@pytest.mark.parametrize("estimate", [centred, group_normalised, leave_one_out])
def test_one_alone_and_none_at_all_have_no_advantage(estimate):
    assert estimate(np.array([1.0, NAN, NAN]), np.array([0, 0, 1])).tolist() == [0, 0, 0]
    assert estimate(np.empty(0), np.empty(0, np.int64)).shape == (0,)


@pytest.mark.parametrize("estimate", [group_normalised, leave_one_out])
def test_numbers_of_the_papers(estimate):
    found = estimate(np.array([0.0, 0.0, 0.0, 1.0]), np.zeros(4, np.int64))
    expected = {group_normalised: [-0.5, 1.5], leave_one_out: [-1 / 3, 1.0]}[estimate]
    assert found[[0, 3]].tolist() == pytest.approx(expected, abs=1e-5)


def test_equal_advantages_over_the_batch_are_none():
    assert not batch_normalised(np.full(5, 0.1), np.ones(5, bool)).any()
    assert not batch_normalised(np.full(5, 0.1), np.zeros(5, bool)).any()


def test_with_smoothing_1_the_return_is_what_is_earned_whatever_the_values():
    rollout = draw_rollout(4)
    rewards_N = token_rewards(rollout, rollout.rewards_S, 0.0)
    _, returns_N = generalised_advantages(
        rewards_N, rollout.old_values_N, rollout.sequence_N, rollout.mask_N, discount=1.0, smoothing=1.0
    )
    expected = np.where(rollout.mask_N, rollout.rewards_S[rollout.sequence_N], 0.0)
    np.testing.assert_allclose(returns_N, expected, atol=1e-12)


def test_expert_iteration_keeps_what_is_good_enough():
    rollout = draw_rollout(5)
    for options, least in (({}, 1.0), ({"min_reward": 0.3}, 0.3), ({"min_reward": 0.25}, 0.25)):
        found = load("expert_iteration", options).advantages(rollout)
        expected = [
            bool(inside) and rollout.rewards_S[sequence] >= least
            for inside, sequence in zip(rollout.mask_N, rollout.sequence_N, strict=True)
        ]
        assert found.mask_N.tolist() == expected
        assert found.advantages_N.tolist() == [float(one) for one in expected]


def test_supervised_fine_tuning_learns_from_all_tokens_whatever_the_reward():
    found = load("sft").advantages(draw_rollout(6, rewards_S=np.full(12, NAN)))
    assert found.advantages_N.tolist() == found.mask_N.tolist() == draw_rollout(6).mask_N.tolist()


def pairs_of(rewards, groups, masked=()):
    size = len(rewards)
    found = load("online_dpo").advantages(
        Rollout(
            rewards_S=np.array(rewards, dtype=np.float64),
            group_S=np.array(groups),
            sequence_N=np.repeat(np.arange(size), 2),
            mask_N=~np.isin(np.repeat(np.arange(size), 2), masked),
        )
    )
    assert np.array_equal(found.mask_N, found.advantages_N != 0)
    return found.advantages_N[::2].tolist()


def test_online_dpo_pairs_the_best_with_the_worst_of_each_group():
    assert pairs_of([1, 0, 0.5, 0, 1], [0, 0, 0, 1, 1]) == [1, -1, 0, -1, 1]
    assert pairs_of([0, 1, 1, 0], [7, 7, 7, 7]) == [-1, 1, 0, 0]
    assert pairs_of([0.3, 0.3, NAN, 1], [0, 0, 0, 0]) == [-1, 0, 0, 1]
    assert pairs_of([0.3, 0.3, NAN], [0, 0, 0]) == [0, 0, 0]
    assert pairs_of([1, 0, 0.5], [0, 0, 0], masked=[0]) == [0, -1, 1]


def test_what_is_missing_is_named():
    lacking = draw_rollout(0, old_values_N=None, reference_logprobs_N=None)
    with pytest.raises(ValueError, match="old_values_N"):
        load("ppo").advantages(lacking)
    for name in ("rloo", "reinforce_plus_plus"):
        with pytest.raises(ValueError, match="reference_logprobs_N"):
            load(name, KL).advantages(lacking)
