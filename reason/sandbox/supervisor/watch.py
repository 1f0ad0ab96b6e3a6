"""Waiting for a program, ending it in time, and making sure that nothing of it lives on."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from typing import Any

_TICK = 1.0 / os.sysconf("SC_CLK_TCK")
_CORES = os.cpu_count() or 1
_SLICE = 1.0
_KILL_WAIT = 20.0


@dataclass(slots=True)
class Ending:
    """How a program ended."""

    status: int = 0
    """Exit status, or minus the signal's number."""
    stopped: str | None = None
    """``cpu`` or ``wall`` where the supervisor had to end it."""
    cpu: float = 0.0
    """Processor time of all its processes, in seconds."""
    wall: float = 0.0
    """Elapsed time, in seconds."""
    resident: int = 0
    """Peak resident memory of its largest process, in bytes."""


class HostGoneError(Exception):
    """The host's end of the stream is closed."""


def watch(pid: int, limits: dict[str, Any], host: int) -> Ending:
    """Wait for a child until it ends or a time limit is reached, then kill and reap everything.

    SIGCHLD must be blocked: it is what wakes the wait, and being blocked it needs no handler.

    Args:
        pid: the child whose end is the program's end.
        limits: with ``cpu_seconds`` and ``wall_seconds``.
        host: descriptor of the stream; its hang-up ends the supervisor.

    Raises:
        HostGoneError: nobody is left to answer to.
    """
    ending = Ending()
    start = time.monotonic()
    deadline = start + limits["wall_seconds"]
    first = True
    while True:
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            ending.status = os.waitstatus_to_exitcode(status)
            _add(ending, usage)
            break
        now = time.monotonic()
        left = limits["cpu_seconds"] - (_cpu_of_all(pid) if now > start + 0.02 else 0.0)
        if left <= 0 or now >= deadline:
            ending.stopped = "cpu" if left <= 0 else "wall"
            break
        if not first:
            _check_host(host)
        first = False
        pause = max(min(deadline - now, left / _CORES, _SLICE), 0.001)
        signal.sigtimedwait([signal.SIGCHLD], pause)
    ending.wall = time.monotonic() - start
    kill_all(ending)
    return ending


def kill_all(ending: Ending | None = None) -> None:
    """Kill and reap every process but this one; add what they used to ``ending``."""
    deadline = time.monotonic() + _KILL_WAIT
    while True:
        _kill_round()
        try:
            found, status, usage = os.wait4(-1, os.WNOHANG)
            if not found:
                signal.sigtimedwait([signal.SIGCHLD], 0.01)
                if time.monotonic() > deadline:
                    raise TimeoutError("a process does not die")
                continue
        except ChildProcessError:
            return
        if ending is not None:
            if ending.stopped and not ending.status:
                ending.status = os.waitstatus_to_exitcode(status)
            _add(ending, usage)


def _kill_round() -> None:
    if os.getpid() == 1:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        return
    # Without a process namespace: as their subreaper, this process inherits whatever escapes.
    with contextlib.suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
        for pid in file.read().split():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(pid), signal.SIGKILL)


def _add(ending: Ending, usage: Any) -> None:
    ending.cpu += usage.ru_utime + usage.ru_stime
    ending.resident = max(ending.resident, usage.ru_maxrss * 1024)


def _check_host(host: int) -> None:
    poll = select.poll()
    poll.register(host, 0)  # hang-up and error are always reported
    if poll.poll(0):
        raise HostGoneError


def _cpu_of_all(pid: int) -> float:
    """Return the processor time used so far by the child and all its kin, in seconds."""
    total = 0.0
    with contextlib.suppress(OSError):
        total = time.clock_gettime((~pid << 3) | 2)  # the clock of a process, see clock_getcpuclockid(3)
    if os.getpid() == 1:
        with contextlib.suppress(OSError):
            total = max(
                total, sum(_cpu_ticks(name) for name in os.listdir("/proc") if name.isdigit()) * _TICK
            )
    return total


def _cpu_ticks(pid: str) -> int:
    if pid == "1":
        return 0
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name, in parentheses, is the program's choice and may hold anything.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])
