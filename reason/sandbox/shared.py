"""The sandbox that all of a process shares: verifiers, tools and trainers fill the same warm places."""

from __future__ import annotations

import os
import threading

from reason.sandbox.protocol import Sandbox

__all__ = ["close_shared_sandbox", "shared_sandbox"]

_lock = threading.Lock()
_sandboxes: dict[int, Sandbox] = {}
"""By process: a sandbox does not survive a fork."""


def shared_sandbox() -> Sandbox:
    """Return the sandbox of this process, opened when first needed and closed at the process's end.

    Raises:
        SandboxUnavailableError: no backend can run here; the message lists the remedies.
    """
    from reason.sandbox import open_sandbox

    with _lock:
        if (found := _sandboxes.get(os.getpid())) is None:
            found = _sandboxes[os.getpid()] = open_sandbox()
        return found


def close_shared_sandbox() -> None:
    """Close it now; whoever needs it next opens it again."""
    with _lock:
        if (found := _sandboxes.pop(os.getpid(), None)) is not None:
            found.close()
