"""Engines of other libraries: each turn is generated from the whole sequence, kept here as tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reason.errors import ConfigError
from reason.train.engine.protocol import Completion, Request
from reason.train.engine.scheduler import check_requests
from reason.train.policy.protocol import Policy

__all__ = ["Prompt", "ReplayEngine", "Sampled"]

Sampled = tuple[Sequence[int], Sequence[float]]
"""Tokens and their log-probabilities."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prompt:
    """What a turn is generated from."""

    token_ids: NDArray[np.int64]
    """The whole sequence so far."""
    limit: int
    """Most tokens to sample."""
    request: Request


@dataclass(kw_only=True, eq=False)
class _Held:
    token_ids: NDArray[np.int64]
    request: Request
    busy: bool = True


class ReplayEngine(ABC):
    """Keeps the sequences, and leaves it to a library to generate whole turns from them."""

    def __init__(self, *, max_sequences: int, max_length: int, vocab_size: int) -> None:
        """Begin without a sequence.

        Args:
            max_sequences: Turns that are generated at once.
            max_length: Tokens of the longest sequence.
            vocab_size: Token ids are below it.
        """
        if max_sequences < 1 or max_length < 2:
            raise ConfigError(
                "max_sequences must be at least 1 and max_length at least 2, "
                f"got {max_sequences} and {max_length}"
            )
        self._max_sequences, self._max_length, self._vocab_size = max_sequences, max_length, vocab_size
        self._sequences: dict[Hashable, _Held] = {}
        self._queue: list[Hashable] = []

    @abstractmethod
    def _generate(self, prompts: Sequence[Prompt]) -> list[Sampled]:
        """Return a turn for each prompt; at its first stop id or its limit it ends."""

    @abstractmethod
    def load_weights(self, policy: Policy) -> None:
        """Sample from these weights from now on."""

    @property
    def num_active(self) -> int:
        """Turns that the next step generates."""
        return min(len(self._queue), self._max_sequences)

    @property
    def num_waiting(self) -> int:
        """Turns that come after it."""
        return len(self._queue) - self.num_active

    def submit(self, requests: Sequence[Request]) -> None:
        """Take sequences in; they are generated with the next steps."""
        check_requests(requests, self._sequences, self._vocab_size)
        pasts = {
            request.parent: self._sequences[request.parent].token_ids
            for request in requests
            if request.parent is not None
        }
        for request in requests:
            new = np.asarray(request.token_ids, dtype=np.int64)
            past = pasts[request.parent] if request.parent is not None else new[:0]
            self._sequences[request.id] = _Held(token_ids=np.concatenate((past, new)), request=request)
            self._queue.append(request.id)

    def step(self) -> list[Completion]:
        """Generate the turns of as many sequences as fit, whole."""
        ids, self._queue = self._queue[: self._max_sequences], self._queue[self._max_sequences :]
        rooms = {identity: self._max_length - len(self._sequences[identity].token_ids) for identity in ids}
        prompts = [self._prompt(identity, room) for identity, room in rooms.items() if room > 0]
        sampled: dict[Hashable, Sampled] = dict.fromkeys(ids, ((), ()))
        if prompts:
            turns = self._generate(prompts)
            sampled.update({prompt.request.id: turn for prompt, turn in zip(prompts, turns, strict=True)})
        return [self._finish(identity, *turn) for identity, turn in sampled.items()]

    def _prompt(self, identity: Hashable, room: int) -> Prompt:
        held = self._sequences[identity]
        limit = min(room, held.request.max_new_tokens)
        return Prompt(token_ids=held.token_ids, limit=limit, request=held.request)

    def _finish(self, identity: Hashable, token_ids: Sequence[int], logprobs: Sequence[float]) -> Completion:
        held = self._sequences[identity]
        tokens = np.asarray(token_ids, dtype=np.int64)
        held.token_ids, held.busy = np.concatenate((held.token_ids, tokens)), False
        return Completion(
            id=identity,
            token_ids=tokens,
            logprobs=np.asarray(logprobs, dtype=np.float32),
            finish="stop" if len(tokens) and int(tokens[-1]) in held.request.stop_ids else "length",
        )

    def release(self, ids: Iterable[Hashable]) -> None:
        """Forget sequences."""
        leaving = set(ids)
        unknown = leaving - self._sequences.keys()
        if unknown:
            raise ConfigError(f"ids must be of sequences that are not released, got {next(iter(unknown))!r}")
        for identity in leaving:
            del self._sequences[identity]
        self._queue = [identity for identity in self._queue if identity not in leaving]
