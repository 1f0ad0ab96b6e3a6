"""Sandboxes in Docker containers: one warm, locked-down container a slot.

A container has no network, a read-only root, no capability, no way to gain one, a user id that no other
slot has, its own process, memory and IPC limits, an allowlist of system calls, and one writable folder that
no program can be started from. The supervisor is its process 1: when the host dies, its stream ends, it
exits, and the engine removes the container. An engine elsewhere (``DOCKER_HOST=tcp://...``), gVisor
(``runtime="runsc"``) and podman's socket work too; where no unix socket can be shared, the stream is the
container's standard input and output.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from reason.errors import SandboxError
from reason.sandbox.attach import AttachedTransport
from reason.sandbox.backend import (
    PRELOAD,
    SocketTransport,
    SupervisorOptions,
    Transport,
    distinct_uid,
    supervisor_command,
)
from reason.sandbox.container import SOCKET_PREFIX, Container, accept, remove_leaked_sockets, socket_parent
from reason.sandbox.engine import LABEL, connect, engine_failures, remove_leaked
from reason.sandbox.image import FOLDER, PACKAGES, PYTHON, ImageRecipe, ensure_image
from reason.sandbox.owner import owner_mark
from reason.sandbox.protocol import Limits
from reason.sandbox.seccomp import docker_profile

__all__ = ["Docker"]

LOG = logging.getLogger(__name__)
SLACK_BYTES = 48 * 2**20
"""Memory of a container beyond its program's: the supervisor, its preloaded modules, small kernel objects."""
PACKAGE_SLACK_BYTES = 64 * 2**20
PIDS_LIMIT = 256
"""Backstop; what a program may have is counted by its user id."""
CONTAINER_ULIMITS = {"core": 0, "nofile": 4096, "nproc": 4096}
SOCKET_FOLDER = "/run/reason"
SMALL_UID_BASE, SMALL_UIDS = 20_000, 40_000
"""Where the engine maps user ids (rootless, userns-remap), only some 65,536 of them exist."""
NO_IPC = {
    "kernel.shmmni": "0",
    "kernel.msgmni": "0",
    "kernel.sem": "0 0 0 0",
    "fs.mqueue.queues_max": "0",
}


