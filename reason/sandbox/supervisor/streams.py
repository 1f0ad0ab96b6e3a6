"""The standard streams of a program: memory files, made fresh for each case."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

_ftruncate, _lseek, _write, _dup2, _fstat = os.ftruncate, os.lseek, os.write, os.dup2, os.fstat


class MemoryFiles:
    """The files of one program: what it reads, what it writes, and what is reported of it."""

    def __init__(self) -> None:
        """Create four empty files in memory, none of which can be executed where the kernel allows that."""
        names = ("stdin", "stdout", "stderr", "report")
        self.stdin, self.stdout, self.stderr, self.report = (_memory_file(name) for name in names)

    def all(self) -> tuple[int, int, int, int]:
        """Return the descriptors."""
        return self.stdin, self.stdout, self.stderr, self.report

    def clear(self) -> None:
        """Make all of them empty again."""
        for descriptor in self.all():
            _ftruncate(descriptor, 0)
            _lseek(descriptor, 0, os.SEEK_SET)

    def close(self) -> None:
        """Let the memory go."""
        for descriptor in self.all():
            os.close(descriptor)


class Streams:
    """``sys.stdin`` and its brothers over the descriptors 0, 1 and 2."""

    def __init__(self) -> None:
        """Keep what a program may replace."""
        self._open = io.open
        self._ready: tuple[TextIO, TextIO, TextIO] | None = None
        self._given: tuple[TextIO, TextIO] | None = None

    def prepare(self) -> None:
        """Build a set in advance."""
        self._ready = self._build()

    def begin(self, files: MemoryFiles, data: bytes | memoryview) -> None:
        """Put descriptors and objects in the state that a fresh interpreter would find."""
        _ftruncate(files.stdin, 0)
        _lseek(files.stdin, 0, os.SEEK_SET)
        while data:
            data = data[_write(files.stdin, data) :]
        _lseek(files.stdin, 0, os.SEEK_SET)
        _dup2(files.stdin, 0)
        _dup2(files.stdout, 1)
        _dup2(files.stderr, 2)
        stdin, stdout, stderr = self._ready or self._build()
        self._ready = None
        sys.stdin = sys.__stdin__ = stdin  # type: ignore[misc,assignment]
        sys.stdout = sys.__stdout__ = stdout  # type: ignore[misc,assignment]
        sys.stderr = sys.__stderr__ = stderr  # type: ignore[misc,assignment]
        self._given = stdout, stderr

    @staticmethod
    def end() -> bool:
        """Flush what the program left in its buffers; False if that failed."""
        clean, last = True, None
        # No builtin function is called here: the program may have replaced them all.
        for stream in (sys.stdout, sys.__stdout__, sys.stderr, sys.__stderr__):
            try:
                if stream is not None and stream is not last and not stream.closed:
                    last = stream
                    stream.flush()
            except Exception:
                clean = False
        return clean

    def _build(self) -> tuple[TextIO, TextIO, TextIO]:
        make: Callable[..., TextIO] = self._open
        # Never the last case's: its buffer may hold what that case did not read.
        stdin = make(0, "r", encoding="utf-8", closefd=False)
        if self._given is not None and _untouched(*self._given):
            return stdin, *self._given
        stdout = make(1, "w", encoding="utf-8", closefd=False)
        stderr = make(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
        return stdin, stdout, stderr


def _untouched(stdout: TextIO, stderr: TextIO) -> bool:
    """Say whether a case left the streams that it was given in their places, and open."""
    try:
        return sys.stdout is stdout and sys.stderr is stderr and not stdout.closed and not stderr.closed
    except (AttributeError, ValueError):
        return False  # deleted, or detached from its buffer


def _memory_file(name: str) -> int:
    no_execution = 0x8  # MFD_NOEXEC_SEAL, Linux 6.3
    with suppress(OSError):
        return os.memfd_create(name, os.MFD_CLOEXEC | no_execution)
    return os.memfd_create(name, os.MFD_CLOEXEC)
