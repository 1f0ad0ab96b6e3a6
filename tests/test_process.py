import pytest

import reason
from reason.errors import LimitExceeded
from reason.process import JudgesSteps, ProcessVerdict, StepVerdict, score_steps


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"score": 1.5}, "ProcessVerdict.score"),
        ({"score": float("nan")}, "ProcessVerdict.score"),
        ({"steps": [(0, 4), (3, 6)]}, "must follow each other"),
        ({"steps": [(4, 6), (0, 2)]}, "must follow each other"),
        ({"steps": [(2, 2)]}, "0 <= start < stop"),
        ({"steps": [(-1, 2)]}, "0 <= start < stop"),
    ],
)
def test_a_process_that_contradicts_itself_is_refused(change, told):
    def make(score=0.5, steps=((0, 2), (2, 5))):
        return ProcessVerdict(
            score=score, steps=tuple(StepVerdict(start=start, stop=stop, right=None) for start, stop in steps)
        )

    assert make().steps[1].stop == 5
    assert make(score=None).score is None
    with pytest.raises(ValueError, match=told):
        make(**change)


def test_families_that_judge_answers_alone_have_no_process():
    assert score_steps(reason.get("SAT").task(level=0), "s1: a = 1") is None
    assert isinstance(reason.get("WordProblem"), JudgesSteps)
    assert score_steps(reason.get("WordProblem").task(level=0), "").score == 0.0


@pytest.mark.parametrize(("error", "score"), [(LimitExceeded("slow"), 0.0), (RuntimeError("ours"), None)])
def test_a_failure_of_ours_is_no_score_and_a_limit_is_the_policys(monkeypatch, error, score):
    family = reason.get("WordProblem")

    def verify_steps(self, task, text):
        raise error

    monkeypatch.setattr(type(family), "verify_steps", verify_steps)
    assert score_steps(family.task(level=0), "text") == ProcessVerdict(score=score)
