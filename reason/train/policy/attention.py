"""Exact attention over packed segments, shared prefixes included.

Segments of like length are padded into one batch for ``scaled_dot_product_attention``; padding stands behind
the real keys, where the causal mask hides it, and padded queries are never read. On a GPU in half precision
``varlen_attn`` takes the segments as they lie, without padding.

Sizes in the names: N packed tokens, H query heads, K key and value heads, D width of a head; in a bucket
B segments, Q queries and T keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from reason.train.policy.segments import Bucket, Spans, buckets_of

if TYPE_CHECKING:
    from reason.train.packing import Packed

__all__ = ["Attend", "packed_attention", "repeat_heads"]

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, query_N_H_D, key_N_K_D, value_N_K_D) -> out_N_H_D: how the tokens of a pass see each other."""


def packed_attention(packed: Packed, dtype: torch.dtype) -> Attend:
    """Return the attention of a packed batch; what it needs is computed once for all layers.

    Args:
        packed: The segments.
        dtype: Of queries, keys and values.
    """
    device, spans = packed.token_ids_N.device, Spans.of(packed)
    if device.type == "cuda" and dtype in (torch.bfloat16, torch.float16) and _has_varlen():
        return _varlen_attention(spans, device, dtype)
    buckets = buckets_of(spans)
    placed = [_PlacedBucket.of(bucket, device) for bucket in buckets]
    place_N = torch.from_numpy(_places(spans, buckets)).to(device)

    def attend(layer: int, query_N_H_D: Tensor, key_N_K_D: Tensor, value_N_K_D: Tensor) -> Tensor:
        heads = query_N_H_D.shape[1]
        key, value = repeat_heads(key_N_K_D, heads), repeat_heads(value_N_K_D, heads)
        return torch.cat([bucket.attend(query_N_H_D, key, value) for bucket in placed]).index_select(
            0, place_N
        )

    return attend


def repeat_heads(x_N_K_D: Tensor, num_heads: int) -> Tensor:
    """Repeat each key or value head for the query heads that it serves."""
    groups = num_heads // x_N_K_D.shape[1]
    return x_N_K_D if groups == 1 else x_N_K_D.repeat_interleave(groups, dim=1)


@dataclass(frozen=True, kw_only=True)
class _PlacedBucket:
    """A bucket on the device."""

    query_index_B_Q: Tensor
    key_index_B_T: Tensor
    mask_B_1_Q_T: Tensor | None
    """None where the plain causal mask will do: no segment has a prefix."""

    @classmethod
    def of(cls, bucket: Bucket, device: torch.device) -> _PlacedBucket:
        mask = torch.from_numpy(bucket.visible_B_Q_T()).to(device)[:, None] if bucket.prefixed else None
        return cls(
            query_index_B_Q=torch.from_numpy(bucket.query_index_B_Q).to(device),
            key_index_B_T=torch.from_numpy(bucket.key_index_B_T).to(device),
            mask_B_1_Q_T=mask,
        )

    def attend(self, query_N_H_D: Tensor, key_N_H_D: Tensor, value_N_H_D: Tensor) -> Tensor:
        query = _padded(query_N_H_D, self.query_index_B_Q)
        key, value = _padded(key_N_H_D, self.key_index_B_T), _padded(value_N_H_D, self.key_index_B_T)
        causal = self.mask_B_1_Q_T is None
        out = scaled_dot_product_attention(query, key, value, attn_mask=self.mask_B_1_Q_T, is_causal=causal)
        return out.transpose(1, 2).flatten(0, 1)


def _padded(x_N_H_D: Tensor, index_B_T: Tensor) -> Tensor:
    """Return ``(B, H, T, D)``: the tokens of each segment in a row."""
    picked = x_N_H_D.index_select(0, index_B_T.flatten())
    return picked.view(*index_B_T.shape, *x_N_H_D.shape[1:]).transpose(1, 2)


def _places(spans: Spans, buckets: list[Bucket]) -> NDArray[np.int64]:
    """Return where each token's row stands in the buckets' outputs, laid end to end."""
    place_N = np.empty(int(spans.length_S.sum()), dtype=np.int64)
    offset = 0
    for bucket in buckets:
        batch, queries = bucket.query_index_B_Q.shape
        own = np.arange(queries)[None] < bucket.length_B[:, None]
        place_N[bucket.query_index_B_Q[own]] = offset + np.flatnonzero(own)
        offset += batch * queries
    return place_N


def _has_varlen() -> bool:
    """Whether ``varlen_attn`` is there with ``window_size`` (torch 2.11; it had another signature before)."""
    version = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
    return version >= (2, 11)


def _varlen_attention(spans: Spans, device: torch.device, dtype: torch.dtype) -> Attend:
    """Attend on a GPU without padding; each segment's keys are its prefix's and its own, end to end.

    The kernel aligns the causal mask to the last key, so that a segment sees its prefix whole.
    """
    from torch.nn.attention.varlen import varlen_attn

    def offsets(lengths_S: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(np.concatenate([[0], np.cumsum(lengths_S)]).astype(np.int32)).to(device)

    cu_query, cu_key = offsets(spans.length_S), offsets(spans.keys_S)
    max_query, max_key = int(spans.length_S.max()), int(spans.keys_S.max())
    shared = bool(spans.prefix_length_S.any())
    key_index = torch.from_numpy(spans.key_index()).to(device) if shared else None

    def attend(layer: int, query_N_H_D: Tensor, key_N_K_D: Tensor, value_N_K_D: Tensor) -> Tensor:
        heads = query_N_H_D.shape[1]
        key, value = repeat_heads(key_N_K_D, heads), repeat_heads(value_N_K_D, heads)
        if key_index is not None:
            key, value = key.index_select(0, key_index), value.index_select(0, key_index)
        query, key, value = query_N_H_D.to(dtype), key.to(dtype), value.to(dtype)  # autocast leaves float32
        out = varlen_attn(query, key, value, cu_query, cu_key, max_query, max_key, window_size=(-1, 0))
        return out if isinstance(out, Tensor) else out[0]

    return attend
