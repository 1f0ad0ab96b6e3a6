"""Control groups for slots, version 1 or 2, where this process may make them.

Source: Linux ``Documentation/admin-guide/cgroup-v1/memory.rst``, ``pids.rst`` and ``cgroup-v2.rst``.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

__all__ = ["SlotGroup", "find_group_parents"]

_PREFIX = "reason-slot-"
_serials = itertools.count()
_CONTROLLERS = ("memory", "pids")


class SlotGroup:
    """One control group (version 2), or one a controller (version 1), for one slot."""

    def __init__(self, parents: dict[str, Path], slot: int) -> None:
        """Create the groups.

        Args:
            parents: as found by :func:`find_group_parents`.
            slot: number of the slot; the process id makes the name unique.

        Raises:
            OSError: a group cannot be made after all.
        """
        self._folders: dict[str, Path] = {}
        serial = next(_serials)
        try:
            for controller, parent in parents.items():
                folder = parent / f"{_PREFIX}{os.getpid()}-{slot}-{serial}"
                if folder not in self._folders.values():
                    folder.mkdir()
                self._folders[controller] = folder
        except OSError:
            self.remove()
            raise
        self._old = (self._folders["memory"] / "memory.limit_in_bytes").exists()
        self._current: tuple[int, int] | None = None

    def add(self, pids: Iterable[int]) -> None:
        """Move processes into the group."""
        for folder in set(self._folders.values()):
            for pid in pids:
                (folder / "cgroup.procs").write_text(str(pid))

    def limit(self, memory: int, processes: int) -> None:
        """Set the limits, where they differ from the last ones.

        Args:
            memory: memory of all processes together, in bytes.
            processes: processes and threads that may live at once.
        """
        if self._current == (memory, processes):
            return
        folder = self._folders["memory"]
        # A group that is still full refuses a lower limit: the slot is then lost and replaced.
        if self._old:
            self._set_old_memory(folder, memory)
        else:
            (folder / "memory.max").write_text(str(memory))
            with contextlib.suppress(OSError):
                (folder / "memory.swap.max").write_text("0")
        (self._folders["pids"] / "pids.max").write_text(str(processes))
        self._current = (memory, processes)

    def oom_kills(self) -> int:
        """Return how many processes were killed for memory since the group was made."""
        name = "memory.oom_control" if self._old else "memory.events"
        with contextlib.suppress(OSError):
            found = re.search(r"^oom_kill (\d+)$", (self._folders["memory"] / name).read_text(), re.MULTILINE)
            return int(found[1]) if found else 0
        return 0

    def remove(self) -> None:
        """Remove the groups, once their last process is gone."""
        for folder in set(self._folders.values()):
            _remove(folder, seconds=5.0)

    def _set_old_memory(self, folder: Path, memory: int) -> None:
        # With swap counted, its limit has to stay at or above the other one at every moment.
        names = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
        names = [name for name in names if (folder / name).exists()]
        if self._current is not None and memory > self._current[0]:
            names.reverse()
        for name in names:
            (folder / name).write_text(str(memory))


def find_group_parents() -> dict[str, Path] | None:
    """Return, for memory and pids, a folder in which this process can make groups; None if there is none.

    Groups that a process which died left behind are removed on the way.
    """
    found: dict[str, Path] = {}
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
        memberships = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    except OSError:
        return None
    for controller in _CONTROLLERS:
        for parent in _candidates(controller, mounts, memberships):
            if _can_make_groups(parent, controller):
                found[controller] = parent
                break
        else:
            return None
    for parent in set(found.values()):
        _sweep(parent)
    return found


def _candidates(controller: str, mounts: list[list[str]], memberships: list[list[str]]) -> list[Path]:
    """Return this process's own group and the root of its hierarchy, best first."""
    folders: list[Path] = []
    for _, controllers, path in memberships:
        old = controller in controllers.split(",")
        if not old and controllers:
            continue
        for mount in mounts:
            kind, options = mount[2], mount[3].split(",")
            if controller in options if old else kind == "cgroup2":
                folders += [Path(mount[1] + path.rstrip("/")), Path(mount[1])]
    return folders


def _can_make_groups(parent: Path, controller: str) -> bool:
    probe = parent / f"{_PREFIX}{os.getpid()}-probe"
    limit = "pids.max" if controller == "pids" else "memory"
    try:
        probe.mkdir(exist_ok=True)
    except OSError:
        return False
    try:
        # A version 2 group has a controller's files only if its parent hands the controller down.
        return any(name.name.startswith(limit) for name in probe.iterdir())
    finally:
        _remove(probe, seconds=0.0)


def _sweep(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            _remove(folder, seconds=0.0)


def _remove(folder: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() >= deadline:
                return
            time.sleep(0.01)
        else:
            return