class Docker:
    """Starts supervisors in containers."""

    name = "docker"
    isolated = True

    def __init__(
        self,
        *,
        url: str | None = None,
        packages: tuple[str, ...] = (),
        compilers: bool = False,
        image: str | None = None,
        runtime: str | None = None,
        stream: Literal["auto", "socket", "attach"] = "auto",
        progress: Callable[[str], None] = LOG.info,
    ) -> None:
        """Connect, and remove what dead hosts left; the image is made when the first slot starts.

        Args:
            url: of the engine, as in DOCKER_HOST; None: the one :func:`engine_url` finds.
            packages: distributions that programs may import (``numpy``); imported before the first fork.
            compilers: whether C and C++ can be compiled in every slot, and not in slots of their own.
            image: tag of an image to be used as it is, instead of one of ours.
            runtime: OCI runtime known to the engine, as ``runsc``; None: its default.
            stream: how to talk to supervisors; ``auto`` shares a unix socket where that works.
            progress: called with one line for a person at every step of building the image.

        Raises:
            SandboxUnavailableError: no engine answers.
        """
        if stream not in ("auto", "socket", "attach"):
            raise ValueError(f"stream must be auto, socket or attach, got {stream!r}")
        self._client = connect(url)
        self._url = url
        self._recipe = ImageRecipe(packages=tuple(packages), compilers=compilers)
        self._runtime = runtime
        self._stream = stream
        self._progress = progress
        self._image = image
        self._image_given = image is not None
        self._lock = threading.Lock()
        with engine_failures("say what it is"):
            self._engine: dict[str, Any] = self._client.info()
            self._podman = "Podman" in str(self._client.version().get("Components"))
            remove_leaked(self._client)
        self._local = sys.platform == "linux" and self._client.api.base_url.startswith("http+docker://")
        default = str(self._engine.get("DefaultRuntime") or "runc")
        self._usual_runtime = Path(runtime or default).name in ("runc", "crun")
        shares = self._local and self._usual_runtime
        self._share_socket = stream == "socket" or (stream == "auto" and shares)
        if self._local:
            remove_leaked_sockets()
        self.isolation = self._describe()

    def prepare(self) -> str:
        """Make sure of the image, building it where the engine does not have it; return its tag.

        Raises:
            SandboxError: it cannot be built.
        """
        with self._lock:
            if self._image is None:
                with engine_failures("find or build the image"):
                    self._image = ensure_image(self._client, self._recipe, self._progress)
            return self._image

    def _describe(self) -> tuple[str, ...]:
        own_kernel = self._runtime is not None and self._runtime.startswith(("runsc", "kata"))
        return (
            f"container ({self._runtime or self._engine.get('DefaultRuntime', 'default runtime')})",
            *(("kernel of its own",) if own_kernel else ()),
            "no network",
            "read-only root",
            "no capabilities, no new privileges",
            "user id of its own a slot",
            "allowlist of system calls",
            "memory and process limits" if self._limits_memory else "process limits",
        )

    @property
    def _limits_memory(self) -> bool:
        return bool(self._engine.get("MemoryLimit")) and bool(self._engine.get("SwapLimit", True))

    @property
    def _maps_users(self) -> bool:
        options = " ".join(self._engine.get("SecurityOptions") or ())
        return "name=rootless" in options or "name=userns" in options

    def start(self, slot: int) -> Transport:
        """Start a container with a supervisor in it."""
        self.prepare()
        if self._share_socket:
            try:
                return self._start_with_socket(slot)
            except (SandboxError, OSError) as error:
                if self._stream == "socket":
                    raise SandboxError(str(error)) from error
                # Perhaps the engine sees other folders than we do: what works then is the attached stream.
                transport = self._start_attached(slot)
                self._share_socket = False
                return transport
        return self._start_attached(slot)

    def _start_with_socket(self, slot: int) -> Transport:
        folder = Path(tempfile.mkdtemp(prefix=f"{SOCKET_PREFIX}{os.getpid()}-", dir=socket_parent()))
        path = folder / "socket"
        listener = socket.socket(socket.AF_UNIX)
        container: Container | None = None
        try:
            listener.bind(str(path))
            listener.listen(1)
            # The supervisor has another user id; who connects is checked below.
            folder.chmod(0o711)
            path.chmod(0o666)
            container = self._create(slot, folder)
            container.start()
            stream = accept(listener, container)
        except BaseException:
            if container is not None:
                container.remove()
            raise
        finally:
            listener.close()
            path.unlink(missing_ok=True)
            folder.rmdir()
        return SocketTransport(
            stream, stop=container.remove, prepare=container.prepare, oom_kills=container.oom_counter()
        )

    def _start_attached(self, slot: int) -> Transport:
        container = self._create(slot, None)
        connection = None
        try:
            connection = container.attach()
            container.start()
        except BaseException:
            if connection is not None:
                connection.close()
            container.remove()
            raise
        # Elsewhere the counter cannot be read at the speed of programs.
        oom_kills = container.oom_counter() if self._local else (lambda: 0)
        return AttachedTransport(
            connection, stop=container.remove, prepare=container.prepare, oom_kills=oom_kills
        )

    def _create(self, slot: int, folder: Path | None) -> Container:
        from docker.types import Mount

        uid = distinct_uid(slot)
        if self._maps_users:
            uid = SMALL_UID_BASE + uid % SMALL_UIDS
        options = SupervisorOptions(
            socket=None if folder is None else f"{SOCKET_FOLDER}/socket",
            path=(PACKAGES,) if self._recipe.packages else (),
            preload=PRELOAD + self._recipe.modules(),
        )
        command, environment = supervisor_command(PYTHON, FOLDER, options)
        slack = SLACK_BYTES + (PACKAGE_SLACK_BYTES if self._recipe.packages else 0)
        memory = Limits().memory_bytes + slack
        settings: dict[str, Any] = {
            "command": command,
            "environment": environment,
            "user": f"{uid}:{uid}",
            "working_dir": options.scratch,
            "hostname": "sandbox",
            "labels": {LABEL: "slot", f"{LABEL}.owner": owner_mark()},
            "auto_remove": True,
            "stdin_open": folder is None,
            "network_mode": "none",
            "read_only": True,
            "cap_drop": ["ALL"],
            "ipc_mode": "none",
            "pids_limit": PIDS_LIMIT,
            "log_config": {"Type": "none"},
            "ulimits": [
                {"Name": name, "Soft": value, "Hard": value} for name, value in CONTAINER_ULIMITS.items()
            ],
            "tmpfs": {options.scratch: scratch_options(options, uid, self._podman)},
        }
        if self._podman:
            # Beside a read-only root it mounts these writable, unless told otherwise.
            settings["tmpfs"] |= dict.fromkeys(("/run", "/tmp", "/var/tmp"), "ro,noexec,size=4k,mode=0755")
        if folder is not None:
            settings["mounts"] = [Mount(SOCKET_FOLDER, str(folder), type="bind", read_only=True)]
        if self._limits_memory:
            settings.update(mem_limit=memory, memswap_limit=memory)
        if self._engine.get("CpuCfsQuota"):
            # A program of many threads must not take the processors of other slots.
            settings["nano_cpus"] = 10**9
        if self._usual_runtime:
            settings["sysctls"] = NO_IPC
        if self._runtime is not None:
            settings["runtime"] = self._runtime
        with profile_option(self._podman) as profile:
            settings["security_opt"] = ["no-new-privileges", profile]
            return Container(
                self._client,
                self.prepare(),
                settings,
                slack,
                limits_memory=self._limits_memory,
                podman=self._podman,
            )

    def enforced(self, limits: Limits) -> tuple[str, ...]:
        """Return the limits that are enforced in full."""
        unsure = set() if self._limits_memory else {"memory_bytes"}
        if limits.processes > PIDS_LIMIT - 8:
            unsure.add("processes")
        return tuple(name for name in vars(limits) if name not in unsure)

    def compiling(self) -> Docker | None:
        """Return the same backend over an image that holds compilers."""
        if self._recipe.compilers or self._image_given:
            return None
        return Docker(
            url=self._url,
            packages=self._recipe.packages,
            compilers=True,
            runtime=self._runtime,
            stream=self._stream,
            progress=self._progress,
        )

    def close(self) -> None:
        """Close the connections to the engine."""
        self._client.close()


def scratch_options(options: SupervisorOptions, uid: int, podman: bool) -> str:
    """Write the mount options of the scratch folder."""
    common = f"rw,noexec,nosuid,nodev,size={options.scratch_bytes}"
    if podman:
        # It knows neither owners nor a limit on inodes; the memory limit, which they count to, has to do.
        return f"{common},mode=1777"
    return f"{common},nr_inodes={options.scratch_inodes},mode=0700,uid={uid},gid={uid}"


@contextlib.contextmanager
def profile_option(podman: bool) -> Iterator[str]:
    """Give the security option that loads our system call profile: podman takes a file, Docker the text."""
    if not podman:
        yield f"seccomp={docker_profile()}"
        return
    with tempfile.NamedTemporaryFile("w", prefix="reason-seccomp-", suffix=".json") as file:
        file.write(docker_profile())
        file.flush()
        yield f"seccomp={file.name}"
