"""The static cache of keys and values: one slot a sequence, all of one length.

Sizes in the names: S slots, B rows in use (slots 0 to B - 1), H query heads, K key and value heads, T places
in a slot, D width of a head, N new tokens, Q new tokens of the longest row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from reason.train.policy.attention import Attend
from reason.train.policy.shape import DecoderConfig

__all__ = ["Extension", "KeyValueCache"]


@dataclass(frozen=True, kw_only=True)
class Extension:
    """Tokens to append to a slot, whose keys and values are to be computed."""

    slot: int
    past: int
    """Tokens in the slot already."""
    token_ids: NDArray[np.int64]


class KeyValueCache:
    """Keys and values of every layer."""

    def __init__(
        self,
        config: DecoderConfig,
        *,
        num_slots: int,
        max_length: int,
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        """Allocate it once and for all.

        Args:
            config: Of the decoder.
            num_slots: Sequences that it holds.
            max_length: Tokens of the longest one.
            dtype: Of keys and values.
            device: Where they are.
        """
        # Zeros, since a NaN in a place that nobody sees would still spread through a masked product.
        self._data = torch.zeros(
            (config.num_layers, 2, num_slots, config.num_kv_heads, max_length, config.head_dim),
            dtype=dtype,
            device=device,
        )
        self._place_T = torch.arange(max_length, device=device)
        self._slot_S = torch.arange(num_slots, device=device)

    def decoding(self, batch: int, length: int, position_B: Tensor) -> Attend:
        """Return the attention of one new token a row: it is written to its place and sees those up to it.

        Args:
            batch: Rows.
            length: Places to look at; above every position that counts.
            position_B: Place of each row's token.
        """
        slot_B = self._slot_S[:batch]
        mask_B_1_1_T = (self._place_T[:length] <= position_B[:, None])[:, None, None]

        def attend(layer: int, query_B_H_D: Tensor, key_B_K_D: Tensor, value_B_K_D: Tensor) -> Tensor:
            keys, values = self._data[layer, 0, :batch], self._data[layer, 1, :batch]
            keys[slot_B, :, position_B] = key_B_K_D
            values[slot_B, :, position_B] = value_B_K_D
            # The heads that share a key stand as queries of one head: no key is repeated.
            grouped = query_B_H_D.view(batch, keys.shape[1], -1, query_B_H_D.shape[2])
            out = scaled_dot_product_attention(
                grouped, keys[:, :, :length], values[:, :, :length], attn_mask=mask_B_1_1_T
            )
            return out.reshape(query_B_H_D.shape)

        return attend

    def extending(self, extensions: Sequence[Extension]) -> tuple[Tensor, Tensor, Attend]:
        """Return new tokens end to end, their positions, and the attention that writes and reads the cache.

        Args:
            extensions: Of different slots.
        """
        device = self._data.device
        length_B = np.array([len(extension.token_ids) for extension in extensions])
        past_B = np.array([extension.past for extension in extensions])
        row_N = np.repeat(np.arange(len(extensions)), length_B)
        query_N = np.arange(len(row_N)) - np.repeat(np.cumsum(length_B) - length_B, length_B)
        queries, length = int(length_B.max()), int((past_B + length_B).max())
        slot_B = self._slot_S[torch.tensor([extension.slot for extension in extensions], device=device)]
        place_N = torch.from_numpy(row_N * queries + query_N).to(device)
        slot_N = slot_B[torch.from_numpy(row_N).to(device)]
        position_N = torch.from_numpy(past_B[row_N] + query_N).to(device)
        last_B_Q = torch.from_numpy(past_B[:, None] + np.arange(queries)).to(device)
        mask_B_1_Q_1_T = (self._place_T[:length] <= last_B_Q[:, :, None])[:, None, :, None]

        def attend(layer: int, query_N_H_D: Tensor, key_N_K_D: Tensor, value_N_K_D: Tensor) -> Tensor:
            keys, values = self._data[layer, 0], self._data[layer, 1]
            keys[slot_N, :, position_N] = key_N_K_D
            values[slot_N, :, position_N] = value_N_K_D
            batch, kv_heads, width = len(length_B), keys.shape[1], query_N_H_D.shape[2]
            group = query_N_H_D.shape[1] // kv_heads
            padded = query_N_H_D.new_zeros(batch * queries, kv_heads, group, width)
            padded[place_N] = query_N_H_D.view(-1, kv_heads, group, width)
            padded = padded.view(batch, queries, kv_heads, group, width).transpose(1, 2)
            out = scaled_dot_product_attention(
                padded.flatten(2, 3),
                keys[:, :, :length].index_select(0, slot_B),
                values[:, :, :length].index_select(0, slot_B),
                attn_mask=mask_B_1_Q_1_T.expand(-1, -1, -1, group, -1).flatten(2, 3),
            )
            out = out.view(batch, kv_heads, queries, group, width).transpose(1, 2)
            return out.reshape(batch * queries, *query_N_H_D.shape[1:]).index_select(0, place_N)

        token_ids_N = np.concatenate([extension.token_ids for extension in extensions])
        return torch.from_numpy(token_ids_N).to(device), position_N, attend

    def copy(self, sources: Sequence[int], targets: Sequence[int], length: int) -> None:
        """Copy the first places of some slots to others; a slot may be a source and a target at once.

        Args:
            sources: Slots to read.
            targets: Slots to write, each once.
            length: Places to copy.
        """
        device = self._data.device
        source, target = torch.tensor(sources, device=device), torch.tensor(targets, device=device)
        self._data[:, :, target, :, :length] = self._data[:, :, :, :, :length].index_select(2, source)
