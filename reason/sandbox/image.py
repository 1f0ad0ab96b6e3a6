"""The sandbox's image: made once, named by its content, found again at once.

The base comes from ``python:3.x-slim`` where a registry can be reached, else from this machine's own
interpreter and libraries (:mod:`reason.sandbox.rootfs`). The supervisor is one thin layer on top of it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import platform
import re
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from reason.errors import ConfigError, SandboxError
from reason.sandbox import archive, rootfs
from reason.sandbox.backend import SUPERVISOR
from reason.sandbox.engine import LABEL, build, engine_errors, pull

if TYPE_CHECKING:
    import docker

__all__ = [
    "FOLDER",
    "LABEL",
    "PACKAGES",
    "PYTHON",
    "ImageRecipe",
    "ensure_image",
    "find_image",
    "remove_images",
]

REPOSITORY = "reason-sandbox"
PYTHON = "/usr/local/bin/python3"
"""The interpreter, in either kind of image."""
FOLDER = "/opt/reason"
"""Where the supervisor's folder lies in the image."""
PACKAGES = f"/usr/local/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
"""Where the extra packages lie in the image."""
RECIPE_VERSION = 3
"""To be raised when the same files shall make another image."""


@dataclass(frozen=True, kw_only=True)
class ImageRecipe:
    """What an image shall hold."""

    packages: tuple[str, ...] = ()
    """Distributions that programs may import (``numpy``), with the version that is installed here."""
    compilers: bool = False
    """Whether C and C++ can be compiled."""
    source: Literal["auto", "registry", "host"] = "auto"
    """``registry`` pulls python-slim, ``host`` copies this machine's Python, ``auto`` tries them in turn."""

    def __post_init__(self) -> None:
        """Reject names that are no distribution's."""
        if self.source not in ("auto", "registry", "host"):
            raise ConfigError(f"source must be auto, registry or host, got {self.source!r}")
        for name in self.packages:
            if not name.replace("-", "").replace("_", "").replace(".", "").isalnum() or name.startswith("-"):
                raise ConfigError(f"packages: {name!r} is not the name of a distribution")

    def modules(self) -> tuple[str, ...]:
        """Return the modules of the packages, as a program imports them."""
        return tuple(module_name(name) for name in self.packages)


