"""The canary can fail: what a hostile program might leave, planted in the canary's own run, is found."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reason.sandbox import Case, Judgement, Limits, Program, Sandbox, open_sandbox
from reason.testing.sandbox_abuse import CANARY_LIMITS, CANARY_SOURCE, Canary, differences

TRACE = "trace0123456789abcdef01234567"
PATTERN = "".join(f"[{character}]" for character in TRACE)


@pytest.fixture(scope="module")
def sandbox(sandbox_backend: str) -> Iterator[Sandbox]:
    with open_sandbox(backend=sandbox_backend, workers=1) as opened:
        yield opened


def findings(sandbox: Sandbox, planted: str) -> list[str]:
    program = Program(source=planted + "\n" + CANARY_SOURCE.read_text(encoding="utf-8"))
    isolated = sandbox.run(Program(source=""), [Case(expected="")], Limits())[0].isolated
    request = json.dumps({"pattern": PATTERN, "isolated": isolated})
    outcome = sandbox.run(program, [Case(stdin=request, compare=False)], CANARY_LIMITS)[0]
    assert outcome.judgement is Judgement.AC, outcome
    found: list[str] = json.loads(outcome.stdout)["findings"]
    return found


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("open('left', 'w').close()", "left"),
        ("import os\nos.mkdir('left'); os.chmod('left', 0)", "left"),
        ("import os\nos.mkdir('canary')", "scratch cannot be used"),
        ("import builtins\nbuiltins.sorted = lambda *a, **k: []", "sorted"),
        ("import builtins\nbuiltins.left_behind = 1", "left_behind"),
        ("import sys\nsys.modules['left_behind'] = sys", "sys.modules"),
        ("import os\nos.environ['LEFT_BEHIND'] = '1'", "environment"),
        ("from threading import Timer\nt = Timer(9, int)\nt.daemon = True\nt.start()", "threads"),
        (f"keep = [{TRACE!r} + str(n) for n in range(9)]", "traces of an earlier program"),
        (f"keep = bytearray({TRACE!r}.encode() * 4)", "traces of an earlier program"),
    ],
)  # fmt: skip
def test_what_is_planted_is_found(sandbox: Sandbox, planted: str, found: str) -> None:
    assert found in " ".join(findings(sandbox, planted))


def test_foreign_process_is_found(sandbox: Sandbox) -> None:
    if not Canary(sandbox=sandbox).isolated:
        pytest.skip("without namespaces every process of the host is foreign")
    planted = "import os, time\nif os.fork() == 0:\n    time.sleep(5)\n    os._exit(0)"
    assert "process" in " ".join(findings(sandbox, planted))


def test_clean_run_finds_nothing(sandbox: Sandbox) -> None:
    assert findings(sandbox, "") == []


def test_changed_state_is_named() -> None:
    before = {"umask": 18, "limits": {"files": 64}}
    assert differences(before, before) == []
    (difference,) = differences(before, {"umask": 18, "limits": {"files": 32}})
    assert "limits" in difference
    assert "32" in difference


def test_canary_is_standard_library_only() -> None:
    text = Path(CANARY_SOURCE).read_text(encoding="utf-8")
    assert "import reason" not in text
    assert "from reason" not in text
