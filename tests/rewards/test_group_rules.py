"""Properties of all rules over a group at once."""

import inspect

import numpy as np
import pytest

from reason.errors import ConfigError
from reason.rewards.loading import names, rule

OPTIONS = {
    "binary": [{}, {"right": 1.0, "wrong": -1.0}],
    "shaped": [{}, {"power": 3.0, "ceiling": 0.5}],
    "laser": [{"target": 200}],
    "laser_d": [{"targets": (100, 200, 300)}],
    "laser_de": [{"targets": (100, 200, 300)}],
    "cosine": [{"max_length": 300}],
    "overlong": [{"max_length": 300, "buffer": 100}],
    "auto_think": [{"stage": 1}, {"stage": 2}, {"stage": 3}],
    "ceeh": [{"length": 200.0, "record": 0.0}, {"length": float("nan"), "record": 0.5}],
    "memory_r_plus": [{}],
    "interplay": [{}, {"strict": True}],
}
CASES = [(name, options) for name, variants in OPTIONS.items() for options in variants]
each = pytest.mark.parametrize(("name", "options"), CASES, ids=lambda value: str(value)[:40])


def call(name, group, options):
    parameters = inspect.signature(rule(name)).parameters
    return rule(name)(**{key: value for key, value in group.items() if key in parameters}, **options)


def inputs(name, group):
    return [key for key in inspect.signature(rule(name)).parameters if key in group]


@each
def test_the_order_of_the_members_does_not_matter(name, options, random_group, nan_equal):
    rng = np.random.default_rng(0)
    for _ in range(30):
        group, order = random_group(rng), rng.permutation(9)
        shuffled = {key: value[order] for key, value in group.items()}
        nan_equal(call(name, shuffled, options), call(name, group, options)[order])


@each
def test_a_masked_member_is_nan_and_influences_nobody(name, options, random_group, nan_equal):
    rng = np.random.default_rng(1)
    for key in inputs(name, random_group(rng)):
        for _ in range(10):
            group = random_group(rng)
            group[key][[2, 5]] = np.nan
            rest = {column: np.delete(values, [2, 5]) for column, values in group.items()}
            found = call(name, group, options)
            assert np.isnan(found[[2, 5]]).all(), key
            nan_equal(np.delete(found, [2, 5]), call(name, rest, options))


@each
def test_a_group_without_any_score_stays_nan_and_inputs_stay_as_they_are(name, options, random_group):
    group = random_group(np.random.default_rng(2))
    for key in inputs(name, group):
        group[key][:] = np.nan
    before = {key: values.copy() for key, values in group.items()}
    assert np.isnan(call(name, group, options)).all()
    for key, values in group.items():
        np.testing.assert_array_equal(values, before[key])


@each
def test_a_right_answer_is_never_worth_less_than_the_same_answer_wrong(name, options, random_group):
    if "passed_G" not in inspect.signature(rule(name)).parameters:
        return
    rng = np.random.default_rng(3)
    for _ in range(30):
        group = random_group(rng)
        group["degenerate_G"][:] = 0
        group["answered_G"][4] = 1
        better = {key: values.copy() for key, values in group.items()}
        group["passed_G"][4], better["passed_G"][4] = 0.0, 1.0
        assert call(name, better, options)[4] >= call(name, group, options)[4] - 1e-12


@each
def test_arrays_of_different_lengths_and_infinities_are_rejected(name, options, random_group):
    group = random_group(np.random.default_rng(4))
    keys = inputs(name, group)
    for key in keys:
        for bad in (np.full(9, np.inf), group[key][:-1] if len(keys) > 1 else group[key][None]):
            with pytest.raises(ValueError, match="_G"):
                call(name, {**group, key: bad}, options)


def test_every_rule_over_a_group_is_under_these_tests():
    other_shapes = {"capo", "tp_grpo", "weighted", "form"}  # steps, mappings and texts: in their own files

    def takes_a_group(name):
        return any(key.endswith(("_G", "_GS")) for key in inspect.signature(rule(name)).parameters)

    assert {name for name in names() if takes_a_group(name)} == set(OPTIONS) | other_shapes


def test_rules_are_found_by_the_name_of_their_file():
    assert {"arena", "tool_star", "capo", "entropy_control", "repetition"} <= set(names())
    assert not {"group", "loading", "_columns"} & set(names())
    with pytest.raises(ConfigError, match="did you mean 'laser_d'"):
        rule("laser_dd")
