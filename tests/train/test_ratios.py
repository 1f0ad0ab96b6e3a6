import math
from itertools import product

import pytest
import torch

from reason.train.batch import TokenBatch
from reason.train.ratios import clipped_objective, correction_weights, log_ratios, masked, sequence_sums

torch.set_num_threads(1)


def make_batch(old, sampler, sequence, mask=None):
    size = len(old)
    mask_N = torch.tensor([True] * size if mask is None else mask)
    sequence_N = torch.tensor(sequence)
    return TokenBatch(
        logprobs_N=torch.tensor(old, requires_grad=True),
        sampler_logprobs_N=torch.tensor(sampler),
        old_logprobs_N=torch.tensor(old),
        advantages_N=torch.ones(size),
        sequence_N=sequence_N,
        mask_N=mask_N,
        lengths_S=torch.bincount(sequence_N[mask_N], minlength=max(sequence) + 1),
    )


def weights(correction, level, threshold=2.0):
    """Ratios 1, e, e^2 | e^-1, e^-1 and a token that is not in the loss."""
    batch = make_batch(
        [0.0, 1.0, 2.0, -1.0, -1.0, math.nan], [0.0] * 6, [0, 0, 0, 1, 1, 1], [True] * 5 + [False]
    )
    found, exceeds = correction_weights(batch, correction, level, threshold)
    assert not found.requires_grad
    return [round(value, 4) for value in found.tolist()[:5]], exceeds.tolist()[:5]


@pytest.mark.parametrize(
    ("correction", "level", "expected"),
    [
        ("none", "token", [1, 1, 1, 1, 1]),
        ("truncate", "token", [1, 2, 2, 0.3679, 0.3679]),
        ("mask", "token", [1, 0, 0, 0.3679, 0.3679]),
        ("truncate", "sequence", [2, 2, 2, 0.1353, 0.1353]),
        ("mask", "sequence", [0, 0, 0, 0.1353, 0.1353]),
    ],
)
def test_weights_correct_for_the_sampler(correction, level, expected):
    found, exceeds = weights(correction, level)
    assert found == expected
    assert exceeds == ([False, True, True, False, False] if level == "token" else [True] * 3 + [False] * 2)


def test_a_sampler_that_is_the_old_policy_needs_no_correction():
    for correction, level in product(("none", "truncate", "mask"), ("token", "sequence")):
        batch = make_batch([-3.0, -0.5], [-3.0, -0.5], [0, 1])
        found, exceeds = correction_weights(batch, correction, level, 2.0)
        assert found.tolist() == [1, 1]
        assert not exceeds.any()


@pytest.mark.parametrize("advantage", [-2.0, 2.0])
@pytest.mark.parametrize("ratio", [0.1, 0.79, 0.81, 1.0, 1.27, 1.29, 2.9, 3.1])
def test_the_gradient_stops_where_the_ratio_has_gone_far_enough(ratio, advantage):
    value = torch.tensor(ratio, requires_grad=True)
    clipped_objective(value, torch.tensor(advantage), clip_low=0.2, clip_high=0.28, dual_clip=3.0).backward()
    beyond = ratio > 1.28 if advantage > 0 else ratio < 0.8 or ratio > 3
    assert value.grad.item() == (0.0 if beyond else advantage)


def test_without_dual_clip_a_negative_advantage_has_no_floor():
    found = clipped_objective(torch.tensor(50.0), torch.tensor(-1.0), clip_low=0.2, clip_high=0.2)
    assert found.item() == -50
    dual = clipped_objective(
        torch.tensor(50.0), torch.tensor(-1.0), clip_low=0.2, clip_high=0.2, dual_clip=3.0
    )
    assert dual.item() == -3


def test_what_is_not_in_the_loss_has_no_influence_and_no_gradient():
    batch = make_batch([-1.0, math.nan, -math.inf], [-1.0, 0.0, 0.0], [0, 0, 1], [True, False, False])
    ratios = log_ratios(batch)
    assert ratios.tolist() == [0, 0, 0]
    (ratios.exp().sum() + masked(batch.logprobs_N, batch).sum()).backward()
    assert batch.logprobs_N.grad.tolist() == [2, 0, 0]


def test_sums_are_those_of_each_sequence_in_any_order():
    batch = make_batch([0.0] * 5, [0.0] * 5, [2, 0, 2, 0, 1])
    assert sequence_sums(torch.tensor([1.0, 10, 100, 1000, 0.5]), batch).tolist() == [1010, 0.5, 101]
