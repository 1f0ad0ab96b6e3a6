"""Bug repair: one place of a program was changed; find it from failing tests and mend it."""

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
from reason.generators.code.drawing import draw_arguments, draw_program, show_call
from reason.generators.code.interpreter import parse_program
from reason.generators.code.mutating import FAILED, mutants, mutations, results_of
from reason.generators.code.written_programs import cheats, check_function
from reason.registry import register
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.code import COMPONENTS
from reason.verifiers.code.edits import apply_edits, has_edits, read_edits

__all__ = ["Bug", "BugRepair", "BugRepairConfig", "draw_bug"]

PHRASINGS = (
    "One small change broke this program: some of the tests below fail. Mend it.",
    "This program has one bug, in one place. Find it by the tests, and repair it.",
)
FORM = """Answer with the whole program, or with edits of this form, each at whole lines:
<<<<<<< SEARCH
lines that are there
=======
lines that shall be there
>>>>>>> REPLACE"""
MAX_DRAWS = 400
SHOWN, HIDDEN = 6, 10
MAX_STEPS = 1_500


@dataclass(frozen=True, kw_only=True)
class BugRepairConfig(Config):
    """Knobs of the program."""

    statements: int = 6
    """About how many statements the function's outer loop holds."""
    changes: int = 20
    """Fewest changes in one place that the program allows; at most about twice as many."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.statements <= 16, "statements", "2 to 16")
        self.require(4 <= self.changes <= 150, "changes", "4 to 150")


@dataclass(frozen=True, kw_only=True)
class Bug:
    """A program, the same with one change, and calls that tell them apart."""

    name: str
    right: str
    wrong: str
    shown: tuple[tuple[list[Any], Any], ...]
    """Calls and their right results; at least one goes wrong."""
    hidden: tuple[tuple[list[Any], Any], ...]
    candidates: int
    """Programs that differ from the wrong one in one place."""


@register
class BugRepair(Family[BugRepairConfig]):
    """Mend a program that one mutation broke; hidden cases decide, in the sandbox.

    Every program that differs from the broken one in one place and passes the shown tests passes the hidden
    ones too. Effort is the number of programs that differ in one place.
    """

    id = "BugRepair-v0"
    domain = "code"
    components = COMPONENTS
    answer_kind = "code"
    max_level = 7

    def at_level(self, level: int) -> BugRepairConfig:
        """Take longer programs."""
        return BugRepairConfig(statements=3 + level // 2, changes=8 + 3 * level)

    def generate(self, rng: Random, config: BugRepairConfig) -> Draft:
        """Draw a program and a mutation that the tests show."""
        bug = draw_bug(rng, config.statements, config.changes)
        tests = "\n".join(f"assert {show_call(bug.name, given)} == {result!r}" for given, result in bug.shown)
        return Draft(
            prompt=f"{rng.choice(PHRASINGS)}\n```python\n{bug.wrong}\n```\n"
            f"The tests:\n```python\n{tests}\n```\n{FORM}\n{ANSWER_INSTRUCTION}",
            ground_truth={
                "name": bug.name,
                "wrong": bug.wrong,
                "cases": [
                    {"arguments": given, "expected": each} for given, each in (*bug.hidden, *bug.shown)
                ],
            },
            reference=f"{bug.right}\n",
            effort=float(bug.candidates),
            canonical=[bug.wrong, [given for given, _ in bug.shown]],
            metadata={"topic": "mending programs"},
        )

    def verify(self, task: Task, answer: str) -> Verdict:
        """Make the edits, where it holds edits, and run the program on the hidden cases and the tests."""
        truth = task.ground_truth
        if has_edits(answer):
            try:
                answer = apply_edits({"": truth["wrong"]}, read_edits(answer))[""]
            except ValueError as error:
                return Verdict.wrong(str(error), status=Status.PARSE_ERROR)
        return check_function(truth["cases"], truth["name"], answer)

    def solve(self, task: Task) -> str | None:
        """Try all programs that differ in one place, until one passes the tests."""
        wrong, tests = re.findall(r"```python\n(.*?)\n```", task.text, re.DOTALL)[:2]
        calls = []
        for statement in parse_program(tests).body:
            compared = statement.test  # type: ignore[attr-defined]
            given = [ast.literal_eval(each) for each in compared.left.args]
            calls.append((given, ast.literal_eval(compared.comparators[0])))
        name = compared.left.func.id
        for candidate in mutants(parse_program(wrong)):
            if _passes(candidate, name, calls):
                return ast.unparse(candidate)
        return None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the broken program, an edit that mends nothing, and programs that cheat."""
        wrong, name = task.ground_truth["wrong"], task.ground_truth["name"]
        yield wrong
        last = wrong.split("\n")[-1]
        yield _edit(last, f"{last}  # mended")
        yield _edit("no such line", last)
        shown = [(thaw(case["arguments"]), thaw(case["expected"])) for case in task.ground_truth["cases"]]
        yield from cheats(name, shown[-SHOWN:])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the mended program as an edit, and with a comment."""
        right, wrong = (task.reference or "").split("\n"), task.ground_truth["wrong"].split("\n")
        place = next(at for at in range(len(right)) if right[at] != wrong[at])
        start = place
        while wrong.index(wrong[start]) != start or "\n".join(wrong[:place]).count(wrong[start]) > 1:
            start -= 1  # the first place where these lines stand must be the one that is meant
            if start == 0:
                break
        yield _edit("\n".join(wrong[start : place + 1]), "\n".join(right[start : place + 1]))
        yield f"{task.reference}\n# mended"


def draw_bug(rng: Random, statements: int, least: int) -> Bug:
    """Draw a program and a mutation of it that tests tell apart from every other mutation.

    Args:
        rng: The only randomness.
        statements: About how many the program's loop holds.
        least: Fewest changes in one place that the program allows; at most about twice as many.

    Raises:
        GenerationError: none was found.
    """
    for _ in range(MAX_DRAWS):
        program = draw_program(rng, statements, max_steps=600)
        tree = parse_program(ast.unparse(program.tree))
        changes = mutations(tree)
        if not least <= len(changes) <= 2 * least + 10:
            continue
        calls = [draw_arguments(rng, program.kinds) for _ in range(SHOWN + HIDDEN)]
        made = results_of(tree, program.name, calls, MAX_STEPS)
        if FAILED in made:
            continue
        right, change = ast.unparse(tree), rng.choice(changes)
        change.apply()
        found = results_of(tree, program.name, calls, MAX_STEPS)
        if FAILED in found or found[:SHOWN] == made[:SHOWN] or found[SHOWN:] == made[SHOWN:]:
            continue
        pairs = list(zip(calls, made, strict=True))
        wrong = ast.unparse(tree)
        fits = (each for each in mutants(tree) if _passes(each, program.name, pairs[:SHOWN]))
        if all(_passes(each, program.name, pairs[SHOWN:]) for each in fits):
            return Bug(
                name=program.name,
                right=right,
                wrong=wrong,
                shown=tuple(pairs[:SHOWN]),
                hidden=tuple(pairs[SHOWN:]),
                candidates=len(changes),
            )
    raise GenerationError(f"no bug of a program of {statements} statements in {MAX_DRAWS} draws")


def _passes(program: ast.Module, name: str, calls: Sequence[tuple[list[Any], Any]]) -> bool:
    return all(results_of(program, name, [given], MAX_STEPS) == [result] for given, result in calls)


def _edit(search: str, replace: str) -> str:
    return f"<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE"
