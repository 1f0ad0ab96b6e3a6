"""Judging replies: what is measured counts, what a program says of itself does not."""

import json
import signal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.errors import SandboxError
from reason.sandbox import Case, Judgement, Limits, Program
from reason.sandbox.judge import judge_checks, judge_execution, judge_reply
from reason.sandbox.slot import Reply

LIMITS = Limits()
PROGRAM = Program(source="")
FUNCTION = Program(source="", mode="function", entry_point="f")


def reply(**fields: Any) -> Reply:
    made: dict[str, Any] = {
        "status": 0, "stopped": None, "cpu": 0.1, "wall": 0.1, "resident": 2**24, "report": b"",
        "stdout": b"", "stderr": b"", "artifact": b"", "written": None, "largest_file": 0, "compiled": True,
        "memory_killed": False,
    }  # fmt: skip
    made.update(fields)
    if made["written"] is None:
        made["written"] = (len(made["stdout"]), len(made["stderr"]))
    return Reply(**made)


def line(**fields: Any) -> bytes:
    return (
        json.dumps(
            {"out": 0, "err": 0, "cpu": 0.01, "wall": 0.01, "status": 0, "error": None} | fields
        ).encode()
        + b"\n"
    )


def judged(answer: Reply, cases: list[Case], program: Program = PROGRAM) -> list[str]:
    return [f.judgement.value for f in judge_reply(program, cases, answer, LIMITS, 2**24)]


CASES = [Case(expected="a"), Case(expected="b")]


def test_each_case_gets_its_own_part_of_the_output() -> None:
    answer = reply(stdout=b"a\nb\n", report=line(out=2) + line(out=4))
    assert judged(answer, CASES) == ["AC", "AC"]


def test_what_the_child_used_is_charged_to_the_case_that_it_ended_in() -> None:
    answer = reply(stdout=b"x\n", report=line(out=2), stopped="cpu", status=-9, cpu=2.1)
    assert judged(answer, CASES) == ["WA", "TLE"]
    answer = reply(stdout=b"a\n", report=line(out=2), status=-11)
    assert judged(answer, CASES) == ["AC", "RE"]


def test_an_early_end_without_a_word_is_judged_by_its_output() -> None:
    assert judged(reply(stdout=b"a\n"), CASES) == ["AC"]
    assert judged(reply(stdout=b""), CASES) == ["WA"]
    assert judged(reply(), [Case(expected=1)], FUNCTION) == ["RE"]


@pytest.mark.parametrize(
    ("fields", "want"),
    [
        ({"stopped": "wall", "status": -9}, "TLE"),
        ({"stopped": "cpu", "status": -9}, "TLE"),
        ({"cpu": 2.5}, "TLE"),
        ({"status": -signal.SIGXCPU}, "TLE"),
        ({"status": -signal.SIGXFSZ}, "OLE"),
        ({"largest_file": 2**23}, "OLE"),
        ({"written": (2**20, 1)}, "OLE"),
        ({"written": (2**20 + 1, 0), "stopped": "wall", "status": -9}, "OLE"),
        ({"memory_killed": True, "status": -9}, "MLE"),
        ({"resident": 2**29}, "MLE"),
        ({"memory_killed": True, "stopped": "wall", "status": -9}, "MLE"),
        ({"status": 3}, "RE"),
        ({"status": -11}, "RE"),
    ],
)
def test_measurements_decide(fields: dict[str, Any], want: str) -> None:
    assert judged(reply(stdout=b"a", **fields), [Case(expected="a")]) == [want]


FORGED = st.dictionaries(
    st.sampled_from(["out", "err", "cpu", "wall", "status", "error", "value", "compiled"]),
    st.none()
    | st.booleans()
    | st.integers(-10, 10)
    | st.floats()
    | st.text(max_size=3)
    | st.lists(st.integers()),
)


@given(
    st.binary(max_size=60)
    | st.lists(FORGED, max_size=4).map(lambda rows: b"\n".join(json.dumps(r).encode() for r in rows))
)
def test_no_report_is_accepted_without_the_expected_output(report: bytes) -> None:
    for status in (0, 1):
        answer = reply(report=report, stdout=b"x\ny\n", status=status)
        for program, cases in ((PROGRAM, CASES), (FUNCTION, [Case(expected="secret")] * 2)):
            found = judged(answer, cases, program)
            assert found
            assert not {"AC", "IE"} & set(found)


@pytest.mark.parametrize(
    "value", ["[" * 100_000, "9" * 10_000, '{"": {"": 1', '{"": 5}', '{"": "zz"}', 17, None]
)
def test_a_forged_value_is_the_programs_fault(value: Any) -> None:
    assert judged(reply(report=line(value=value)), [Case(expected=1)], FUNCTION) == ["RE"]


def test_a_value_that_python_will_not_print_is_not_shown() -> None:
    [finding] = judge_reply(
        FUNCTION, [Case(expected=1)], reply(report=line(value='{"":"0x%s"}' % ("f" * 9999))), LIMITS, 0
    )
    assert finding.judgement is Judgement.WA
    assert finding.value is None


def test_a_program_that_cannot_be_compiled_is_judged_once_for_all() -> None:
    text = json.dumps({"compile_error": "SyntaxError: bad"}).encode()
    [finding] = judge_reply(PROGRAM, CASES, reply(compiled=False, report=text), LIMITS, 0)
    assert finding.judgement is Judgement.CE
    assert finding.step.fields["all"]
    [finding] = judge_reply(PROGRAM, CASES, reply(compiled=False, status=-11), LIMITS, 0)
    assert finding.judgement is Judgement.CE
    [finding] = judge_reply(PROGRAM, CASES, reply(compiled=False, status=71), LIMITS, 0)
    assert finding.judgement is Judgement.MLE
    with pytest.raises(SandboxError):
        judge_reply(PROGRAM, CASES, reply(compiled=False, status=70), LIMITS, 0)


@pytest.mark.parametrize(
    ("fields", "want"),
    [
        ({"report": b'{"check":"passed"}'}, "AC"),
        ({"report": b'{"check":"failed","detail":"x"}'}, "WA"),
        ({"report": b'{"check":"raised"}'}, "RE"),
        ({"report": b'{"check":"broken"}'}, "IE"),
        ({"report": b'{"compile_error":"x"}'}, "CE"),
        ({"report": b'{"check":"passed"}', "status": -9}, "RE"),
        ({"report": b""}, "RE"),
        ({"report": b"passed"}, "RE"),
        ({"report": b'{"check":"passed"}', "stopped": "wall", "status": -9}, "TLE"),
        ({"report": b'{"check":"passed"}', "written": (2**21, 0)}, "OLE"),
    ],
)
def test_checks_pass_only_by_the_checkers_word(fields: dict[str, Any], want: str) -> None:
    assert judge_checks(reply(**fields), LIMITS, 2**24).judgement == want


def test_a_binary_that_cannot_be_executed_is_our_fault() -> None:
    case = Case(expected="a")
    assert judge_execution(case, reply(stdout=b"a\n"), LIMITS).judgement == "AC"
    assert judge_execution(case, reply(status=1, stdout=b"a\n"), LIMITS).judgement == "RE"
    assert judge_execution(case, reply(status=127, report=b"cannot execute"), LIMITS).judgement == "IE"
    assert (
        judge_execution(case, reply(status=-6, stderr=b"what(): std::bad_alloc\n"), LIMITS).judgement == "MLE"
    )
