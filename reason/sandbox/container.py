"""One Docker container, from creation to removal, and the stream that its supervisor opens to the host."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reason.errors import SandboxError
from reason.sandbox.engine import engine_errors, engine_failures
from reason.sandbox.protocol import Limits

if TYPE_CHECKING:
    import docker

__all__ = ["SOCKET_PREFIX", "Container", "accept", "remove_leaked_sockets", "socket_parent"]

START_SECONDS = 60.0
STOP_SECONDS = 20.0
SOCKET_PREFIX = "reason-slot-"
"""Of the host folders that a container finds its socket in; a process id follows."""


class Container:
    """One container, from creation to removal; engine failures are SandboxError."""

    def __init__(
        self,
        client: docker.DockerClient,
        image: str,
        settings: dict[str, Any],
        slack: int,
        *,
        limits_memory: bool,
        podman: bool,
    ) -> None:
        """Create it, without starting it."""
        self._podman = podman
        self._api = client.api
        self._slack = slack
        self._limits_memory = limits_memory
        self._memory: int | None = settings.get("mem_limit")
        self._lock = threading.Lock()
        with engine_failures("create a container"):
            self.id: str = client.containers.create(image, **settings).id

    def start(self) -> None:
        """Start it."""
        with engine_failures("start a container"):
            self._api.start(self.id)

    def attach(self) -> Any:
        """Attach to its standard streams."""
        with engine_failures("attach to a container"):
            return self._api.attach_socket(
                self.id, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            )

    def process(self) -> int:
        """Return the process id of the supervisor on the engine's machine; 0 when it has ended."""
        try:
            return int(self._api.inspect_container(self.id)["State"]["Pid"])
        except engine_errors():
            return 0

    def prepare(self, limits: Limits) -> None:
        """Set the memory limit for the next program; free while it stays the same."""
        memory = limits.memory_bytes + self._slack
        with self._lock:
            if not self._limits_memory or memory == self._memory:
                return
            with engine_failures("set a container's memory limit"):
                if self._podman:
                    set_podman_memory(self._api, self.id, memory)
                else:
                    self._api.update_container(self.id, mem_limit=memory, memswap_limit=memory)
            self._memory = memory

    def oom_counter(self) -> Callable[[], int]:
        """Return a function that counts the kernel's kills for memory in this container."""
        file = oom_file(self.process())
        return (lambda: 0) if file is None else (lambda: read_oom_kills(file))

    def remove(self) -> None:
        """Kill it and wait until it is gone."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            try:
                self._api.remove_container(self.id, force=True, v=True)
            except engine_errors() as error:
                status = getattr(getattr(error, "response", None), "status_code", None)
                if status == 404:
                    return
                if status is None:
                    # A dead engine: the closed stream ends the supervisor, the next host removes the rest.
                    return
                time.sleep(0.05)  # The engine is removing it on its own account.
                continue
            return


def set_podman_memory(api: Any, container: str, memory: int) -> None:
    """Set a memory limit by podman's own interface: it has no Docker-compatible call for this."""
    import docker.errors

    address = f"{api.base_url}/v4.3.0/libpod/containers/{container}/update"
    answer = api.post(address, json={"memory": {"limit": memory, "swap": memory}})
    if answer.status_code >= 300:
        raise docker.errors.APIError(answer.text, response=answer)


def accept(listener: socket.socket, container: Container) -> socket.socket:
    """Wait for the supervisor to connect, and make sure that it is the supervisor.

    Raises:
        SandboxError: it ended or took too long.
    """
    deadline = time.monotonic() + START_SECONDS
    listener.settimeout(1.0)
    while time.monotonic() < deadline:
        try:
            stream, _ = listener.accept()
        except TimeoutError:
            if container.process() == 0:
                raise SandboxError("the container ended before its supervisor spoke") from None
            continue
        peer = int.from_bytes(stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 4), sys.byteorder)
        if peer == container.process():
            return stream
        stream.close()  # Another user of this machine: the folder's name is no secret.
    raise SandboxError(f"the container's supervisor did not connect in {START_SECONDS:.0f} seconds")


def socket_parent() -> Path:
    """Name a folder whose path is short enough for a unix socket below it."""
    folder = tempfile.gettempdir()
    return Path(folder if len(folder) < 60 else "/tmp")


def remove_leaked_sockets() -> None:
    """Remove the socket folders of hosts that died while a container of theirs started."""
    for folder in socket_parent().glob(f"{SOCKET_PREFIX}*-*"):
        owner = folder.name.removeprefix(SOCKET_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def oom_file(process: int) -> Path | None:
    """Find the file in which the kernel counts kills for memory in a process's control group."""
    try:
        lines = Path(f"/proc/{process}/cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if "memory" in controllers.split(","):
            file = Path(f"/sys/fs/cgroup/memory{group}/memory.oom_control")
        elif not controllers:
            file = Path(f"/sys/fs/cgroup{group}/memory.events")
        else:
            continue
        if os.access(file, os.R_OK):
            return file
    return None


def read_oom_kills(file: Path) -> int:
    """Read the counter; 0 when the group is gone."""
    try:
        fields = file.read_text().split()
    except OSError:
        return 0
    return int(fields[fields.index("oom_kill") + 1]) if "oom_kill" in fields else 0
