"""The last resort: a plain child with resource limits and a system call filter, and no isolation.

A program can read what the user can read, and see the other processes. It is for people who know that
their programs are harmless, and it says so with every outcome.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from reason.errors import SandboxError, SandboxUnavailableError
from reason.sandbox.backend import (
    SUPERVISOR,
    SocketTransport,
    SupervisorOptions,
    Transport,
    supervisor_command,
)
from reason.sandbox.protocol import Limits
from reason.sandbox.runtime import find_runtime

__all__ = ["Process"]


class Process:
    """Starts supervisors as plain children."""

    name = "process"
    isolated = False
    isolation: tuple[str, ...] = ("resource limits", "system call filter")

    def __init__(self) -> None:
        """Check that the user has asked for it.

        Raises:
            SandboxUnavailableError: the environment does not say ``REASON_SANDBOX=process``.
        """
        if os.environ.get("REASON_SANDBOX") != "process":
            raise SandboxUnavailableError(
                "the process backend does not isolate programs from this machine; set REASON_SANDBOX=process "
                "in the environment if you want it nevertheless"
            )
        self._python = str(find_runtime().executable)

    def start(self, slot: int) -> Transport:
        """Start one supervisor.

        Raises:
            SandboxError: it could not be started.
        """
        # A folder of its own around scratch: a program can rename scratch and put a link in its place.
        around = tempfile.mkdtemp(prefix="reason-scratch-")
        scratch = os.path.join(around, "scratch")
        os.mkdir(scratch)
        options = SupervisorOptions(scratch=scratch, counted_uid=False)
        command, environment = supervisor_command(self._python, str(SUPERVISOR.parent), options)
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    cwd="/",
                    start_new_session=True,
                )
        except OSError as error:
            ours.close()
            shutil.rmtree(around, ignore_errors=True)
            raise SandboxError(f"process: cannot start a supervisor: {error}") from error

        def stop() -> None:
            # The stream is shut already. Woken, the supervisor sees it, ends its programs and then itself.
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCHLD)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            shutil.rmtree(around, ignore_errors=True)

        return SocketTransport(ours, stop=stop)

    def enforced(self, limits: Limits) -> tuple[str, ...]:
        """Return the names of the limits that are enforced in full."""
        names = ["wall_seconds", "output_bytes", "open_files"]
        return tuple(names if limits.file_bytes < limits.output_bytes else [*names, "file_bytes"])

    def compiling(self) -> None:
        """Return None: its places see the compilers of the host already."""

    def close(self) -> None:
        """Do nothing: every slot removes what it made."""
