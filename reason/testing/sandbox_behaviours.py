"""What every sandbox must do, as small checks: each opens a sandbox, uses it and raises AssertionError."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, replace

from reason.sandbox.protocol import Case, Judgement, Limits, Outcome, Program, Sandbox
from reason.testing.sandbox_abuse import describe

__all__ = ["PROGRAMS", "OpenBackend"]

OpenBackend = Callable[[int], Sandbox]
"""Opens a sandbox with the given number of workers."""

AC, WA, RE = Judgement.AC, Judgement.WA, Judgement.RE
TLE, MLE, OLE, CE = Judgement.TLE, Judgement.MLE, Judgement.OLE, Judgement.CE
ROOMY = Limits(cpu_seconds=5, wall_seconds=20)
READING = {
    "input": "print(input())",
    "read": "import sys; sys.stdout.write(sys.stdin.read())",
    "lines": "import sys\nfor line in sys.stdin: print(line.rstrip())",
    "readline": "import sys; input = sys.stdin.readline; print(input().strip())",
    "buffer": "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())",
    "open": "print(open(0).read(), end='')",
    "descriptor": "import os; os.write(1, os.read(0, 1 << 20))",
    "mixed": "import os, sys; print('a', end='', flush=True); os.write(1, b'b'); print(input()[2:])",
    "hook": "import atexit; t = input(); atexit.register(lambda: print(t))",
    "main": "def main():\n    print(input())\nif __name__ == '__main__':\n    main()",
    "exit": "import sys; print(input()); sys.exit(0)",
    "replaced": "import io, sys; sys.stdin = io.StringIO(sys.stdin.read()); print(input())",
    "child": "import os\nt = input()\nif os.fork(): os.wait()\nelse: print(t, flush=True); os._exit(0)",
    "thread": "import threading as t; t = t.Thread(target=lambda: print(input())); t.start(); t.join()",
}
"""Programs that print their input, each in its own way."""


def require(condition: bool, message: str) -> None:
    """Raise AssertionError, also under ``python -O``."""
    if not condition:
        raise AssertionError(message)


def judged(outcomes: Sequence[Outcome], *expected: Judgement) -> None:
    """Require these judgements, in this order."""
    got = [outcome.judgement for outcome in outcomes]
    require(
        got == list(expected), f"expected {list(expected)}, got {[describe(outcome) for outcome in outcomes]}"
    )


def answers_in_order(open_backend: OpenBackend) -> None:
    """One outcome a case, in the order of the cases, whatever became of those before."""
    source = """
n = int(input())
if n == 1: raise ValueError("one")
if n == 3:
    while True: pass
if n == 4: x = bytearray(10**9)
if n == 5: import os; os.kill(os.getpid(), 9)
print(n * n)
"""
    limits = Limits(cpu_seconds=1, wall_seconds=6)
    cases = [Case(stdin=str(n), expected=str(n * n) if n != 2 else "5") for n in range(8)]
    with open_backend(1) as sandbox:
        outcomes = sandbox.run(Program(source=source), cases, limits)
        judged(outcomes, AC, RE, WA, TLE, MLE, RE, AC, AC)
        require("one" in outcomes[1].stderr, "the traceback is not on stderr")
        require(outcomes[5].exit_code == -9, f"exit code of SIGKILL is {outcomes[5].exit_code}")
        require(sandbox.run(Program(source=source), [], limits) == [], "no cases must give no outcomes")


def reads_and_prints_as_python_does(open_backend: OpenBackend) -> None:
    """Each way to read and to print works: streams, buffers, descriptors, exit hooks, the main idiom."""
    with open_backend(1) as sandbox:
        for name, source in READING.items():
            outcomes = sandbox.run(Program(source=source), [Case(stdin="abc\n", expected="abc")] * 2, ROOMY)
            require([o.judgement for o in outcomes] == [AC, AC], f"{name}: {[describe(o) for o in outcomes]}")


def gives_every_case_a_fresh_start(open_backend: OpenBackend) -> None:
    """A case sees neither the globals, files nor modules' state of the case before."""
    source = """
import builtins, os, sys
seen = [hasattr(builtins, "mark"), os.path.exists("mark"), "mark" in sys.modules, "MARK" in os.environ]
builtins.mark = sys.modules["mark"] = sys; os.environ["MARK"] = "1"; open("mark", "w").close()
print(seen)
"""
    with open_backend(1) as sandbox:
        judged(sandbox.run(Program(source=source), [Case(expected=str([False] * 4))] * 3, ROOMY), AC, AC, AC)


def limits_each_case_by_itself(open_backend: OpenBackend) -> None:
    """Processor time, memory and output are counted per case, not per program."""
    limits = Limits(cpu_seconds=1, wall_seconds=8, memory_bytes=160 * 2**20, output_bytes=2**16)
    burn = "import time\nstart = time.process_time()\nwhile time.process_time() - start < 0.5: pass\n"
    keep = "import sys\nsys.keep = getattr(sys, 'keep', []) + [bytearray(b'x') * (50 << 20)]\n"
    with open_backend(1) as sandbox:
        for source in (burn + "print(1)", keep + "print(1)", "print('x' * 40000)"):
            expected = "x" * 40000 if "40000" in source else "1"
            judged(sandbox.run(Program(source=source), [Case(expected=expected)] * 4, limits), AC, AC, AC, AC)


