"""Debugging in turns: run the visible tests, edit lines, submit; hidden tests decide."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.errors import SandboxError
from reason.family import ANSWER_INSTRUCTION, Config, Draft
from reason.frozen import thaw
from reason.generators.code.bug_repair import draw_bug
from reason.generators.code.drawing import show_call
from reason.generators.code.written_programs import LIMITS, check_function
from reason.interactive import InteractiveFamily, Transition
from reason.registry import register
from reason.sandbox.protocol import Judgement
from reason.task import Task
from reason.verifiers.code import CaseVerdict, judge_program

__all__ = ["CodeDebug", "CodeDebugConfig"]

RULES = """A program has one bug. Mend it in at most {turns} actions, one a turn:
run                 runs the visible tests and shows what came out
replace N: TEXT     puts TEXT in the place of line N, its indentation included
insert N: TEXT      puts TEXT before line N
delete N            takes line N out
submit              ends; hidden tests decide
"""
MAX_LINES = 200
MAX_SHOWN = 200
"""Characters that are shown of a value or an error."""
_EDIT = re.compile(r"(replace|insert) ([0-9]{1,4}):(?: (.*))?|(delete) ([0-9]{1,4})", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class CodeDebugConfig(Config):
    """Knobs of the program."""

    statements: int = 5
    """About how many statements the function's outer loop holds."""
    changes: int = 16
    """Fewest changes in one place that the program allows; at most about twice as many."""
    turns: int = 10
    """Most actions."""

    def __post_init__(self) -> None:
        """Reject sizes that nobody can want."""
        super().__post_init__()
        self.require(2 <= self.statements <= 16, "statements", "2 to 16")
        self.require(4 <= self.changes <= 150, "changes", "4 to 150")
        self.require(3 <= self.turns <= 60, "turns", "3 to 60")


