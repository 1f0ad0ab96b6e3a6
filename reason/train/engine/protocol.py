"""What the rollout knows of an engine: sequences go in as tokens, and come out as tokens."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from reason.errors import ConfigError
from reason.train.policy.protocol import Policy

__all__ = ["Completion", "Engine", "Request"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """Tokens to append to a sequence, and how to sample its next turn.

    Requests of one ``submit`` that begin with the same prompt share its prefill: a group of G members is
    G requests with equal ``token_ids``, ids and seeds of their own, submitted together.
    """

    id: Hashable
    """The sequence's name, unique until it is released."""
    token_ids: Sequence[int] | NDArray[np.int64]
    """The new tokens: a prompt, or an observation after ``parent``'s tokens (there, none is possible too)."""
    parent: Hashable | None = None
    """The finished sequence that this one goes on from, without computing its past again: its own id to
    continue it, another's to fork it (that one stays as it is). None begins a new sequence."""
    max_new_tokens: int
    """Most tokens to sample; the sequence then finishes as ``length``."""
    stop_ids: frozenset[int] = frozenset()
    """Ids that end the turn; the one sampled is the turn's last token."""
    temperature: float = 1.0
    """Divides the logits; 0 takes the likeliest token."""
    top_p: float = 1.0
    """Samples among the likeliest tokens that together have at least this probability; 1 is all."""
    top_k: int = 0
    """Samples among this many likeliest tokens; 0 is all."""
    seed: int = 0
    """Names the random stream of this turn: same seed and same logits, same tokens, whatever else is in
    the batch."""

    def __post_init__(self) -> None:
        """Check what can be checked without the engine."""
        if self.parent is None and len(self.token_ids) == 0:
            raise ConfigError(
                f"token_ids must not be empty for a sequence without a parent, got id {self.id!r}"
            )
        if self.max_new_tokens < 1:
            raise ConfigError(f"max_new_tokens must be at least 1, got {self.max_new_tokens}")
        if not 0 <= self.temperature < float("inf"):
            raise ConfigError(f"temperature must be finite and not negative, got {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"top_p must be in (0, 1], got {self.top_p}")
        if self.top_k < 0:
            raise ConfigError(f"top_k must not be negative, got {self.top_k}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Completion:
    """One sampled turn."""

    id: Hashable
    """The sequence's name."""
    token_ids: NDArray[np.int64]
    """What was sampled, the stop id included; empty where the sequence had no room for one token more."""
    logprobs: NDArray[np.float32]
    """Log-probability of each token under ``softmax(logits / temperature)``, not truncated by ``top_p``
    and ``top_k``; at temperature 0, under ``softmax(logits)``."""
    finish: Literal["stop", "length"]
    """Whether a stop id was sampled, or the turn ran out of tokens (or of room in the cache)."""


class Engine(Protocol):
    """Continuous decoding of named sequences.

    ::

        engine.submit([Request(id=member, token_ids=prompt, seed=..., max_new_tokens=64) for member in ...])
        while engine.num_active or engine.num_waiting:
            for completion in engine.step():
                ...                                     # play it; then either go on or give the room back
                engine.submit([Request(id=completion.id, parent=completion.id, token_ids=observation, ...)])
                engine.release([completion.id])

    A finished sequence keeps its room until it is released, and so do its tokens in the cache. Sequences
    for which there is no room wait, first come first served: a caller that submits more than fit must
    continue or release finished ones for the others to start.
    """

    @property
    def num_active(self) -> int:
        """Sequences that the next step advances, those that it can let in included."""

    @property
    def num_waiting(self) -> int:
        """Sequences that wait for room."""

    def submit(self, requests: Sequence[Request]) -> None:
        """Take sequences in; they start with the next :meth:`step`.

        Raises:
            ConfigError: an id is in use, or a parent is unknown or still being sampled.
        """

    def step(self) -> list[Completion]:
        """Advance all active sequences by one or more tokens; return those that finished (perhaps none)."""

    def release(self, ids: Iterable[Hashable]) -> None:
        """Forget sequences, whatever state they are in, and free their room.

        Raises:
            ConfigError: an id is unknown.
        """

    def load_weights(self, policy: Policy) -> None:
        """Sample from these weights from now on; costs nothing where the engine shares the policy's own.

        What unreleased sequences have in the cache stays as the old weights computed it.
        """
