"""The abuse suite: hostile programs, each attacking one property, each followed by a clean program.

The programs are data (``abuse/*.toml`` beside this file), so that nothing can import or collect, and thereby
run, one of them outside a sandbox. The fields of a file are those of :class:`AbuseCase`.
"""

import difflib
import json
import re
import secrets
import threading
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from reason.sandbox.protocol import Case, Judgement, Limits, Outcome, Program, Sandbox

__all__ = ["AbuseCase", "Canary", "abuse_cases", "abuse_faults", "skip_reason"]

ABUSE_FOLDER = Path(__file__).with_name("abuse")
CANARY_SOURCE = Path(__file__).with_name("sandbox_canary.py")
REFUSED = ("refused", "nothing")
"""What the programs print that try what must be refused."""
CANARY_LIMITS = Limits(cpu_seconds=10, wall_seconds=30, memory_bytes=256 * 2**20)
DEFAULT_LIMITS: dict[str, Any] = {
    "cpu_seconds": 1.0,
    "wall_seconds": 4.0,
    "output_bytes": 2**18,
    "file_bytes": 2**20,
}


@dataclass(frozen=True, kw_only=True)
class AbuseCase:
    """One hostile program and what may become of it."""

    name: str
    property: str
    """What must hold, as one sentence."""
    expect: frozenset[Judgement]
    """The judgements that every case of the program may get."""
    program: Program
    cases: tuple[Case, ...]
    limits: Limits
    quick: bool = False
    """Whether it belongs to the quick part, which ``reason sandbox doctor`` runs."""
    needs: frozenset[str] = frozenset()
    """``namespaces``: not to be run without isolation; ``compiler``: needs a C and C++ compiler inside."""
    neighbour: str | None = None
    """A program that runs in another slot at the same time and must print ``alone``."""
    forbidden: tuple[str, ...] = ()
    """Texts that no outcome may contain."""
    trace: str = ""
    """A text in the program that the canary then looks for in memory."""


def read_case(path: Path) -> AbuseCase:
    """Read a case; what is expected of it (``@secret``) and its trace are drawn anew each time."""
    fields = tomllib.loads(path.read_text(encoding="utf-8"))
    secret, trace = "EXPECTED-" + secrets.token_hex(12), "trace" + secrets.token_hex(12)

    def fill(case: dict[str, Any]) -> Case:
        expected = case.get("expected", "@secret")
        return Case(**{**case, "expected": secret if expected == "@secret" else expected})

    language = fields.get("language", "python")
    source = fields["source"].replace("@trace", trace) * fields.get("repeat", 1)
    checks = fields.get("checks")
    return AbuseCase(
        name=path.stem,
        property=fields["property"],
        expect=frozenset(Judgement(name) for name in fields["expect"]),
        program=Program(
            source=f"{source}\n{'#' if language == 'python' else '//'} {trace}\n",
            language=language,
            mode=fields.get("mode", "stdio"),
            entry_point=fields.get("entry_point"),
            checks=None if checks is None else checks.replace("@secret", secret),
        ),
        cases=tuple(fill(case) for case in fields.get("cases", [{}])),
        limits=Limits(**(DEFAULT_LIMITS | fields.get("limits", {}))),
        quick=fields.get("quick", False),
        needs=frozenset(fields.get("needs", ())),
        neighbour=fields.get("neighbour"),
        # The text of checks may be quoted where one fails; an expected output never.
        forbidden=(*fields.get("forbidden", ()), *(() if checks else (secret,))),
        trace=trace,
    )


def abuse_cases(*, quick: bool = False) -> list[AbuseCase]:
    """Read the suite, in order of name.

    Args:
        quick: only the quick part.
    """
    cases = [read_case(path) for path in sorted(ABUSE_FOLDER.glob("*.toml"))]
    return [case for case in cases if case.quick or not quick]


@cache
def canary_program() -> Program:
    """Return the clean program that follows every hostile one."""
    return Program(source=CANARY_SOURCE.read_text(encoding="utf-8"))


@dataclass(kw_only=True)
class Canary:
    """Runs the clean program in a sandbox and remembers the state that it first saw there."""

    sandbox: Sandbox
    """One with a single slot, so that the canary follows in the hostile program's own."""
    isolated: bool = True
    fingerprint: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at the sandbox before any hostile program has run in it."""
        first = self.sandbox.run(Program(source="print('hello')"), [Case(expected="hello")], CANARY_LIMITS)[0]
        if first.judgement is not Judgement.AC:
            raise AssertionError(f"a first clean program got {describe(first)}")
        self.isolated = first.isolated
        faults = self.faults("trace" + secrets.token_hex(12))
        if faults:
            raise AssertionError(f"before any hostile program: {'; '.join(faults)}")

    def faults(self, trace: str) -> list[str]:
        """Run the canary and return what it found of the program that held ``trace``."""
        # Every character in a class of its own: the pattern is no copy of the trace.
        request = {"pattern": "".join(f"[{character}]" for character in trace), "isolated": self.isolated}
        cases = [
            Case(stdin=json.dumps(request), compare=False),
            Case(expected="clean"),
            Case(expected="not what it prints"),
        ]
        outcomes = self.sandbox.run(canary_program(), cases, CANARY_LIMITS)
        judgements = [outcome.judgement for outcome in outcomes]
        if judgements != [Judgement.AC, Judgement.AC, Judgement.WA]:
            wrong = [describe(outcome) for outcome in outcomes]
            return [f"the next program got {wrong} instead of AC, AC, WA"]
        report = json.loads(outcomes[0].stdout)
        findings: list[str] = report["findings"]
        if not self.fingerprint:
            self.fingerprint = report["fingerprint"]
        return findings + differences(self.fingerprint, report["fingerprint"])


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Say which parts of the state that a program is started in have changed."""
    changed = []
    for name in before:
        if before[name] == after[name]:
            continue
        old, new = (json.dumps(state[name], indent=0).splitlines() for state in (before, after))
        lines = [line for line in difflib.ndiff(old, new) if line[:1] in "+-"]
        changed.append(f"{name} changed: {' '.join(lines)[:400]}")
    return changed


