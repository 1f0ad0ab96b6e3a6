"""Run a checker's function under limits of time and memory that hold even inside C code.

The function runs in a warm worker process (:mod:`reason.verifiers.worker`), which is killed when it takes
too long; there is no signal handler in the caller, so any thread of any program may call. Arguments and
results cross as JSON, never as pickles. It bounds what a checker does with hostile text; it does not make
hostile programs safe: those go to :mod:`reason.sandbox`.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from io import FileIO
from typing import Any, cast

from reason.errors import LimitExceeded, ProcessEndedError, VerifierError

__all__ = ["LimitExceeded", "Pool", "limited"]

MAX_WORKERS = max(2, min(32, os.cpu_count() or 1))
"""How many workers a process keeps; further calls wait for one."""

_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
_START_SECONDS = 60.0
"""How long a worker may take to start and to import a function, before the function's own time begins."""
_FRAME = struct.Struct(">Q")
# What a C library that cannot allocate, and the kernel that runs out of memory, end a process with.
_MEMORY_SIGNALS = (signal.SIGABRT, signal.SIGKILL)


class _WorkerEndedError(Exception):
    """The worker's pipe closed; ``started`` tells whether the function may have begun."""

    def __init__(self, started: bool) -> None:
        super().__init__(started)
        self.started = started


class _OvertimeError(Exception):
    """A deadline passed; ``started`` tells whether the function had begun."""

    def __init__(self, started: bool) -> None:
        super().__init__(started)
        self.started = started


def limited(
    function: Callable[..., Any],
    *arguments: Any,
    timeout_s: float = 2.0,
    memory_bytes: int = 2**30,
    pool: Pool | None = None,
) -> Any:
    """Call a function in a worker process and return its result.

    >>> import math
    >>> limited(math.gcd, 12, 18)
    6

    Args:
        function: A function of the top level of a module that can be imported. Importing the module is
            not charged, so heavy imports belong at the top of it.
        *arguments: JSON data (tuples arrive as lists).
        timeout_s: Elapsed time that the call may take, in seconds; waiting for a free worker is not charged.
        memory_bytes: How far the worker's address space may grow during the call, in bytes.
        pool: Whose workers to use; the process's own where None.

    Returns:
        What the function returns, as JSON data.

    Raises:
        LimitExceeded: the time or the memory ran out. The worker is gone, whatever it was doing.
        VerifierError: the function raised, returned what is no JSON, or cannot be imported. A note holds the
            worker's traceback.
        ProcessEndedError: the worker's process ended in another way; a kind of VerifierError.
        ValueError: the function is not at the top level of an importable module, or a limit is not positive.
        TypeError: an argument is no JSON data, or a limit is not a number.
    """
    module, name = _locate(function)
    for limit, value in (("timeout_s", timeout_s), ("memory_bytes", memory_bytes)):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{limit} must be a number, got {value!r:.80}")
        if not 0 < value < math.inf:
            raise ValueError(f"{limit} must be positive and finite, got {value!r:.80}")
    request = {"module": module, "name": name, "memory_bytes": int(memory_bytes)}
    try:
        json_arguments = json.dumps(arguments)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"the arguments of {module}.{name} must be JSON data: {error}") from error
    reply = (pool or _pool).call(request, json_arguments, timeout_s)
    if "result" in reply:
        return reply["result"]
    failure = VerifierError(f"{module}.{name} failed: {reply['failure']}")
    failure.add_note(reply["traceback"])
    raise failure


def _locate(function: Callable[..., Any]) -> tuple[str, str]:
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module == "__main__":
        raise ValueError(f"function must stand in a module that can be imported, got {function!r:.80}")
    if getattr(sys.modules.get(module), name, None) is not function:
        raise ValueError(f"function must stand at the top level of its module, got {function!r:.80}")
    return module, name


