"""What ``diagnose`` finds is tried out, and every fault comes with a remedy."""

from collections.abc import Sequence
from typing import Any

import pytest

from reason.errors import SandboxError, SandboxUnavailableError
from reason.sandbox import Case, Judgement, Limits, Outcome, Program, Sandbox, open_sandbox
from reason.sandbox.doctor import BACKENDS, backend, control_groups, diagnose, engine, system, user_namespaces


def absent(name: str) -> Sandbox:
    raise SandboxUnavailableError(f"no {name} here; install it")


def test_every_part_and_every_backend_is_looked_at_once() -> None:
    findings = diagnose(absent)
    subjects = [finding.subject for finding in findings]
    assert len(set(subjects)) == len(subjects)
    assert subjects[-3:] == [f"{name} backend" for name in BACKENDS]
    assert {"system", "Docker engine", "image", "bubblewrap", "user namespaces", "control groups"} <= set(
        subjects
    )
    assert all(finding.detail for finding in findings)


def test_a_working_backend_is_ok_and_says_what_isolates_it(sandbox_backend: str) -> None:
    finding = backend(sandbox_backend, lambda name: open_sandbox(name, workers=1))
    assert finding.state == ("limited" if sandbox_backend == "process" else "ok"), finding
    assert "limits enforced" in finding.detail


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SandboxUnavailableError("no such thing"), "missing"),
        (SandboxError("it broke"), "broken"),
        (OSError("x"), "broken"),
    ],
)
def test_a_backend_that_does_not_open_is_told_apart(error: Exception, state: str) -> None:
    def fails(name: str) -> Sandbox:
        raise error

    finding = backend("docker", fails)
    assert (finding.state, finding.detail) == (state, str(error))


def test_a_backend_that_judges_wrongly_is_broken() -> None:
    class Wrong:
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *error: object) -> None: ...

        def run(self, program: Program, cases: Sequence[Case], limits: Limits | None = None) -> list[Outcome]:
            return [Outcome(judgement=Judgement.WA, detail="not even this")]

        def health(self) -> Any:
            return type("Health", (), {"isolation": ("nothing",)})

    finding = backend("bubblewrap", lambda name: Wrong())  # type: ignore[arg-type, return-value]
    assert finding.state == "broken"
    assert "not even this" in finding.detail


def test_the_process_backend_is_never_opened_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REASON_SANDBOX", raising=False)
    assert backend("process", absent).state == "limited"


def test_an_engine_that_is_not_there_comes_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    finding = engine()
    assert finding.state == "missing"
    assert "scripts/engine" in finding.remedy


@pytest.mark.parametrize("machine", ["x86_64", "aarch64", "riscv64"])
def test_only_machines_with_a_system_call_table_are_ok(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: machine)
    finding = system()
    assert finding.state == ("broken" if machine == "riscv64" else "ok")
    assert bool(finding.remedy) == (machine == "riscv64")


def test_what_can_be_tried_is_tried_and_leaves_nothing() -> None:
    for _ in range(2):
        assert control_groups().state in ("ok", "limited", "missing")
        assert user_namespaces().state in ("ok", "missing")
