"""ARTIST's rewards: for questions with tools, and for function calling in a stateful world."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["artist_function_calling", "artist_question"]


def artist_question(
    passed: ArrayLike,
    form: ArrayLike,
    calls_succeeded: ArrayLike,
    calls_made: ArrayLike,
    *,
    answer_weight: float = 1.0,
    form_weight: float = 1.0,
    tool_weight: float = 1.0,
) -> NDArray[np.float64]:
    """Return answer reward + form reward + share of calls that ran without fault, for each rollout.

    A rollout that made no call gets nothing for its calls.

    Source: Singh et al., "Agentic Reasoning and Tool Integration for LLMs via Reinforcement Learning"
    (2505.01441): the sum of an answer reward, a form reward (relaxed or strict: here ``form`` in [0, 1] or
    {0, 1}) and Tool_success / Tool_total. The paper's weights of the terms are knobs here.

    >>> artist_question([1.0, 0.0], [1.0, 0.5], [1, 0], [2, 0]).tolist()
    [2.5, 0.5]

    Args:
        passed: 1 for a right answer, 0 for a wrong one; NaN where it could not be scored.
        form: How far each text keeps its form, in [0, 1].
        calls_succeeded: Calls of each rollout that ran without fault.
        calls_made: All its calls.
        answer_weight: Of the answer.
        form_weight: Of the form.
        tool_weight: Of the share of calls.

    Returns:
        One reward a rollout; NaN where ``passed`` is NaN, so that it can be masked.

    Raises:
        ValueError: the arrays differ in length, or more calls succeeded than were made.
    """
    answers, forms, good, made = _columns(passed, form, calls_succeeded, calls_made)
    share = _share(good, made, "calls_succeeded", "calls_made", empty=0.0)
    rewards = answer_weight * answers + form_weight * forms + tool_weight * share
    return np.asarray(rewards, dtype=float)


def artist_function_calling(
    states_matched: ArrayLike,
    states_total: ArrayLike,
    calls_matched: ArrayLike,
    calls_total: ArrayLike,
    form: ArrayLike,
    *,
    max_state: float = 1.0,
    max_call: float = 1.0,
    form_weight: float = 1.0,
) -> NDArray[np.float64]:
    """Return state reward + function reward + form reward, for each rollout.

    The state reward is ``max_state`` times the share of turns (or parts) whose state is the wanted one, the
    function reward ``max_call`` times the share of the required calls that were made; where nothing was
    required, its share is 1.

    Source: Singh et al. (2505.01441), function calling: SR_max * SR_match / SR_total +
    FR_max * FR_match / FR_total + form. The paper's maxima are knobs here.

    >>> artist_function_calling([1], [2], [3], [4], [1.0]).tolist()
    [2.25]

    Args:
        states_matched: Parts of the state that are as wanted; NaN where a rollout could not be scored.
        states_total: Parts of the state that were looked at.
        calls_matched: Required calls that were made.
        calls_total: Required calls.
        form: How far each text keeps its form, in [0, 1].
        max_state: Most that the state is worth.
        max_call: Most that the calls are worth.
        form_weight: Of the form.

    Returns:
        One reward a rollout; NaN where a count is NaN.

    Raises:
        ValueError: the arrays differ in length, or more matched than there is.
    """
    states, all_states, calls, all_calls, forms = _columns(
        states_matched, states_total, calls_matched, calls_total, form
    )
    state = _share(states, all_states, "states_matched", "states_total", empty=1.0)
    call = _share(calls, all_calls, "calls_matched", "calls_total", empty=1.0)
    return np.asarray(max_state * state + max_call * call + form_weight * forms, dtype=float)


def _columns(*arrays: ArrayLike) -> list[NDArray[np.float64]]:
    columns = [np.asarray(array, dtype=float) for array in arrays]
    if any(column.ndim != 1 or column.shape != columns[0].shape for column in columns):
        raise ValueError(f"the arrays must be of one length, got shapes {[c.shape for c in columns]}")
    return columns


def _share(
    part: NDArray[np.float64], whole: NDArray[np.float64], part_name: str, whole_name: str, *, empty: float
) -> NDArray[np.float64]:
    if np.any(part < 0) or np.any(part > whole):
        raise ValueError(f"{part_name} must be 0 to {whole_name}, got {part.tolist()!r:.80}")
    share = np.divide(part, whole, out=np.full_like(part, empty), where=whole > 0)
    return np.where(np.isnan(part) | np.isnan(whole), np.nan, share)
