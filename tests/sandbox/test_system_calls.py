"""The system call filter, run here on an interpreter of its own: both machines, every call."""

import errno
import struct

import pytest

from reason.sandbox.supervisor import seccomp

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = 0x7FFF0000, 0x80000000


def decide(program: bytes, architecture: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Run a classic BPF program on a ``seccomp_data`` and return its verdict."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, architecture, 0, *padded)
    accumulator, position = 0, 0
    while True:
        code, true, false, value = struct.unpack_from("<HBBI", program, 8 * position)
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return int(value)
        else:
            holds = {0x15: accumulator == value, 0x25: accumulator > value, 0x45: bool(accumulator & value)}[
                code
            ]
            position += true if holds else false


def refused(error: int) -> int:
    return 0x00050000 | error


@pytest.fixture(params=ARCHITECTURES)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def column(machine: str) -> int:
    return list(ARCHITECTURES).index(machine)


def test_every_call_of_the_table_is_refused(machine: str) -> None:
    program = seccomp.base_filter(machine)
    for name, pair in seccomp._CALLS.items():
        number = pair[column(machine)]
        if number is not None:
            assert decide(program, ARCHITECTURES[machine], number) == refused(errno.EPERM), name


def test_calls_that_programs_need_are_allowed(machine: str) -> None:
    needed = {"read": (0, 63), "write": (1, 64), "mmap": (9, 222), "futex": (202, 98), "wait4": (61, 260),
              "exit_group": (231, 94), "openat": (257, 56), "getrandom": (318, 278), "kill": (62, 129),
              "seccomp": (317, 277), "execve": (59, 221)}  # fmt: skip
    program = seccomp.base_filter(machine)
    for name, pair in needed.items():
        assert decide(program, ARCHITECTURES[machine], pair[column(machine)]) == ALLOW, name


def test_a_foreign_architecture_is_killed(machine: str) -> None:
    program = seccomp.base_filter(machine)
    for architecture in (0x40000003, 0x40000028, 0):
        assert decide(program, architecture, 1) == KILL


@pytest.mark.parametrize("number", [451, 463, 1000, 0x40000000 | 1, 0x40000000 | 41, 0xFFFFFFFF])
def test_unknown_calls_do_not_exist(machine: str, number: int) -> None:
    assert decide(seccomp.base_filter(machine), ARCHITECTURES[machine], number) == refused(errno.ENOSYS)


@pytest.mark.parametrize(
    ("call", "arguments", "allowed"),
    [
        (seccomp._CLONE, (0x11,), True),
        (seccomp._CLONE, (0x3D0F00,), True),
        (seccomp._CLONE, (0x10000000 | 0x11,), False),
        (seccomp._CLONE, (0x00020000,), False),
        (seccomp._SOCKET, (1,), True),
        (seccomp._SOCKET, (2,), False),
        (seccomp._SOCKET, (16,), False),
        (seccomp._SOCKET, (40,), False),
        (seccomp._SOCKETPAIR, (1,), True),
        (seccomp._SOCKETPAIR, (40,), False),
        (seccomp._SET_PRIORITY, (0, 0), True),
        (seccomp._SET_PRIORITY, (0, 1), False),
        (seccomp._OWN_ONLY["prlimit64"], (0, 7), True),
        (seccomp._OWN_ONLY["prlimit64"], (1, 7), False),
        (seccomp._OWN_ONLY["sched_setaffinity"], (1,), False),
        (seccomp._FCNTL, (3, 1), True),
        (seccomp._FCNTL, (3, 4), True),
        (seccomp._FCNTL, (3, 6), False),
        (seccomp._FCNTL, (3, 38), False),
        (seccomp._FCNTL, (3, 1024), False),
    ],
)
def test_some_calls_depend_on_their_arguments(
    machine: str, call: tuple[int, int], arguments: tuple[int, ...], allowed: bool
) -> None:
    verdict = decide(seccomp.base_filter(machine), ARCHITECTURES[machine], call[column(machine)], arguments)
    assert verdict == (ALLOW if allowed else refused(errno.EPERM))


def test_high_halves_of_arguments_do_not_help(machine: str) -> None:
    """The kernel reads these arguments as 32 bits: what lies above must not change the verdict."""
    verdict = decide(
        seccomp.base_filter(machine),
        ARCHITECTURES[machine],
        seccomp._SOCKET[column(machine)],
        (1 << 32 | 40,),
    )
    assert verdict == refused(errno.EPERM)


def test_clone3_does_not_exist(machine: str) -> None:
    verdict = decide(seccomp.base_filter(machine), ARCHITECTURES[machine], 435)
    assert verdict == refused(errno.ENOSYS)


@pytest.mark.parametrize("execution", [True, False])
def test_programs_execute_only_where_they_must(machine: str, execution: bool) -> None:
    program = seccomp.program_filter(machine, execution=execution)
    for pair in seccomp._EXECUTION.values():
        verdict = decide(program, ARCHITECTURES[machine], pair[column(machine)] or -1)
        assert verdict == (ALLOW if execution else refused(errno.EPERM))
    memory_file = seccomp._MEMORY_FILE[column(machine)]
    assert decide(program, ARCHITECTURES[machine], memory_file) == refused(errno.EPERM)


def test_an_unknown_machine_is_an_error() -> None:
    with pytest.raises(OSError, match="riscv64"):
        seccomp.base_filter("riscv64")
