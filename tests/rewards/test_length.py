import math

import numpy as np
import pytest

from reason.rewards.binary import binary
from reason.rewards.cosine import cosine
from reason.rewards.overlong import overlong
from reason.rewards.shaped import shaped
from reason.rewards.weighted import weighted

NAN = float("nan")


def test_binary_and_shaped_are_their_formulas(nan_equal):
    nan_equal(binary([1, 0, NAN], right=2.0, wrong=-1.0), [2.0, -1.0, NAN])
    nan_equal(shaped([0.0, 0.3, 1.0], [0, 0, 1], power=2.0, ceiling=0.5), [0.0, 0.045, 1.0])
    for bad in ([0.5], [2], [-1]):
        with pytest.raises(ValueError, match="passed_G"):
            binary(bad)
    with pytest.raises(ValueError, match="scores_G"):
        shaped([1.5], [1])


def test_shaped_rises_with_the_score_and_stays_below_right():
    scores = np.linspace(0, 1, 21)
    found = shaped(scores, np.zeros(21), power=1.7, ceiling=0.9)
    assert (np.diff(found) > 0).all()
    assert found.max() < shaped([0.0], [1])[0]


def test_weighted_is_the_sum_of_what_has_a_weight(nan_equal):
    components = {"accuracy": [1.0, 0.0, NAN], "form": [1.0, 1.0, 1.0], "other": [NAN, NAN, NAN]}
    nan_equal(weighted(components, weights={"accuracy": 0.9, "form": 0.1}), [1.0, 0.1, NAN])
    with pytest.raises(ValueError, match="did you mean 'form'"):
        weighted(components, weights={"from": 1.0})
    for bad in ({}, {"form": NAN}):
        with pytest.raises(ValueError, match="weights"):
            weighted(components, weights=bad)


def test_cosine_is_the_formula(nan_equal):
    lengths = [0, 25, 50, 100, 101, 10_000]
    half = math.sqrt(0.5) / 2
    nan_equal(cosine([1] * 6, lengths, max_length=100), [1.0, 0.75 + half / 2, 0.75, 0.5, 0.5, 0.5])
    nan_equal(cosine([0] * 6, lengths, max_length=100), [-1.0, -0.75 - half / 2, -0.75, -0.5, -0.5, -0.5])


def test_cosine_falls_for_right_and_rises_for_wrong_answers_and_never_turns_round():
    lengths = np.arange(0, 300)
    assert (np.diff(cosine(np.ones(300), lengths, max_length=100)) <= 0).all()
    assert (np.diff(cosine(np.zeros(300), lengths, max_length=100)) >= 0).all()


def test_overlong_is_the_formula(nan_equal):
    lengths = [0, 80, 85, 90, 100, 500]
    found = overlong([0.0] * 6, lengths, max_length=100, buffer=20, penalty=0.5)
    nan_equal(found, [0.0, 0.0, -0.125, -0.25, -0.5, -0.5])
    for options in ({"buffer": 0}, {"buffer": 101}, {"buffer": 5, "penalty": -1}):
        with pytest.raises(ValueError, match=r"buffer|penalty"):
            overlong([0.0], [1], **{"max_length": 100, **options})
