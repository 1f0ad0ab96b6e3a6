"""What every rule over a group must keep, checked on random groups."""

import numpy as np
import pytest


def random_group(rng, size=9):
    passed = rng.integers(0, 2, size).astype(float)
    return {
        "passed_G": passed,
        "answered_G": np.maximum(passed, rng.integers(0, 2, size)),
        "scores_G": rng.random(size).round(3),
        "rewards_G": rng.normal(size=size).round(3),
        "lengths_G": rng.integers(0, 400, size).astype(float),
        "repeated_G": rng.integers(0, 2, size).astype(float),
        "thought_G": rng.integers(0, 2, size).astype(float),
        "degenerate_G": rng.integers(0, 2, size).astype(float),
        "process_G": rng.random(size).round(3),
        "exploit_G": rng.random(size),
        "explore_G": rng.random(size),
    }


@pytest.fixture(name="random_group")
def random_group_function():
    return random_group


@pytest.fixture(name="nan_equal")
def nan_equal_function():
    def nan_equal(found, wanted):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12, equal_nan=True)

    return nan_equal