def limits_output_exactly(open_backend: OpenBackend) -> None:
    """Output of just the limit is whole; one byte more is OLE; both streams count together."""
    limits = replace(ROOMY, output_bytes=100_000)
    source = "import os\na, b = map(int, input().split())\nos.write(1, b'x' * a); os.write(2, b'y' * b)"
    cases = [
        Case(stdin=text, compare=False)
        for text in ("100000 0", "100001 0", "50000 50000", "50000 50001", "0 100001")
    ]
    with open_backend(1) as sandbox:
        outcomes = sandbox.run(Program(source=source), cases, limits)
        judged(outcomes, AC, OLE, AC, OLE, OLE)
        require((len(outcomes[2].stdout), len(outcomes[2].stderr)) == (50000, 50000), "output was cut")


def takes_any_text(open_backend: OpenBackend) -> None:
    """Long, unread, unusual and broken text in source and input is judged and never raises."""
    echo = Program(source="import sys; sys.stdout.write(sys.stdin.read())")
    texts = ["", "äöü € 😀", "a\0b", "a\r\nb\n", "\x1b[0m", "x" * 900_000, "\ufeffmark"]
    with open_backend(1) as sandbox:
        for text in texts:
            outcome = sandbox.run(echo, [Case(stdin=text, expected=text)], ROOMY)[0]
            require(outcome.judgement is AC, f"{text[:20]!r}: {describe(outcome)}")
        unread = sandbox.run(Program(source="print(1)"), [Case(stdin="x" * (4 << 20), expected="1")], ROOMY)
        judged(unread, AC)
        for source, stdin in (("print('\ud800')", ""), ("print(1)", "\udfff"), ("\ud800", ""), ("", "")):
            outcome = sandbox.run(Program(source=source), [Case(stdin=stdin, expected="x")], ROOMY)[0]
            require(outcome.judgement in (CE, RE, WA), f"{source!r} with {stdin!r}: {describe(outcome)}")


def calls_functions(open_backend: OpenBackend) -> None:
    """Arguments and values travel as JSON; printing is not answering; exceptions are RE."""
    source = """
def solve(x):
    print("noise")
    if x == "raise": raise KeyError("gone")
    return x
"""
    values = [0, -(2**70), 1.5, "", "ä\n", True, None, [], [1, [2]], {"a": {"b": [None]}}]
    program = Program(source=source, mode="function", entry_point="solve")
    with open_backend(1) as sandbox:
        outcomes = sandbox.run(program, [Case(arguments=[value], expected=value) for value in values], ROOMY)
        judged(outcomes, *[AC] * len(values))
        require(
            all(json.dumps(o.value) == json.dumps(v) for o, v in zip(outcomes, values, strict=True)),
            "value changed",
        )
        require("noise" in outcomes[0].stdout, "what the function printed is not on stdout")
        wrong = [
            Case(arguments=["raise"], expected=1),
            Case(arguments=[1], expected=2),
            Case(arguments=[], expected=1),
        ]
        wrong += [
            Case(arguments=[True], expected=1),
            Case(arguments=["1"], expected=1),
            Case(arguments=[None], expected=0),
        ]
        judged(sandbox.run(program, wrong, ROOMY), RE, WA, RE, WA, WA, WA)


def runs_checks(open_backend: OpenBackend) -> None:
    """HumanEval's ``check``, plain asserts and ``test_*`` functions pass a right candidate and no other."""
    right, wrong = "def square(n):\n    return n * n\n", "def square(n):\n    return n + n\n"
    styles = {
        "check": "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(3) == 9\n",
        "asserts": "assert square(2) == 4\nassert square(3) == 9\n",
        "candidate": "assert candidate(3) == 9\n",
        "tests": "def test_2():\n    assert square(2) == 4\n\ndef test_3():\n    assert square(3) == 9\n",
    }
    candidates: dict[str, tuple[Judgement, ...]] = {
        right: (AC,), wrong: (WA, RE), "raise ValueError": (RE, WA), "def square(:": (CE,),
    }  # fmt: skip
    with open_backend(1) as sandbox:
        for name, checks in styles.items():
            for source, judgements in candidates.items():
                program = Program(source=source, mode="checks", entry_point="square", checks=checks)
                outcome = sandbox.run(program, [Case()], ROOMY)[0]
                require(outcome.judgement in judgements, f"{name}, {source!r}: {describe(outcome)}")


def reports_what_was_used(open_backend: OpenBackend) -> None:
    """Times, memory, exit status and enforced limits are plausible."""
    source = "import sys, time\nx = bytearray(b'x') * (80 << 20)\n"
    source += "while time.process_time() < 0.4: pass\ntime.sleep(0.2)\nsys.exit(3)"
    with open_backend(1) as sandbox:
        outcome = sandbox.run(Program(source=source), [Case(compare=False)], ROOMY)[0]
        judged([outcome], RE)
        require(outcome.exit_code == 3, f"exit code {outcome.exit_code}, not 3")
        require(0.3 <= outcome.cpu_seconds <= 3, f"{outcome.cpu_seconds} s of processor for 0.4")
        require(0.5 <= outcome.wall_seconds <= 10, f"{outcome.wall_seconds} s for 0.6 or more")
        require(outcome.memory_bytes >= 80 * 2**20, f"{outcome.memory_bytes} bytes for 80 MiB")
        names = {field.name for field in fields(Limits)}
        require(
            set(outcome.enforced) <= names and "wall_seconds" in outcome.enforced,
            f"enforced {outcome.enforced}",
        )
        health = sandbox.health()
        require(health.ready and health.slots >= 1 and bool(health.backend), f"{health}")
        require(bool(health.isolation) or not outcome.isolated, f"isolated by nothing: {health}")


PROGRAMS: tuple[Callable[[OpenBackend], None], ...] = (
    answers_in_order,
    reads_and_prints_as_python_does,
    gives_every_case_a_fresh_start,
    limits_each_case_by_itself,
    limits_output_exactly,
    takes_any_text,
    calls_functions,
    runs_checks,
    reports_what_was_used,
)
