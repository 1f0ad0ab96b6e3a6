"""Memory-R+: near what succeeded before, far from what failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reason.rewards._columns import columns, masked, require

__all__ = ["Embed", "EpisodicMemory", "exploitation", "exploration", "memory_r_plus"]

Embed = Callable[[Sequence[str]], "NDArray[np.float64]"]
"""From n texts to an (n, E) array; any function that is the same for the same text."""


def memory_r_plus(rewards_G: ArrayLike, exploit_G: ArrayLike, explore_G: ArrayLike) -> NDArray[np.float64]:
    """Return reward + exploitation + exploration, the latter two as :class:`EpisodicMemory` scales them.

    Source: Memory-R+ (2504.02273), its text: R + R_mem, R_mem = R~_exploit + R~_explore, each min-max scaled
    over a sliding window.

    >>> memory_r_plus([1.0, 0.0], [0.5, 0.0], [0.0, float("nan")]).tolist()
    [1.5, nan]

    Args:
        rewards_G: Each member's own reward.
        exploit_G: Scaled closeness to successes.
        explore_G: Scaled distance from failures.

    Returns:
        G rewards; NaN where an input is.
    """
    rewards, exploit, explore = columns(rewards_G=rewards_G, exploit_G=exploit_G, explore_G=explore_G)
    return masked(rewards + exploit + explore, rewards)


def exploitation(embeddings_GE: ArrayLike, successes_ME: ArrayLike) -> NDArray[np.float64]:
    """Return minus the distance of each member from the mean success; zeros without a success.

    >>> exploitation([[3.0, 4.0], [1.0, 0.0]], [[0.0, 0.0], [2.0, 0.0]]).round(3).tolist()
    [-4.472, 0.0]
    """
    members, successes = _matrices(embeddings_GE, successes_ME)
    if not len(successes):
        return np.zeros(len(members))
    return np.asarray(0.0 - np.linalg.norm(members - successes.mean(axis=0), axis=1), dtype=np.float64)


def exploration(embeddings_GE: ArrayLike, failures_ME: ArrayLike) -> NDArray[np.float64]:
    """Return 1 less the cosine of each member with the failure most like it; zeros without a failure.

    A zero vector is like nothing: its cosine is 0.

    >>> exploration([[1.0, 0.0], [0.0, 2.0]], [[5.0, 0.0], [1.0, 1.0]]).round(3).tolist()
    [0.0, 0.293]
    """
    members, failures = _matrices(embeddings_GE, failures_ME)
    if not len(failures):
        return np.zeros(len(members))
    return np.asarray(1 - (_unit(members) @ _unit(failures).T).max(axis=1), dtype=np.float64)


class EpisodicMemory:
    """What succeeded and what failed, by query; answers of like queries make the intrinsic rewards.

    The nearest ``neighbours`` queries by cosine are looked up, their successes and failures put together.
    Both terms are scaled to [0, 1] by the smallest and largest of the newest ``window`` values (0 where these
    are equal); exploration is 0 for the first ``warmup`` groups. Source: Memory-R+ (2504.02273), its text.
    """

    def __init__(
        self,
        embed: Embed,
        *,
        neighbours: int = 1,
        capacity: int = 100,
        window: int = 100,
        warmup: int = 50,
        success_above: float = 0.5,
    ) -> None:
        """Make an empty memory.

        Args:
            embed: Turns texts into vectors.
            neighbours: Queries that are looked up (the paper: 1 or 20).
            capacity: Answers kept of each query and kind, the newest.
            window: Values over which the terms are scaled.
            warmup: Groups before exploration starts.
            success_above: Reward above which an answer succeeded.

        Raises:
            ValueError: a number that cannot be.
        """
        for name, value in (("neighbours", neighbours), ("capacity", capacity), ("window", window)):
            require(value >= 1, name, "from 1", value)
        require(warmup >= 0, "warmup", "from 0", warmup)
        self._embed, self.neighbours, self.capacity = embed, neighbours, capacity
        self.window, self.warmup, self.success_above = window, warmup, success_above
        self._queries: dict[str, dict[str, Any]] = {}
        self._recent: dict[str, list[float]] = {"exploit": [], "explore": []}
        self._groups = 0

    def rewards(self, query: str, texts_G: Sequence[str], rewards_G: ArrayLike) -> NDArray[np.float64]:
        """Return the members' rewards with what memory adds, then remember them.

        Members whose reward is NaN stay NaN, are not remembered, and do not scale the others.

        Args:
            query: The task, as it is looked up.
            texts_G: What each member wrote.
            rewards_G: Each member's own reward; NaN where it could not be scored.

        Raises:
            ValueError: the two differ in length.
        """
        (own,) = columns(rewards_G=rewards_G)
        require(len(texts_G) == own.size, "texts_G", f"{own.size} texts", len(texts_G))
        known = ~np.isnan(own)
        vectors = np.asarray(self._embed(list(texts_G)), dtype=np.float64)
        key = np.asarray(self._embed([query]), dtype=np.float64)[0]
        near = self._nearest(key)
        exploit = self._scaled("exploit", exploitation(vectors, _joined(near, "successes")), known)
        explore = self._scaled("explore", exploration(vectors, _joined(near, "failures")), known)
        if self._groups < self.warmup:
            explore = np.zeros_like(explore)
        self._remember(query, key, vectors[known], own[known])
        return memory_r_plus(own, exploit, explore)

    def state_dict(self) -> dict[str, Any]:
        """Return all that is remembered, as JSON data."""
        state = {"queries": self._queries, "recent": self._recent, "groups": self._groups}
        copy: dict[str, Any] = json.loads(json.dumps(state, allow_nan=False))
        return copy

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take up what :meth:`state_dict` returned.

        Raises:
            ValueError: it is something else.
        """
        own = self.state_dict()
        require(set(state) == set(own), "state", f"a mapping of {sorted(own)}", state)
        copy = json.loads(json.dumps(state))
        # By name, so that ties of the look-up do not hang on who wrote the file.
        self._queries = dict(sorted(copy["queries"].items()))
        self._recent, self._groups = copy["recent"], copy["groups"]

    def _nearest(self, key: NDArray[np.float64]) -> list[dict[str, Any]]:
        entries = [self._queries[query] for query in sorted(self._queries)]
        if not entries:
            return []
        likeness = _unit(np.array([entry["key"] for entry in entries])) @ _unit(key[None])[0]
        order = np.argsort(-likeness, kind="stable")
        return [entries[place] for place in order[: self.neighbours]]

    def _scaled(
        self, name: str, values_G: NDArray[np.float64], known_G: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        window = [*self._recent[name], *values_G[known_G].tolist()][-self.window :]
        self._recent[name] = window
        if not window or max(window) <= min(window):
            return np.zeros_like(values_G)
        scaled = (values_G - min(window)) / (max(window) - min(window))
        return np.asarray(np.clip(scaled, 0.0, 1.0), dtype=np.float64)

    def _remember(
        self, query: str, key: NDArray[np.float64], vectors: NDArray[np.float64], own: NDArray[np.float64]
    ) -> None:
        self._groups += 1
        empty = {"key": key.tolist(), "successes": [], "failures": []}
        entry = self._queries.setdefault(query, empty)
        for vector, reward in zip(vectors, own, strict=True):
            kind = "successes" if reward > self.success_above else "failures"
            entry[kind] = [*entry[kind], vector.tolist()][-self.capacity :]


def _joined(entries: Sequence[Mapping[str, Any]], kind: str) -> list[list[float]]:
    return [vector for entry in entries for vector in entry[kind]]


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1.0), dtype=np.float64)


def _matrices(first: ArrayLike, second: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    members = np.asarray(first, dtype=np.float64)
    others = np.asarray(second, dtype=np.float64)
    others = others.reshape(0, members.shape[-1]) if not others.size else others
    if members.ndim != 2 or others.ndim != 2 or members.shape[1] != others.shape[1]:
        raise ValueError(f"embeddings must be (n, E) of one E, got shapes {members.shape} and {others.shape}")
    return members, others
