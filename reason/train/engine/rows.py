"""What the device knows of each slot's turn: its next token, where it stands, how it is sampled.

A step changes these tensors in place and asks the host nothing, so that steps can follow each other, and be
recorded, without waiting. Sizes in the names: S slots, B rows of the step, T places, M stop ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reason.train.engine.protocol import Request
from reason.train.engine.sampling import sample, signed, uniform

__all__ = ["Rows", "Turn"]

NO_STOP = -1


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A turn to begin."""

    slot: int
    pending: int
    """The last token of the sequence: not yet in the cache, and what the first step reads."""
    position: int
    """Its place."""
    limit: int
    """Most tokens to sample, from the request and from what room is left."""
    request: Request


class Rows:
    """The state of all slots, as tensors."""

    def __init__(self, *, num_slots: int, max_length: int, device: torch.device) -> None:
        """Allocate the tensors once and for all, save that of the stop ids, which grows.

        Args:
            num_slots: S.
            max_length: Tokens of the longest sequence.
            device: Where they are.
        """
        self._device = device

        def integers(fill: int = 0) -> Tensor:
            return torch.full((num_slots,), fill, dtype=torch.int64, device=device)

        self.pending_S, self.position_S = integers(), integers()
        self._generated_S, self._limit_S, self._seed_S, self._top_k_S = (integers() for _ in range(4))
        self._temperature_S = torch.ones(num_slots, device=device)
        self._top_p_S = torch.ones(num_slots, device=device)
        self._active_S = torch.zeros(num_slots, dtype=torch.bool, device=device)
        self._stop_S_M = torch.full((num_slots, 1), NO_STOP, dtype=torch.int64, device=device)
        self._tokens_S_T = torch.zeros((num_slots, max_length + 1), dtype=torch.int64, device=device)
        self._logprobs_S_T = torch.zeros((num_slots, max_length + 1), device=device)
        self._slot_S = torch.arange(num_slots, device=device)

    def begin(self, turns: Sequence[Turn]) -> bool:
        """Set the rows of some turns up.

        Returns:
            Whether a tensor was replaced, so that what was recorded over the old one is of no use.
        """
        requests = [turn.request for turn in turns]
        widest = max(len(request.stop_ids) for request in requests)
        replaced = widest > self._stop_S_M.shape[1]
        if replaced:
            grown = self._stop_S_M.new_full((len(self._stop_S_M), widest), NO_STOP)
            grown[:, : self._stop_S_M.shape[1]] = self._stop_S_M
            self._stop_S_M = grown
        width = self._stop_S_M.shape[1]
        stops = [(*request.stop_ids, *(NO_STOP,) * (width - len(request.stop_ids))) for request in requests]
        columns: list[tuple[Tensor, list[int] | list[float] | list[tuple[int, ...]]]] = [
            (self.pending_S, [turn.pending for turn in turns]),
            (self.position_S, [turn.position for turn in turns]),
            (self._limit_S, [turn.limit for turn in turns]),
            (self._seed_S, [signed(request.seed) for request in requests]),
            (self._top_k_S, [request.top_k for request in requests]),
            (self._temperature_S, [request.temperature for request in requests]),
            (self._top_p_S, [request.top_p for request in requests]),
            (self._stop_S_M, stops),
        ]
        slots = torch.tensor([turn.slot for turn in turns], device=self._device)
        for column, values in columns:
            column[slots] = torch.tensor(values, dtype=column.dtype, device=self._device)
        self._generated_S[slots] = 0
        self._active_S[slots] = True
        return replaced

    def record(self, logits_B_V: Tensor, *, truncated: bool) -> None:
        """Sample a token of each row and take it down, in place.

        Args:
            logits_B_V: float32.
            truncated: Whether any row has a ``top_p`` or ``top_k``.
        """
        batch = len(logits_B_V)
        active, generated = self._active_S[:batch], self._generated_S[:batch]
        token, logprob = sample(
            logits_B_V,
            uniform(self._seed_S[:batch], generated),
            self._temperature_S[:batch],
            top_p_B=self._top_p_S[:batch] if truncated else None,
            top_k_B=self._top_k_S[:batch] if truncated else None,
        )
        # A row that is not active writes behind its turn's last token, where nobody reads.
        slot = self._slot_S[:batch]
        self._tokens_S_T[slot, generated] = token
        self._logprobs_S_T[slot, generated] = logprob
        self.pending_S[:batch].copy_(torch.where(active, token, self.pending_S[:batch]))
        self.position_S[:batch].add_(active)
        generated.add_(active)
        stopped = (self._stop_S_M[:batch] == token[:, None]).any(dim=1)
        active.logical_and_(~(stopped | (generated >= self._limit_S[:batch])))

    def finished(self, decoding_B: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return which of the rows that were decoding are not any more; waits for the device."""
        active_B = self._active_S[: len(decoding_B)].cpu().numpy()
        return np.flatnonzero(decoding_B & ~active_B)

    def read(
        self, slots: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Return how many tokens the slots' turns have, the tokens, and their log-probabilities."""
        index = torch.from_numpy(slots).to(self._device)
        count = self._generated_S[index].cpu().numpy()
        longest = int(count.max())
        tokens = self._tokens_S_T[:, :longest].index_select(0, index).cpu().numpy()
        return count, tokens, self._logprobs_S_T[:, :longest].index_select(0, index).cpu().numpy()

    def copy(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Copy the state of some slots to others; a slot may be a source and a target at once."""
        source, target = (torch.tensor(slots, device=self._device) for slots in (sources, targets))
        for tensor in (
            self.pending_S, self.position_S, self._generated_S, self._limit_S, self._seed_S, self._top_k_S,
            self._temperature_S, self._top_p_S, self._active_S, self._stop_S_M, self._tokens_S_T,
            self._logprobs_S_T,
        ):  # fmt: skip
            tensor[target] = tensor[source]
