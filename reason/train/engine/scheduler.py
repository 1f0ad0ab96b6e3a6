"""The host's book of sequences: who holds which slot, who waits for one, what is to be computed next."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reason.errors import ConfigError
from reason.train.engine.cache import Extension
from reason.train.engine.protocol import Request
from reason.train.engine.rows import Turn

__all__ = ["Admission", "Entry", "Scheduler", "check_requests"]


@dataclass(kw_only=True, eq=False)
class Entry:
    """A sequence that has not been released."""

    id: Hashable
    request: Request
    """Of its current or last turn."""
    slot: int | None = None
    """None while it waits."""
    length: int = 0
    """Tokens up to the current turn; those sampled in it come in when it ends."""
    pending: int = 0
    """The last of them: the only one that is not in the cache."""
    prompt: bytes = b""
    """What it began with; empty for a fork."""
    busy: bool = True
    """Whether a turn is waiting or being sampled."""
    source: _Source | None = None
    """What a fork goes on from, until it has a slot."""


@dataclass(frozen=True, kw_only=True)
class _Source:
    """A sequence as it stood when it was forked."""

    parent: Hashable
    length: int
    pending: int


@dataclass(kw_only=True)
class Admission:
    """What the engine has to compute so that turns can begin, in this order."""

    copies: list[tuple[int, int, int]] = field(default_factory=list)
    """(slot, slot, places) of the cache to copy before anything is computed: forks, and known prompts."""
    extensions: list[Extension] = field(default_factory=list)
    """Keys and values to compute."""
    shares: list[tuple[int, int, int]] = field(default_factory=list)
    """(slot, slot, places) to copy afterwards: the prompt of a group, which was computed once."""
    turns: list[Turn] = field(default_factory=list)
    too_long: list[Entry] = field(default_factory=list)
    """Sequences that have no room for one token more."""


class Turnable(Protocol):
    """What the check of requests asks of a sequence."""

    @property
    def busy(self) -> bool:
        """Whether a turn is waiting or being sampled."""


def check_requests(
    requests: Sequence[Request], sequences: Mapping[Hashable, Turnable], vocab_size: int
) -> None:
    """Refuse requests that do not fit the sequences that there are.

    Args:
        requests: Of one submission.
        sequences: Those that are not released.
        vocab_size: Token ids are below it.

    Raises:
        ConfigError: an id is in use, a parent is unknown or still being sampled, or a token is none.
    """
    seen: set[Hashable] = set()
    for request in requests:
        own = request.parent is not None and request.parent == request.id
        tokens = np.asarray(request.token_ids, dtype=np.int64)
        if tokens.size and not 0 <= tokens.min() <= tokens.max() < vocab_size:
            raise ConfigError(
                f"token_ids must be in 0..{vocab_size - 1}, got {tokens.min()} to {tokens.max()}"
            )
        if request.id in seen or (request.id in sequences and not own):
            raise ConfigError(f"id must not be in use, got {request.id!r}; release it first")
        if request.parent is not None:
            parent = sequences.get(request.parent)
            if parent is None:
                raise ConfigError(f"parent must be a sequence that is not released, got {request.parent!r}")
            if parent.busy:
                raise ConfigError(f"parent must have finished its turn, got {request.parent!r}")
        seen.add(request.id)


class Scheduler:
    """Gives slots to sequences, lowest slot first, in the order of their submission."""

    def __init__(self, *, num_slots: int, max_length: int, vocab_size: int) -> None:
        """Begin with all slots free.

        Args:
            num_slots: Sequences that can be in the cache.
            max_length: Tokens of the longest one.
            vocab_size: Token ids are below it.
        """
        self._max_length, self._vocab_size = max_length, vocab_size
        self._free = list(range(num_slots))
        self._sequences: dict[Hashable, Entry] = {}
        self._continuing: list[Entry] = []
        self._waiting: deque[Entry] = deque()
        self._prompts: dict[bytes, dict[Hashable, Entry]] = {}
        self.holders: dict[int, Entry] = {}
        """The sequence of each slot in use."""

    @property
    def num_ready(self) -> int:
        """Turns that the next admission begins."""
        return len(self._continuing) + min(len(self._waiting), len(self._free))

    @property
    def num_waiting(self) -> int:
        """Sequences for which there is no slot."""
        return max(0, len(self._waiting) - len(self._free))

    def submit(self, requests: Sequence[Request]) -> None:
        """Take requests in: all of them, or none if one is wrong.

        Raises:
            ConfigError: an id is in use, a parent is unknown or still being sampled, or a token is none.
        """
        check_requests(requests, self._sequences, self._vocab_size)
        # Forks first: they begin where their parent stands now, whatever else continues it.
        for request in sorted(requests, key=lambda request: request.parent == request.id):
            self._take(request)

    def _take(self, request: Request) -> None:
        if request.parent is not None and request.parent == request.id:
            sequence = self._sequences[request.id]
            sequence.request, sequence.busy = request, True
            (self._waiting if sequence.slot is None else self._continuing).append(sequence)
            return
        sequence = Entry(id=request.id, request=request)
        if request.parent is not None:
            parent = self._sequences[request.parent]
            sequence.source = _Source(parent=parent.id, length=parent.length, pending=parent.pending)
        self._sequences[request.id] = sequence
        self._waiting.append(sequence)

    def admit(self) -> Admission:
        """Begin all turns that can be begun."""
        admission = Admission()
        computed: dict[bytes, int] = {}
        for sequence in self._continuing:
            self._extend(sequence, admission)
        self._continuing.clear()
        while self._waiting and self._free:
            sequence = self._waiting.popleft()
            if sequence.source is not None and sequence.source.length:
                self._fork(sequence, sequence.source, admission)
            else:
                self._start(sequence, admission, computed)
        return admission

    @staticmethod
    def slot_of(sequence: Entry) -> int:
        """Return the slot of a sequence that has begun.

        Raises:
            RuntimeError: it has none: a fault of this book.
        """
        if sequence.slot is None:
            raise RuntimeError(f"sequence {sequence.id!r} has no slot")
        return sequence.slot

    def _place(self, sequence: Entry) -> int:
        sequence.slot = heapq.heappop(self._free)
        self.holders[sequence.slot] = sequence
        return sequence.slot

    def _start(self, sequence: Entry, admission: Admission, computed: dict[bytes, int]) -> None:
        """Begin a sequence by its prompt, which is computed only if no slot has it."""
        tokens = np.asarray(sequence.request.token_ids, dtype=np.int64)
        if self._is_too_long(sequence, len(tokens), admission):
            return
        prompt, places = tokens.tobytes(), len(tokens) - 1
        kin = self._prompts.setdefault(prompt, {})
        slot = self._place(sequence)
        if places and prompt in computed:
            admission.shares.append((computed[prompt], slot, places))
        elif places and kin:
            holder = self.slot_of(next(iter(kin.values())))
            admission.copies.append((holder, slot, places))
        elif places:
            admission.extensions.append(Extension(slot=slot, past=0, token_ids=tokens[:-1]))
            computed[prompt] = slot
        sequence.prompt, kin[sequence.id] = prompt, sequence
        sequence.length, sequence.pending = len(tokens), int(tokens[-1])
        self._begin(sequence, slot, admission)

    def _fork(self, sequence: Entry, source: _Source, admission: Admission) -> None:
        slot = self._place(sequence)
        if source.length > 1:
            parent = self.slot_of(self._sequences[source.parent])
            admission.copies.append((parent, slot, source.length - 1))
        sequence.length, sequence.pending, sequence.source = source.length, source.pending, None
        self._extend(sequence, admission)

    def _extend(self, sequence: Entry, admission: Admission) -> None:
        """Go on with a sequence that has a past: its last token and the new ones, save the last of these."""
        new = np.asarray(sequence.request.token_ids, dtype=np.int64)
        if self._is_too_long(sequence, sequence.length + len(new), admission):
            return
        slot = self.slot_of(sequence)
        if len(new):
            tokens = np.concatenate(([sequence.pending], new[:-1]))
            admission.extensions.append(Extension(slot=slot, past=sequence.length - 1, token_ids=tokens))
            sequence.length, sequence.pending = sequence.length + len(new), int(new[-1])
        self._begin(sequence, slot, admission)

    def _is_too_long(self, sequence: Entry, length: int, admission: Admission) -> bool:
        if length < self._max_length:
            return False
        admission.too_long.append(sequence)
        return True

    def _begin(self, sequence: Entry, slot: int, admission: Admission) -> None:
        room = self._max_length - sequence.length
        admission.turns.append(
            Turn(
                slot=slot,
                pending=sequence.pending,
                position=sequence.length - 1,
                limit=min(room, sequence.request.max_new_tokens),
                request=sequence.request,
            )
        )

    def finish(self, sequence: Entry, token_ids: NDArray[np.int64]) -> None:
        """Note down a turn that has ended."""
        sequence.busy = False
        if len(token_ids):
            sequence.length += len(token_ids)
            sequence.pending = int(token_ids[-1])

    def release(self, ids: Iterable[Hashable]) -> list[int]:
        """Forget sequences and free their slots.

        Returns:
            The freed slots.

        Raises:
            ConfigError: an id is unknown, or forks of it still wait for a slot.
        """
        leaving = list(dict.fromkeys(ids))
        for identity in leaving:
            if identity not in self._sequences:
                raise ConfigError(f"ids must be of sequences that are not released, got {identity!r}")
        needed = {
            sequence.source.parent
            for sequence in self._waiting
            if sequence.source is not None and sequence.id not in leaving
        }
        if needed.intersection(leaving):
            raise ConfigError(
                f"forks of {needed.intersection(leaving)} still wait; step until they have begun"
            )
        gone = [self._sequences.pop(identity) for identity in leaving]
        if any(sequence.busy for sequence in gone):
            self._continuing = [sequence for sequence in self._continuing if sequence not in gone]
            self._waiting = deque(sequence for sequence in self._waiting if sequence not in gone)
        for sequence in gone:
            self._forget_prompt(sequence)
        freed = [sequence.slot for sequence in gone if sequence.slot is not None]
        for slot in freed:
            heapq.heappush(self._free, slot)
            del self.holders[slot]
        return freed

    def _forget_prompt(self, sequence: Entry) -> None:
        kin = self._prompts.get(sequence.prompt, {})
        kin.pop(sequence.id, None)
        if not kin:
            self._prompts.pop(sequence.prompt, None)

    def forget_prompts(self) -> None:
        """Compute every further prompt anew: the weights have changed."""
        self._prompts.clear()

    def exchange(self, first: int, second: int) -> None:
        """Note down that two slots have changed places."""
        one, other = self.holders.pop(first, None), self.holders.pop(second, None)
        for sequence, slot in ((one, second), (other, first)):
            if sequence is not None:
                sequence.slot = slot
                self.holders[slot] = sequence
        freed = {first, second} - set(self.holders)
        if len(freed) == 1:
            self._free.remove(second if first in freed else first)
            self._free += freed
            heapq.heapify(self._free)
