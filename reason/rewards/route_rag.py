"""RouteRAG's second-stage reward: right answers are worth more where retrieval was cheap."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.envs.episode import Episode
from reason.envs.group import EnvGroup
from reason.envs.reasoning import ReasoningEnv
from reason.rewards.search_episode import evidence_of

__all__ = ["route_rag", "route_rag_of"]

MAX_COST = 0.5


def route_rag(exact_match: ArrayLike, retrieval: ArrayLike, *, p95: float) -> NDArray[np.float64]:
    """Return EM_i * (1 + mean(t) - t_i) over a group, with t = min(0.5 * retrieval / p95, 0.5).

    Source: Guo et al., "RouteRAG: Efficient Retrieval-Augmented Generation from Text and Graph via
    Reinforcement Learning" (2512.09487) and its code: stage 1 is exact match alone, stage 2 this; only a
    right answer gets the bonus.

    >>> route_rag([1, 1, 0], [0.0, 2.0, 1.0], p95=2.0).tolist()
    [1.25, 0.75, 0.0]

    Args:
        exact_match: 1 for a right answer, 0 for a wrong one; NaN where it could not be scored.
        retrieval: Cost of each rollout's retrieval, from 0, in seconds or any unit (a count of pages is the
            same on every machine). Rollouts that could not be scored do not count in the mean.
        p95: 95th percentile of the cost over the training data, in the same unit.

    Returns:
        One reward a rollout; NaN where ``exact_match`` is NaN, so that it can be masked.

    Raises:
        ValueError: the arrays differ in length, or a cost is negative or not finite.
    """
    right, costs = np.asarray(exact_match, float), np.asarray(retrieval, float)
    if right.ndim != 1 or right.shape != costs.shape:
        raise ValueError(f"exact_match and retrieval must be of one length, got {right.shape}, {costs.shape}")
    if not 0 < p95 < np.inf:
        raise ValueError(f"p95 must be a finite number above 0, got {p95!r}")
    if not np.all((costs >= 0) & (costs < np.inf)):
        raise ValueError(f"retrieval must be finite and 0 or more, got {costs.tolist()!r:.80}")
    shares = np.minimum(MAX_COST * costs / p95, MAX_COST)
    scored = ~np.isnan(right)
    mean = shares[scored].mean() if scored.any() else 0.0
    return np.asarray(right * (1.0 + mean - shares), dtype=float)


def route_rag_of(group: EnvGroup[ReasoningEnv], *, p95: float) -> NDArray[np.float64]:
    """Return RouteRAG's reward of each member of a group that has played Search-v0.

    The cost of retrieval is the runs of retrievers that the searches took (one by words, two by links, three
    by both), which is the same on every machine, unlike seconds.

    Args:
        group: Its members have ended; of those that have not the reward is NaN.
        p95: 95th percentile of these runs over the training data, above 0.

    Raises:
        ConfigError: the members have no tool ``search``.
    """
    costs = [evidence_of(Episode.from_dict(env.get_state()["episode"])).runs for env in group.members]
    return group.compute_group_rewards(lambda outcome: route_rag(outcome.passed, costs, p95=p95))
