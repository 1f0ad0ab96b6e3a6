import math

import numpy as np
import pytest

from reason.train.batch import Advantages
from reason.train.masks import lengths, live_sequences, loss_mask, top_entropy

SEQUENCE_N = np.array([0, 0, 1, 2, 2, 2, 4])


def test_unscorable_and_truncated_sequences_are_out_of_the_loss():
    rewards_S = np.array([0.0, math.nan, 1.0, 1.0, -2.0])
    truncated_S = np.array([True, False, False, False, False])
    assert loss_mask(SEQUENCE_N, rewards_S).tolist() == [True, True, False, True, True, True, True]
    assert loss_mask(SEQUENCE_N, rewards_S, truncated_S).tolist() == [False] * 3 + [True] * 4


def test_lengths_count_the_tokens_of_the_mask():
    mask_N = np.array([True, False, False, True, True, True, True])
    assert lengths(mask_N, SEQUENCE_N, 6).tolist() == [1, 0, 3, 0, 1, 0]
    assert lengths(np.empty(0, bool), np.empty(0, np.int64), 2).tolist() == [0, 0]


def test_sequences_live_by_an_advantage_in_the_mask():
    found = Advantages(
        advantages_N=np.array([0, 0, 0.5, 0, -0.1, 0, 3.0]), mask_N=np.array([True] * 6 + [False])
    )
    assert live_sequences(found, SEQUENCE_N, 5).tolist() == [False, True, True, False, False]


@pytest.mark.parametrize(("share", "kept"), [(0.2, 2), (0.5, 5), (1.0, 10), (0.01, 1)])
def test_the_share_of_highest_entropy_is_kept(share, kept):
    entropies_N = np.random.default_rng(0).permutation(10).astype(np.float64)
    mask_N = np.ones(12, bool)
    mask_N[[0, 5]] = False
    wide_N = np.full(12, math.nan)
    wide_N[mask_N] = entropies_N
    found = top_entropy(wide_N, mask_N, share)
    assert sorted(wide_N[found]) == list(range(10 - kept, 10))


def test_tokens_as_uncertain_as_the_last_that_is_kept_are_kept_too():
    assert top_entropy(np.array([0.1, 0.7, 0.7, 0.7]), np.ones(4, bool), 0.3).tolist() == [False] + [True] * 3
    assert not top_entropy(np.array([0.1]), np.zeros(1, bool), 0.3).any()


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5, math.nan])
def test_a_share_is_above_0_and_at_most_1(share):
    with pytest.raises(ValueError, match="share must be above 0"):
        top_entropy(np.ones(3), np.ones(3, bool), share)