def describe(outcome: Outcome) -> str:
    """Put an outcome on one line."""
    streams = f"stdout={outcome.stdout[:200]!r} stderr={outcome.stderr[-300:]!r}"
    value = f"value={repr(outcome.value)[:100]}"
    return f"{outcome.judgement} exit {outcome.exit_code} {outcome.detail} {streams} {value}"


def skip_reason(case: AbuseCase, sandbox: Sandbox, canary: Canary) -> str | None:
    """Say why a case cannot be run in a sandbox, or None where it can."""
    if "namespaces" in case.needs and not canary.isolated:
        return "the backend gives no isolation: it would harm the host"
    if "compiler" in case.needs and not has_compiler(sandbox):
        return "no C and C++ compiler inside"
    return None


def has_compiler(sandbox: Sandbox) -> bool:
    """Tell whether the sandbox compiles and runs C and C++."""
    limits = Limits(cpu_seconds=10, wall_seconds=30)
    for language, source in (("c", "int main(void) { return 0; }"), ("cpp", "int main() { return 0; }")):
        program = Program(source=source, language=language)  # type: ignore[arg-type]
        if sandbox.run(program, [Case(expected="")], limits)[0].judgement is not Judgement.AC:
            return False
    return True


def abuse_faults(case: AbuseCase, sandbox: Sandbox, canary: Canary) -> list[str]:
    """Run a hostile program and then the canary; return every way in which the sandbox did not hold.

    Args:
        case: the hostile program.
        sandbox: the canary's own, or one of two slots for a case with a neighbour.
        canary: the clean program that follows.
    """
    beside: list[Outcome] = []
    neighbour = threading.Thread(target=lambda: beside.extend(run_neighbour(case, sandbox)), daemon=True)
    if case.neighbour is not None:
        neighbour.start()
    started = time.monotonic()
    outcomes = sandbox.run(case.program, case.cases, case.limits)
    elapsed = time.monotonic() - started
    faults = outcome_faults(case, outcomes, elapsed)
    if case.neighbour is not None:
        neighbour.join(60)
        if not beside or beside[0].judgement is not Judgement.AC:
            faults.append(f"neighbour: {[describe(outcome) for outcome in beside] or 'no outcome'}")
    return faults + [f"canary: {fault}" for fault in canary.faults(case.trace)]


def run_neighbour(case: AbuseCase, sandbox: Sandbox) -> list[Outcome]:
    """Run the program that lives beside the hostile one."""
    limits = replace(case.limits, cpu_seconds=4.0, wall_seconds=12.0)
    return sandbox.run(Program(source=case.neighbour or ""), [Case(expected="alone")], limits)


def outcome_faults(case: AbuseCase, outcomes: Sequence[Outcome], elapsed: float) -> list[str]:
    """Compare what became of a hostile program with what may become of it.

    Args:
        case: the hostile program.
        outcomes: what the sandbox answered.
        elapsed: how long that took, in seconds.
    """
    if len(outcomes) != len(case.cases):
        return [f"{len(outcomes)} outcomes for {len(case.cases)} cases"]
    faults = []
    for index, outcome in enumerate(outcomes):
        if outcome.judgement not in case.expect:
            faults.append(f"case {index}: {describe(outcome)}; expected {' or '.join(sorted(case.expect))}")
        # A filter may kill what it refuses; but a program that only failed has attacked nothing.
        if outcome.judgement is Judgement.RE and case.cases[index].expected in REFUSED:
            faults += [f"case {index}: {describe(outcome)}"] if "Traceback" in outcome.stderr else []
        said = "\n".join((outcome.stdout, outcome.stderr, outcome.detail, repr(outcome.value)))
        if outcome.judgement is not Judgement.AC:
            faults += [f"case {index}: shows {text!r}" for text in case.forbidden if text in said]
        if len(outcome.stdout) + len(outcome.stderr) > 2 * case.limits.output_bytes + 2**16:
            faults.append(f"case {index}: {len(outcome.stdout)} characters of output were kept")
        if re.search(r"[\ud800-\udfff]", outcome.stdout + outcome.stderr + outcome.detail):
            faults.append(f"case {index}: its text cannot be encoded")
    # Each case once with the others and once apart, to its wall limit; and what a fresh slot takes.
    bound = 2 * (len(case.cases) + 1) * case.limits.wall_seconds + 20
    if elapsed > bound:
        faults.append(f"took {elapsed:.1f} s, over {bound:.0f} s")
    return faults
