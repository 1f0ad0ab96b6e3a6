"""Running hostile programs: warm, confined places, and judgements that cannot be forged.

::

    from reason.sandbox import Case, Program, open_sandbox

    with open_sandbox() as sandbox:
        [outcome] = sandbox.run(Program(source="print(int(input()) + 1)"), [Case(stdin="1", expected="2")])
"""

from __future__ import annotations

import os
from typing import Any

from reason.errors import SandboxUnavailableError
from reason.sandbox.backend import Backend
from reason.sandbox.pool import Pool
from reason.sandbox.protocol import Case, Health, Judgement, Limits, Outcome, Program, Sandbox

__all__ = [
    "Case",
    "Health",
    "Judgement",
    "Limits",
    "Outcome",
    "Program",
    "Sandbox",
    "open_backend",
    "open_sandbox",
]

_ORDER = ("docker", "bubblewrap")


def open_sandbox(
    backend: str | Backend = "auto",
    workers: int | None = None,
    *,
    strict: bool = False,
    recycle_after: int = 1000,
    **options: Any,
) -> Sandbox:
    """Open a sandbox; close it, or use it in a ``with`` statement.

    Args:
        backend: ``auto`` (Docker where an engine answers, else bubblewrap), ``docker``, ``bubblewrap``,
            ``process``, or a backend of your own. The environment variable ``REASON_SANDBOX`` takes the
            place of ``auto``.
        workers: programs that run at once; None: one a processor.
        strict: start a fresh process for every case, also where a shared one is as good.
        recycle_after: requests after which a warm place is replaced.
        options: of the backend's own (Docker: ``image``, ``runtime``, ...); only with a named backend.

    Raises:
        SandboxUnavailableError: no backend can run here; the message lists the remedies.
        ValueError: there is no such backend.
    """
    found = open_backend(backend, **options) if isinstance(backend, str) else backend
    return Pool(found, workers=workers, strict=strict, recycle_after=recycle_after)


def open_backend(name: str = "auto", **options: Any) -> Backend:
    """Return a backend by name; see :func:`open_sandbox`."""
    chosen = os.environ.get("REASON_SANDBOX") or "auto" if name == "auto" else name
    if chosen != "auto":
        return _make(chosen, **options)
    reasons = []
    for candidate in _ORDER:
        try:
            return _make(candidate, **options)
        except SandboxUnavailableError as error:
            reasons.append(f"- {error}")
    raise SandboxUnavailableError(
        "no sandbox can run programs here:\n"
        + "\n".join(reasons)
        + "\nRemedies: start a Docker engine (scripts/engine starts a private one); or let this user make "
        "user namespaces for bubblewrap (sysctl user.max_user_namespaces and, on Ubuntu, "
        "kernel.apparmor_restrict_unprivileged_userns=0); or set REASON_SANDBOX=process to run programs "
        "without isolation. `reason sandbox doctor` says more."
    )


def _make(name: str, **options: Any) -> Backend:
    # Imported here: the Docker client is heavy, and most programs need one backend.
    if name == "docker":
        from reason.sandbox.docker import Docker

        return Docker(**options)
    if name == "bubblewrap":
        from reason.sandbox.bubblewrap import Bubblewrap

        return Bubblewrap(**options)
    if name == "process":
        from reason.sandbox.process import Process

        return Process(**options)
    raise ValueError(f"backend must be auto, docker, bubblewrap or process, got {name!r}")
