import math

import numpy as np
import pytest

from reason.rewards.entropy_control import entropy_at, entropy_control, temperature_at


def test_the_entropy_is_that_of_the_tempered_distribution():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(5, 7)) * 3
    for temperature in (0.3, 1.0, 2.5):
        weights = np.exp(logits / temperature)
        p = weights / weights.sum(axis=1, keepdims=True)
        assert entropy_at(logits, temperature) == pytest.approx(float(-(p * np.log(p)).sum(axis=1).mean()))


def test_huge_logits_and_impossible_tokens_are_no_trouble():
    assert entropy_at([[1e6, 0.0, -math.inf]], 0.01) == 0.0
    assert entropy_at([[3.0, 3.0, -math.inf]], 1.0) == pytest.approx(math.log(2))
    for bad in ([[math.nan, 1.0]], [[-math.inf, -math.inf]], [[]], [1.0]):
        with pytest.raises(ValueError, match="logits_NV"):
            entropy_at(bad, 1.0)


@pytest.mark.parametrize("target", [0.05, 0.3, 1.0])
def test_the_temperature_found_has_the_entropy_asked_for(target):
    logits = np.random.default_rng(1).normal(size=(40, 30)) * 4
    temperature = temperature_at(logits, target=target)
    assert entropy_at(logits, temperature) == pytest.approx(target, abs=1e-6)


def test_a_target_out_of_reach_gives_the_nearer_end():
    assert temperature_at([[0.0, 0.0]], target=0.1) == pytest.approx(0.01)
    assert temperature_at([[0.0, 1.0]], target=5.0) == pytest.approx(100.0)


def test_the_controller_settles_where_the_entropy_is_the_target():
    logits = np.random.default_rng(2).normal(size=(40, 30)) * 4
    temperature = 2.0
    for step in range(200):
        if step == 100:
            logits = logits * 2  # the policy sharpens
        temperature = entropy_control(temperature, entropy_at(logits, temperature), lowest=0.01)
        if step == 99:
            assert entropy_at(logits, temperature) == pytest.approx(0.3, abs=1e-3)
    assert entropy_at(logits, temperature) == pytest.approx(0.3, abs=1e-3)


def test_a_step_is_the_formula_within_its_limits():
    assert entropy_control(0.8, 0.1) == pytest.approx(0.8 * math.exp(0.5 * 0.2 / 0.3))
    assert entropy_control(0.8, math.nan) == 0.8
    assert entropy_control(0.8, 1e9) == 0.3
    assert entropy_control(1.9, 0.0) == 2.0
    for bad in ({"temperature": 0.0}, {"entropy": -1.0}, {"target": 0.0}, {"lowest": 3.0}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            entropy_control(**{"temperature": 1.0, "entropy": 0.3, **bad})
