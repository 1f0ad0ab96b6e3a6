import pytest

import reason
from reason import Status
from reason.errors import LimitExceeded, SandboxError, UnknownFamilyError
from reason.scoring import score


@pytest.fixture
def task():
    return reason.get("SAT").task(level=0)


@pytest.fixture
def failing(task, monkeypatch):
    """Make SAT's verifier raise."""

    def install(error):
        def verify(self, task, answer):
            raise error

        monkeypatch.setattr(type(reason.get("SAT")), "verify", verify)

    return install


def test_the_reference_is_right_and_silence_is_no_answer(task):
    assert score(task, reason.format_answer(task.reference)).passed
    assert score(task, "").status is Status.NO_ANSWER


@pytest.mark.parametrize(
    ("error", "status", "value"),
    [
        (LimitExceeded("too long"), Status.TIMEOUT, 0.0),
        (SandboxError("no engine"), Status.SANDBOX_ERROR, None),
        (RuntimeError("bug"), Status.VERIFIER_ERROR, None),
        (RecursionError("deep"), Status.VERIFIER_ERROR, None),
    ],
)
def test_only_our_own_failures_are_unscorable(task, failing, error, status, value):
    failing(error)
    verdict = score(task, "<answer>1</answer>")
    assert (verdict.status, verdict.score) == (status, value)
    assert str(error) in verdict.detail


def test_every_verdict_has_the_components_of_its_family(task, failing):
    keys = {
        tuple(score(task, text).components) for text in ("", "<answer>?</answer>", "<answer>0 1</answer>")
    }
    failing(RuntimeError("bug"))
    assert keys | {tuple(score(task, "<answer>1</answer>").components)} == {("satisfied_fraction",)}


def test_a_task_of_an_unknown_family_says_so(task):
    from dataclasses import replace

    with pytest.raises(UnknownFamilyError, match="Satt-v0"):
        score(replace(task, family="Satt-v0"), "<answer>1</answer>")


@pytest.mark.parametrize("completion", [None, 3, b"<answer>1</answer>", ["<answer>1</answer>"]])
def test_a_completion_that_is_no_text_is_a_type_error(task, completion):
    with pytest.raises(TypeError, match="completion"):
        score(task, completion)
