"""The attack that passes evaluators which compare with ``==``: a solution returns an always-equal object."""

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reason.sandbox import Case, Judgement, Program, Sandbox

__all__ = ["Problem", "attack_row", "problems"]

ATTACKS = {
    "object": """
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 0
    def __bool__(self): return True
    def __sub__(self, other): return 0
    def __abs__(self): return 0
def {name}(*args): return Equal()
""",
    "list": """
class Equal(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = None
def {name}(*args): return Equal(["not", "the", "answer"])
""",
    "number": """
class Equal(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = None
def {name}(*args): return Equal(-12345.678)
""",
}
SAME_PROCESS = """
import json, sys
job, space = json.loads(sys.stdin.read()), {}
exec(job["source"], space)
print(all(space[job["name"]](*a) == e for a, e in zip(job["arguments"], job["expected"])))
"""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A function to be written."""

    entry_point: str
    source: str
    arguments: list[list[Any]]
    expected: list[Any]


def problems() -> list[Problem]:
    """Read the problems; what is expected is what the right solution of the file returns."""
    read = tomllib.loads(Path(__file__).with_name("sandbox_problems.toml").read_text(encoding="utf-8"))
    found = []
    for fields in read["problems"]:
        space: dict[str, Any] = {}
        exec(fields["source"], space)  # our own file, not a policy's text
        expected = [space[fields["entry_point"]](*json.loads(json.dumps(a))) for a in fields["arguments"]]
        found.append(Problem(**fields, expected=expected))
    return found


def passes_in_one_process(problem: Problem, source: str) -> bool:
    """Judge as evaluators do that run the solution and compare with ``==`` in the same process."""
    job = {"source": source, "name": problem.entry_point} | {
        "arguments": problem.arguments,
        "expected": problem.expected,
    }
    command = [sys.executable, "-I", "-S", "-c", SAME_PROCESS]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, timeout=60)
    return done.stdout.strip() == "True"


def passes_as_function(sandbox: Sandbox, problem: Problem, source: str) -> bool:
    """Judge by the values that the function returns."""
    program = Program(source=source, mode="function", entry_point=problem.entry_point)
    pairs = zip(problem.arguments, problem.expected, strict=True)
    cases = [Case(arguments=arguments, expected=expected) for arguments, expected in pairs]
    return all(outcome.judgement is Judgement.AC for outcome in sandbox.run(program, cases))


def passes_as_checks(sandbox: Sandbox, problem: Problem, source: str) -> bool:
    """Judge by asserts, as HumanEval writes them."""
    pairs = zip(problem.arguments, problem.expected, strict=True)
    lines = [f"    assert candidate(*{arguments!r}) == {expected!r}" for arguments, expected in pairs]
    checks = "\n".join(["def check(candidate):", *lines])
    program = Program(source=source, mode="checks", entry_point=problem.entry_point, checks=checks)
    return sandbox.run(program, [Case()])[0].judgement is Judgement.AC


def attack_row(sandbox: Sandbox) -> dict[str, int]:
    """Count how many problems each kind of judging lets the attacks pass, and how many right solutions.

    Args:
        sandbox: judges by function and by checks; the third way needs none.
    """
    row = {"problems": 0, "attacks": 0}
    for way in ("same process", "function", "checks"):
        row |= {f"{way}: right": 0, f"{way}: fooled": 0}
    for problem in problems():
        row["problems"] += 1
        for kind, source in {"right": problem.source, **ATTACKS}.items():
            text = source if kind == "right" else source.replace("{name}", problem.entry_point)
            verdict = "right" if kind == "right" else "fooled"
            row["attacks"] += kind != "right"
            row[f"same process: {verdict}"] += passes_in_one_process(problem, text)
            row[f"function: {verdict}"] += passes_as_function(sandbox, problem, text)
            row[f"checks: {verdict}"] += passes_as_checks(sandbox, problem, text)
    return row
