"""Tool-Star's hierarchical reward: form first, then the answer, then a bonus for using several tools."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["tool_star"]


def tool_star(
    scores: ArrayLike,
    well_formed: ArrayLike,
    used_all_tools: ArrayLike,
    *,
    bonus: float = 0.1,
    malformed: float = -1.0,
) -> NDArray[np.float64]:
    """Return the reward of each rollout of a group.

    ``malformed`` where the text breaks its form; else 0 where the answer is wrong; else the answer's score,
    and ``bonus`` on top where the rollout called both search and Python.

    Source: Dong et al., "Tool-Star: Empowering LLM-Brained Multi-Tool Reasoner via Reinforcement Learning"
    (2505.16410): -1; 0; Acc; max(Acc + r_M, Acc) with r_M = 0.1.

    >>> tool_star([1.0, 0.5, 0.0, 1.0], [True, True, True, False], [True, False, True, True]).tolist()
    [1.1, 0.5, 0.0, -1.0]

    Args:
        scores: Each answer's accuracy (exact match or F1) in [0, 1]; NaN where it could not be scored.
        well_formed: Whether each text keeps its form.
        used_all_tools: Whether each rollout really made calls of every tool.
        bonus: For using all tools.
        malformed: For breaking the form.

    Returns:
        One reward a rollout; NaN where the score is NaN, so that it can be masked.

    Raises:
        ValueError: the arrays differ in length, or a score is outside [0, 1].
    """
    accuracy = np.asarray(scores, dtype=float)
    form, tools = np.asarray(well_formed, dtype=bool), np.asarray(used_all_tools, dtype=bool)
    if accuracy.ndim != 1 or not accuracy.shape == form.shape == tools.shape:
        raise ValueError(
            f"scores, well_formed and used_all_tools must be of one length, got shapes {accuracy.shape}, "
            f"{form.shape} and {tools.shape}"
        )
    if np.any((accuracy < 0) | (accuracy > 1)):
        raise ValueError(f"scores must be in [0, 1], got {accuracy.tolist()!r:.80}")
    rewards = accuracy + np.where(tools & (accuracy > 0), max(bonus, 0.0), 0.0)
    rewards = np.where(form, rewards, malformed)
    return np.where(np.isnan(accuracy), np.nan, rewards)
