"""Every mode and language, judged as the data file says, on every backend."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reason.sandbox import Case, Limits, Program, Sandbox, open_sandbox

PROGRAMS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "programs.toml").read_text())[
    "program"
]


@pytest.fixture(scope="module")
def sandbox(sandbox_backend: str) -> Iterator[Sandbox]:
    with open_sandbox(sandbox_backend, workers=1) as sandbox:
        yield sandbox


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda entry: entry["name"])
def test_a_program_is_judged_as_it_deserves(
    sandbox: Sandbox, sandbox_backend: str, entry: dict[str, Any]
) -> None:
    language = entry.get("language", "python")
    if language != "python" and sandbox_backend == "docker":
        pytest.skip("compiled programs in containers are tested beside the image that holds the compilers")
    program = Program(
        source=entry["source"],
        language=language,
        mode=entry.get("mode", "stdio"),
        entry_point=entry.get("entry_point"),
        checks=entry.get("checks"),
    )
    cases = [Case(**case) for case in entry.get("cases", [{"compare": False}])]
    limits = Limits(**entry.get("limits", {"cpu_seconds": 5.0, "wall_seconds": 30.0}))
    outcomes = sandbox.run(program, cases, limits)
    want = entry["want"].split()
    want = want * len(cases) if len(want) == 1 else want
    assert [outcome.judgement.value for outcome in outcomes] == want, outcomes


def test_one_case_a_process_gives_the_same_judgements() -> None:
    entries = [e for e in PROGRAMS if e.get("language", "python") == "python" and len(e.get("cases", ())) > 1]
    with open_sandbox("bubblewrap", workers=1, strict=True) as sandbox:
        for entry in entries:
            program = Program(
                source=entry["source"],
                mode=entry.get("mode", "stdio"),
                entry_point=entry.get("entry_point"),
            )
            outcomes = sandbox.run(program, [Case(**case) for case in entry["cases"]])
            want = entry["want"].split()
            assert [o.judgement.value for o in outcomes] == (want * len(outcomes) if len(want) == 1 else want)


def test_a_compiler_is_only_where_compiled_programs_run() -> None:
    look = Program(source="import os\nprint(os.path.exists('/usr/bin'))")
    with open_sandbox("bubblewrap", workers=1) as sandbox:
        sandbox.run(Program(source="int main(void) { return 0; }", language="c"), [Case(expected="")])
        [outcome] = sandbox.run(look, [Case(expected="False")])
    assert outcome.judgement == "AC"
