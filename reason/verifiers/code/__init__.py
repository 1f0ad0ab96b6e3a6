"""Programs: one is right if its outputs are right on cases that it never saw. Runs only in a sandbox.

See ``docs/code.md``. Expected outputs and checkers stay on the host, so that a program can neither read nor
patch them; what comes back is text or plain JSON, never an object of the program's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from reason.sandbox.protocol import Judgement, Limits, Sandbox
from reason.sandbox.shared import shared_sandbox
from reason.verdict import Status, Verdict
from reason.verifiers.code.checkers import DEFAULT_TOLERANCE, TEXT_CHECKERS, VALUE_CHECKERS
from reason.verifiers.code.judge import CaseVerdict, Checker, Judge, Mode, ProgramCase, read_cases

__all__ = [
    "COMPONENTS",
    "CaseVerdict",
    "Checker",
    "Mode",
    "ProgramCase",
    "judge_program",
    "verify_program",
    "without_time",
]

COMPONENTS = ("compiled", "passed", "all_passed")
"""Keys of the components, but for ``seconds``, which is a measurement."""
MAX_SOURCE_CHARS = 100_000


def verify_program(
    cases: Sequence[ProgramCase],
    source: str,
    *,
    mode: Mode = "stdio",
    checker: str | Checker = "tokens",
    limits: Limits = Limits(),  # noqa: B008
    entry_point: str | None = None,
    language: Literal["python", "c", "cpp"] = "python",
    partial: bool = False,
    tolerance: float = DEFAULT_TOLERANCE,
    sandbox: Sandbox | None = None,
) -> Verdict:
    """Judge a program by what it gives on cases.

    Args:
        cases: Each a sandbox ``Case`` or a mapping with keys of ``stdin`` and ``expected`` (mode ``stdio``),
            ``arguments`` and ``expected`` (``function``), or ``checks`` (``checks``: a trusted text that
            asserts on ``candidate``).
        source: The program: hostile text.
        mode: As of :class:`reason.sandbox.Program`.
        checker: ``tokens``, ``exact``, ``lines``, ``float``, ``yesno``, ``permutation``, or a function of
            the case and the output (text, or JSON value) that says whether it is right; it runs on the
            host, and a ``ValueError`` from it says that the output is malformed. Unused in ``checks``.
        limits: What one case may use.
        entry_point: The function to call; needed in ``function`` mode.
        language: Of the program; ``c`` and ``cpp`` only in ``stdio`` mode.
        partial: Whether every case is run and the score is the passed fraction; else the score is 0 or 1,
            and nothing is run beyond the first case that fails.
        tolerance: Absolute or relative, of ``checker="float"``.
        sandbox: Where to run it; None: the one that the process shares.

    Returns:
        Components: ``compiled``, ``passed`` (the fraction of cases, of those that were run where it
        stopped), ``all_passed``, and ``seconds`` (processor time of the slowest case: a measurement, which
        :func:`without_time` takes out). A failure of ours (IE) is ``score=None``, never 0.

    Raises:
        SandboxError: no sandbox can run here, or it is closed.
        ValueError: an argument cannot be, or there are no cases.
        TypeError: an argument is of another type.
    """
    found = judge_program(
        cases,
        source,
        mode=mode,
        checker=checker,
        limits=limits,
        entry_point=entry_point,
        language=language,
        partial=partial,
        tolerance=tolerance,
        sandbox=sandbox,
    )
    return _verdict(found, len(cases), source, partial=partial)


def judge_program(
    cases: Sequence[ProgramCase],
    source: str,
    *,
    mode: Mode = "stdio",
    checker: str | Checker = "tokens",
    limits: Limits = Limits(),  # noqa: B008
    entry_point: str | None = None,
    language: Literal["python", "c", "cpp"] = "python",
    partial: bool = False,
    tolerance: float = DEFAULT_TOLERANCE,
    sandbox: Sandbox | None = None,
) -> list[CaseVerdict]:
    """Judge a program case by case; the arguments and errors are :func:`verify_program`'s.

    Returns:
        One verdict a case, in order; without ``partial``, up to the first that is not AC.
    """
    if not isinstance(source, str):
        raise TypeError(f"source must be a string, got {source!r:.80}")
    if mode not in get_args(Mode):
        raise ValueError(f"mode must be one of {', '.join(get_args(Mode))}, got {mode!r}")
    if not isinstance(limits, Limits):
        raise TypeError(f"limits must be a Limits, got {limits!r:.80}")
    if not 0.0 <= tolerance < 1.0:
        raise ValueError(f"tolerance must be in [0, 1), got {tolerance!r}")
    if mode == "function" and not (isinstance(entry_point, str) and entry_point.isidentifier()):
        raise ValueError(f"entry_point must name a function in mode 'function', got {entry_point!r}")
    named = TEXT_CHECKERS if mode == "stdio" else VALUE_CHECKERS
    known = callable(checker) or (isinstance(checker, str) and (mode == "checks" or checker in named))
    if not known:
        raise ValueError(f"checker must be a function or one of {', '.join(named)}, got {checker!r:.80}")
    read = read_cases(cases, mode, checker)
    judge = Judge(
        cases=read,
        mode=mode,
        checker=checker,
        limits=limits,
        entry_point=entry_point,
        language=language,
        partial=partial,
        tolerance=tolerance,
    )
    problem = _unreadable(source)
    if problem:
        refused = CaseVerdict(judgement=Judgement.CE, detail=problem)
        return [refused] * (len(read) if partial else 1)
    return judge.run(source, shared_sandbox() if sandbox is None else sandbox)


def without_time(verdict: Verdict) -> Verdict:
    """Return a verdict without its measured time, so that judging twice gives the same."""
    kept = {name: value for name, value in verdict.components.items() if name != "seconds"}
    return replace(verdict, components=kept)


def _unreadable(source: str) -> str:
    if not source.strip():
        return "it is empty"
    if len(source) > MAX_SOURCE_CHARS:
        return f"it has more than {MAX_SOURCE_CHARS} characters"
    return "it holds a NUL character" if "\0" in source else ""


def _verdict(found: Sequence[CaseVerdict], count: int, source: str, *, partial: bool) -> Verdict:
    if ours := next((each for each in found if each.judgement is Judgement.IE), None):
        return Verdict.unscorable(_one_line(ours.detail), answer=source, status=Status.SANDBOX_ERROR)
    passed = sum(each.judgement is Judgement.AC for each in found)
    compiled = any(each.judgement is not Judgement.CE for each in found)
    components = {
        "compiled": float(compiled),
        "passed": passed / count,
        "all_passed": float(passed == count),
        "seconds": max(each.cpu_seconds for each in found),
    }
    if passed == count:
        return Verdict.right(answer=source, components=components)
    number, first = next(
        (number, each) for number, each in enumerate(found) if each.judgement is not Judgement.AC
    )
    detail = f"case {number + 1} of {count}: {first.judgement.value}, {first.detail}"
    status = Status.OK
    if not compiled:
        status, detail = Status.PARSE_ERROR, f"it does not compile: {first.detail}"
    elif first.judgement in (Judgement.TLE, Judgement.MLE):
        status = Status.TIMEOUT
    return Verdict.wrong(
        _one_line(detail),
        answer=source,
        status=status,
        score=passed / count if partial else 0.0,
        components=components,
    )


def _one_line(detail: str) -> str:
    plain = " ".join(detail[:500].split())
    return plain.encode("utf-8", "backslashreplace").decode()
