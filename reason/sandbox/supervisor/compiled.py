"""Compiling C and C++, and executing what came of it. Both functions are called in a child."""

from __future__ import annotations

import os
from typing import Any, NoReturn

from .confine import Confinement, set_dumpable, volunteer_for_memory_kills
from .payload import Payload
from .streams import MemoryFiles

COMPILERS = {"c": ("gcc", "cc", "clang"), "cpp": ("g++", "c++", "clang++")}
ARTIFACT = "program"
_SOURCES = {"c": "main.c", "cpp": "main.cpp"}
_FLAGS = {"c": ["-std=gnu17"], "cpp": ["-std=gnu++17"]}
_CANNOT_EXECUTE = 127


def find_compiler(language: str) -> str | None:
    """Return the path of a compiler for a language, or None."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    paths = [os.path.join(folder, name) for name in COMPILERS[language] for folder in folders]
    return next((path for path in paths if os.access(path, os.X_OK)), None)


def compile_program(payload: Payload, language: str, files: MemoryFiles) -> NoReturn:
    """Become the compiler; its messages go to the standard error file, its work to ``ARTIFACT``."""
    compiler = find_compiler(language)
    if compiler is None:
        os.write(files.report, b"no compiler")
        os._exit(_CANNOT_EXECUTE)
    name = _SOURCES[language]
    with open(name, "wb") as file:
        file.write(payload.source)
    for target in (0, 1, 2):
        os.dup2(files.stdin if target == 0 else files.stderr, target)
    command = [compiler, *_FLAGS[language], "-O2", "-pipe", "-o", ARTIFACT, name, "-lm"]
    os.execve(compiler, command, dict(os.environ))


def execute_binary(
    payload: Payload, files: MemoryFiles, confinement: Confinement, limits: dict[str, Any]
) -> NoReturn:
    """Become the program whose bytes are the payload's source, on the payload's one input.

    Scratch is mounted noexec, so that the binary lives in a memory file that only it can see.
    """
    descriptor = _executable_file()
    _write_all(descriptor, payload.source)
    _write_all(files.stdin, payload.inputs[0])
    os.lseek(files.stdin, 0, os.SEEK_SET)
    # A file that is open for writing cannot be executed.
    set_dumpable(True)  # /proc/self is closed to the undumpable
    volunteer_for_memory_kills()
    reading = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
    os.close(descriptor)
    for target, source in enumerate((files.stdin, files.stdout, files.stderr)):
        os.dup2(source, target)
    confinement.limit(limits, fresh_image=True)
    confinement.filter_binary()
    try:
        os.execve(reading, ["./program"], {"PATH": "/usr/bin:/bin", "HOME": os.getcwd(), "LANG": "C.UTF-8"})
    except OSError as error:
        os.write(files.report, f"cannot execute: {error}".encode())
        os._exit(_CANNOT_EXECUTE)


def _executable_file() -> int:
    executable = 0x10  # MFD_EXEC, Linux 6.3
    try:
        return os.memfd_create("program", os.MFD_CLOEXEC | executable)
    except OSError:
        return os.memfd_create("program", os.MFD_CLOEXEC)


def _write_all(descriptor: int, data: bytes | memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