class _Worker:
    """One worker process and the caller's ends of its pipes."""

    def __init__(self) -> None:
        # Nothing is ever written to it: its only news is our end, which ends the worker inside C code too.
        watched, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", _PROGRAM, str(watched)],
                pass_fds=(watched,),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                close_fds=True,
                process_group=0,  # an interrupt at the terminal is the caller's; its children go with it
                # Threads of linear algebra would reserve address space that belongs to the function.
                env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **os.environ},
            )
        except (OSError, ValueError) as error:
            os.close(self._lifeline)
            raise VerifierError(f"cannot start a worker with {sys.executable!r}: {error}") from error
        finally:
            os.close(watched)
        # bufsize=0 gives unbuffered files.
        self._requests = cast("FileIO", self._process.stdin)
        self._replies = cast("FileIO", self._process.stdout)
        for stream in (self._requests, self._replies):
            os.set_blocking(stream.fileno(), False)
        self._writable, self._readable = select.poll(), select.poll()
        self._writable.register(self._requests, select.POLLOUT)
        self._readable.register(self._replies, select.POLLIN)
        self._received = bytearray()
        self._path: list[str] = []
        self._imported: set[str] = set()

    def call(self, request: dict[str, Any], json_arguments: str, timeout_s: float) -> dict[str, Any]:
        """Send a request and return the reply."""
        deadline = time.monotonic() + _START_SECONDS
        path = [place or os.getcwd() for place in map(str, sys.path)]
        imported = path == self._path and request["module"] in self._imported
        if not imported:
            request = {**request, "path": path}
        self._send(f'{json.dumps(request)[:-1]}, "arguments": {json_arguments}}}'.encode(), deadline)
        if not imported:
            reply = self._receive(deadline, started=False)
            if "started" not in reply:
                return reply
            self._path = path
            self._imported.add(request["module"])
        return self._receive(time.monotonic() + timeout_s, started=True)

    def end(self) -> None:
        """End the process and its children; whoever waits for a reply sees it."""
        if self._process.returncode is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._process.kill()

    def kill(self) -> int:
        """End all of it, and return the process's exit status (minus the number of a signal)."""
        self.end()
        self._close_pipes()
        return self._process.wait()

    def disown(self) -> None:
        """Let go of a process that belongs to the parent of this one."""
        self._close_pipes()
        self._process.returncode = 0

    def _close_pipes(self) -> None:
        if not self._requests.closed:
            os.close(self._lifeline)
        self._requests.close()
        self._replies.close()

    def _send(self, body: bytes, deadline: float) -> None:
        data = memoryview(_FRAME.pack(len(body)) + body)
        while data:
            try:
                data = data[os.write(self._requests.fileno(), data) :]
            except BlockingIOError:
                _wait(self._writable, deadline, started=False)
            except BrokenPipeError:
                raise _WorkerEndedError(started=False) from None

    def _receive(self, deadline: float, *, started: bool) -> dict[str, Any]:
        received = self._received
        while len(received) < _FRAME.size or len(received) < _FRAME.size + _FRAME.unpack_from(received)[0]:
            _wait(self._readable, deadline, started=started)
            part = os.read(self._replies.fileno(), 1 << 20)
            if not part:
                raise _WorkerEndedError(started)
            received += part
        end = _FRAME.size + _FRAME.unpack_from(received)[0]
        reply: dict[str, Any] = json.loads(received[_FRAME.size : end])
        del received[:end]
        return reply


def _wait(stream: select.poll, deadline: float, *, started: bool) -> None:
    left = deadline - time.monotonic()
    if left <= 0 or not stream.poll(math.ceil(left * 1000)):
        raise _OvertimeError(started)


class Pool:
    """Workers: started on demand, kept warm, at most ``count``."""

    def __init__(self, count: int = MAX_WORKERS) -> None:
        """Make a pool; none of its workers starts before it is needed."""
        self.count = count
        self.renew()
        _pools.add(self)

    def renew(self) -> None:
        """Begin with no worker: at first, and in a child process that was forked."""
        self._places = threading.BoundedSemaphore(self.count)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._closed = False

    def call(self, request: dict[str, Any], json_arguments: str, timeout_s: float) -> dict[str, Any]:
        """Have a free worker answer a request."""
        subject = f"{request['module']}.{request['name']}"
        with self._places:
            while True:
                worker, warm = self._take()
                try:
                    reply = worker.call(request, json_arguments, timeout_s)
                except _WorkerEndedError as ended:
                    status = self._discard(worker)
                    if warm and not self._closed:
                        continue  # it may have been killed while it was idle; a new one will show
                    if ended.started and -status in _MEMORY_SIGNALS and not self._closed:
                        raise LimitExceeded(f"{subject} was killed for its use of memory") from None
                    raise ProcessEndedError(f"{subject} ended its process with status {status}") from None
                except _OvertimeError as overtime:
                    self._discard(worker)
                    if overtime.started:
                        raise LimitExceeded(f"{subject} took more than {timeout_s:g} s") from None
                    raise VerifierError(f"{subject} was not imported within {_START_SECONDS:g} s") from None
                except BaseException:  # an interrupt: the reply would come to the next call
                    self._discard(worker)
                    raise
                if "memory" in reply:
                    self._discard(worker)
                    raise LimitExceeded(f"{subject} took more than {request['memory_bytes']} bytes of memory")
                self._idle.append(worker)
                if self._closed:
                    self.close()
                return reply

    def close(self) -> None:
        """End all workers, whatever they do; calls that run and later ones fail with a VerifierError."""
        self._closed = True
        for worker in list(self._all):
            worker.end()  # a thread that waits for it closes its pipes
        while self._idle:
            self._discard(self._idle.pop())

    def disown(self) -> None:
        """Let go of all workers, in a child process to which they do not belong."""
        for worker in self._all:
            worker.disown()

    def _take(self) -> tuple[_Worker, bool]:
        try:
            return self._idle.pop(), True  # the last one used: its caches are warm
        except IndexError:
            pass
        with _starting:
            if self._closed:
                raise VerifierError("the workers are closed")
            worker = _Worker()
            self._all.add(worker)
        return worker, False

    def _discard(self, worker: _Worker) -> int:
        self._all.discard(worker)
        return worker.kill()


_starting = threading.RLock()
"""Held while a worker starts, and by a fork, which must not see half of one."""
_pools: weakref.WeakSet[Pool] = weakref.WeakSet()
_pool = Pool()


def _close_all() -> None:
    for pool in list(_pools):
        pool.close()


def _renew_all() -> None:
    global _starting
    _starting = threading.RLock()
    for pool in list(_pools):
        pool.disown()
        pool.renew()


atexit.register(_close_all)
os.register_at_fork(
    before=lambda: _starting.acquire(),
    after_in_parent=lambda: _starting.release(),
    after_in_child=_renew_all,
)
