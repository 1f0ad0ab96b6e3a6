"""The process in which :func:`reason.verifiers.limited.limited` runs a function.

It is started by its path, not as a module, so that it is up before any package is imported, and imports
only the standard library. Frames on standard input and output are a length of eight bytes and that many
bytes of JSON: a request ``{"module", "name", "arguments", "memory_bytes"}`` is answered by one of
``{"result"}``, ``{"memory"}`` and ``{"failure", "traceback"}``. One that gives a ``"path"`` too (the
caller's ``sys.path``) is first answered by ``{"started"}``, when the function is imported. The process
ends when its standard input does, even while a function runs.
"""

import contextlib
import fcntl
import importlib
import json
import os
import resource
import select
import signal
import struct
import sys
import traceback
from collections.abc import Iterator
from typing import Any

_FRAME = struct.Struct(">Q")


def main() -> None:
    """Answer requests until the caller closes the pipe or ends."""
    requests, replies = _take_over_streams()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})  # the caller may have blocked it
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    lifeline = int(sys.argv[1])
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    while (header := _read(requests, _FRAME.size)) is not None:
        body = _read(requests, *_FRAME.unpack(header))
        if body is None:
            return
        with _die_with_caller(lifeline):
            reply = _answer(json.loads(body), replies)
        _write(replies, reply)  # the caller may send again from here on


def _take_over_streams() -> tuple[int, int]:
    """Move the two pipes away, so that a function that prints or reads does not disturb them."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.close(nothing)
    return requests, replies


def _read(source: int, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = os.read(source, min(length - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


@contextlib.contextmanager
def _die_with_caller(lifeline: int) -> Iterator[None]:
    """Have the kernel end this process when the caller's end of the pipe closes, even inside C code.

    While a function runs nothing is sent, so the only event is the end. ``PR_SET_PDEATHSIG`` would not do:
    it follows the thread that started this process, not the caller.
    """
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline, 0)
    if poll.poll(0):  # it ended before the line above
        os._exit(0)
    try:
        yield
    finally:
        fcntl.fcntl(lifeline, fcntl.F_SETFL, flags)


def _answer(request: dict[str, Any], replies: int) -> bytes:
    try:
        if "path" in request:
            sys.path[:] = request["path"]
            importlib.invalidate_caches()
        function = getattr(importlib.import_module(request["module"]), request["name"])
    except BaseException as error:
        return _failure(error)
    if "path" in request:
        _write(replies, b'{"started":true}')
    _limit_memory(request["memory_bytes"])
    try:
        reply = json.dumps({"result": function(*request["arguments"])}).encode()
    except MemoryError:
        reply = b'{"memory":true}'
    except BaseException as error:
        _limit_memory(None)
        reply = _failure(error)
    _limit_memory(None)
    return reply


def _limit_memory(extra_bytes: int | None) -> None:
    """Let the address space grow by so much from now on, or without limit."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = hard
    if extra_bytes is not None:
        soft = _address_space_bytes() + extra_bytes
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space_bytes() -> int:
    try:
        with open("/proc/self/statm", "rb", buffering=0) as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _failure(error: BaseException) -> bytes:
    text = f"{type(error).__name__}: {error}"
    return json.dumps({"failure": text[:2000], "traceback": traceback.format_exc()[-8000:]}).encode()


def _write(replies: int, body: bytes) -> None:
    data = memoryview(_FRAME.pack(len(body)) + body)
    while data:
        data = data[os.write(replies, data) :]


if __name__ == "__main__":
    main()
