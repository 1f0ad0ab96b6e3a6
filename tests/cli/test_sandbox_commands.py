"""``reason sandbox``: its exit codes, and what goes to which stream."""

import subprocess
import sys
from pathlib import Path

import pytest

from reason.errors import SandboxUnavailableError
from reason.sandbox import open_backend

try:
    open_backend("bubblewrap").close()
except SandboxUnavailableError as error:
    pytestmark = pytest.mark.skip(reason=f"NO BUBBLEWRAP: {error}")


def reason(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from reason.cli import main; main()", "sandbox", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("source", "code", "out", "told"),
    [
        ("print(int(input()) + 1)", 0, "42\n", "AC (exit 0"),
        ("print('before'); raise SystemExit(3)", 1, "before\n", "RE (exit 3"),
        ("while True: pass", 1, "", "TLE (exit"),
        ("def", 1, "", "CE"),
    ],
)
def test_run_prints_what_the_program_printed_and_judges_it(
    tmp_path: Path, source: str, code: int, out: str, told: str
) -> None:
    file = tmp_path / "program.py"
    file.write_text(source)
    result = reason("run", str(file), "--backend", "bubblewrap", "--cpu", "0.5", given="41\n")
    assert (result.returncode, result.stdout) == (code, out), result.stderr
    assert f"reason: {told}" in result.stderr
    assert "bubblewrap" in result.stderr


def test_run_refuses_what_it_cannot_run_by_name(tmp_path: Path) -> None:
    file = tmp_path / "program.rs"
    file.write_text("fn main() {}")
    result = reason("run", str(file))
    assert result.returncode == 2
    assert "program.rs" in result.stderr
    result = reason("run", str(tmp_path / "none.py"))
    assert result.returncode == 2
    file = tmp_path / "program.py"
    file.write_text("")
    result = reason("run", str(file), "--backend", "chroot")
    assert result.returncode == 2
    assert "chroot" in result.stderr


def test_doctor_lists_every_part_and_what_would_help() -> None:
    result = reason("doctor", "--quick")
    assert result.returncode == 0, result.stderr
    for word in ("system", "Docker engine", "bubblewrap backend", "process backend", "control groups"):
        assert word in result.stdout


def test_build_refuses_a_source_that_is_none() -> None:
    result = reason("build", "--source", "moon")
    assert result.returncode == 2
    assert "moon" in result.stderr