def ensure_image(
    client: docker.DockerClient,
    recipe: ImageRecipe | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> str:
    """Return the tag of the image, building it where the engine does not have it yet.

    Args:
        client: of the engine that shall run it.
        recipe: what it shall hold; plain Python when not given.
        progress: called with one line for a person at every step.

    Raises:
        ConfigError: a package is not installed here.
        SandboxError: no image can be made; the message says why, for each source.
    """
    recipe = recipe or ImageRecipe()
    if (found := find_image(client, recipe)) is not None:
        return found
    failures = []
    failed: tuple[type[Exception], ...] = (SandboxError, *engine_errors())
    for source in ("registry", "host") if recipe.source == "auto" else (recipe.source,):
        build = registry_base if source == "registry" else host_base
        try:
            return add_supervisor(client, build(client, recipe, progress), stamps(recipe)[source], progress)
        except failed as error:
            failures.append(f"{source}: {error}")
            progress(failures[-1])
    raise SandboxError("the sandbox's image cannot be built; " + "; ".join(failures))


def find_image(client: docker.DockerClient, recipe: ImageRecipe) -> str | None:
    """Return the tag of an image that was built by this recipe before, or None."""
    for source, stamp in stamps(recipe).items():
        if recipe.source in ("auto", source) and (tag := tag_with(client, f"{LABEL}.image={stamp}")):
            return tag
    return None


def remove_images(client: docker.DockerClient, keep: str | None = None) -> list[str]:
    """Remove our images that no container uses, but for one; return their tags."""
    removed = []
    for image in client.images.list(filters={"label": LABEL}):
        for tag in image.tags:
            if tag == keep:
                continue
            try:
                client.images.remove(tag)
            except engine_errors():
                continue
            removed.append(tag)
    return removed


def stamps(recipe: ImageRecipe) -> dict[str, str]:
    """Name the image that each source would give, without building it."""
    supervisor = supervisor_files()
    names = {}
    for source in ("registry", "host"):
        try:
            base = (
                registry_dockerfile(recipe)
                if source == "registry"
                else rootfs.stamp(recipe.packages, recipe.compilers)
            )
        except ConfigError:
            continue  # A package that only a registry can give.
        names[source] = digest(RECIPE_VERSION, source, base, sorted(supervisor.items()))
    return names


def digest(*parts: object) -> str:
    """Hash parts into a short name."""
    body = b"\0".join(part if isinstance(part, bytes) else str(part).encode() for part in parts)
    return hashlib.sha256(body).hexdigest()[:20]


def tag_with(client: docker.DockerClient, label: str) -> str | None:
    """Return the tag of an image that carries a label."""
    tags = [tag for image in client.images.list(filters={"label": label}) for tag in image.tags]
    return min(tags, default=None)


def registry_dockerfile(recipe: ImageRecipe) -> str:
    """Write the Dockerfile of the base that comes from a registry."""
    lines = [f"FROM python:{sys.version_info.major}.{sys.version_info.minor}-slim"]
    if recipe.compilers:
        install = "apt-get install -y --no-install-recommends gcc g++ libc6-dev"
        lines.append(f"RUN apt-get update && {install} && rm -rf /var/lib/apt/lists/*")
    if recipe.packages:
        pins = " ".join(pinned(name) for name in sorted(recipe.packages))
        lines.append(f"RUN pip install --no-cache-dir --no-input {pins}")
    return "\n".join(lines) + "\n"


def pinned(name: str) -> str:
    """Pin a distribution to the version installed here, so that programs behave as on the host."""
    try:
        return f"{name}=={importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return name


def module_name(name: str) -> str:
    """Return what a program writes to import a distribution."""
    guess = name.replace("-", "_").replace(".", "_").lower()
    try:
        files = importlib.metadata.distribution(name).files or ()
    except importlib.metadata.PackageNotFoundError:
        return guess
    tops = sorted({file.parts[0] for file in files if len(file.parts) == 2 and file.name == "__init__.py"})
    return guess if guess in tops or not tops else tops[0]


def registry_base(client: docker.DockerClient, recipe: ImageRecipe, progress: Callable[[str], None]) -> str:
    """Pull python-slim and install what the recipe asks; return the base's tag."""
    dockerfile = registry_dockerfile(recipe)
    tag = f"{REPOSITORY}:base-{digest(RECIPE_VERSION, dockerfile)}"
    origin = dockerfile.split()[1]
    progress(f"pulling {origin}")
    pull(client, origin)
    progress("building the base")
    build(client, {"Dockerfile": dockerfile.encode()}, tag)
    return tag


def host_base(client: docker.DockerClient, recipe: ImageRecipe, progress: Callable[[str], None]) -> str:
    """Import a base made of this machine's files; return its tag."""
    engine = client.version().get("Arch", "")
    if {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()) != engine:
        raise SandboxError(f"the engine runs {engine}, this machine's files are for {platform.machine()}")
    progress("listing this machine's Python and its libraries")
    entries = rootfs.root_entries(recipe.packages, recipe.compilers)
    tag = f"{REPOSITORY}:base-{digest(RECIPE_VERSION, rootfs.content_hash(entries))}"
    if tag_exists(client, tag):
        return tag
    with tempfile.TemporaryFile() as file:
        try:
            archive.write_archive(entries, cast(BinaryIO, file), progress)
        except OSError as error:
            raise SandboxError(f"the archive of this machine's Python cannot be written: {error}") from error
        progress(f"importing {file.tell() / 2**20:.0f} MiB")
        file.seek(0)
        # Chunks, not the file: the client announces chunks but sends a file whole.
        chunks = iter(lambda: file.read(2**20), b"")
        answer = client.api.import_image_from_stream(
            chunks, repository=REPOSITORY, tag=tag.partition(":")[2], changes=[f"LABEL {LABEL}=base"]
        )
    identity = re.search(r"sha256:[0-9a-f]{64}", str(answer))
    if identity is None:
        raise SandboxError(f"the engine did not import the archive: {str(answer)[-300:]}")
    # Docker has done so already; podman imports without a name.
    client.api.tag(identity[0], REPOSITORY, tag.partition(":")[2])
    return tag


def tag_exists(client: docker.DockerClient, tag: str) -> bool:
    """Say whether the engine has an image of this tag."""
    return bool(client.images.list(name=tag))


def add_supervisor(
    client: docker.DockerClient, base: str, stamp: str, progress: Callable[[str], None]
) -> str:
    """Put the supervisor on top of a base; return the tag of the image."""
    supervisor = supervisor_files()
    tag = f"{REPOSITORY}:{digest(RECIPE_VERSION, base, sorted(supervisor.items()))}"
    progress(f"adding the supervisor: {tag}")
    lines = [
        f"FROM {base}",
        "ADD scratch.tar /",
        f"COPY supervisor {FOLDER}/supervisor",
        f"LABEL {LABEL}=image {LABEL}.image={stamp}",
    ]
    files = {"scratch.tar": scratch_archive()}
    for name, body in supervisor.items():
        files[f"supervisor/{name}"] = body
        path, code = archive.bytecode(f"{FOLDER}/supervisor/{name}", body)
        files[str(Path(path).relative_to(FOLDER))] = code
    build(client, {"Dockerfile": "\n".join(lines).encode(), **files}, tag)
    return tag


def scratch_archive() -> bytes:
    """Pack the folder that scratch is mounted on: engines take the mount's mode from it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as file:
        member = tarfile.TarInfo("scratch")
        member.type, member.mode = tarfile.DIRTYPE, 0o777
        file.addfile(member)
    return packed.getvalue()


def supervisor_files() -> dict[str, bytes]:
    """Read the supervisor's modules by their names."""
    return {path.name: path.read_bytes() for path in sorted(SUPERVISOR.glob("*.py"))}
