"""Process rewards over step verdicts: CAPO, TP-GRPO, Interplay."""

import numpy as np
import pytest

from reason.rewards.capo import capo, vote
from reason.rewards.interplay import interplay, process_score
from reason.rewards.tp_grpo import thoughts, tp_grpo

NAN = float("nan")


def test_capo_is_the_formula(nan_equal):
    nan_equal(capo([1, 0, NAN], [[0, 1, NAN], [1, 0, 0], [0, 0, 1]]), [[2, 1, NAN], [-1, 0, 0], [NAN] * 3])
    nan_equal(capo([1], [[1]], outcome_weight=5.0, process_weight=2.0), [[3.0]])
    with pytest.raises(ValueError, match="process_weight"):
        capo([1], [[1]], outcome_weight=1.0, process_weight=1.0)


def test_a_wrong_step_of_a_right_answer_is_better_than_a_right_step_of_a_wrong_one():
    found = capo([1, 0], [[1], [0]])
    assert found[0, 0] > found[1, 0]


def test_votes_of_critics(nan_equal):
    critiques = np.array(
        [[[1, 1, 0, NAN, NAN]], [[1, 1, 0, 1, NAN]], [[1, 0, 0, NAN, NAN]], [[1, 0, 1, NAN, NAN]]]
    )
    nan_equal(vote(critiques), [[1, 0, 0, 1, NAN]])
    nan_equal(vote(critiques, rule="majority"), [[1, 0, 0, 1, NAN]])  # two of four are no majority
    nan_equal(vote(critiques[:3], rule="majority"), [[1, 1, 0, 1, NAN]])
    nan_equal(vote(critiques, rule="mean"), [[1, 0.5, 0.25, 1, NAN]])


def test_tp_grpo_is_the_formula(nan_equal):
    # accuracy 1/4: r = 3 / sqrt(3) for the right one, -1 / sqrt(3) for the others; r_c = 1/4
    labels = [[1, 0, NAN], [1, 0, 0], [0, 0, 1], [NAN, 1, 1]]
    high, low = 3**0.5, -(3**-0.5)
    wanted = [[high, high - 0.25, NAN], [low, 0, 0], [0, 0, low], [NAN, low, low]]
    nan_equal(tp_grpo([1, 0, 0, 0], labels, epsilon=0.0), wanted)
    # all right: r = 0, a wrong thought is still tidied away
    nan_equal(tp_grpo([1, 1], [[1, 0], [1, 1]], alpha=0.5), [[0, -0.5], [0, 0]])
    nan_equal(tp_grpo([0, 0], [[1, 0], [1, 1]]), np.zeros((2, 2)))


def test_an_abler_policy_pays_more_for_a_wrong_thought():
    costs = []
    for right in (1, 2, 3):
        passed = np.arange(4) < right
        found = tp_grpo(passed.astype(float), [[1, 0]] * 4)
        costs.append(found[0, 0] - found[0, 1])
    assert costs == pytest.approx([0.25, 0.5, 0.75])


def test_masked_members_of_tp_grpo_do_not_influence_others(nan_equal):
    passed, labels = [1, NAN, 0], [[1, 0], [1, 1], [0, 1]]
    found = tp_grpo(passed, labels)
    nan_equal(found[[0, 2]], tp_grpo([1, 0], [labels[0], labels[2]]))
    assert np.isnan(found[1]).all()
    assert np.isnan(tp_grpo([NAN], [[1]])).all()


def test_the_order_of_members_does_not_matter(nan_equal):
    rng = np.random.default_rng(0)
    passed, labels = rng.integers(0, 2, 7).astype(float), rng.integers(0, 2, (7, 4)).astype(float)
    order = rng.permutation(7)
    for function in (capo, tp_grpo):
        nan_equal(function(passed[order], labels[order]), function(passed, labels)[order])


def test_steps_in_a_row_with_one_label_are_one_thought():
    found = thoughts([[1, 1, 0, 0, 1], [0, 0, 0, NAN, NAN], [NAN] * 5, [NAN, 1, NAN, 1, 0]])
    assert found.tolist() == [[0, 0, 1, 1, 2], [0, 0, 0, -1, -1], [-1] * 5, [-1, 0, -1, 0, 1]]


GOLD = {"a": (2, []), "b": (3, []), "c": (5, ["a", "b"]), "d": (10, ["c"])}


@pytest.mark.parametrize(
    ("change", "mismatches"),
    [
        ({}, 0),
        ({"a": (9, [])}, 1),
        ({"c": (5, ["b", "a"])}, 0),
        ({"c": (5, ["a"])}, 1),
        ({"c": (6, ["a"])}, 2),
        ({"a": None}, 1),
        ({"x": (1, [])}, 1),
        ({name: (0, []) for name in "mnopqrst"}, 4),
        ({name: (99, ["z"]) for name in "abcd"}, 8),
    ],
)
def test_mismatches_are_counted(change, mismatches):
    stated = {name: step for name, step in {**GOLD, **change}.items() if step is not None}
    assert process_score(stated, GOLD) == pytest.approx(max(0.0, 1 - mismatches / 4))
    assert process_score(stated, GOLD, answer_right=False) == pytest.approx(
        max(0.0, 1 - (mismatches + 1) / 4)
    )


def test_interplay_is_the_formula(nan_equal):
    nan_equal(interplay([1, 1, 0, NAN, 1], [1.0, 0.25, 1.0, 1.0, NAN]), [1.0, 0.4, 0.0, NAN, NAN])
    nan_equal(interplay([1, 1, 0], [1.0, 0.999, 1.0], strict=True), [1.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="gold"):
        process_score({}, {})
