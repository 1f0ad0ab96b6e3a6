"""How many programs of ten cases are judged a second, and whether the judge can be fooled.

Run: ``python benchmarks/code_verifier.py [SECONDS]``. Prints one line a figure.
"""

from __future__ import annotations

import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reason.generators.code.function_from_docstring import FunctionFromDocstring
from reason.sandbox import Limits, open_sandbox
from reason.verifiers.code import verify_program

ATTACKS = Path(__file__).parent.parent / "tests" / "verifiers" / "code" / "attacks.toml"
SOURCE = "a, b = map(int, input().split())\nprint(a + b)\n"
CASES = [{"stdin": f"{n} {n * 7}\n", "expected": f"{n * 8}\n"} for n in range(10)]
PAIRS = [(1, 2), (5, 7), (-3, 3), (10, 10), (99, 1)]
PROBLEMS = 164


def speed(workers: int, seconds: float) -> float:
    """Return verdicts a second on a right program of ten cases."""
    with open_sandbox(workers=workers) as sandbox:
        verify_program(CASES, SOURCE, sandbox=sandbox)
        end = time.perf_counter() + seconds

        def judge() -> int:
            count = 0
            while time.perf_counter() < end:
                if not verify_program(CASES, SOURCE, sandbox=sandbox).passed:
                    raise RuntimeError("a right program was rejected")
                count += 1
            return count

        started = time.perf_counter()
        with ThreadPoolExecutor(workers) as threads:
            counts = [thread.result() for thread in [threads.submit(judge) for _ in range(workers)]]
        return sum(counts) / (time.perf_counter() - started)


def canonical() -> tuple[int, int]:
    """Return how many canonical solutions of HumanEval-shaped problems pass, and how many there are."""
    family, passed = FunctionFromDocstring(), 0
    for index in range(PROBLEMS):
        task = family.task(level=index % 5, index=index)
        name = task.ground_truth["name"]
        asserts = "".join(
            f"    assert candidate({list(case['arguments'][0])!r}) == {list(case['expected'])!r}\n"
            for case in task.ground_truth["cases"]
        )
        checks = [{"checks": f"def check(candidate):\n{asserts}"}]
        verdict = verify_program(checks, task.reference or "", mode="checks", entry_point=name)
        passed += bool(verdict.passed)
    return passed, PROBLEMS


def attacks() -> tuple[int, int]:
    """Return how many attacks are judged right, and how many there are."""
    settings = {
        "stdio": {"cases": [{"stdin": f"{a} {b}\n", "expected": f"{a + b}\n"} for a, b in PAIRS]},
        "function": {
            "cases": [{"arguments": [a, b], "expected": a + b} for a, b in PAIRS],
            "entry_point": "add",
        },
        "checks": {
            "cases": [{"checks": "\n".join(f"assert candidate({a}, {b}) == {a + b}" for a, b in PAIRS)}],
            "entry_point": "add",
        },
    }
    cases = tomllib.loads(ATTACKS.read_text())["attack"]
    limits = Limits(cpu_seconds=0.5, wall_seconds=5.0)
    verdicts = [
        verify_program(source=each["source"], mode=each["mode"], limits=limits, **settings[each["mode"]])
        for each in cases
    ]
    return sum(bool(verdict.score) for verdict in verdicts), len(cases)


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    for count in (1, 2):
        print(f"verdicts a second, ten cases, {count} worker(s): {speed(count, length):.0f}")
    print("canonical solutions of HumanEval-shaped problems that pass: {} of {}".format(*canonical()))
    print("attacks that score above 0: {} of {}".format(*attacks()))
