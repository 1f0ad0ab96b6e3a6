"""Running trusted programs in the sandbox: real Python, the second oracle beside our interpreter."""

from __future__ import annotations

from reason.sandbox.protocol import Case, Judgement, Limits, Program
from reason.sandbox.shared import shared_sandbox

__all__ = ["printed_by"]


def printed_by(source: str) -> str | None:
    """Return what a program prints; None where it fails.

    Raises:
        SandboxError: no sandbox can run here.
    """
    limits = Limits(cpu_seconds=4.0, wall_seconds=12.0)
    (outcome,) = shared_sandbox().run(Program(source=source), [Case(compare=False)], limits)
    return outcome.stdout.strip() if outcome.judgement is Judgement.AC else None
