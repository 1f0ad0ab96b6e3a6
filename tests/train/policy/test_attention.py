"""Attention of packed segments against a dense mask over all tokens, in float64."""

import math

import numpy as np
import pytest
import torch

from reason.train.policy.attention import _varlen_attention, packed_attention
from reason.train.policy.segments import Spans

NUM_HEADS, NUM_KV_HEADS, HEAD_DIM = 6, 2, 8


def dense(packed, query, key, value) -> torch.Tensor:
    """Every pair of tokens, allowed or not by the words of ``Packed``'s docstring."""
    bounds = packed.bounds_S1
    segment_N = np.repeat(np.arange(packed.num_segments), np.diff(bounds))
    allowed = np.zeros((len(segment_N), len(segment_N)), dtype=bool)
    for i, own in enumerate(segment_N):
        for j, other in enumerate(segment_N):
            allowed[i, j] = (own == other and j <= i) or packed.prefix_of_S[own] == other
    group = NUM_HEADS // NUM_KV_HEADS
    key, value = (x.double().repeat_interleave(group, dim=1) for x in (key, value))
    scores = torch.einsum("ihd,jhd->hij", query.double(), key) / math.sqrt(HEAD_DIM)
    weights = scores.masked_fill(~torch.from_numpy(allowed), -torch.inf).softmax(-1)
    return torch.einsum("hij,jhd->ihd", weights, value).float()


def tensors(packed) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    count = len(packed.token_ids_N)
    return [
        torch.randn(count, heads, HEAD_DIM, generator=generator)
        for heads in (NUM_HEADS, NUM_KV_HEADS, NUM_KV_HEADS)
    ]


LAYOUTS = {
    "one": ([5], [-1]),
    "plain": ([1, 70, 3, 40, 2], [-1] * 5),
    "shared": ([10, 3, 1, 50, 7, 60, 2, 9], [-1, 0, 0, 0, -1, -1, 5, 5]),
    "long": ([3, 100, 4, 90], [-1, 0, -1, 2]),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_packed_attention_is_attention_under_the_dense_mask(name, lay_out):
    lengths, prefix_of = LAYOUTS[name]
    packed = lay_out([[1] * length for length in lengths], prefix_of)
    query, key, value = tensors(packed)
    found = packed_attention(packed, torch.float32)(0, query, key, value)
    torch.testing.assert_close(found, dense(packed, query, key, value), atol=1e-5, rtol=1e-5)


def documented_varlen(query, key, value, cu_query, cu_key, max_query, max_key, *, window_size):
    """What ``varlen_attn`` is documented to compute; it runs on a GPU only."""
    assert window_size == (-1, 0)
    assert cu_query.dtype == cu_key.dtype == torch.int32
    assert max_query == cu_query.diff().max()
    assert max_key == cu_key.diff().max()
    outs = []
    for (q0, q1), (k0, k1) in zip(
        cu_query.unfold(0, 2, 1).tolist(), cu_key.unfold(0, 2, 1).tolist(), strict=True
    ):
        scores = torch.einsum("ihd,jhd->hij", query[q0:q1], key[k0:k1]) / math.sqrt(query.shape[2])
        seen = torch.ones(q1 - q0, k1 - k0).tril(diagonal=(k1 - k0) - (q1 - q0)).bool()
        weights = scores.masked_fill(~seen, -torch.inf).softmax(-1)
        outs.append(torch.einsum("hij,jhd->ihd", weights, value[k0:k1]))
    return torch.cat(outs)


@pytest.mark.parametrize("name", LAYOUTS)
def test_what_is_handed_to_varlen_attention_describes_the_segments(name, lay_out, monkeypatch):
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", documented_varlen)
    lengths, prefix_of = LAYOUTS[name]
    packed = lay_out([[1] * length for length in lengths], prefix_of)
    query, key, value = tensors(packed)
    attend = _varlen_attention(Spans.of(packed), torch.device("cpu"), torch.float32)
    torch.testing.assert_close(
        attend(0, query, key, value), dense(packed, query, key, value), atol=1e-5, rtol=1e-5
    )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_packed_attention_on_a_gpu(name, dtype, lay_out):
    lengths, prefix_of = LAYOUTS[name]
    packed = lay_out([[1] * length for length in lengths], prefix_of)
    query, key, value = (tensor.to(dtype) for tensor in tensors(packed))
    on_gpu = packed.to("cuda")
    found = packed_attention(on_gpu, dtype)(0, query.cuda(), key.cuda(), value.cuda())
    tolerance = 1e-4 if dtype == torch.float32 else 3e-2
    expected = dense(packed, query, key, value)
    torch.testing.assert_close(found.float().cpu(), expected, atol=tolerance, rtol=tolerance)
