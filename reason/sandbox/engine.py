"""Finding a Docker engine, getting images into it, and clearing away what dead hosts left in it."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
import tarfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reason.errors import SandboxError, SandboxUnavailableError
from reason.sandbox.owner import owner_alive

if TYPE_CHECKING:
    import docker

__all__ = [
    "LABEL",
    "build",
    "connect",
    "engine_errors",
    "engine_failures",
    "engine_url",
    "pull",
    "remove_leaked",
]

LABEL = "dev.reason.sandbox"
"""Every image and container of ours carries this label."""
CALL_SECONDS = 60
REGISTRY_SILENCE_SECONDS = 30.0


def engine_url() -> str | None:
    """Find the engine to talk to: DOCKER_HOST, else a socket of Docker or podman; None when there is none."""
    if url := os.environ.get("DOCKER_HOST"):
        return url
    if sys.platform == "win32":
        return "npipe:////./pipe/docker_engine"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    paths = ["/var/run/docker.sock"]
    paths += [f"{runtime}/docker.sock", f"{runtime}/podman/podman.sock"] if runtime else []
    return next((f"unix://{path}" for path in paths if os.access(path, os.R_OK | os.W_OK)), None)


def connect(url: str | None = None) -> docker.DockerClient:
    """Connect to an engine that answers.

    Raises:
        SandboxUnavailableError: there is none.
    """
    where = url or engine_url()
    remedy = "start one with `scripts/engine start`, install Docker, or choose the bubblewrap backend"
    if where is None:
        raise SandboxUnavailableError(f"no Docker engine was found; {remedy}")
    if where.startswith("unix://") and not listens(where.removeprefix("unix://")):
        raise SandboxUnavailableError(f"no Docker engine listens at {where}; {remedy}")
    import docker

    try:
        if url is None and "DOCKER_HOST" in os.environ:
            client = docker.from_env(timeout=CALL_SECONDS)
        else:
            client = docker.DockerClient(base_url=where, timeout=CALL_SECONDS)
        client.ping()
    except engine_errors() as error:
        raise SandboxUnavailableError(f"no Docker engine answers at {where} ({error}); {remedy}") from error
    return client


def listens(path: str) -> bool:
    """Say whether anybody listens on a unix socket: quicker to learn than by loading the client."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5.0)
        return probe.connect_ex(path) == 0


def remove_leaked(client: docker.DockerClient) -> int:
    """Remove the containers of hosts that died before they could; return how many."""
    removed = 0
    for container in client.containers.list(
        all=True, filters={"label": f"{LABEL}=slot"}, ignore_removed=True
    ):
        if not owner_alive(container.labels.get(f"{LABEL}.owner", "")):
            with contextlib.suppress(*engine_errors()):
                container.remove(force=True, v=True)
                removed += 1
    return removed


def engine_errors() -> tuple[type[Exception], ...]:
    """Name what the client raises when the engine fails or goes away."""
    import docker.errors
    import requests

    return (docker.errors.DockerException, requests.RequestException)


@contextlib.contextmanager
def engine_failures(action: str) -> Iterator[None]:
    """Turn what the client raises into a SandboxError."""
    try:
        yield
    except engine_errors() as error:
        raise SandboxError(f"the Docker engine could not {action}: {own_words(error)}") from error


def own_words(error: Exception) -> str:
    """Return what the engine said, without the request around it, which it may quote in full."""
    said = str(getattr(error, "explanation", None) or error)
    return said if len(said) < 600 else f"{said[:300]} ... {said[-200:]}"


def pull(client: docker.DockerClient, name: str) -> None:
    """Pull an image, giving up when the registry stays silent."""
    import requests

    repository, _, version = name.partition(":")
    patience, client.api.timeout = client.api.timeout, REGISTRY_SILENCE_SECONDS
    try:
        for event in client.api.pull(repository, version, stream=True, decode=True):
            if "error" in event:
                raise SandboxError(f"{name} cannot be pulled: {event['error']}")
    except requests.RequestException as error:
        raise SandboxError(f"{name} cannot be pulled: {own_words(error)}") from error
    finally:
        client.api.timeout = patience


def build(client: docker.DockerClient, files: Mapping[str, bytes], tag: str) -> None:
    """Build an image from a context of a few small files.

    Raises:
        SandboxError: a step failed; the message carries the end of its output.
    """
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as packed:
        for name, body in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.mode, member.size = 0o644, len(body)
            packed.addfile(member, io.BytesIO(body))
    context.seek(0)
    output: list[str] = []
    events: Any = client.api.build(
        fileobj=context,
        custom_context=True,
        tag=tag,
        rm=True,
        forcerm=True,
        decode=True,
        labels={LABEL: "image"},
        # For pip and apt-get: a private engine has no bridge.
        network_mode="host",
    )
    for event in events:
        output.append(str(event.get("stream", "")))
        if "error" in event:
            raise SandboxError(f"{event['error']}: {''.join(output)[-500:]}")
