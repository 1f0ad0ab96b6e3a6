"""One adapter: any reward rule as a function of what became of a group."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.config import closest
from reason.envs.group import GroupOutcome, GroupReward
from reason.errors import ConfigError
from reason.rewards.steps import are_advantages, step_columns

__all__ = ["group_columns", "group_reward"]

COLUMN = ("_G", "_GS")
"""How parameters that are columns end."""


def group_columns(outcome: GroupOutcome) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a group by the names that rules give them.

    ``rewards_G``, ``scores_G``, ``passed_G``, ``turns_G`` and ``lengths_G`` (characters), each component of
    the verdicts under its own name with ``_G`` after it, and what the steps make
    (:func:`reason.rewards.steps.step_columns`); NaN where a member could not be scored or has not ended.
    """
    unknown = np.isnan(outcome.rewards)
    found = {
        "rewards_G": outcome.rewards,
        "scores_G": outcome.scores,
        "passed_G": outcome.passed,
        "turns_G": outcome.turns,
        "lengths_G": outcome.chars,
    }
    taken = {f"{name}_G": values for name, values in outcome.components.items()}
    columns = {**taken, **found, **step_columns(outcome)}
    known = {name: np.array(values, dtype=np.float64) for name, values in columns.items()}
    for values in known.values():
        values[unknown] = np.nan
    return known


def group_reward(
    rule: Callable[..., ArrayLike],
    *,
    columns: Mapping[str, str] | None = None,
    extra: Callable[[GroupOutcome], Mapping[str, ArrayLike]] | None = None,
    **options: Any,
) -> GroupReward:
    """Return a rule of this room as a function for :meth:`reason.envs.group.EnvGroup.compute_group_rewards`.

    A parameter whose name ends in ``_G`` or ``_GS`` gets the column of that name (:func:`group_columns`);
    ``components_G`` gets the components by their names. All other parameters are ``options``.

    >>> from reason.rewards.laser import laser
    >>> reward = group_reward(laser, target=400)

    Args:
        rule: The function.
        columns: Of a parameter the column that it gets instead, such as ``{"scores": "scores_G"}`` for a rule
            whose parameters are named otherwise.
        extra: Further columns of a group, or others of the same name, such as ``lengths_G`` in tokens.
        **options: Fixed arguments of the rule.

    Returns:
        A function from the outcome to G rewards, NaN where a member could not be scored or has not ended; of
        a rule over steps to (G, S), the first column for text outside of steps. Where the family judges no
        steps there is that column alone, as G rewards.

    Raises:
        ConfigError: an option is no parameter of the rule, or a parameter has neither column nor option.
            That a group lacks a column is told by a ValueError when the function is called.
    """
    parameters = inspect.signature(rule).parameters
    given = dict(columns or {})
    for name in (*options, *given):
        if name not in parameters:
            listed = ", ".join(parameters)
            raise ConfigError(f"the rule has no parameter {name!r}{closest(name, parameters)} ({listed})")
    wanted = {name: given.get(name, name) for name in parameters if name in given or name.endswith(COLUMN)}
    required = {
        name: parameter.default is inspect.Parameter.empty and name not in options
        for name, parameter in parameters.items()
    }
    if missing := [name for name, needed in required.items() if needed and name not in wanted]:
        raise ConfigError(f"the rule needs {', '.join(missing)}: give each as an option or a column")

    def reward(outcome: GroupOutcome) -> NDArray[np.float64]:
        found: dict[str, Any] = dict(group_columns(outcome))
        found["components_G"] = {name: found[f"{name}_G"] for name in outcome.components}
        found.update({} if extra is None else extra(outcome))
        arguments = dict(options)
        for name, column in wanted.items():
            if column in found and name not in options:
                arguments[name] = found[column]
            elif required[name]:
                raise ValueError(f"the group has no column {column!r} (it has: {', '.join(found)})")
        return _masked(np.array(rule(**arguments), dtype=np.float64), outcome)

    reward.__dict__["gives_advantages"] = are_advantages(rule)
    return reward


def _masked(rewards: NDArray[np.float64], outcome: GroupOutcome) -> NDArray[np.float64]:
    """Return NaN for members that could not be scored; one axis where no steps are judged."""
    if rewards.ndim == 2 and not outcome.processes:
        rewards = rewards[:, 0]
    if rewards.shape[:1] == outcome.rewards.shape:
        rewards[np.isnan(outcome.rewards)] = np.nan
    return rewards
