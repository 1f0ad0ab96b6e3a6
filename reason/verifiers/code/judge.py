"""One program against its cases: one trip to the sandbox, then the checker's word on the host.

Cases that follow another in one process are final only where they are right (see
:mod:`reason.sandbox.tiers`); one whose output the checker rejects is run again alone, since the cases
before it may have spoilt it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from reason.errors import VerifierError
from reason.frozen import thaw
from reason.sandbox.protocol import Case, Judgement, Limits, Outcome, Program, Sandbox
from reason.verifiers.code.checkers import TEXT_CHECKERS, VALUE_CHECKERS

__all__ = ["CaseVerdict", "Checker", "Judge", "Mode", "ProgramCase", "read_cases"]

Mode = Literal["stdio", "function", "checks"]
ProgramCase = Case | Mapping[str, Any]
Checker = Callable[[Case, Any], bool]
"""Of a case and the output that came back; True where it is right."""

_EQUAL = ("tokens", "exact")
"""Checkers that, of values, are plain equality."""
_KEYS = {"stdio": {"stdin", "expected"}, "function": {"arguments", "expected"}, "checks": {"checks"}}


@dataclass(frozen=True, kw_only=True)
class CaseVerdict:
    """What became of one case."""

    judgement: Judgement
    detail: str = ""
    """Why it is not AC: one line."""
    output: Any = None
    """What it printed, or the JSON value that it returned."""
    stderr: str = ""
    cpu_seconds: float = 0.0


def read_cases(cases: Sequence[ProgramCase], mode: Mode, checker: str | Checker) -> list[Case | str]:
    """Return cases as the sandbox takes them; in ``checks`` mode, the texts that check.

    Only values that must be equal are compared by the sandbox: it alone sees integers that are too long to
    be shown.

    Raises:
        ValueError: there are none, or a key is missing or unknown.
        TypeError: a case is of another type.
    """
    if isinstance(cases, str | Mapping) or not isinstance(cases, Sequence):
        raise TypeError(f"cases must be a sequence, got {cases!r:.80}")
    if not cases:
        raise ValueError("cases must not be empty: nothing would be proved")
    return [_read_case(case, number, mode, checker) for number, case in enumerate(cases)]


def _read_case(case: ProgramCase, number: int, mode: Mode, checker: str | Checker) -> Case | str:
    if isinstance(case, Case):
        if mode == "checks":
            raise TypeError(f"cases[{number}] must be a mapping {{\"checks\": text}} in mode 'checks'")
        return replace(case, compare=_must_be_equal(mode, checker, case.expected))
    if not isinstance(case, Mapping):
        raise TypeError(f"cases[{number}] must be a Case or a mapping, got {case!r:.80}")
    if set(case) != _KEYS[mode]:
        raise ValueError(
            f"cases[{number}] must have the keys {', '.join(sorted(_KEYS[mode]))} in mode {mode!r}, "
            f"got {', '.join(map(str, case))}"
        )
    fields: dict[str, Any] = thaw(case)
    text = fields.get({"stdio": "stdin", "checks": "checks"}.get(mode, ""), "")
    if not isinstance(text, str):
        raise TypeError(f"cases[{number}] must hold text, got {text!r:.80}")
    if mode == "checks":
        return text
    if mode == "function" and not isinstance(fields["arguments"], list | tuple):
        raise TypeError(f"cases[{number}]['arguments'] must be a list, got {fields['arguments']!r:.80}")
    return Case(**fields, compare=_must_be_equal(mode, checker, fields["expected"]))


def _must_be_equal(mode: Mode, checker: str | Checker, expected: Any) -> bool:
    return mode == "function" and isinstance(checker, str) and (checker in _EQUAL or expected is None)


@dataclass(frozen=True, kw_only=True)
class Judge:
    """All that decides the verdict on a program, but for the program."""

    cases: Sequence[Case | str]
    mode: Mode
    checker: str | Checker
    limits: Limits
    entry_point: str | None
    language: Literal["python", "c", "cpp"]
    partial: bool
    tolerance: float

    def __post_init__(self) -> None:
        """Reject an expected output that a named checker cannot compare."""
        for number, case in enumerate(self.cases):
            named = isinstance(self.checker, str) and self.mode == "stdio"
            if isinstance(case, Case) and named and not isinstance(case.expected, str):
                raise TypeError(f"cases[{number}]'s expected must be text, got {case.expected!r:.80}")

    def run(self, source: str, sandbox: Sandbox) -> list[CaseVerdict]:
        """Return one verdict a case, up to the first failure unless ``partial``."""
        if self.mode == "checks":
            return self._run_checks(source, sandbox)
        program = Program(source=source, language=self.language, mode=self.mode, entry_point=self.entry_point)
        cases = [case for case in self.cases if isinstance(case, Case)]
        outcomes = sandbox.run(program, cases, self.limits, stop=not self.partial)
        found: list[CaseVerdict] = []
        for number, outcome in enumerate(outcomes):
            verdict = self._judge(cases[number], outcome)
            shared = number > 0 and outcome.judgement is Judgement.AC
            if shared and verdict.judgement is Judgement.WA:
                (alone,) = sandbox.run(program, cases[number : number + 1], self.limits)
                verdict = self._judge(cases[number], alone)
            found.append(verdict)
            if verdict.judgement is not Judgement.AC and not self.partial:
                break
        return found

    def _run_checks(self, source: str, sandbox: Sandbox) -> list[CaseVerdict]:
        found: list[CaseVerdict] = []
        for text in self.cases:
            program = Program(source=source, mode="checks", entry_point=self.entry_point, checks=str(text))
            (outcome,) = sandbox.run(program, [Case(compare=False)], self.limits)
            found.append(_case_verdict(outcome, outcome.judgement, outcome.detail, self.mode))
            if outcome.judgement is not Judgement.AC and not self.partial:
                break
        return found

    def _judge(self, case: Case, outcome: Outcome) -> CaseVerdict:
        judgement, detail = outcome.judgement, outcome.detail
        if judgement is Judgement.AC and not case.compare and not self._accepts(case, outcome):
            judgement = Judgement.WA
            thing = "output" if self.mode == "stdio" else "value"
            detail = f"the {thing} is not the expected one"
        return _case_verdict(outcome, judgement, detail, self.mode)

    def _accepts(self, case: Case, outcome: Outcome) -> bool:
        output = outcome.stdout if self.mode == "stdio" else outcome.value
        if isinstance(self.checker, str):
            named = TEXT_CHECKERS if self.mode == "stdio" else VALUE_CHECKERS
            return named[self.checker](case.expected, output, self.tolerance)
        try:
            accepted = self.checker(case, output)
        except ValueError:
            return False
        except Exception as error:
            raise VerifierError(f"the checker failed: {type(error).__name__}: {error}"[:300]) from error
        if not isinstance(accepted, bool):
            raise VerifierError(f"the checker must return True or False, got {accepted!r:.80}")
        return accepted


def _case_verdict(outcome: Outcome, judgement: Judgement, detail: str, mode: Mode) -> CaseVerdict:
    told = {
        Judgement.TLE: "it takes too much time",
        Judgement.MLE: "it takes too much memory",
        Judgement.OLE: "it writes too much",
    }
    return CaseVerdict(
        judgement=judgement,
        # How long a slow program was let run differs from run to run.
        detail=told.get(judgement, detail),
        output=outcome.value if mode == "function" else outcome.stdout,
        stderr=outcome.stderr,
        cpu_seconds=outcome.cpu_seconds,
    )
