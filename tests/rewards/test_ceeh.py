import math

import numpy as np
import pytest

from reason.rewards.ceeh import accuracy_record, ceeh, entropy_bonus, is_hard, length_record

NAN = float("nan")


def test_the_length_counts_by_the_formula(nan_equal):
    lengths = [100, 90, 80, 40, 0, 110, 120, 180, 240, 900]
    near = [1.0, 0.5, 0.0, -0.5, -1.0, 0.5, 0.0, -0.5, -1.0, -1.0]
    found = ceeh([1] * 10, lengths, length=100.0, record=0.9, scale=0.5)
    nan_equal(found, [1 + 0.5 * value for value in near])
    unbounded = ceeh([1], [900], length=100.0, record=0.0, lowest=-math.inf)
    nan_equal(unbounded, [1 + (120 - 900) / 120])


def test_wrong_answers_tasks_without_a_length_and_groups_below_the_record_are_left_alone(nan_equal):
    nan_equal(ceeh([0, 1, NAN], [100, 100, 100], length=100.0, record=0.5), [0.0, 2.0, NAN])
    nan_equal(ceeh([1, 1], [100, 50], length=NAN, record=0.5), [1.0, 1.0])
    nan_equal(ceeh([1, 0], [100, 50], length=100.0, record=0.51), [1.0, 0.0])
    nan_equal(ceeh([1, 0], [100, 50], length=100.0, record=NAN), [2.0, 0.0])


def test_it_is_highest_at_the_recorded_length_and_falls_to_both_sides():
    lengths = np.arange(1, 240)
    found = ceeh(np.ones(239), lengths, length=100.0, record=0.0)
    assert lengths[found.argmax()] == 100
    assert (np.diff(found[:100]) > 0).all()
    assert (np.diff(found[99:]) < 0).all()


def test_records_rise_fast_and_fall_slowly():
    assert accuracy_record(NAN, [1, 0, NAN]) == 0.5
    assert accuracy_record(0.5, [1, 1]) == pytest.approx(0.6)
    assert accuracy_record(0.5, [0, 0]) == pytest.approx(0.475)
    assert accuracy_record(0.5, [NAN]) == 0.5


def test_lengths_are_recorded_by_either_rule():
    assert length_record(NAN, [1, 1, 0], [50, 30, 10]) == 30
    assert length_record(40.0, [1, 1, 0], [50, 30, 10]) == 30
    assert length_record(20.0, [1, 1, 0], [50, 30, 10]) == 20
    assert length_record(20.0, [0, NAN, 1], [5, 5, NAN]) == 20
    lengths = [1, 10, 20, 30, 99]
    assert length_record(NAN, [1] * 5, lengths, rule="trimmed", trim=0.2) == 20
    assert length_record(30.0, [1] * 5, lengths, rule="trimmed", trim=0.2, weight=0.1) == pytest.approx(29.0)
    with pytest.raises(ValueError, match="rule"):
        length_record(NAN, [1], [1], rule="longest")


def test_only_tokens_of_hard_groups_are_paid_for_their_entropy(nan_equal):
    assert is_hard([0, 0, 1], [0.5, 0.3, NAN])
    assert not is_hard([1, 1, 0], [0.5, 0.3])
    assert not is_hard([NAN, NAN], [0.5])
    assert not is_hard([0.0], [])
    tokens, entropies = [1.0, -1.0, 0.1, 0.0, NAN], [0.1, 5.0, 5.0, 5.0, 1.0]
    found = entropy_bonus(tokens, entropies, hard=True, weight=0.5, kappa=4.0, scale=2.0)
    nan_equal(found, [1 + 2 * 0.05, -1 + 2 * 0.25, 0.1 + 2 * 0.025, 0.0, NAN])
    nan_equal(entropy_bonus(tokens, entropies, hard=False), tokens)
    with pytest.raises(ValueError, match="kappa"):
        entropy_bonus(tokens, entropies, hard=True, kappa=1.0)
