"""Test writing: find calls that the right program passes and wrong ones do not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Config, Draft, Family
from reason.frozen import thaw
from reason.generators.code.drawing import draw_arguments, draw_program
from reason.generators.code.interpreter import Interpreter, ProgramError, parse_program
from reason.generators.code.mutating import FAILED, mutants, mutations, results_of
from reason.generators.code.running import printed_by
from reason.generators.code.writing import HINTS
from reason.registry import register
from reason.sandbox.compare import same_value
from reason.seeding import stream
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.code.literals import read_literal

__all__ = ["TestWriting", "TestWritingConfig", "read_tests"]

PHRASINGS = (
    "Write tests for `{name}` that tell it from programs with one small mistake.",
    "Write tests for `{name}` that catch programs which differ from this one by one small mistake.",
)
MAX_DRAWS = 200
POOL = 12
MAX_STEPS = 1_500
MAX_MUTANTS = 150


@dataclass(frozen=True, kw_only=True)
class TestWritingConfig(Config):
    """Knobs of the program and of its mutants."""

    __test__ = False  # no test, whatever its name says

    statements: int = 5
    """About how many statements the function's outer loop holds."""
    mutants: int = 6
    """Programs with a mistake that must be caught."""
    tests: int = 8
    """Most tests that may be written."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.statements <= 16, "statements", "2 to 16")
        self.require(1 <= self.mutants <= 40, "mutants", "1 to 40")
        self.require(1 <= self.tests <= 40, "tests", "1 to 40")


@register
class TestWriting(Family[TestWritingConfig]):
    """Write tests, as calls and results, that the right program passes and hidden mutants fail.

    A test is data, not a program, so our own interpreter runs the trusted programs on it. The mutants are
    not shown; each is caught by many calls. Effort is the number of mutants times the size
    of the program's tree.
    """

    __test__ = False

    id = "TestWriting-v0"
    domain = "code"
    components = ("valid", "caught")
    max_level = 7

    def at_level(self, level: int) -> TestWritingConfig:
        """Take longer programs and more mutants."""
        return TestWritingConfig(statements=3 + level // 2, mutants=3 + level, tests=8)

    def generate(self, rng: Random, config: TestWritingConfig) -> Draft:
        """Draw a program and mutants, and choose tests that catch them all."""
        for _ in range(MAX_DRAWS):
            program = draw_program(rng, config.statements, max_steps=600)
            source = ast.unparse(program.tree)
            tree = parse_program(source)
            changes = mutations(tree)
            if not config.mutants <= len(changes) <= MAX_MUTANTS:
                continue
            calls = [draw_arguments(rng, program.kinds) for _ in range(POOL)]
            made = results_of(tree, program.name, calls, MAX_STEPS)
            if FAILED in made:
                continue
            chosen: list[str] = []
            caught: list[set[int]] = []
            for change in rng.sample(changes, len(changes)):
                change.apply()
                found = results_of(tree, program.name, calls, MAX_STEPS)
                by = {at for at in range(POOL) if not same_value(found[at], made[at])}
                if len(by) >= POOL // 3:  # one that few calls catch would make the task a matter of luck
                    chosen.append(ast.unparse(tree))
                    caught.append(by)
                change.undo()
                if len(chosen) == config.mutants:
                    break
            cover = _cover(caught, config.tests)
            if len(chosen) < config.mutants or cover is None:
                continue
            tests = [[calls[at], made[at]] for at in cover]
            hints = ", ".join(HINTS[kind] for kind in program.kinds)
            return Draft(
                prompt=f"{rng.choice(PHRASINGS).format(name=program.name)}\n```python\n{source}\n```\n"
                f"Answer with a Python list of at most {config.tests} tests, each [arguments, result] with "
                f"the list of arguments ({hints}) and what the right program returns for them, such as "
                f"[[[5, 'ab'], 7], [[0, ''], 1]].\n{ANSWER_INSTRUCTION}",
                ground_truth={
                    "name": program.name,
                    "source": source,
                    "mutants": chosen,
                    "tests": config.tests,
                },
                reference=repr(tests),
                effort=float(len(chosen) * len(list(ast.walk(program.tree)))),
                canonical=source,
                metadata={"topic": "testing programs"},
            )
        raise GenerationError(f"TestWriting-v0 found no program for {config}")

    def verify(self, task: Task, answer: str) -> Verdict:
        """Run the right program and every mutant on the tests."""
        truth = task.ground_truth
        try:
            tests = read_tests(answer, truth["tests"])
        except ValueError as error:
            return Verdict.wrong(str(error), status=Status.PARSE_ERROR)
        right = Interpreter(program=parse_program(truth["source"]), max_steps=MAX_STEPS)
        for number, (given, expected) in enumerate(tests, 1):
            try:
                valid = same_value(expected, right.call(truth["name"], given))
            except (ProgramError, RecursionError) as error:
                return Verdict.wrong(f"test {number}: the right program fails: {error}"[:200])
            if not valid:
                return Verdict.wrong(f"test {number}: the right program returns something else")
        caught = sum(_catches(tests, source, truth["name"]) for source in truth["mutants"])
        share = caught / len(truth["mutants"])
        components = {"valid": 1.0, "caught": share}
        if share == 1.0:
            return Verdict.right(components=components)
        return Verdict.wrong(f"{caught} of {len(truth['mutants'])} mutants are caught", components=components)

    def solve(self, task: Task) -> str | None:
        """Draw calls, let real Python run them, and choose those that catch the most one-place changes."""
        source = re.findall(r"```python\n(.*?)\n```", task.text, re.DOTALL)[0]
        name = re.findall(r"`([a-z]+)`", task.text)[0]
        hints = re.findall(r"list of arguments \((.*?)\) and", task.text)[0]
        by_hint = {hint: kind for kind, hint in HINTS.items()}
        kinds = [by_hint[hint] for hint in re.findall(r"list\[int\]|dict\[str, int\]|int|str", hints)]
        rng = stream("tests", source)
        calls = [draw_arguments(rng, kinds) for _ in range(3 * POOL)]
        printed = printed_by(f"{source}\nprint([{name}(*given) for given in {calls!r}])")
        if printed is None:
            return None
        made = ast.literal_eval(printed)
        caught = []
        for mutant in mutants(parse_program(source)):
            found = results_of(mutant, name, calls, MAX_STEPS)
            if by := {at for at in range(len(calls)) if not same_value(found[at], made[at])}:
                caught.append(by)
        chosen: list[int] = []
        while len(chosen) < int(re.findall(r"at most ([0-9]+) tests", task.text)[0]):
            open_ones = [by for by in caught if not by & set(chosen)]
            chosen.append(max(range(len(calls)), key=lambda at: (sum(at in by for by in open_ones), -at)))
        return repr([[calls[at], made[at]] for at in dict.fromkeys(chosen)])

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield no tests, tests of which one is wrong, and too many."""
        tests = ast.literal_eval(task.reference or "[]")
        yield "[]"
        (given, result), *others = tests
        for other in (None, [result], "zz"):
            yield repr([[given, other], *others])
        yield repr([*tests, [[*given, 1], result]])
        yield repr([[[], result], *others])
        yield repr(tests * 40)

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the tests in another order, as tuples, and one of them twice."""
        tests = ast.literal_eval(task.reference or "[]")
        yield repr(tests[::-1])
        yield repr([tuple(test) for test in tests])


def read_tests(answer: str, most: int) -> list[tuple[list[Any], Any]]:
    """Read a list of tests.

    Raises:
        ValueError: it is none.
    """
    value = read_literal(answer)
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= most:
        raise ValueError(f"there must be a list of 1 to {most} tests")
    tests = []
    for each in value:
        if not isinstance(each, list | tuple) or len(each) != 2 or not isinstance(each[0], list | tuple):
            raise ValueError("each test must be [arguments, result], the arguments a list")
        tests.append((list(each[0]), each[1]))
    return tests


def _catches(tests: Sequence[tuple[list[Any], Any]], source: str, name: str) -> bool:
    program = parse_program(source)
    return any(
        not same_value(expected, results_of(program, name, [thaw(given)], MAX_STEPS)[0])
        for given, expected in tests
    )


def _cover(caught: Sequence[set[int]], most: int) -> list[int] | None:
    """Return at most so many calls of which each mutant is caught by one; None where there are none."""
    left, chosen = list(caught), list[int]()
    while left and len(chosen) < most:
        best = max(range(POOL), key=lambda at: (sum(at in by for by in left), -at))
        chosen.append(best)
        left = [by for by in left if best not in by]
    return None if left or not chosen else chosen
