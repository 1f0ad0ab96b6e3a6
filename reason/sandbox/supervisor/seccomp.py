"""A system call filter built by hand: what namespaces, capabilities and limits leave open.

Two filters. :data:`BASE` is installed once in the supervisor and inherited by all. :data:`PROGRAM` is
added in the child of a Python program, which never needs to execute a file.

Source: Linux ``seccomp(2)``, ``linux/bpf_common.h``, and the system call tables of x86-64 and of
asm-generic (arm64).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

_LOAD, _JUMP_EQUAL, _JUMP_SET, _JUMP_GREATER_EQUAL, _JUMP_GREATER, _RETURN = (
    0x20,
    0x15,
    0x45,
    0x35,
    0x25,
    0x06,
)
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE = 0, 4
_ARGUMENT = 16  # offset of the low half of argument 0; both machines are little-endian
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LAST_KNOWN = 450
"""Newer calls than this are refused as unknown: nobody has looked at what they open."""

# name: (x86-64, arm64); None: the machine lacks it.
_CALLS: dict[str, tuple[int | None, int | None]] = {
    # other processes of the same user
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "pidfd_getfd": (438, 438),
    "kcmp": (312, 272), "migrate_pages": (256, 238), "move_pages": (279, 239), "ioprio_set": (251, 30),
    # namespaces and mounts
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    # objects that outlive a program or are shared between slots
    "shmget": (29, 194), "shmctl": (31, 195), "shmat": (30, 196), "msgget": (68, 186), "msgctl": (71, 187),
    "msgrcv": (70, 188), "msgsnd": (69, 189), "semget": (64, 190), "semctl": (66, 191), "semop": (65, 193),
    "semtimedop": (220, 192), "mq_open": (240, 180), "mq_unlink": (241, 181), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219), "flock": (73, 32), "inotify_init": (253, None),
    "inotify_init1": (294, 26), "fanotify_init": (300, 262), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    # large or rarely used parts of the kernel
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "io_setup": (206, 0), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "vmsplice": (278, 75), "remap_file_pages": (216, 234), "mbind": (237, 235), "set_mempolicy": (238, 237),
    "memfd_secret": (447, 447), "personality": (135, 92), "modify_ldt": (154, None), "uselib": (134, None),
    "lookup_dcookie": (212, 18), "syslog": (103, 116), "acct": (163, 89), "_sysctl": (156, None),
    # the machine
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "swapon": (167, 224), "swapoff": (168, 225),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162),
    "vhangup": (153, 58), "iopl": (172, None), "ioperm": (173, None),
}  # fmt: skip
_EXECUTION: dict[str, tuple[int | None, int | None]] = {"execve": (59, 221), "execveat": (322, 281)}
_MEMORY_FILE: tuple[int, int] = (319, 279)

# Allowed only where argument 0 is zero, that is, on the caller itself.
_OWN_ONLY: dict[str, tuple[int, int]] = {
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip
_SET_PRIORITY = (141, 140)  # who is argument 1
_CLONE, _CLONE3 = (56, 220), (435, 435)
_SOCKET, _SOCKETPAIR = (41, 198), (53, 199)
_UNIX_FAMILY = 1
_NEW_NAMESPACE_FLAGS = 0x7E020000
_FCNTL = (72, 25)
_SHARED_LOCKS = (6, 7, 37, 38, 1024, 1026)  # SETLK, SETLKW, OFD_SETLK, OFD_SETLKW, SETLEASE, NOTIFY


class _Machine:
    """Where a machine stands in the tables."""

    def __init__(self, name: str) -> None:
        if name == "x86_64":
            self.column, self.audit = 0, 0xC000003E
        elif name in ("aarch64", "arm64"):
            self.column, self.audit = 1, 0xC00000B7
        else:
            raise OSError(errno.ENOSYS, f"no system call table for machine {name!r}")

    def numbers(self, calls: dict[str, tuple[int | None, int | None]]) -> list[int]:
        return [number for pair in calls.values() if (number := pair[self.column]) is not None]


def base_filter(machine: str) -> bytes:
    """Return the filter that the supervisor and every program live under.

    Args:
        machine: as in ``os.uname().machine``.
    """
    here = _Machine(machine)
    column = here.column
    program = _prologue(here)
    program += _denials(here.numbers(_CALLS), errno.EPERM)
    # Its flags lie behind a pointer, which a filter cannot follow; the C library falls back to clone.
    program += _denials([_CLONE3[column]], errno.ENOSYS)
    program += _when(_CLONE[column], [(_JUMP_SET, _NEW_NAMESPACE_FLAGS, errno.EPERM)], argument=0)
    for pair in _OWN_ONLY.values():
        program += _unless_equal(pair[column], 0, argument=0)
    program += _unless_equal(_SET_PRIORITY[column], 0, argument=1)
    program += _unless_equal(_SOCKET[column], _UNIX_FAMILY, argument=0)
    program += _unless_equal(_SOCKETPAIR[column], _UNIX_FAMILY, argument=0)
    locks = [(_JUMP_EQUAL, command, errno.EPERM) for command in _SHARED_LOCKS]
    program += _when(_FCNTL[column], locks, argument=1)
    return b"".join([*program, _instruction(_RETURN, _ALLOW)])


def program_filter(machine: str, *, execution: bool) -> bytes:
    """Return what a program gets on top.

    Args:
        machine: as in ``os.uname().machine``.
        execution: whether it may still execute a file (a compiled program has to, once).
    """
    here = _Machine(machine)
    numbers = [_MEMORY_FILE[here.column]] + ([] if execution else here.numbers(_EXECUTION))
    program = [_instruction(_LOAD, _NUMBER), *_denials(numbers, errno.EPERM), _instruction(_RETURN, _ALLOW)]
    return b"".join(program)


class Filter:
    """A filter ready to be installed: building it allocates, installing it does not."""

    def __init__(self, program: bytes) -> None:
        """Keep the program where the kernel can read it."""
        self._buffer = ctypes.create_string_buffer(program, len(program))
        self._header = ctypes.create_string_buffer(
            struct.pack("@HxxxxxxQ", len(program) // 8, ctypes.addressof(self._buffer))
        )
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        self._prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        self._address = ctypes.addressof(self._header)

    def install(self) -> None:
        """Put this thread and all its children under the filter, for good."""
        if self._prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
        if self._prctl(_SET_SECCOMP, _FILTER, self._address, 0, 0):
            raise OSError(ctypes.get_errno(), "PR_SET_SECCOMP")


def current_machine() -> str:
    """Return this machine's name, as the tables call it."""
    return os.uname().machine


