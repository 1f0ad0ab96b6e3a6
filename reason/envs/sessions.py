"""The sessions of a server: as many as there is room for, and none that everyone has forgotten."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from reason.envs.arguments import check_count
from reason.envs.session import Session
from reason.errors import ConfigError

__all__ = ["Sessions"]


@dataclass
class _Entry:
    session: Session
    used: float


@dataclass(frozen=True, kw_only=True)
class _Limits:
    max_sessions: int
    idle_s: float

    def __post_init__(self) -> None:
        check_count(self.max_sessions, "max_sessions")
        if not self.idle_s > 0:
            raise ConfigError(f"idle_s must be above 0, got {self.idle_s!r}")


@dataclass
class Sessions:
    """Open sessions by id. Safe from threads.

    A session that nobody has asked for in ``idle_s`` seconds is closed as soon as someone asks for anything:
    a client that died holds no place for ever. Where all places are taken, :meth:`open` waits, so that a
    burst of clients waits in line and memory stays bounded.
    """

    max_sessions: int = 256
    idle_s: float = 600.0
    clock: Callable[[], float] = time.monotonic
    """Seconds that only grow."""
    _entries: dict[str, _Entry] = field(default_factory=dict, init=False)
    _opening: int = field(default=0, init=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False)

    def __post_init__(self) -> None:
        """Reject limits that cannot be."""
        _Limits(max_sessions=self.max_sessions, idle_s=self.idle_s)

    def open(self, make: Callable[[], Session], *, timeout_s: float = 0.0) -> str:
        """Make a session and return its id.

        Args:
            make: Makes it; called without any lock held.
            timeout_s: Seconds to wait for a free place.

        Raises:
            TimeoutError: all places were taken all the time.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while len(self._entries) + self._opening >= self.max_sessions:
                if self._reap():
                    continue
                if (left := deadline - time.monotonic()) <= 0:
                    raise TimeoutError(f"all {self.max_sessions} sessions are in use; close some or wait")
                self._changed.wait(min(left, 1.0))  # and look again for idle ones
            self._opening += 1
        try:
            session, key = make(), secrets.token_hex(16)
            with self._changed:
                self._entries[key] = _Entry(session, self.clock())
                return key
        finally:
            with self._changed:
                self._opening -= 1
                self._changed.notify()

    def get(self, key: str) -> Session:
        """Return a session and count it as used now.

        Raises:
            LookupError: there is none, or it was closed for being idle.
        """
        with self._changed:
            self._reap()
            if (entry := self._entries.get(key)) is None:
                raise LookupError(f"no session {key!r:.60}: it was closed, or idle for {self.idle_s:g} s")
            entry.used = self.clock()
            return entry.session

    def close(self, key: str) -> None:
        """Close a session; one that is not there is no error."""
        with self._changed:
            self._drop(key)

    def close_all(self) -> None:
        """Close all sessions."""
        with self._changed:
            for key in list(self._entries):
                self._drop(key)

    def __len__(self) -> int:
        """Return how many are open."""
        with self._changed:
            self._reap()
            return len(self._entries)

    def _reap(self) -> int:
        oldest = self.clock() - self.idle_s
        idle = [key for key, entry in self._entries.items() if entry.used < oldest]
        for key in idle:
            self._drop(key)
        return len(idle)

    def _drop(self, key: str) -> None:
        if (entry := self._entries.pop(key, None)) is not None:
            entry.session.close()
            self._changed.notify()
