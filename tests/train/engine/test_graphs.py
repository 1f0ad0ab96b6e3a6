import copy

import numpy as np
import pytest
import torch

from reason.errors import ConfigError
from reason.train.engine.eager import EagerEngine
from reason.train.engine.graphs import GraphEngine, batch_bucket, length_bucket
from reason.train.engine.protocol import Request


@pytest.mark.parametrize("bucket", [batch_bucket, length_bucket])
def test_buckets_hold_what_they_are_for_and_waste_at_most_half(bucket):
    buckets = [bucket(size) for size in range(1, 5000)]
    assert buckets == sorted(buckets)
    assert len(set(buckets)) < 100
    for size, held in enumerate(buckets, 1):
        assert held >= size
        assert bucket(held) == held
        assert held < 2 * size or held <= 128


class BucketEngine(EagerEngine):
    """The shapes of the graphs on the plain loop: all of them but the recording."""

    _batch_size = GraphEngine._batch_size
    _length = GraphEngine._length


def test_buckets_change_nothing_that_is_sampled(decoder):
    requests = [
        Request(
            id=index, token_ids=[index, 7], max_new_tokens=5 + index * 3 % 150, seed=index,
            top_k=0 if index < 30 else 9,
        )
        for index in range(40)
    ]  # fmt: skip
    found = []
    for engine in (
        BucketEngine(decoder, num_slots=23, max_length=140, steps_per_check=4),
        EagerEngine(decoder, num_slots=40, max_length=140),
    ):
        engine.submit(requests)
        turns = {}
        while engine.num_active:
            for completion in engine.step():
                turns[completion.id] = completion
                engine.release([completion.id])
        found.append(turns)
    assert found[0].keys() == found[1].keys() == {request.id for request in requests}
    for identity, completion in found[0].items():
        np.testing.assert_array_equal(completion.token_ids, found[1][identity].token_ids)
        np.testing.assert_allclose(completion.logprobs, found[1][identity].logprobs, atol=1e-4)


def test_it_says_that_it_needs_a_gpu(decoder):
    with pytest.raises(ConfigError, match="CUDA device, got cpu"):
        GraphEngine(decoder, num_slots=1, max_length=8)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_graphs_sample_what_the_plain_loop_samples(decoder):
    policy = copy.deepcopy(decoder).cuda()
    requests = [
        Request(
            id=index, token_ids=[index, 7], max_new_tokens=40, seed=index, stop_ids=frozenset({3 + index})
        )
        for index in range(40)
    ]
    found = []
    for engine in (
        GraphEngine(policy, num_slots=24, max_length=300),
        EagerEngine(policy, num_slots=24, max_length=300, steps_per_check=1),
    ):
        engine.submit(requests)
        turns = {}
        while engine.num_active:
            for completion in engine.step():
                turns[completion.id] = completion
                engine.release([completion.id])
        found.append(turns)
    assert found[0].keys() == found[1].keys()
    for identity, completion in found[0].items():
        np.testing.assert_array_equal(completion.token_ids, found[1][identity].token_ids)
        np.testing.assert_allclose(completion.logprobs, found[1][identity].logprobs, atol=1e-4)