def _instruction(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, true, false, value)


def _prologue(here: _Machine) -> list[bytes]:
    program = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_EQUAL, here.audit, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
        # Also catches the x32 numbers (bit 30), which would walk around every comparison below.
        _instruction(_JUMP_GREATER, _LAST_KNOWN, 0, 1),
        _instruction(_RETURN, _ERROR | errno.ENOSYS),
    ]
    return program


def _denials(numbers: list[int], error: int) -> list[bytes]:
    program = []
    for number in numbers:
        program += [_instruction(_JUMP_EQUAL, number, 0, 1), _instruction(_RETURN, _ERROR | error)]
    return program


def _when(number: int, tests: list[tuple[int, int, int]], argument: int) -> list[bytes]:
    """Apply ``(jump, value, error)`` tests to an argument of one call, and allow it if none fits."""
    body = [_instruction(_LOAD, _ARGUMENT + 8 * argument)]
    for jump, value, error in tests:
        body += [_instruction(jump, value, 0, 1), _instruction(_RETURN, _ERROR | error)]
    body.append(_instruction(_RETURN, _ALLOW))
    return [_instruction(_JUMP_EQUAL, number, 0, len(body)), *body]


def _unless_equal(number: int, value: int, argument: int) -> list[bytes]:
    body = [
        _instruction(_LOAD, _ARGUMENT + 8 * argument),
        _instruction(_JUMP_EQUAL, value, 1, 0),
        _instruction(_RETURN, _ERROR | errno.EPERM),
        _instruction(_RETURN, _ALLOW),
    ]
    return [_instruction(_JUMP_EQUAL, number, 0, len(body)), *body]
