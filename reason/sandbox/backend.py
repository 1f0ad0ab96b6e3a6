"""The seam at which a backend plugs in, and how to write one.

A backend starts supervisors and says what confines them; everything else (frames, tiers, retries,
threads, asyncio) is the pool's. Three things are needed:

1. A class with the members of :class:`Backend` (``compiling`` may simply return None).
   ``start(slot)`` makes one isolated place, runs the supervisor in it and returns a :class:`Transport` as
   soon as bytes can be exchanged; it must not wait for the supervisor to be ready (the slot waits for its
   greeting). It may be called from several threads. Whatever goes wrong is a ``SandboxError``. ``slot`` is
   a small number that no other living slot of this process has: :func:`distinct_uid` turns it into a user
   id of its own.
2. A :class:`Transport`: the byte stream to the supervisor, and the way to kill the place. Where the
   stream is a socket (a socket pair, a unix socket that the supervisor connected to),
   :class:`SocketTransport` is all that is needed; a backend with another stream writes the five methods.
3. The folder :data:`SUPERVISOR` copied or mounted (read-only) in the place, and the command and
   environment of :func:`supervisor_command`, for example::

       command, environment = supervisor_command("/python/bin/python3", "/reason", options)

The supervisor speaks on file descriptor 0 if that is a socket; on 0 and 1 if they are pipes; or it
connects to the unix socket named by ``options.socket`` (listen with a backlog of 1, accept ONE
connection, then close and unlink the listener, for programs can see the path as well). It exits as soon
as its end of the stream sees end of file, so that the death of the host ends every slot.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from reason.sandbox.protocol import Limits

__all__ = [
    "PRELOAD",
    "SUPERVISOR",
    "Backend",
    "SocketTransport",
    "SupervisorOptions",
    "Transport",
    "distinct_uid",
    "supervisor_command",
]

SUPERVISOR = Path(__file__).parent / "supervisor"
"""The supervisor's own modules (standard library only), to be placed at ``<home>/supervisor``."""

PRELOAD = (
    "array", "bisect", "collections", "copy", "dataclasses", "datetime", "enum", "functools", "heapq", "io",
    "itertools", "json", "math", "operator", "random", "re", "string", "threading", "time", "typing",
)  # fmt: skip
"""Modules that the supervisor imports once, so that a program's own import costs nothing.

Each one makes every fork a little dearer: these are the ones that short programs really import.
"""


@dataclass(frozen=True, kw_only=True)
class SupervisorOptions:
    """What a supervisor is told when it starts."""

    socket: str | None = None
    """Path, inside, of a unix socket to connect to; None: it speaks on its standard streams."""
    scratch: str = "/scratch"
    """Writable folder, inside, that programs start in and that is emptied after each."""
    scratch_bytes: int = 64 * 2**20
    """Size of the scratch file system, in bytes (used where ``mount`` is set)."""
    scratch_inodes: int = 4096
    """Files and folders that scratch can hold (used where ``mount`` is set)."""
    mount: bool = False
    """Mount scratch itself (noexec, nosuid, nodev); needs CAP_SYS_ADMIN, which is then dropped."""
    uid: int | None = None
    """User and group to become; None: stay. Every capability is dropped in either case."""
    counted_uid: bool = True
    """Whether the kernel counts this user's processes for this slot alone (RLIMIT_NPROC is then used)."""
    path: tuple[str, ...] = ()
    """Folders, inside, of further packages (numpy, sympy, ...), added to the end of ``sys.path``."""
    preload: tuple[str, ...] = PRELOAD
    """Modules to import before the first fork; one that is missing is a start failure."""


class Transport(Protocol):
    """A byte stream to one supervisor, and the power over the place that it lives in."""

    def send(self, data: bytes) -> None:
        """Send all bytes. Raises: OSError when the other end is gone."""
        ...

    def receive(self, size: int, timeout: float) -> bytes:
        """Return between 1 and ``size`` bytes, or ``b""`` at end of file.

        Raises:
            TimeoutError: nothing came for ``timeout`` seconds; with 0, nothing is there already.
            OSError: the stream is broken.
        """
        ...

    def prepare(self, limits: Limits) -> None:
        """Set what is limited from outside (memory, processes) for the program that follows; quick."""
        ...

    def oom_kills(self) -> int:
        """Return how many processes of this place the kernel has killed for memory so far (0 if unknown)."""
        ...

    def kill(self) -> None:
        """End the place and all in it, and remove every trace; any thread, any number of times.

        Every call returns only when the place is gone, for its slot number is then given to another.
        """
        ...


