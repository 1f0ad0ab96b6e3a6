"""Continuous decoding on our own decoder: a plain loop over a static cache, on CPU or GPU.

A step lets waiting turns in (computing each new prompt once, whatever the number of its group), then samples
one token of every turn at once. A sequence's last token is never in the cache: the next step reads it. So a
prompt's prefill needs no logits, and a turn that goes on reads its last token together with the observation.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from reason.errors import ConfigError
from reason.train.engine.cache import Extension, KeyValueCache
from reason.train.engine.protocol import Completion, Request
from reason.train.engine.rows import Rows, Turn
from reason.train.engine.scheduler import Entry, Scheduler
from reason.train.policy.decoder import Decoder
from reason.train.policy.protocol import Policy

__all__ = ["EagerEngine"]

PREFILL_TOKENS = 8192
"""Most tokens, padding included, whose keys and values are computed at once."""
CHUNK = 2048
"""Most of them from one sequence: longer prompts come in pieces."""
MAX_PAIRS = 1 << 26
"""Most pairs of query and key in one prefill: bounds the memory of its mask."""


class EagerEngine:
    """Samples from a decoder whose weights it shares."""

    def __init__(
        self, policy: Policy, *, num_slots: int, max_length: int, steps_per_check: int | None = None
    ) -> None:
        """Allocate the cache.

        Args:
            policy: A :class:`~reason.train.policy.decoder.Decoder`; the engine samples from its weights as
                they are at each step.
            num_slots: Sequences in the cache at once, those that wait for their environment included.
            max_length: Tokens of the longest sequence, its prompt and all turns included.
            steps_per_check: Tokens that every row advances before the host looks which turns have ended; None
                is 1 on a CPU, and 4 on a GPU, where looking costs more than a few tokens too many.

        Raises:
            ConfigError: another kind of policy, or a number that cannot be.
        """
        if not isinstance(policy, Decoder):
            raise ConfigError(f"policy must be a Decoder for this engine, got {type(policy).__name__}")
        if num_slots < 1 or max_length < 2:
            raise ConfigError(
                f"num_slots must be at least 1 and max_length at least 2, got {num_slots} and {max_length}"
            )
        if max_length > policy.config.max_position:
            raise ConfigError(
                f"max_length must be at most the policy's max_position={policy.config.max_position}, "
                f"got {max_length}"
            )
        weight = policy.embed_tokens.weight
        self._policy, self._max_length = policy, max_length
        self._steps_per_check = steps_per_check or (1 if weight.device.type == "cpu" else 4)
        self._cache = KeyValueCache(
            policy.config,
            num_slots=num_slots,
            max_length=max_length,
            dtype=weight.dtype,
            device=weight.device,
        )
        self._rows = Rows(num_slots=num_slots, max_length=max_length, device=weight.device)
        self._scheduler = Scheduler(
            num_slots=num_slots, max_length=max_length, vocab_size=policy.config.vocab_size
        )
        self._decoding_S = np.zeros(num_slots, dtype=np.bool_)
        self._position_S = np.zeros(num_slots, dtype=np.int64)
        self._truncated_S = np.zeros(num_slots, dtype=np.bool_)

    @property
    def num_active(self) -> int:
        """Sequences that the next step advances, those that it can let in included."""
        return int(self._decoding_S.sum()) + self._scheduler.num_ready

    @property
    def num_waiting(self) -> int:
        """Sequences that wait for a slot."""
        return self._scheduler.num_waiting

    def submit(self, requests: Sequence[Request]) -> None:
        """Take sequences in; they start with the next step."""
        self._scheduler.submit(requests)

    def release(self, ids: Iterable[Hashable]) -> None:
        """Forget sequences and free their slots."""
        # The device may go on with a row that was being sampled, up to its limit: nobody reads it.
        self._decoding_S[self._scheduler.release(ids)] = False

    @torch.no_grad()
    def load_weights(self, policy: Policy) -> None:
        """Sample from these weights: they are copied unless they are the engine's own."""
        if policy is not self._policy:
            own = dict(self._policy.named_parameters())
            for name, parameter in policy.named_parameters():
                own[name].copy_(parameter)
        self._scheduler.forget_prompts()

    @torch.no_grad()
    def step(self) -> list[Completion]:
        """Let turns in, advance all of them, and return those that ended."""
        admission = self._scheduler.admit()
        self._copy(admission.copies)
        for batch in _prefill_batches(admission.extensions):
            token_ids_N, position_ids_N, attend = self._cache.extending(batch)
            self._policy.advance(token_ids_N, position_ids_N, attend)
        self._copy(admission.shares)
        if admission.turns:
            self._begin(admission.turns)
        completions = [self._completion(entry, []) for entry in admission.too_long]
        if self._decoding_S.any():
            self._compact()
            self._decode()
            completions += self._collect()
        return completions

    def _copy(self, copies: Sequence[tuple[int, int, int]]) -> None:
        """Copy slots of the cache, those that read equally many places together."""
        for places in sorted({copy[2] for copy in copies}):
            pairs = [(source, target) for source, target, length in copies if length == places]
            sources, targets = zip(*pairs, strict=True)
            self._cache.copy(sources, targets, places)

    def _begin(self, turns: Sequence[Turn]) -> bool:
        """Set turns up; say whether that replaced a tensor that steps use."""
        replaced = self._rows.begin(turns)
        slots = [turn.slot for turn in turns]
        self._decoding_S[slots] = True
        self._position_S[slots] = [turn.position for turn in turns]
        self._truncated_S[slots] = [turn.request.top_p < 1 or turn.request.top_k > 0 for turn in turns]
        return replaced

    def _compact(self) -> None:
        """Move turns to low slots where the step can then run over a much smaller batch."""
        count = int(self._decoding_S.sum())
        highest = int(np.flatnonzero(self._decoding_S)[-1])
        if 3 * self._batch_size(highest + 1) <= 4 * self._batch_size(count):
            return
        movers = np.flatnonzero(self._decoding_S[count:]) + count
        places = np.flatnonzero(~self._decoding_S[:count])
        for source, target in zip(movers.tolist(), places.tolist(), strict=True):
            self._scheduler.exchange(source, target)
        sources, targets = [*movers, *places], [*places, *movers]
        self._cache.copy(sources, targets, self._length(int(self._position_S.max()) + 1))
        self._rows.copy(sources, targets)
        for array in (self._decoding_S, self._position_S, self._truncated_S):
            array[targets] = array[sources]

    def _batch_size(self, rows: int) -> int:
        """Return the rows that a step runs over, so that ``rows`` are among them."""
        return min(-(-rows // 16) * 16, len(self._decoding_S))

    def _length(self, places: int) -> int:
        """Return the places of the cache that a step looks at, so that ``places`` are among them."""
        return min(places, self._max_length)

    def _decode(self) -> None:
        rows = np.flatnonzero(self._decoding_S)
        batch = self._batch_size(int(rows[-1]) + 1)
        length = self._length(int(self._position_S[rows].max()) + self._steps_per_check)
        truncated = bool(self._truncated_S[rows].any())
        for _ in range(self._steps_per_check):
            self._advance(batch, length, truncated)
        self._position_S[rows] += self._steps_per_check

    def _advance(self, batch: int, length: int, truncated: bool) -> None:
        """Sample a token of each of the first rows; changes tensors in place, and asks the host nothing."""
        position_B = self._rows.position_S[:batch]
        attend = self._cache.decoding(batch, length, position_B)
        hidden_B_D = self._policy.advance(self._rows.pending_S[:batch], position_B, attend)
        logits_B_V = hidden_B_D @ self._policy.output_weight_V_D.T
        self._rows.record(logits_B_V.float(), truncated=truncated)

    def _collect(self) -> list[Completion]:
        finished = self._rows.finished(self._decoding_S)
        if not len(finished):
            return []
        self._decoding_S[finished] = False
        counts, tokens, logprobs = self._rows.read(finished)
        entries = [self._scheduler.holders[slot] for slot in finished.tolist()]
        return [
            self._completion(entry, tokens[row, :count].copy(), logprobs[row, :count].copy())
            for row, (entry, count) in enumerate(zip(entries, counts.tolist(), strict=True))
        ]

    def _completion(
        self,
        entry: Entry,
        token_ids: NDArray[np.int64] | Sequence[int],
        logprobs: NDArray[np.float32] | Sequence[float] = (),
    ) -> Completion:
        tokens = np.asarray(token_ids, dtype=np.int64)
        self._scheduler.finish(entry, tokens)
        stopped = len(tokens) > 0 and int(tokens[-1]) in entry.request.stop_ids
        return Completion(
            id=entry.id,
            token_ids=tokens,
            logprobs=np.asarray(logprobs, dtype=np.float32),
            finish="stop" if stopped else "length",
        )


def _prefill_batches(extensions: Sequence[Extension]) -> Iterator[list[Extension]]:
    """Divide new tokens into batches of like length that fit; a sequence's pieces come in order."""
    wave = list(extensions)
    while wave:
        later = []
        pieces = []
        for extension in wave:
            head, tail = extension.token_ids[:CHUNK], extension.token_ids[CHUNK:]
            pieces.append(Extension(slot=extension.slot, past=extension.past, token_ids=head))
            if len(tail):
                later.append(Extension(slot=extension.slot, past=extension.past + CHUNK, token_ids=tail))
        batch: list[Extension] = []
        longest = 0
        for piece in sorted(pieces, key=lambda piece: len(piece.token_ids), reverse=True):
            seen = max(longest, piece.past + len(piece.token_ids))
            padded = (len(batch) + 1) * len((batch or [piece])[0].token_ids)
            if batch and (padded > PREFILL_TOKENS or padded * seen > MAX_PAIRS):
                yield batch
                batch, seen = [], piece.past + len(piece.token_ids)
            batch.append(piece)
            longest = seen
        yield batch
        wave = later
