"""A program is right only if it gives the right outputs on cases that it never saw."""

import tomllib
from pathlib import Path

import pytest

from reason.errors import VerifierError
from reason.sandbox import Case, Judgement, Limits, Outcome
from reason.verdict import Status
from reason.verifiers.code import judge_program, verify_program, without_time

ATTACKS = tomllib.loads((Path(__file__).parent / "attacks.toml").read_text())["attack"]
PAIRS = [(1, 2), (5, 7), (-3, 3), (10, 10), (0, 0), (99, 1)]
STDIO = [{"stdin": f"{a} {b}\n", "expected": f"{a + b}\n"} for a, b in PAIRS]
FUNCTION = [{"arguments": [a, b], "expected": a + b} for a, b in PAIRS]
CHECKS = [{"checks": "\n".join(f"assert candidate({a}, {b}) == {a + b}" for a, b in PAIRS)}]
READ = "print(sum(map(int, input().split())))"
ADD = "def add(a, b):\n    return a + b"
QUICK = Limits(cpu_seconds=0.5, wall_seconds=5.0)
SETTINGS = {
    "stdio": {"cases": STDIO},
    "function": {"cases": FUNCTION, "entry_point": "add"},
    "checks": {"cases": CHECKS, "entry_point": "add"},
}


@pytest.mark.parametrize(("mode", "source"), [("stdio", READ), ("function", ADD), ("checks", ADD)])
def test_a_right_program_passes_in_every_mode(mode, source):
    verdict = verify_program(source=source, mode=mode, **SETTINGS[mode])
    assert (verdict.score, verdict.passed) == (1.0, True)
    assert dict(without_time(verdict).components) == {"compiled": 1.0, "passed": 1.0, "all_passed": 1.0}
    assert verdict.components["seconds"] >= 0.0


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack["name"])
def test_attacks_score_0(attack):
    mode = attack["mode"]
    verdict = verify_program(source=attack["source"], mode=mode, limits=QUICK, **SETTINGS[mode])
    assert verdict.score == 0.0
    assert not verdict.status.ours


def test_partial_credit_is_the_passed_fraction_and_else_it_stops():
    source = "a, b = map(int, input().split())\nprint(a + b if a > 0 else 1 / 0)"
    whole = verify_program(STDIO, source, partial=True)
    assert (whole.score, whole.passed) == (4 / 6, False)
    assert [each.judgement.value for each in judge_program(STDIO, source, partial=True)] == [
        *("AC", "AC", "RE", "AC", "RE", "AC")
    ]
    stopped = judge_program(STDIO, source)
    assert [each.judgement.value for each in stopped] == ["AC", "AC", "RE"]
    assert verify_program(STDIO, source).score == 0.0
    assert "ZeroDivisionError" in verify_program(STDIO, source).detail


def test_a_slow_program_is_stopped_at_its_first_slow_case():
    verdict = verify_program(STDIO, "input()\nwhile True: pass", limits=QUICK)
    assert (verdict.score, verdict.status) == (0.0, Status.TIMEOUT)
    assert verdict.components["seconds"] < 3


def test_what_does_not_compile_is_a_form_error():
    for source in ("def f(:", "", "   \n", "x\0", "#" * 200_000):
        verdict = verify_program(STDIO, source)
        assert (verdict.score, verdict.status) == (0.0, Status.PARSE_ERROR), source[:10]
        assert verdict.components["compiled"] == 0.0


def test_a_case_spoilt_by_the_cases_before_it_is_run_alone():
    source = "import math\ndef add(a, b):\n    math.n = getattr(math, 'n', 0) + 1\n"
    source += "    return a + b if math.n == 1 else -1"
    assert verify_program(FUNCTION, source, mode="function", entry_point="add", checker="float").passed


def test_a_checker_of_the_user_runs_here_and_sees_text():
    cases = [Case(stdin="10\n", expected=10), Case(stdin="21\n", expected=21)]

    def is_a_split(case, output):
        parts = [int(word) for word in output.split()]  # ValueError: malformed
        return len(parts) == 2 and sum(parts) == case.expected

    assert verify_program(cases, "n = int(input())\nprint(n - 3, 3)", checker=is_a_split).passed
    assert verify_program(cases, "print(5, 5)", checker=is_a_split).score == 0.0
    assert verify_program(cases, "print('no', 'numbers')", checker=is_a_split).score == 0.0


def test_a_broken_checker_is_our_fault():
    for broken in (lambda case, output: 1 / 0, lambda case, output: "yes"):
        with pytest.raises(VerifierError):
            verify_program(STDIO, READ, checker=broken)


class Broken:
    """A sandbox that fails: the one component that cannot be made to fail for real."""

    def run(self, program, cases, limits, *, stop=False):
        return [Outcome(judgement=Judgement.IE, detail="no slot")]


def test_a_failure_of_the_sandbox_is_no_score():
    verdict = verify_program(STDIO, READ, sandbox=Broken())
    assert (verdict.score, verdict.passed, verdict.status) == (None, None, Status.SANDBOX_ERROR)


def test_an_integer_too_long_to_show_is_no_null():
    cases = [{"arguments": [], "expected": None}]
    for checker in ("exact", "float", "permutation"):
        verdict = verify_program(
            cases, "def f():\n    return 10**6000", mode="function", entry_point="f", checker=checker
        )
        assert verdict.score == 0.0, checker


@pytest.mark.parametrize(
    ("changed", "error", "named"),
    [
        ({"cases": []}, ValueError, "cases"),
        ({"cases": [{"stdin": "1"}]}, ValueError, "expected"),
        ({"cases": ["1"]}, TypeError, "cases"),
        ({"cases": [{"stdin": "1", "expected": 1}]}, TypeError, "expected"),
        ({"mode": "module"}, ValueError, "mode"),
        ({"mode": "function"}, ValueError, "entry_point"),
        ({"checker": "fuzzy"}, ValueError, "checker"),
        ({"limits": 3}, TypeError, "limits"),
        ({"tolerance": 2.0}, ValueError, "tolerance"),
        ({"source": 3}, TypeError, "source"),
    ],
)
def test_bad_arguments_are_named(changed, error, named):
    with pytest.raises(error, match=named):
        verify_program(**{"cases": STDIO, "source": READ, **changed})
