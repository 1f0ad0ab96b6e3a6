"""Keeping slots warm: starting them ahead of need, and throwing away those that are not to be trusted."""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from reason.errors import SandboxError
from reason.sandbox.backend import Backend
from reason.sandbox.slot import Slot

__all__ = ["Keeper"]

_numbers: set[int] = set()
_numbers_lock = threading.Lock()


class Keeper:
    """A number of warm slots, to be taken and given back from any thread."""

    def __init__(self, backend: Backend, *, slots: int, recycle_after: int) -> None:
        """Begin to start the slots in the background.

        Args:
            backend: starts the supervisors.
            slots: how many to keep, taken ones included.
            recycle_after: requests after which a slot is replaced.
        """
        self._backend = backend
        self._slots = slots
        self._recycle_after = recycle_after
        self._owner = os.getpid()
        self._changed = threading.Condition(threading.RLock())
        self._idle: deque[Slot] = deque()
        self._busy: set[Slot] = set()
        self._starting = 0
        self._error: SandboxError | None = None
        self._closed = False
        # Slots are started by threads that live as long as the keeper: the kernel ends what was started
        # with PR_SET_PDEATHSIG when the THREAD that started it ends.
        self._starters = ThreadPoolExecutor(2, thread_name_prefix="reason-sandbox-starter")
        self._refill()

    @property
    def idle(self) -> int:
        """Slots that can be taken now."""
        return len(self._idle)

    @property
    def ready(self) -> bool:
        """Whether a slot is there or on its way."""
        return not self._closed and bool(self._idle or self._busy or self._starting)

    @property
    def detail(self) -> str:
        """Why no slot could be started last time; empty if one could."""
        return "closed" if self._closed else str(self._error or "")

    def check_open(self) -> None:
        """Raise SandboxError where slots cannot be taken any more, or not by this process."""
        if self._closed:
            raise SandboxError("the sandbox is closed")
        if os.getpid() != self._owner:
            raise SandboxError("the sandbox was opened in another process; open one in this process")

    def close(self) -> None:
        """End every slot; on return nothing is left of them."""
        with self._changed:
            self._closed = True
            doomed = [*self._idle, *self._busy]
            self._idle.clear()
            self._changed.notify_all()
        for slot in doomed:
            _discard(slot)
        self._starters.shutdown(wait=True)

    def take(self) -> Slot:
        """Wait for a living slot and take it.

        Raises:
            SandboxError: the pool is closed, or no slot could be started.
        """
        while True:
            slot = self._take_any()
            if slot.alive():
                return slot
            self.give(slot)  # it died while idle, which is no program's doing

    def _take_any(self) -> Slot:
        with self._changed:
            while True:
                self.check_open()
                if self._idle:
                    # The one that has rested longest: it has had the time to fork and warm its next child.
                    slot = self._idle.popleft()
                    self._busy.add(slot)
                    return slot
                if not self._starting and not self._busy:
                    error, self._error = self._error, None
                    if error is not None:
                        raise SandboxError(str(error)) from error
                    self._refill()
                self._changed.wait()

    def give(self, slot: Slot) -> None:
        """Take a slot back, or throw it away and have it replaced."""
        with self._changed:
            self._busy.discard(slot)
            keep = not self._closed and slot.usable and slot.served < self._recycle_after
            if keep:
                self._idle.append(slot)
            elif not self._closed:
                self._refill()
            self._changed.notify()
        if not keep:
            _discard(slot)

    def _refill(self) -> None:
        with self._changed:
            missing = self._slots - len(self._idle) - len(self._busy) - self._starting
            for _ in range(missing):
                self._starting += 1
                self._starters.submit(self._start)

    def _start(self) -> None:
        number = _acquire_number()
        slot, failure = None, None
        try:
            if not self._closed:
                slot = Slot(self._backend, number)
        except SandboxError as error:
            failure = error
        except Exception as error:
            failure = SandboxError(f"{self._backend.name}: {type(error).__name__}: {error}")
        with self._changed:
            self._starting -= 1
            self._error = failure
            keep = slot is not None and not self._closed
            if slot is not None and keep:
                self._idle.append(slot)
            self._changed.notify_all()
        if slot is None:
            _release_number(number)
        elif not keep:
            _discard(slot)


def _acquire_number() -> int:
    with _numbers_lock:
        number = next(n for n in itertools.count() if n not in _numbers)
        _numbers.add(number)
        return number


def _release_number(number: int) -> None:
    with _numbers_lock:
        _numbers.discard(number)


def _discard(slot: Slot) -> None:
    slot.kill()
    _release_number(slot.number)
