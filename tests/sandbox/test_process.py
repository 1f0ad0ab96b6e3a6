"""The process backend: only on request, and it says what it is."""

import os
from pathlib import Path

import pytest

from reason.errors import SandboxUnavailableError
from reason.sandbox import Case, Limits, Program, open_sandbox


def test_it_refuses_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, "auto", "bubblewrap"):
        if value is None:
            monkeypatch.delenv("REASON_SANDBOX", raising=False)
        else:
            monkeypatch.setenv("REASON_SANDBOX", value)
        with pytest.raises(SandboxUnavailableError, match="REASON_SANDBOX=process"):
            open_sandbox("process")


def test_it_says_that_it_does_not_isolate_and_leaves_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REASON_SANDBOX", "process")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_sandbox(workers=1) as sandbox:
        [outcome] = sandbox.run(Program(source="open('f', 'w'); print(1)"), [Case(expected="1")])
        assert outcome.judgement == "AC"
        assert not outcome.isolated
        assert "memory_bytes" not in outcome.enforced
        assert sandbox.health().backend == "process"
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_a_daemon_does_not_outlive_its_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REASON_SANDBOX", "process")
    source = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
time.sleep(0.2)
"""
    with open_sandbox(workers=1) as sandbox:
        [outcome] = sandbox.run(Program(source=source), [Case(compare=False)], Limits())
        assert not Path(f"/proc/{int(outcome.stdout)}").exists()
    assert os.getpid()
