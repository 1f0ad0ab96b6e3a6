"""What a sandbox is: programs and cases in, outcomes out. It knows nothing of tasks.

Every backend (``docker``, ``bubblewrap``, ``process``) obeys the one protocol of this file, and
``reason.testing.sandbox`` checks that it does. Expected values stay on the host: a backend gives a
program its input and nothing else, and :func:`judge` compares what came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Literal, Protocol, Self, runtime_checkable

__all__ = ["Case", "Health", "Judgement", "Limits", "Outcome", "Program", "Sandbox"]


class Judgement(StrEnum):
    """The vocabulary of programming judges."""

    AC = "AC"
    """Accepted: it ran, and its answer is the expected one (or none was expected)."""
    WA = "WA"
    """Wrong answer."""
    RE = "RE"
    """Runtime error: an exception, a bad exit status, a fatal signal, or an attack on its judge."""
    TLE = "TLE"
    """Time limit exceeded, processor or wall."""
    MLE = "MLE"
    """Memory limit exceeded."""
    OLE = "OLE"
    """Output limit exceeded: standard output, standard error or a file."""
    CE = "CE"
    """Compile error."""
    IE = "IE"
    """Internal error: ours. Unscorable, never the program's fault."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one case of a program may use."""

    cpu_seconds: float = 2.0
    """Processor time of all its processes, in seconds."""
    wall_seconds: float = 6.0
    """Elapsed time, in seconds: a safety net, at least the processor time."""
    memory_bytes: int = 256 * 2**20
    """Memory of all its processes, in bytes."""
    output_bytes: int = 2**20
    """Standard output and standard error together, in bytes."""
    file_bytes: int = 4 * 2**20
    """Largest file it may write in its scratch folder, in bytes."""
    processes: int = 16
    """Processes and threads that may live at once."""
    open_files: int = 64
    """Open file descriptors a process."""

    def __post_init__(self) -> None:
        """Reject limits that are not positive, or a wall time below the processor time."""
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"Limits.{name} must be a number, got {value!r}")
            if not 0 < value < float("inf"):
                raise ValueError(f"Limits.{name} must be positive and finite, got {value!r}")
        if self.wall_seconds < self.cpu_seconds:
            raise ValueError(
                f"Limits.wall_seconds ({self.wall_seconds}) must be at least cpu_seconds ({self.cpu_seconds})"
            )


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program to be run; its text is hostile until proved otherwise."""

    source: str
    language: Literal["python", "c", "cpp"] = "python"
    mode: Literal["stdio", "function", "checks"] = "stdio"
    """``stdio`` reads and prints; ``function`` is called with JSON arguments; ``checks`` is a module
    whose functions are called by the trusted ``checks`` text, from a process that it cannot touch."""
    entry_point: str | None = None
    """The function to call in ``function`` and ``checks`` mode: the module's, or a method of its class
    ``Solution``. In ``checks`` mode None offers every function of the module under its own name."""
    checks: str | None = None
    """In ``checks`` mode: Python text that asserts on ``candidate`` (HumanEval's ``check(candidate)``,
    plain asserts, pytest-style ``test_*`` functions and methods, or ``unittest.TestCase``). Arguments and
    results cross as plain values (also tuples, sets, bytes, complex, and dictionaries with any keys)."""

    def __post_init__(self) -> None:
        """Reject combinations that cannot be run."""
        if self.mode == "function" and not (self.entry_point or "").isidentifier():
            raise ValueError(f"Program.entry_point must name a function, got {self.entry_point!r}")
        if (self.mode == "checks") != (self.checks is not None):
            raise ValueError("Program.checks goes with mode='checks', and mode='checks' needs it")
        if self.mode != "stdio" and self.language != "python":
            raise ValueError(f"mode {self.mode!r} runs Python only, got language {self.language!r}")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One input of a program, and what is expected of it (compared on the host)."""

    stdin: str = ""
    arguments: Sequence[Any] = ()
    """Positional JSON arguments, in ``function`` mode."""
    expected: Any = None
    """Expected standard output (``stdio``: white space at the end of lines and blank lines at the end do
    not count) or JSON value (``function``: exact types, so that True is not 1 and 1 is not "1", but 1 is
    1.0, since JSON has one kind of number, and NaN is NaN). Unused in ``checks`` mode."""
    compare: bool = True
    """False: nothing is expected, and a run without fault is AC."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one case."""

    judgement: Judgement
    stdout: str = ""
    stderr: str = ""
    value: Any = None
    """The JSON value returned, in ``function`` mode."""
    exit_code: int | None = None
    """Exit status, or minus the signal's number; None where it did not run."""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    memory_bytes: int = 0
    """Peak resident memory, in bytes."""
    isolated: bool = True
    """False where the backend gives no isolation (``process``)."""
    enforced: tuple[str, ...] = ()
    """Names of the :class:`Limits` fields that the backend could enforce in full."""
    detail: str = ""
    """One line for a person: why it was not AC."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a sandbox says of itself."""

    backend: str
    ready: bool
    slots: int
    """Warm slots that can take a program now."""
    isolation: tuple[str, ...]
    """What separates a program from the host, one short phrase each."""
    detail: str = ""


@runtime_checkable
class Sandbox(Protocol):
    """Runs programs under limits. Safe from threads and from asyncio; closed by ``with``."""

    def run(
        self, program: Program, cases: Sequence[Case], limits: Limits = ..., *, stop: bool = False
    ) -> list[Outcome]:
        """Run a program on each case; one outcome a case, in order.

        With ``stop``, the outcomes end with the first that is not AC, and nothing is run beyond it.

        Raises:
            SandboxError: the sandbox was closed. Any other failure of ours is a ``Judgement.IE``.
        """
        ...

    async def arun(self, program: Program, cases: Sequence[Case], limits: Limits = ...) -> list[Outcome]:
        """Do the same without blocking the event loop; cancelling it kills the program."""
        ...

    def map(
        self, jobs: Iterable[tuple[Program, Sequence[Case]]], limits: Limits = ...
    ) -> Iterator[list[Outcome]]:
        """Run many programs over all slots, yielding results in the order of the jobs."""
        ...

    def health(self) -> Health:
        """Say what this sandbox is and whether it can work."""
        ...

    def close(self) -> None:
        """Kill everything that was started and leave nothing behind; may be called twice."""
        ...

    def __enter__(self) -> Self:
        """Return this sandbox."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        ...
