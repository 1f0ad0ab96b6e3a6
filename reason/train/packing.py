"""Packing: trajectories of any length as few flat batches, each shared prompt once.

Sizes in the names: N packed positions, S segments, M targets (tokens whose log-probability is wanted),
R trajectories of a micro-batch, T tokens of one trajectory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reason.train.bins import Item, first_fit

__all__ = ["MicroBatch", "Packed", "TokenSequence", "pack", "targets_of"]


class TokenSequence(Protocol):
    """What packing reads of a trajectory."""

    @property
    def token_ids_T(self) -> NDArray[np.int64]:
        """Every token of the episode, prompt and observations included."""

    @property
    def generated_T(self) -> NDArray[np.bool_]:
        """True where the policy sampled the token: these are the targets."""

    @property
    def prompt_length(self) -> int:
        """Leading tokens that other trajectories may share; none of them generated."""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Segments laid one after another, as a policy's forward pass takes them.

    Each token attends to the tokens of its own segment up to itself and, where its segment has a prefix, to
    the whole prefix segment; to nothing else. A prefix segment stands before the segments that use it and
    has no prefix itself.
    """

    token_ids_N: Tensor
    """int64."""
    position_ids_N: Tensor
    """int64: from 0 in a segment without a prefix, from the prefix's length in a segment with one."""
    cu_seqlens_S1: Tensor
    """int32: segment s is ``[cu_seqlens_S1[s], cu_seqlens_S1[s + 1])``; on the device of the tokens."""
    bounds_S1: tuple[int, ...]
    """The same numbers on the host."""
    prefix_of_S: tuple[int, ...]
    """Index of the segment that this one continues, or -1."""

    @property
    def num_segments(self) -> int:
        """S."""
        return len(self.prefix_of_S)

    @property
    def shares_prefixes(self) -> bool:
        """Whether any segment continues another; False is a plain packed batch."""
        return any(prefix >= 0 for prefix in self.prefix_of_S)

    def to(self, device: torch.device | str) -> Packed:
        """Return the same batch with its tensors on ``device``."""
        return replace(
            self,
            token_ids_N=self.token_ids_N.to(device),
            position_ids_N=self.position_ids_N.to(device),
            cu_seqlens_S1=self.cu_seqlens_S1.to(device),
        )


@dataclass(frozen=True, kw_only=True)
class MicroBatch:
    """A packed batch and the way back from its positions to the trajectories.

    Targets are ordered by trajectory, then by token. ``policy.hidden_states(packed)[hidden_index_M]`` are the
    hidden states that predict ``target_ids_M``.
    """

    packed: Packed
    trajectories_R: tuple[int, ...]
    """Which of the packed trajectories are in here, ascending."""
    hidden_index_M: Tensor
    """int64 in 0..N-1: the position whose hidden state predicts the target, that of the token before it;
    for the first token after a shared prefix, the last position of the prefix segment."""
    target_ids_M: Tensor
    """int64: the target tokens."""
    row_M: Tensor
    """int64 in 0..R-1: the target's trajectory in ``trajectories_R`` (``TokenBatch.sequence_N``)."""
    token_M: Tensor
    """int64: the target's index in its trajectory's tokens."""
    flat_M: Tensor
    """int64: the target's index in the flat arrays of the whole step (see ``targets_of``)."""

    def to(self, device: torch.device | str) -> MicroBatch:
        """Return the same micro-batch with its tensors on ``device``."""
        return replace(
            self,
            packed=self.packed.to(device),
            hidden_index_M=self.hidden_index_M.to(device),
            target_ids_M=self.target_ids_M.to(device),
            row_M=self.row_M.to(device),
            token_M=self.token_M.to(device),
            flat_M=self.flat_M.to(device),
        )


