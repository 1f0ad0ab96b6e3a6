"""The ways to run a program that are compared: three without a pool, and Reason's own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from reason.sandbox import Case, Judgement, Limits, Program, open_sandbox

__all__ = ["BareProcess", "DockerExec", "DockerRun", "Method", "Pool", "processor_seconds", "processor_table"]

# The rivals do the least that can be called judging: one interpreter a program, every case in it, no limits.
DRIVER = """
import io, json, sys
job = json.loads(sys.stdin.read())
code, outputs = compile(job["source"], "program", "exec"), []
for text in job["inputs"]:
    sys.stdin, sys.stdout = io.StringIO(text), io.StringIO()
    exec(code, {"__name__": "__main__"})
    outputs.append(sys.stdout.getvalue())
sys.__stdout__.write(json.dumps(outputs))
"""
TICK = os.sysconf("SC_CLK_TCK")


class Method(Protocol):
    """A way to run programs."""

    name: str
    programs: int
    """Programs to run a round, at one worker: a round of any method should take a few seconds."""

    def judge(self, source: str, inputs: Sequence[str], expected: Sequence[str]) -> bool:
        """Run a program on its cases; True where every output is the expected one."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


def drive(command: Sequence[str], source: str, inputs: Sequence[str], expected: Sequence[str]) -> bool:
    """Run the driver by a command and compare what it printed."""
    job = json.dumps({"source": source, "inputs": list(inputs)})
    done = subprocess.run(command, input=job, capture_output=True, text=True, check=True, timeout=120)
    return [text.split() for text in json.loads(done.stdout)] == [text.split() for text in expected]


class BareProcess:
    """``python -I`` a program: no isolation at all."""

    name = "python -I per program"
    programs = 40

    def judge(self, source: str, inputs: Sequence[str], expected: Sequence[str]) -> bool:
        """Run a program in a fresh interpreter of the host."""
        return drive([sys.executable, "-I", "-S", "-c", DRIVER], source, inputs, expected)

    def close(self) -> None:
        """Nothing was started."""


class DockerRun:
    """``docker run --rm`` a program."""

    name = "docker run --rm per program"
    programs = 4

    def __init__(self, image: str, python: str) -> None:
        """Take the image, and the path of its interpreter."""
        options = ["--rm", "-i", "--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "65534"]
        self._command = ["docker", "run", *options, "--entrypoint", python, image, "-I", "-S", "-c", DRIVER]

    def judge(self, source: str, inputs: Sequence[str], expected: Sequence[str]) -> bool:
        """Run a program in a container of its own."""
        return drive(self._command, source, inputs, expected)

    def close(self) -> None:
        """Every container has removed itself."""


class DockerExec:
    """``docker exec`` a program, in one warm container."""

    name = "docker exec per program"
    programs = 16

    def __init__(self, image: str, python: str) -> None:
        """Start the container."""
        options = ["--rm", "-d", "--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "65534"]
        wait = [python, "-I", "-S", "-c", "import time; time.sleep(3600)"]
        command = ["docker", "run", *options, "--entrypoint", wait[0], image, *wait[1:]]
        started = subprocess.run(command, capture_output=True, text=True, check=True)
        self._container = started.stdout.strip()
        self._command = ["docker", "exec", "-i", self._container, python, "-I", "-S", "-c", DRIVER]

    def judge(self, source: str, inputs: Sequence[str], expected: Sequence[str]) -> bool:
        """Run a program in the container."""
        return drive(self._command, source, inputs, expected)

    def close(self) -> None:
        """Remove the container."""
        subprocess.run(["docker", "rm", "-f", self._container], capture_output=True, check=True)


class Pool:
    """Reason's pool of warm slots over one backend."""

    programs = 250

    def __init__(self, backend: str, workers: int) -> None:
        """Open the pool."""
        self.name = f"reason, {backend} pool"
        self._sandbox = open_sandbox(backend=backend, workers=workers)
        self._limits = Limits()

    def judge(self, source: str, inputs: Sequence[str], expected: Sequence[str]) -> bool:
        """Run a program in a warm slot."""
        cases = [Case(stdin=text, expected=wanted) for text, wanted in zip(inputs, expected, strict=True)]
        outcomes = self._sandbox.run(Program(source=source), cases, self._limits)
        return all(outcome.judgement is Judgement.AC for outcome in outcomes)

    def close(self) -> None:
        """Close the pool."""
        self._sandbox.close()


def processor_table(*, engine: bool) -> dict[int, tuple[int, float]]:
    """Read the parent and the processor time of this process and its descendants.

    Args:
        engine: also of a Docker engine, its containers' shims and all below them.
    """
    table: dict[int, tuple[int, str, float]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        table[int(path.parent.name)] = (int(fields[1]), name, sum(map(int, fields[11:15])) / TICK)
    names = ("dockerd", "containerd", "containerd-shim") if engine else ()
    roots = {pid for pid, (_, name, _) in table.items() if name in names} | {os.getpid()}

    def belongs(pid: int) -> bool:
        while pid in table and pid not in roots:
            pid = table[pid][0]
        return pid in roots

    return {pid: (parent, used) for pid, (parent, _, used) in table.items() if belongs(pid)}


def processor_seconds(before: dict[int, tuple[int, float]], after: dict[int, tuple[int, float]]) -> float:
    """Return the processor time used between two readings.

    What a process has used counts in its parent once it was reaped. A container's shim ends as a child of
    process 1, outside both readings, so that ``docker run`` is shown cheaper than it is.

    Args:
        before: what :func:`processor_table` said first.
        after: what it said last.
    """

    def counted(pid: int) -> bool:
        while pid in before and pid not in after:
            pid = before[pid][0]
        return pid in after

    old = sum(used for pid, (_, used) in before.items() if counted(pid))
    return sum(used for _, used in after.values()) - old
