"""Marks that say which host process owns a container, so that those of dead hosts can be told apart."""

from __future__ import annotations

import os
import platform
from pathlib import Path

__all__ = ["owner_alive", "owner_mark"]


def owner_mark() -> str:
    """Return a mark of this very process: machine, process id and the process's start."""
    return f"{machine()}/{os.getpid()}/{process_start(os.getpid())}"


def owner_alive(mark: str) -> bool:
    """Say whether the process of a mark still lives; True where that cannot be known from here."""
    where, _, rest = mark.partition("/")
    process, _, start = rest.partition("/")
    if where != machine() or not process.isdigit():
        return True
    if process_start(int(process)) != start:
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def machine() -> str:
    """Name this boot of this machine, and the process namespace that our process ids belong to."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}-{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return platform.node() or "unknown"


def process_start(process: int) -> str:
    """Return when a process started, in ticks since boot; empty where the system does not say."""
    try:
        # The command's name stands in brackets and may hold anything, brackets too.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
