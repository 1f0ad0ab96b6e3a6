"""Two thousand programs, a third of them hostile: no wrong verdict, flat memory, nothing left behind."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from reason.sandbox import Case, Judgement, Limits, Program, Sandbox, open_sandbox
from reason.testing.sandbox import abuse_cases, abuse_runner
from reason.testing.sandbox_abuse import AbuseCase, Canary, describe, outcome_faults
from reason.testing.sandbox_service import held

PROGRAMS = 2000
CHUNK = 100
LARGE_SOURCE = 2**20
AC, WA, RE, CE = Judgement.AC, Judgement.WA, Judgement.RE, Judgement.CE
CASES = [
    Case(stdin="1 2 3", expected="6"),
    Case(stdin="4 5", expected="9"),
    Case(stdin="0 0 7", expected="7"),
]
CLEAN = {
    "print(sum(map(int, input().split())))": [AC, AC, AC],
    "print(sum(map(int, input().split())) + 1)": [WA, WA, WA],
    "print(sum(map(int, input().split()[2:])) or 1 // 0)": [WA, RE, AC],
    "n = sum(map(int, input().split()))\nassert n != 9\nprint(n)": [AC, RE, AC],
    "print(sum(map(int, input().split()))": [CE, CE, CE],
    "print(sum(map(int, input().split())), file=open('f', 'w'))\nprint(open('f').read())": [AC, AC, AC],
    "x = [bytearray(1 << 20) for _ in range(60)]\nprint(sum(map(int, input().split())))": [AC, AC, AC],
}


def hostile_cases(backend: str) -> list[AbuseCase]:
    """The cases that can run here, those that only wait for a limit held to a short one."""
    with abuse_runner(partial(open_backend, backend)) as runner:
        cases = [case for case in abuse_cases() if runner.skip_reason(case) is None]
    cases = [case for case in cases if case.neighbour is None and case.program.language == "python"]
    # Sources of megabytes move the allocator's high-water mark by chance, and would hide a leak.
    cases = [case for case in cases if len(case.program.source) < LARGE_SOURCE]
    waiting = {
        case.name for case in cases if Judgement.TLE in case.expect and Judgement.AC not in case.expect
    }
    return [shorten(case) if case.name in waiting else case for case in cases]


def shorten(case: AbuseCase) -> AbuseCase:
    return replace(case, limits=replace(case.limits, cpu_seconds=0.4, wall_seconds=0.8))


def open_backend(backend: str, workers: int) -> Sandbox:
    return open_sandbox(backend=backend, workers=workers)


def clean_faults(sandbox: Sandbox, source: str) -> list[str]:
    outcomes = sandbox.run(Program(source=source), CASES, Limits())
    wrong = [outcome.judgement for outcome in outcomes] != CLEAN[source]
    return [f"{source!r}: {[describe(outcome) for outcome in outcomes]}"] if wrong else []


def hostile_faults(sandbox: Sandbox, case: AbuseCase) -> list[str]:
    started = time.monotonic()
    outcomes = sandbox.run(case.program, case.cases, case.limits)
    faults = outcome_faults(case, outcomes, time.monotonic() - started)
    return [f"{case.name}: {fault}" for fault in faults]


def resident_bytes(sandbox: Sandbox) -> tuple[int, int]:
    """Memory of this process, and of a program that does nothing: what it inherits from its supervisor."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    outcome = sandbox.run(Program(source=""), [Case(expected="")], Limits())[0]
    return pages * os.sysconf("SC_PAGE_SIZE"), outcome.memory_bytes


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_soak(sandbox_backend: str) -> None:
    hostile = hostile_cases(sandbox_backend)
    rng, faults, sizes = random.Random(0), [], []
    before = held()
    with open_sandbox(backend=sandbox_backend, workers=2) as sandbox, ThreadPoolExecutor(2) as threads:
        canary = Canary(sandbox=sandbox)
        for start in range(0, PROGRAMS, CHUNK):
            jobs = [
                partial(hostile_faults, sandbox, rng.choice(hostile))
                if index % 3 == 0
                else partial(clean_faults, sandbox, rng.choice(list(CLEAN)))
                for index in range(start, start + CHUNK)
            ]
            for found in threads.map(lambda job: job(), jobs):
                faults += found
            faults += [f"canary: {fault}" for fault in canary.faults("trace" + "0" * 24)]
            sizes.append(resident_bytes(sandbox))
            host, slot = (size >> 20 for size in sizes[-1])
            print(f"{start + CHUNK} programs, {len(faults)} faults, {host} MiB here, {slot} MiB in a slot")
        assert sandbox.health().ready
    assert not faults, "\n".join(faults[:20])
    # The first rounds load what is loaded once.
    assert max(host for host, _ in sizes[2:]) < sizes[1][0] + 32 * 2**20, sizes
    assert max(slot for _, slot in sizes[2:]) < sizes[1][1] + 4 * 2**20, sizes
    deadline = time.monotonic() + 20
    while any(held()[name] > before[name] for name in before) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert held()["children"] <= before["children"]
    assert held()["descriptors"] <= before["descriptors"]
