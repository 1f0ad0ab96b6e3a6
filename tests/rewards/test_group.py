import numpy as np
import pytest

from reason.envs.group import EnvGroup, GroupOutcome
from reason.errors import ConfigError
from reason.rewards.binary import binary
from reason.rewards.group import group_columns, group_reward
from reason.rewards.laser import laser
from reason.rewards.overlong import overlong
from reason.rewards.tool_star import tool_star
from reason.rewards.weighted import weighted

NAN = float("nan")


def outcome():
    return GroupOutcome(
        rewards=np.array([1.0, 0.0, 1.0, NAN]),
        scores=np.array([1.0, 0.25, 1.0, NAN]),
        passed=np.array([1.0, 0.0, 1.0, NAN]),
        done=np.array([True, True, True, False]),
        turns=np.array([1, 2, 3, 1]),
        chars=np.array([100, 300, 500, 50]),
        components={"form": np.array([1.0, 0.5, 1.0, NAN])},
        stop_reasons=("answered", "answered", "max_turns", None),
    )


def test_columns_go_by_the_names_of_parameters(nan_equal):
    nan_equal(group_reward(laser, target=300)(outcome()), [1.5, -0.5, 1.0, NAN])
    nan_equal(group_reward(overlong, max_length=500, buffer=400)(outcome()), [1.0, -0.5, 0.0, NAN])
    assert np.isnan(group_columns(outcome())["lengths_G"][3])


def test_components_go_by_their_names(nan_equal):
    reward = group_reward(weighted, weights={"form": 2.0})
    nan_equal(reward(outcome()), [2.0, 1.0, 2.0, NAN])
    nan_equal(group_reward(lambda form_G: form_G)(outcome()), [1.0, 0.5, 1.0, NAN])


def test_parameters_of_other_names_are_given_a_column(nan_equal):
    reward = group_reward(
        tool_star,
        columns={"scores": "scores_G", "well_formed": "passed_G", "used_all_tools": "tools_G"},
        extra=lambda found: {"tools_G": found.turns > 2},
    )
    nan_equal(reward(outcome()), [1.0, -1.0, 1.1, NAN])


def test_extra_columns_take_the_place_of_others(nan_equal):
    tokens = np.array([10.0, 20.0, 30.0, 5.0])
    reward = group_reward(laser, target=20, extra=lambda _: {"lengths_G": tokens})
    nan_equal(reward(outcome()), [1.5, -0.5, 1.0, NAN])


def test_what_is_misspelt_or_missing_is_named():
    with pytest.raises(ConfigError, match="did you mean 'target'"):
        group_reward(laser, taget=3)
    with pytest.raises(ConfigError, match="needs target"):
        group_reward(laser)
    with pytest.raises(ConfigError, match="needs scores"):
        group_reward(tool_star)
    with pytest.raises(ValueError, match="no column 'repeated_G'"):
        group_reward(lambda repeated_G: repeated_G)(outcome())


def test_a_real_group_is_rewarded(nan_equal):
    import gymnasium

    import reason  # noqa: F401

    group = EnvGroup(gymnasium.make("reason/SAT-v0", level=1).unwrapped, 3)
    group.reset(seed=0)
    right = group.task.reference
    group.step_some({0: f"<answer>{right}</answer>", 1: "<answer>nothing</answer>"})
    nan_equal(group.compute_group_rewards(group_reward(binary, wrong=-1.0)), [1.0, -1.0, NAN])
    lengths = group.outcome().chars
    reward = group_reward(laser, target=float(lengths[0]))
    nan_equal(group.compute_group_rewards(reward), [1.5, -0.5, NAN])
    group.close()
