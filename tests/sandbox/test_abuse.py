from collections.abc import Iterator

import pytest

from reason.sandbox import Judgement, open_sandbox
from reason.testing.sandbox import AbuseRunner, abuse_cases, abuse_runner

CASES = {case.name: case for case in abuse_cases()}


@pytest.fixture(scope="module")
def runner(sandbox_backend: str) -> Iterator[AbuseRunner]:
    with abuse_runner(lambda workers: open_sandbox(backend=sandbox_backend, workers=workers)) as opened:
        yield opened


@pytest.mark.parametrize("name", CASES)
def test_sandbox_holds_and_the_next_program_sees_nothing(runner: AbuseRunner, name: str) -> None:
    case = CASES[name]
    reason = runner.skip_reason(case)
    if reason is not None:
        pytest.skip(reason)
    faults = runner.faults(case)
    assert not faults, f"{case.property}\n" + "\n".join(faults)


def test_quick_part_is_small_and_covers_every_kind_of_attack() -> None:
    quick = abuse_cases(quick=True)
    assert 12 <= len(quick) <= 24
    wanted = {Judgement.TLE, Judgement.MLE, Judgement.OLE, Judgement.RE, Judgement.WA, Judgement.CE}
    assert wanted <= {judgement for case in quick for judgement in case.expect}
    assert {case.program.mode for case in quick} == {"stdio", "function", "checks"}


def test_each_case_states_one_property_of_its_own() -> None:
    properties = [case.property for case in CASES.values()]
    assert len(set(properties)) == len(properties) >= 65
    assert all(text.endswith(".") for text in properties)


def test_no_case_accepts_an_internal_error() -> None:
    assert not [case.name for case in CASES.values() if Judgement.IE in case.expect]


def test_expected_outputs_are_drawn_anew_each_time() -> None:
    again = {case.name: case for case in abuse_cases()}
    for name, case in CASES.items():
        assert case.trace != again[name].trace
        assert case.trace in case.program.source
