"""The kit that every sandbox must pass: its behaviours, and the abuse suite.

A backend of your own is checked in two lines::

    report = check_sandbox(lambda workers: MySandbox(workers=workers))
    print(report)

or case by case under pytest, over ``BEHAVIOURS`` and :func:`abuse_cases`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from reason.sandbox.protocol import Sandbox
from reason.testing.sandbox_abuse import AbuseCase, Canary, abuse_cases, abuse_faults, skip_reason
from reason.testing.sandbox_behaviours import PROGRAMS, OpenBackend
from reason.testing.sandbox_service import SERVICE

__all__ = [
    "BEHAVIOURS",
    "AbuseRunner",
    "CheckResult",
    "OpenBackend",
    "SandboxReport",
    "abuse_cases",
    "abuse_runner",
    "check_sandbox",
]

BEHAVIOURS = {check.__name__: check for check in (*PROGRAMS, *SERVICE)}
"""Every behaviour by name: a function of an :data:`OpenBackend` that raises AssertionError on a fault."""


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What became of one check."""

    name: str
    kind: Literal["behaviour", "abuse"]
    status: Literal["passed", "failed", "skipped"]
    detail: str = ""
    """Why it failed or was skipped."""
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SandboxReport:
    """What a sandbox showed."""

    backend: str
    results: tuple[CheckResult, ...]

    def count(self, status: str) -> int:
        """Count the checks of a status."""
        return sum(result.status == status for result in self.results)

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not self.count("failed")

    def __str__(self) -> str:
        """Name what failed or was skipped, and count the rest."""
        counts = ", ".join(f"{self.count(status)} {status}" for status in ("passed", "failed", "skipped"))
        lines = [f"{self.backend}: {counts}"]
        for status in ("failed", "skipped"):
            lines += [f"  {status} {r.kind} {r.name}: {r.detail}" for r in self.results if r.status == status]
        return "\n".join(lines)


class AbuseRunner:
    """Runs abuse cases in one warm sandbox, so that each case's canary follows it in the same slot."""

    def __init__(self, open_backend: OpenBackend) -> None:
        """Open a sandbox of one slot and look at it while it is clean.

        Args:
            open_backend: opens a sandbox with a number of workers; a second one, of two slots, is opened
                for the cases that need a neighbour.
        """
        self._open_backend = open_backend
        self._single = open_backend(1)
        self._pair: tuple[Sandbox, Canary] | None = None
        try:
            self._canary = Canary(sandbox=self._single)
        except BaseException:
            self._single.close()
            raise

    def skip_reason(self, case: AbuseCase) -> str | None:
        """Say why a case cannot be run here, or None where it can."""
        return skip_reason(case, self._single, self._canary)

    def faults(self, case: AbuseCase) -> list[str]:
        """Run a case and its canary; return every way in which the sandbox did not hold."""
        if case.neighbour is None:
            return abuse_faults(case, self._single, self._canary)
        if self._pair is None:
            pair = self._open_backend(2)
            self._pair = (pair, Canary(sandbox=pair))
        return abuse_faults(case, *self._pair)

    def close(self) -> None:
        """Close what was opened."""
        self._single.close()
        if self._pair is not None:
            self._pair[0].close()


@contextmanager
def abuse_runner(open_backend: OpenBackend) -> Iterator[AbuseRunner]:
    """Open an :class:`AbuseRunner` for the length of a block."""
    runner = AbuseRunner(open_backend)
    try:
        yield runner
    finally:
        runner.close()


def check_sandbox(
    open_backend: OpenBackend, *, quick: bool = False, progress: Callable[[CheckResult], None] | None = None
) -> SandboxReport:
    """Check a backend: the behaviours of the protocol, then the abuse suite.

    Args:
        open_backend: opens a sandbox with the given number of workers.
        quick: only the quick part of the abuse suite, and no behaviours (about 20 seconds).
        progress: called with each result as it comes.
    """
    results: list[CheckResult] = []

    def record(result: CheckResult) -> None:
        results.append(result)
        if progress is not None:
            progress(result)

    if not quick:
        for name, check in BEHAVIOURS.items():
            record(check_behaviour(name, check, open_backend))
    with open_backend(1) as sandbox:
        backend = sandbox.health().backend
    with abuse_runner(open_backend) as runner:
        for case in abuse_cases(quick=quick):
            record(check_abuse(case, runner))
    return SandboxReport(backend=backend, results=tuple(results))


def check_behaviour(
    name: str, check: Callable[[OpenBackend], None], open_backend: OpenBackend
) -> CheckResult:
    """Run one behaviour and say what became of it."""
    started = time.monotonic()
    try:
        check(open_backend)
    except Exception as error:  # a backend may raise anything; the report says what
        detail = f"{type(error).__name__}: {error}"
        return CheckResult(
            name=name, kind="behaviour", status="failed", detail=detail, seconds=time.monotonic() - started
        )
    return CheckResult(name=name, kind="behaviour", status="passed", seconds=time.monotonic() - started)


def check_abuse(case: AbuseCase, runner: AbuseRunner) -> CheckResult:
    """Run one abuse case and say what became of it."""
    started = time.monotonic()
    reason = runner.skip_reason(case)
    if reason is not None:
        return CheckResult(name=case.name, kind="abuse", status="skipped", detail=reason)
    try:
        faults = runner.faults(case)
    except Exception as error:  # a backend may raise anything; the report says what
        faults = [f"{type(error).__name__}: {error}"]
    return CheckResult(
        name=case.name,
        kind="abuse",
        status="failed" if faults else "passed",
        detail="; ".join(faults),
        seconds=time.monotonic() - started,
    )