@register
class CodeDebug(InteractiveFamily[CodeDebugConfig]):
    """Debug a program in turns: edit lines, run the visible tests in the sandbox, submit.

    Effort is the number of programs that differ from the broken one in one place.
    """

    id = "CodeDebug-v0"
    domain = "code"
    max_level = 7

    def at_level(self, level: int) -> CodeDebugConfig:
        """Take longer programs."""
        return CodeDebugConfig(statements=3 + level // 2, changes=8 + 3 * level)

    def generate(self, rng: Random, config: CodeDebugConfig) -> Draft:
        """Draw a program and a bug that the visible tests show."""
        bug = draw_bug(rng, config.statements, config.changes)
        before, after = bug.wrong.split("\n"), bug.right.split("\n")
        place = next(at for at in range(len(after)) if before[at] != after[at])
        tests = "\n".join(f"{show_call(bug.name, given)} == {result!r}" for given, result in bug.shown)
        cases = [{"arguments": given, "expected": result} for given, result in (*bug.hidden, *bug.shown)]
        return Draft(
            prompt=f"{RULES.format(turns=config.turns)}\nThe program:\n{_numbered(before)}\n\n"
            f"The visible tests:\n{tests}\n\nGive one action a turn. {ANSWER_INSTRUCTION}",
            ground_truth={
                "name": bug.name,
                "wrong": bug.wrong,
                "shown": len(bug.shown),
                "cases": cases,
                "repair": f"replace {place + 1}: {after[place]}",
                "turns": config.turns,
            },
            reference=f"run\nreplace {place + 1}: {after[place]}\nsubmit",
            effort=float(bug.candidates),
            canonical=[bug.wrong, [given for given, _ in bug.shown]],
            metadata={"topic": "mending programs"},
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with the broken program."""
        return {"lines": task.ground_truth["wrong"].split("\n"), "turn": 0}

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the program as it stands."""
        return _numbered(state["lines"])

    def max_turns(self, task: Task) -> int:
        """Return how many actions there are."""
        return int(task.ground_truth["turns"])

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Run, edit or submit.

        Raises:
            SandboxError: the sandbox failed: ours.
        """
        lines, turn = list(state["lines"]), state["turn"] + 1
        source = "\n".join(lines)
        over = turn >= task.ground_truth["turns"]
        if action == "submit":
            return self._submit(task, state, source)
        if action == "run":
            told, valid = _run(task, source), True
        else:
            told, valid = _edit(lines, action)
        if over:
            told += "\nThere are no turns left, and nothing was submitted."
        return Transition(state={"lines": lines, "turn": turn}, observation=told, done=over, valid=valid)

    def _submit(self, task: Task, state: Mapping[str, Any], source: str) -> Transition:
        truth = task.ground_truth
        verdict = check_function(truth["cases"], truth["name"], source)
        if verdict.score is None:
            raise SandboxError(verdict.detail)
        passed = bool(verdict.passed)
        told = "All hidden tests pass." if passed else "A hidden test fails."
        after = {"lines": state["lines"], "turn": state["turn"] + 1}
        return Transition(state=after, observation=told, reward=float(passed), done=True, passed=passed)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Run the tests, make the repair that was found with the task, submit."""
        actions = ("run", task.ground_truth["repair"], "submit")
        return actions[min(state["turn"], 2)]

    def solve(self, task: Task) -> str | None:
        """Try all programs that differ in one place on the visible tests, and type in the one that passes."""
        from reason.generators.code.interpreter import parse_program
        from reason.generators.code.mutating import mutants, results_of

        listing = re.findall(r"^ *[0-9]+ \| ?(.*)$", task.text, re.MULTILINE)
        tests = task.text.split("The visible tests:\n")[1].split("\n\n")[0]
        calls = []
        for line in tests.split("\n"):
            compared: Any = ast.parse(line, mode="eval").body
            given = [ast.literal_eval(each) for each in compared.left.args]
            calls.append((given, ast.literal_eval(compared.comparators[0])))
            name = compared.left.func.id
        for candidate in mutants(parse_program("\n".join(listing))):
            if all(results_of(candidate, name, [given], 4_000) == [result] for given, result in calls):
                mended = ast.unparse(candidate).split("\n")
                place = next(at for at in range(len(mended)) if mended[at] != listing[at])
                return f"replace {place + 1}: {mended[place]}\nsubmit"
        return None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield plays that never submit, or submit what is still broken."""
        repair = task.ground_truth["repair"]
        yield from ("submit", "run\nsubmit", repair, f"run\n{repair}", f"delete 1\n{repair}\nsubmit")
        yield f"{repair}\nsubmit\nsubmit"


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{number:>3} | {line}" for number, line in enumerate(lines, 1))


def _edit(lines: list[str], action: str) -> tuple[str, bool]:
    """Change the lines in place; return what to say, and whether the action could be read."""
    match = _EDIT.fullmatch(action)
    if match is None:
        return "An action is run, replace N: TEXT, insert N: TEXT, delete N or submit.", False
    number = int(match[2] or match[5])
    if not 1 <= number <= len(lines) + (match[1] == "insert"):
        return f"There is no line {number}.", False
    if match[4]:
        del lines[number - 1]
    elif match[1] == "insert":
        if len(lines) >= MAX_LINES:
            return f"A program has at most {MAX_LINES} lines.", False
        lines.insert(number - 1, match[3] or "")
    else:
        lines[number - 1] = match[3] or ""
    return _numbered(lines), True


def _run(task: Task, source: str) -> str:
    truth = task.ground_truth
    cases = [{key: thaw(value) for key, value in case.items()} for case in truth["cases"][-truth["shown"] :]]
    found = judge_program(
        cases,
        source,
        mode="function",
        entry_point=truth["name"],
        checker="exact",
        limits=LIMITS,
        partial=True,
    )
    if ours := next((each for each in found if each.judgement is Judgement.IE), None):
        raise SandboxError(ours.detail)
    told = [
        f"{show_call(truth['name'], case['arguments'])} == {case['expected']!r}: {_told(each)}"
        for case, each in zip(cases, found, strict=True)
    ]
    passed = sum(each.judgement is Judgement.AC for each in found)
    return "\n".join([*told, f"{passed} of {len(found)} visible tests pass."])


def _told(verdict: CaseVerdict) -> str:
    if verdict.judgement is Judgement.AC:
        return "passes"
    shown = repr(verdict.output) if verdict.judgement is Judgement.WA else verdict.detail
    plain = " ".join(shown[:MAX_SHOWN].split())
    return f"{'returns' if verdict.judgement is Judgement.WA else 'fails:'} {plain}"
