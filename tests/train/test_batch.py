import math

import numpy as np
import pytest
import torch

from reason.train.batch import Rollout, TokenBatch, Totals, merge_metrics


def test_totals_count_tokens_in_the_loss_and_the_sequences_that_have_one():
    mask_N = np.array([True, False, False, True, True])
    totals = Totals.of(mask_N, np.array([0, 0, 1, 3, 3]), max_tokens=7)
    assert (totals.tokens, totals.sequences, totals.max_tokens) == (3, 2, 7)
    nothing = Totals.of(np.empty(0, bool), np.empty(0, np.int64), max_tokens=7)
    assert (nothing.tokens, nothing.sequences) == (0, 0)


def test_metrics_add_up_and_maxima_do_not():
    parts = [{"kl": torch.tensor(0.25), "ratio_max": torch.tensor(3.0)}, {"ratio_max": torch.tensor(1.0)}]
    parts.append({"kl": torch.tensor(0.5), "entropy": torch.tensor(1.0)})
    merged = merge_metrics(parts)
    assert {name: value.item() for name, value in merged.items()} == {
        "kl": 0.75,
        "ratio_max": 3.0,
        "entropy": 1.0,
    }
    assert parts[0]["kl"].item() == 0.25
    assert merge_metrics([]) == {}


@pytest.mark.parametrize("counts", [(1, 2, 9), (-1, -1, 9), (3, 2, 0)])
def test_totals_that_cannot_be_are_refused(counts):
    tokens, sequences, max_tokens = counts
    with pytest.raises(ValueError, match="totals need"):
        Totals(tokens=tokens, sequences=sequences, max_tokens=max_tokens)


def test_a_batch_whose_shapes_would_broadcast_is_refused():
    flat = torch.zeros(3)
    tensors = {
        "logprobs_N": flat,
        "sampler_logprobs_N": flat,
        "old_logprobs_N": flat,
        "advantages_N": flat,
        "sequence_N": flat.long(),
        "mask_N": flat.bool(),
        "lengths_S": torch.zeros(2, dtype=torch.int64),
    }
    assert TokenBatch(**tensors).num_sequences == 2
    wrong = dict.fromkeys(tensors, flat[:, None]) | {"values_N": flat[:1], "group_S": flat}
    for name, value in wrong.items():
        with pytest.raises(ValueError, match="must be flat, of shape"):
            TokenBatch(**{**tensors, name: value})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rewards_S": np.zeros(3)}, "rewards_S"),
        ({"rewards_S": np.array([0.0, math.inf])}, "finite or NaN"),
        ({"mask_N": np.ones(3, bool)}, "mask_N"),
        ({"old_values_N": np.ones(3)}, "old_values_N"),
        ({"reference_logprobs_N": np.ones(5)}, "reference_logprobs_N"),
    ],
)
def test_a_rollout_whose_parts_do_not_fit_is_refused(changes, message):
    fields = {
        "rewards_S": np.array([0.0, math.nan]),
        "group_S": np.array([0, 0]),
        "sequence_N": np.array([0, 0, 1, 1]),
        "mask_N": np.ones(4, bool),
    }
    Rollout(**fields)
    with pytest.raises(ValueError, match=message):
        Rollout(**{**fields, **changes})
