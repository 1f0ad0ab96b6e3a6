"""Confining processes: scratch, privileges and resource limits."""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
from typing import Any

from .seccomp import Filter, base_filter, current_machine, program_filter

_SET_DUMPABLE, _DROP_BOUNDING, _SET_SUBREAPER, _CAPABILITY_VERSION = 4, 24, 36, 0x20080522
_NOSUID_NODEV_NOEXEC = 2 | 4 | 8
_LIMITED = (
    resource.RLIMIT_CPU,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_CORE,
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_DATA,
    resource.RLIMIT_STACK,
    resource.RLIMIT_AS,
    resource.RLIMIT_NPROC,
)
_STACK_BYTES = 64 * 2**20
_ADDRESS_SLACK = 64 * 2**20
_libc = ctypes.CDLL(None, use_errno=True)
_fork = ctypes.PyDLL(None).fork
_prctl = _libc.prctl
_prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


class Confinement:
    """What every child of this supervisor is put under; built once, before the first fork."""

    def __init__(self, *, counted_uid: bool) -> None:
        """Prepare the filters and measure what the supervisor itself occupies.

        Args:
            counted_uid: whether RLIMIT_NPROC counts this slot's processes alone.
        """
        self._counted_uid = counted_uid
        machine = current_machine()
        self._program_filter = Filter(program_filter(machine, execution=False))
        self._binary_filter = Filter(program_filter(machine, execution=True))
        self.address_bytes, self.data_bytes, self.resident_bytes = 0, 0, 0
        # What this process was itself given cannot be raised.
        self._ceilings = {kind: resource.getrlimit(kind)[1] for kind in _LIMITED}

    def measure(self) -> None:
        """Note the supervisor's own size, which every fork starts with; call it when all is loaded."""
        page = os.sysconf("SC_PAGE_SIZE")
        with contextlib.suppress(OSError), open("/proc/self/statm", "rb") as file:
            fields = [int(field) * page for field in file.read().split()]
            self.address_bytes, self.resident_bytes, self.data_bytes = fields[0], fields[1], fields[5]

    def limit(self, limits: dict[str, Any], *, fresh_image: bool = False, others: int = 1) -> None:
        """Set the resource limits of this process and of its children.

        Args:
            limits: the fields of ``Limits``, ``stdin_bytes`` (the longest input) and ``payload_bytes``
                (what the child had to read before it could begin, which is not the program's to pay).
            fresh_image: whether the process is about to execute another file.
            others: processes of this user that are not the program's.
        """
        memory = int(limits["memory_bytes"])
        own = 2 * int(limits["payload_bytes"])
        address, data = (0, 0) if fresh_image else (self.address_bytes + own, self.data_bytes + own)
        stack = min(_STACK_BYTES, memory)
        threads = int(limits["processes"]) * (stack if fresh_image else 8 * 2**20)
        seconds = math.ceil(limits["cpu_seconds"]) + 1  # a net below the supervisor's exact clock
        size = int(max(limits["file_bytes"], limits["output_bytes"], limits["stdin_bytes"]))
        settings = [
            (resource.RLIMIT_CPU, seconds, seconds + 1),
            (resource.RLIMIT_FSIZE, size, size),
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_NOFILE, int(limits["open_files"]), int(limits["open_files"])),
            (resource.RLIMIT_DATA, data + memory, data + memory),
            (resource.RLIMIT_STACK, stack, stack),
            (resource.RLIMIT_AS, *[address + memory + threads + _ADDRESS_SLACK] * 2),
        ]
        if self._counted_uid:
            settings.append((resource.RLIMIT_NPROC, *[int(limits["processes"]) + others] * 2))
        for kind, soft, hard in settings:
            ceiling = self._ceilings[kind]
            if ceiling != resource.RLIM_INFINITY:
                soft, hard = min(soft, ceiling), min(hard, ceiling)
            resource.setrlimit(kind, (soft, hard))

    def filter_program(self) -> None:
        """Refuse to execute files from here on."""
        self._program_filter.install()

    def filter_binary(self) -> None:
        """Refuse what a compiled program does not need, but let it be executed."""
        self._binary_filter.install()


def mount_scratch(path: str, size: int, inodes: int) -> None:
    """Mount an empty, bounded file system on ``path`` (needs CAP_SYS_ADMIN)."""
    options = f"size={size},nr_inodes={inodes},mode=777".encode()
    if _libc.mount(b"scratch", path.encode(), b"tmpfs", _NOSUID_NODEV_NOEXEC, options):
        raise OSError(ctypes.get_errno(), f"mount {path}")


def drop_privileges(uid: int | None) -> None:
    """Become ``uid``, lose every capability for good and install the base filter.

    Raises:
        OSError: something could not be dropped; the supervisor must not go on.
    """
    for capability in range(64):
        if _prctl(_DROP_BOUNDING, capability, 0, 0, 0) and ctypes.get_errno() != 22:
            break  # without CAP_SETPCAP; no_new_privs keeps the bounding set from mattering
    if uid is not None and os.getuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if _libc.capset(header, nothing):
        raise OSError(ctypes.get_errno(), "capset")
    set_dumpable(False)
    Filter(base_filter(current_machine())).install()


def set_dumpable(value: bool) -> None:
    """Say whether processes of the same user may look into this one."""
    if _prctl(_SET_DUMPABLE, int(value), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_DUMPABLE")


def fork() -> int:
    """Fork without Python's own hooks, as the C function does.

    This process has one thread and no lock is held, so that there is nothing for the hooks to mend; they
    touch some seventy pages, each of which would have to be copied, and they would make the module
    ``random`` differ from one run of a program to the next.
    """
    return int(_fork())


def become_subreaper() -> None:
    """Inherit the orphans among this process's descendants, as process 1 would."""
    if _prctl(_SET_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")


def reset_signals() -> None:
    """Give every signal its default action: as process 1, that makes the supervisor immune to them."""
    for number in signal.valid_signals():
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_DFL)


def volunteer_for_memory_kills() -> None:
    """Make the kernel choose this process before the supervisor when memory runs out."""
    with contextlib.suppress(OSError):
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        try:
            os.write(descriptor, b"500")
        finally:
            os.close(descriptor)
