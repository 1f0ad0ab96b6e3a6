import numpy as np

from reason.curricula.fixed import Fixed
from reason.curricula.uniform import Uniform


def test_environments_and_levels_come_equally_often(Learner, train):
    learner = Learner({"A": 0.0, "B": 0.0})
    run = train(Uniform({"A": 3, "B": 1}, lowest=1), learner, steps=250)
    counts = {env: np.bincount([r.choice.level for r in run.results if r.choice.env == env]) for env in "AB"}
    assert abs(counts["B"][1] - 2000) < 200  # sd 32
    assert (np.abs(counts["A"][1:] - 2000 / 3) < 150).all()  # sd 24
    assert counts["A"][0] == counts["B"][0] == 0


def test_whatever_happens_a_fixed_level_stays(Learner, train):
    run = train(Fixed({"A": 3, "B": None}, level=2), Learner({"A": -9.0, "B": 9.0}), steps=40)
    assert {result.choice.level for result in run.results} == {2}
