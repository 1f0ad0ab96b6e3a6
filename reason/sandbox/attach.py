"""A transport over a container's attached standard streams, for engines that are not on this machine.

The engine sends both output streams over one connection, in frames: one byte for the stream, three zero
bytes, a big-endian length, the bytes. Source: Docker Engine API, "Attach to a container".
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

from reason.sandbox.protocol import Limits

__all__ = ["AttachedTransport"]

HEADER = struct.Struct(">BxxxL")
STANDARD_ERROR = 2
KEPT_ERROR_BYTES = 4096


class AttachedTransport:
    """The byte stream of a container that was attached before it was started."""

    def __init__(
        self,
        connection: Any,
        *,
        stop: Callable[[], None],
        prepare: Callable[[Limits], None],
        oom_kills: Callable[[], int],
    ) -> None:
        """Wrap what the Docker client's ``attach_socket`` returned.

        Args:
            connection: the attached connection; owned, and closed by :meth:`kill`.
            stop: ends and removes the container.
            prepare: sets its limits.
            oom_kills: counts kills for memory.
        """
        self._connection = connection
        # The client hands out a raw reader over the socket; a TLS connection is its own socket.
        self._stream: socket.socket = getattr(connection, "_sock", connection)
        self._stop: Callable[[], None] | None = stop
        self._prepare = prepare
        self._oom_kills = oom_kills
        self._lock = threading.Lock()
        self._left = 0
        self._wanted = True
        self._head = b""
        self.errors = b""
        """The end of what the supervisor wrote to standard error."""

    def send(self, data: bytes) -> None:
        """Send all bytes."""
        self._stream.settimeout(60.0)
        self._stream.sendall(data)

    def receive(self, size: int, timeout: float) -> bytes:
        """Return some bytes of standard output, or none at end of file."""
        self._stream.settimeout(max(timeout, 0.001))
        while True:
            if not self._left:
                piece = self._stream.recv(HEADER.size - len(self._head))
                if not piece:
                    return b""
                self._head += piece
                if len(self._head) == HEADER.size:
                    kind, self._left = HEADER.unpack(self._head)
                    self._wanted, self._head = kind != STANDARD_ERROR, b""
                continue
            piece = self._stream.recv(min(size, self._left))
            self._left -= len(piece)
            if self._wanted or not piece:
                return piece
            self.errors = (self.errors + piece)[-KEPT_ERROR_BYTES:]

    def prepare(self, limits: Limits) -> None:
        """Set the container's limits."""
        self._prepare(limits)

    def oom_kills(self) -> int:
        """Return the number of kills for memory so far."""
        return self._oom_kills()

    def kill(self) -> None:
        """Close the connection and remove the container."""
        with self._lock:
            stop, self._stop = self._stop, None
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        if stop is not None:
            try:
                stop()
            finally:
                self._connection.close()
                self._stream.close()
