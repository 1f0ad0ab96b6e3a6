"""Search-R2's reward: exact match, coupled with how dense in evidence the retrieved pages are."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.envs.episode import Episode
from reason.envs.rules import EpisodeReward
from reason.rewards.search_episode import evidence_of
from reason.verdict import Verdict

__all__ = ["evidence_density", "search_r2", "search_r2_of"]


def evidence_density(retrieved: Iterable[str], gold: Iterable[str]) -> float:
    """Return the share of the retrieved pages that the answer rests on; each page counts once.

    >>> evidence_density(["a", "b", "a", "c", "d"], ["a", "z"])
    0.25

    Args:
        retrieved: Ids of the pages that all searches of a rollout returned.
        gold: Ids of the pages that the answer rests on.

    Returns:
        In [0, 1]; 0 where nothing was retrieved.
    """
    found, wanted = set(retrieved), set(gold)
    return len(found & wanted) / len(found) if found else 0.0


def search_r2(exact_match: ArrayLike, density: ArrayLike, *, weight: float = 1.0) -> NDArray[np.float64]:
    """Return EM * (1 + weight * density), for each rollout: evidence counts only under a right answer.

    Source: He et al., "Search-R2: Enhancing Search-Integrated Reasoning via Actor-Refiner Collaboration"
    (2602.03647), its abstract: the outcome's correctness coupled with the information density of what was
    retrieved. That the two are multiplied, and the weight, are our reading.

    >>> search_r2([1, 0], [0.25, 1.0]).tolist()
    [1.25, 0.0]

    Args:
        exact_match: 1 for a right answer, 0 for a wrong one; NaN where it could not be scored.
        density: Of :func:`evidence_density`, in [0, 1].
        weight: Of the evidence, from 0.

    Returns:
        One reward a rollout; NaN where ``exact_match`` is NaN, so that it can be masked.

    Raises:
        ValueError: the arrays differ in length, a density is not in [0, 1], or ``weight`` is negative.
    """
    right, share = np.asarray(exact_match, float), np.asarray(density, float)
    if right.ndim != 1 or right.shape != share.shape:
        raise ValueError(f"exact_match and density must be of one length, got {right.shape}, {share.shape}")
    if not np.all((share >= 0) & (share <= 1)):
        raise ValueError(f"density must be in [0, 1], got {share.tolist()!r:.80}")
    if not 0 <= weight < np.inf:
        raise ValueError(f"weight must be a finite number from 0, got {weight!r}")
    return np.asarray(right * (1.0 + weight * share), dtype=float)


def _of(episode: Episode, verdict: Verdict) -> float:
    evidence = evidence_of(episode)
    density = evidence_density(evidence.pages, evidence.gold)
    return float(search_r2([float(verdict.passed is True)], [density])[0])


search_r2_of = EpisodeReward(_of)
"""Search-R2's reward of an episode with the tool ``search``: an environment's ``reward``."""
