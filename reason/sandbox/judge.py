"""Judging on the host: what came back against what was expected.

Nothing here runs anything of the program's: texts are compared as bytes, values as plain JSON data.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reason.errors import SandboxError
from reason.sandbox.compare import same_text, same_value
from reason.sandbox.protocol import Case, Judgement, Limits, Program
from reason.sandbox.slot import Reply

__all__ = [
    "Finding",
    "Step",
    "judge_checks",
    "judge_execution",
    "judge_reply",
]

_HARNESS_FAILED, _OUT_OF_MEMORY = 70, 71  # as in supervisor/__main__.py
_LONG_INTEGER = '{"":"'
_CHECKS = {"passed": Judgement.AC, "failed": Judgement.WA, "raised": Judgement.RE, "broken": Judgement.IE}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One case, as the report of a program tells it."""

    stdout: bytes = b""
    stderr: bytes = b""
    status: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    fields: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A judgement with its reason, before it becomes an outcome."""

    judgement: Judgement
    step: Step
    value: Any = None
    detail: str = ""


def judge_reply(
    program: Program, cases: Sequence[Case], reply: Reply, limits: Limits, base: int
) -> list[Finding]:
    """Judge the cases of one child, up to the one that it died in.

    Args:
        program: what ran.
        cases: the cases that the child was given, in order.
        reply: what its supervisor measured and its report claims.
        limits: the budget of ONE case, which the whole child had.
        base: resident memory that a child starts with, in bytes.

    Returns:
        At least one finding; one for all cases where the program could not even be compiled (its
        ``step.fields`` then holds ``"all"``).

    Raises:
        SandboxError: the child failed through no fault of the program.
    """
    if not reply.compiled:
        return [_judge_compilation(reply, limits)]
    steps = _read_report(reply, len(cases))
    died = len(steps) < len(cases) and (reply.status != 0 or reply.stopped is not None or not steps)
    findings = []
    for position, step in enumerate(steps):
        answers = None if died or position + 1 < len(steps) else reply
        findings.append(_judge_step(program, cases[position], step, answers, limits, base))
    if died:
        start = steps[-1].fields if steps else {}
        step = Step(
            stdout=reply.stdout[_position(start, "out") :],
            stderr=reply.stderr[_position(start, "err") :],
            status=reply.status,
            cpu=reply.cpu,
            fields={"died": True},
        )
        findings.append(_judge_step(program, cases[len(steps)], step, reply, limits, base, whole=not steps))
    return findings


def judge_checks(reply: Reply, limits: Limits, base: int) -> Finding:
    """Judge a run in checks mode: its report is the trusted checker's alone.

    Args:
        reply: what the supervisor measured, and the checker's report.
        limits: what the program could use.
        base: resident memory that a child starts with, in bytes.
    """
    verdict = _first_line(reply.report)
    step = Step(stdout=reply.stdout, stderr=reply.stderr, status=reply.status, cpu=reply.cpu, fields=verdict)
    detail = str(verdict.get("detail", ""))
    if "compile_error" in verdict:
        return Finding(judgement=Judgement.CE, step=step, detail=_last_line(verdict["compile_error"]))
    if sum(reply.written) > limits.output_bytes:
        detail = f"more than {limits.output_bytes} bytes of output"
        return Finding(judgement=Judgement.OLE, step=step, detail=detail)
    fault = _resource_fault(step, reply, limits, base)
    if fault is not None:
        return Finding(judgement=fault[0], step=step, detail=fault[1])
    if reply.status == 0 and verdict.get("check") in _CHECKS:
        return Finding(judgement=_CHECKS[verdict["check"]], step=step, detail=detail)
    return Finding(judgement=Judgement.RE, step=step, detail="ended its own checker")


def judge_execution(case: Case, reply: Reply, limits: Limits) -> Finding:
    """Judge one run of a compiled program.

    Args:
        case: the input and what is expected.
        reply: what its supervisor measured.
        limits: what the program could use.
    """
    fields = {"error": _last_line(reply.report.decode(errors="replace"))} if reply.report else {}
    step = Step(stdout=reply.stdout, stderr=reply.stderr, status=reply.status, cpu=reply.cpu, fields=fields)
    if reply.report:
        return Finding(judgement=Judgement.IE, step=step, detail=fields["error"])
    return _judge_output(case, step, _fault(step, reply, limits, 0, whole=True))


def _judge_step(
    program: Program,
    case: Case,
    step: Step,
    reply: Reply | None,
    limits: Limits,
    base: int,
    *,
    whole: bool = False,
) -> Finding:
    """Judge one case; ``reply`` is given for the last one, which answers for what the child used.

    ``whole`` says that the case is all that the child ran, so that all it wrote is the case's.
    """
    fault = _fault(step, reply, limits, base, whole=whole)
    if program.mode == "function" and fault is None:
        return _judge_value(case, step)
    return _judge_output(case, step, fault)


def _judge_output(case: Case, step: Step, fault: tuple[Judgement, str] | None) -> Finding:
    if fault is not None:
        return Finding(judgement=fault[0], step=step, detail=fault[1])
    if case.compare and not same_text(case.expected, step.stdout):
        return Finding(judgement=Judgement.WA, step=step, detail="the output is not the expected one")
    return Finding(judgement=Judgement.AC, step=step)


def _fault(
    step: Step, reply: Reply | None, limits: Limits, base: int, *, whole: bool
) -> tuple[Judgement, str] | None:
    written = sum(reply.written) if reply is not None and whole else len(step.stdout) + len(step.stderr)
    if written > limits.output_bytes:
        return Judgement.OLE, f"more than {limits.output_bytes} bytes of output"
    if reply is not None:
        found = _resource_fault(step, reply, limits, base)
        if found is not None:
            return found
    error = step.fields.get("error")
    if error == "MemoryError":
        return Judgement.MLE, "out of memory"
    if step.status < 0:
        return Judgement.RE, f"killed by {_signal_name(-step.status)}"
    if step.status > 0:
        return Judgement.RE, f"raised {error}" if isinstance(error, str) else f"exit status {step.status}"
    return None


def _resource_fault(step: Step, reply: Reply, limits: Limits, base: int) -> tuple[Judgement, str] | None:
    if reply.status == -signal.SIGXFSZ or reply.largest_file > limits.file_bytes:
        return Judgement.OLE, f"a file of more than {limits.file_bytes} bytes"
    if reply.memory_killed or reply.resident - base > limits.memory_bytes:
        return Judgement.MLE, f"more than {limits.memory_bytes} bytes of memory"
    if reply.stopped == "wall":
        return Judgement.TLE, f"more than {limits.wall_seconds} s elapsed"
    if reply.stopped or reply.cpu > limits.cpu_seconds or reply.status == -signal.SIGXCPU:
        return Judgement.TLE, f"more than {limits.cpu_seconds} s of processor time"
    if reply.status and b"std::bad_alloc" in step.stderr[-300:]:
        return Judgement.MLE, "out of memory"
    return None


def _judge_value(case: Case, step: Step) -> Finding:
    if "too_long" in step.fields:
        return Finding(judgement=Judgement.OLE, step=step, detail="the returned value is too long")
    if "not_plain" in step.fields:
        detail = f"returned {str(step.fields['not_plain'])[:200]}, which is not JSON"
        return Finding(judgement=Judgement.WA, step=step, detail=detail)
    if "value" not in step.fields:
        return Finding(judgement=Judgement.RE, step=step, detail="ended before it returned a value")
    text = step.fields["value"]
    try:
        value = _raise_value(json.loads(text))
    except (ValueError, TypeError, RecursionError):
        return Finding(judgement=Judgement.RE, step=step, detail="tampered with its report")
    # An integer that Python refuses to print would break whoever logs the outcome.
    shown = None if _LONG_INTEGER in text else value
    if case.compare and not same_value(case.expected, value):
        detail = "the value is not the expected one"
        return Finding(judgement=Judgement.WA, step=step, value=shown, detail=detail)
    return Finding(judgement=Judgement.AC, step=step, value=shown)


def _judge_compilation(reply: Reply, limits: Limits) -> Finding:
    first = _first_line(reply.report)
    text = first.get("compile_error")
    stderr = text.encode("utf-8", "replace") if isinstance(text, str) else reply.stderr
    step = Step(stderr=stderr, status=reply.status, fields={"all": True})
    if isinstance(text, str):
        return Finding(judgement=Judgement.CE, step=step, detail=_last_line(text))
    fault = _resource_fault(step, reply, limits, 0)
    if fault is not None:
        return Finding(judgement=fault[0], step=step, detail=f"while compiling: {fault[1]}")
    if reply.status == _OUT_OF_MEMORY:
        return Finding(judgement=Judgement.MLE, step=step, detail="out of memory before it began")
    if reply.status == _HARNESS_FAILED:
        raise SandboxError("a child of the supervisor failed before the program began")
    return Finding(judgement=Judgement.CE, step=step, detail="the compiler crashed on it")


def _read_report(reply: Reply, most: int) -> list[Step]:
    """Return the finished cases that a report claims.

    The report is written by the program's own process. Lying in it wins nothing: the outputs are compared
    with what is expected, and time and memory are the supervisor's measurements.
    """
    steps: list[Step] = []
    out = error = 0
    for line in reply.report.split(b"\n", most)[:most]:
        fields = _object(line)
        end_out, end_error = _position(fields, "out"), _position(fields, "err")
        if not (out <= end_out and error <= end_error):
            break
        if end_out > len(reply.stdout) or end_error > len(reply.stderr):
            break
        status, cpu, wall = fields.get("status"), fields.get("cpu"), fields.get("wall")
        if type(status) is not int or type(cpu) is not float or type(wall) is not float:
            break
        if not (cpu >= 0.0 and wall >= 0.0):
            break
        stdout, stderr = reply.stdout[out:end_out], reply.stderr[error:end_error]
        cpu, wall = min(cpu, reply.cpu), min(wall, reply.wall)
        status &= 0xFF
        steps.append(Step(stdout=stdout, stderr=stderr, status=status, cpu=cpu, wall=wall, fields=fields))
        out, error = end_out, end_error
    return steps


def _first_line(report: bytes) -> dict[str, Any]:
    return _object(report.split(b"\n", 1)[0])


def _last_line(text: object) -> str:
    return (str(text).strip().splitlines() or [""])[-1][:500]


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _position(fields: dict[str, Any], name: str) -> int:
    value = fields.get(name, 0 if not fields else -1)
    return value if type(value) is int else -1


def _raise_value(value: Any) -> Any:
    """Undo the supervisor's marking of long integers and of empty keys."""
    if isinstance(value, list):
        return [_raise_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "" not in value:
        return {key: _raise_value(item) for key, item in value.items()}
    content = value[""]
    if isinstance(content, str):
        return int(content, 16)
    if not isinstance(content, dict):
        raise ValueError("not what the supervisor writes")
    return {key: _raise_value(item) for key, item in content.items()}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