def targets_of(trajectories: Sequence[TokenSequence]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (trajectory, token) of every generated token, by trajectory, then by token.

    Arrays of a whole step (advantages, old log-probabilities) are flat in this order; a micro-batch picks its
    part with ``flat_M``.

    Args:
        trajectories: all those of the step.
    """
    tokens = [np.flatnonzero(trajectory.generated_T) for trajectory in trajectories]
    counts = [len(token_T) for token_T in tokens]
    sequence_F = np.repeat(np.arange(len(tokens), dtype=np.int64), counts)
    return sequence_F, np.concatenate([*tokens, np.empty(0, np.int64)]).astype(np.int64)


def pack(
    trajectories: Sequence[TokenSequence],
    max_tokens: int,
    *,
    shared_prefix: bool = True,
    together: Sequence[Hashable] | None = None,
) -> list[MicroBatch]:
    """Lay trajectories out in micro-batches: first fit, the largest first, the same input the same layout.

    With ``shared_prefix`` trajectories of one micro-batch that begin with the same prompt share one prefix
    segment. What comes after a trajectory's last target is left out, and so is a trajectory without target.

    Args:
        trajectories: All those of the step (of one rank).
        max_tokens: Positions that a micro-batch may hold.
        shared_prefix: Whether prompts are laid out once; else every segment is a whole trajectory.
        together: A key for each trajectory; those with equal keys go to the same micro-batch.

    Raises:
        ValueError: a trajectory (or those of one key) needs more than ``max_tokens``, generates its first
            token or one of its prompt, or has arrays of different lengths.
    """
    if together is not None and len(together) != len(trajectories):
        raise ValueError(f"together needs {len(trajectories)} keys, got {len(together)}")
    blocks: defaultdict[Hashable, list[Item]] = defaultdict(list)
    for index, trajectory in enumerate(trajectories):
        item = _item(index, trajectory, shared_prefix)
        if item is not None:
            blocks[index if together is None else together[index]].append(item)
    bins = first_fit(list(blocks.values()), max_tokens)
    counts = [int(np.count_nonzero(trajectory.generated_T)) for trajectory in trajectories]
    offsets = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    return [_lay_out(sorted(items, key=lambda item: item.index), trajectories, offsets) for items in bins]


def _item(index: int, trajectory: TokenSequence, shared_prefix: bool) -> Item | None:
    token_ids_T, generated_T = trajectory.token_ids_T, trajectory.generated_T
    if token_ids_T.shape != generated_T.shape or token_ids_T.ndim != 1:
        raise ValueError(
            f"trajectory {index}: token_ids_T {token_ids_T.shape} and generated_T {generated_T.shape} must be"
            " flat and of one length"
        )
    target_M = np.flatnonzero(generated_T)
    if not len(target_M):
        return None
    first, last = int(target_M[0]), int(target_M[-1])
    prompt_length = trajectory.prompt_length
    if first == 0 or first < prompt_length or prompt_length < 0:
        raise ValueError(
            f"trajectory {index}: generated tokens must come after a prompt of prompt_length={prompt_length}"
            f" and after at least one token, the first is token {first}"
        )
    shared = prompt_length if shared_prefix else 0
    prompt = np.ascontiguousarray(token_ids_T[:shared], dtype=np.int64).tobytes()
    return Item(index=index, prompt=prompt, prompt_length=shared, rest=last - shared)


class _Layout:
    """Segments as they are laid down."""

    def __init__(self) -> None:
        self.token_ids: list[NDArray[np.int64]] = []
        self.position_ids: list[NDArray[np.int64]] = []
        self.bounds = [0]
        self.prefix_of: list[int] = []

    def add(self, token_ids_T: NDArray[np.int64], first_position: int, prefix: int) -> int:
        """Append a segment and return where it starts."""
        start = self.bounds[-1]
        self.token_ids.append(token_ids_T)
        self.position_ids.append(np.arange(first_position, first_position + len(token_ids_T), dtype=np.int64))
        self.bounds.append(start + len(token_ids_T))
        self.prefix_of.append(prefix)
        return start

    def packed(self) -> Packed:
        return Packed(
            token_ids_N=torch.from_numpy(np.concatenate(self.token_ids).astype(np.int64)),
            position_ids_N=torch.from_numpy(np.concatenate(self.position_ids)),
            cu_seqlens_S1=torch.tensor(self.bounds, dtype=torch.int32),
            bounds_S1=tuple(self.bounds),
            prefix_of_S=tuple(self.prefix_of),
        )


def _lay_out(
    items: Sequence[Item], trajectories: Sequence[TokenSequence], offsets: NDArray[np.int64]
) -> MicroBatch:
    layout = _Layout()
    users = Counter(item.prompt for item in items if item.prompt)
    prefixes: dict[bytes, int] = {}
    hidden, token, flat = [], [], []
    for item in items:
        token_ids_T = trajectories[item.index].token_ids_T
        target_M = np.flatnonzero(trajectories[item.index].generated_T)
        length = item.prompt_length + item.rest
        if users[item.prompt] < 2:
            source_M = layout.add(token_ids_T[:length], 0, -1) + target_M - 1
        else:
            source_M = _after_prefix(layout, prefixes, item, token_ids_T[:length], target_M)
        hidden.append(source_M)
        token.append(target_M)
        flat.append(offsets[item.index] + np.arange(len(target_M)))
    ids = [trajectories[item.index].token_ids_T[token_M] for item, token_M in zip(items, token, strict=True)]
    return MicroBatch(
        packed=layout.packed(),
        trajectories_R=tuple(item.index for item in items),
        hidden_index_M=_tensor(hidden),
        target_ids_M=_tensor(ids),
        row_M=_tensor([np.full(len(token_M), row) for row, token_M in enumerate(token)]),
        token_M=_tensor(token),
        flat_M=_tensor(flat),
    )


def _after_prefix(
    layout: _Layout,
    prefixes: dict[bytes, int],
    item: Item,
    token_ids_T: NDArray[np.int64],
    target_M: NDArray[np.intp],
) -> NDArray[np.intp]:
    """Lay what follows the prompt (the prompt too, the first time); return where each target is predicted."""
    if item.prompt not in prefixes:
        prefixes[item.prompt] = len(layout.prefix_of)
        layout.add(token_ids_T[: item.prompt_length], 0, -1)
    prefix = prefixes[item.prompt]
    last_of_prefix = layout.bounds[prefix + 1] - 1
    if not item.rest:
        return np.full(len(target_M), last_of_prefix)
    start = layout.add(token_ids_T[item.prompt_length :], item.prompt_length, prefix)
    return np.where(target_M == item.prompt_length, last_of_prefix, start + target_M - 1 - item.prompt_length)


def _tensor(arrays: Sequence[NDArray[Any]]) -> Tensor:
    return torch.from_numpy(np.concatenate(arrays).astype(np.int64))