class Backend(Protocol):
    """A way to confine supervisors. See the module's docstring."""

    name: str
    """``docker``, ``bubblewrap``, ``process``, ..."""
    isolated: bool
    """Whether a program is kept from the host and from other programs."""
    isolation: tuple[str, ...]
    """What separates a program from the host, one short phrase each."""

    def start(self, slot: int) -> Transport:
        """Start one supervisor. Raises: SandboxError."""
        ...

    def enforced(self, limits: Limits) -> tuple[str, ...]:
        """Return the names of the fields of ``limits`` that are enforced in full."""
        ...

    def compiling(self) -> Backend | None:
        """Return a backend of the same kind whose places hold C and C++ compilers as well.

        None where there is none, or where its own places already hold what there is. It is asked when the
        first compiled program comes, so that other programs need not live beside a compiler.
        """
        ...

    def close(self) -> None:
        """Release what the backend itself holds, after every transport was killed."""
        ...


class SocketTransport:
    """A transport over a connected stream socket."""

    def __init__(
        self,
        stream: socket.socket,
        *,
        stop: Callable[[], None],
        prepare: Callable[[Limits], None] | None = None,
        oom_kills: Callable[[], int] | None = None,
    ) -> None:
        """Wrap ``stream``; ``stop`` kills the place and is called once at most.

        Args:
            stream: connected to the supervisor; owned, and closed by :meth:`kill`.
            stop: ends the place and everything in it.
            prepare: sets limits from outside; None: there are none.
            oom_kills: counts kills for memory; None: cannot be known.
        """
        self._stream = stream
        self._stop: Callable[[], None] | None = stop
        self._stopping = threading.Lock()
        self._prepare = prepare
        self._oom_kills = oom_kills

    def send(self, data: bytes) -> None:
        """Send all bytes."""
        self._stream.settimeout(60.0)
        self._stream.sendall(data)

    def receive(self, size: int, timeout: float) -> bytes:
        """Return some bytes, or none at end of file."""
        self._stream.settimeout(max(timeout, 0.0))
        try:
            return self._stream.recv(size)
        except BlockingIOError as error:
            raise TimeoutError("nothing has come") from error

    def prepare(self, limits: Limits) -> None:
        """Set outer limits, where there are any."""
        if self._prepare is not None:
            self._prepare(limits)

    def oom_kills(self) -> int:
        """Return the number of kills for memory so far."""
        return 0 if self._oom_kills is None else self._oom_kills()

    def kill(self) -> None:
        """Close the stream and end the place; on return it is gone, whoever has ended it."""
        with contextlib.suppress(OSError):
            self._stream.shutdown(socket.SHUT_RDWR)
        with self._stopping:
            stop, self._stop = self._stop, None
            if stop is not None:
                try:
                    stop()
                finally:
                    self._stream.close()


def distinct_uid(slot: int) -> int:
    """Return a user id that no other living slot of this machine has: RLIMIT_NPROC counts by user.

    Process ids stay below 2**22, so the result fits a signed 32-bit integer and stays clear of the ids
    of people, services and container mappings.
    """
    return 2**28 + (os.getpid() % 2**22) * 64 + slot % 64


def supervisor_command(
    python: str, home: str, options: SupervisorOptions
) -> tuple[list[str], dict[str, str]]:
    """Return the argument vector and the whole environment of a supervisor.

    Args:
        python: path of the interpreter, inside.
        home: folder, inside, that holds the folder ``supervisor``.
        options: see :class:`SupervisorOptions`.
    """
    environment = {
        "PYTHONPATH": home,
        "PYTHONHASHSEED": "0",  # the order of sets must not differ from slot to slot
        "PYTHONUTF8": "1",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": options.scratch,
        "TMPDIR": options.scratch,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    return [python, "-s", "-S", "-B", "-P", "-m", "supervisor", json.dumps(asdict(options))], environment
