import json
import pickle

import pytest

from reason import Status, Verdict


def test_round_trips():
    verdict = Verdict.wrong("off by one", answer="3", score=0.5, components={"near": 1})
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict
    assert pickle.loads(pickle.dumps(verdict)) == verdict


@pytest.mark.parametrize("status", list(Status))
def test_the_score_is_none_exactly_where_the_fault_is_ours(status):
    if status.ours:
        assert Verdict.unscorable("engine died", status=status).score is None
        with pytest.raises(ValueError, match="fault is ours"):
            Verdict(score=0.0, passed=False, status=status)
    else:
        assert Verdict(score=0.0, passed=False, status=status).passed is False
        with pytest.raises(ValueError, match="fault is ours"):
            Verdict(score=None, passed=None, status=status)


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_score_outside_the_unit_interval_is_refused(score):
    with pytest.raises(ValueError, match="score"):
        Verdict(score=score, passed=False)


def test_a_wrong_answer_never_scores_one():
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        Verdict.wrong("", score=1.0)


def test_components_are_finite_and_frozen():
    with pytest.raises(ValueError, match="near"):
        Verdict.right(components={"near": float("nan")})
    with pytest.raises(TypeError):
        Verdict.right(components={"near": 1}).components["near"] = 2
