"""Retrieval along links: by the graph alone, or together with the words (RouteRAG's three choices)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from reason.errors import ConfigError
from reason.search.corpus import Corpus, Page
from reason.search.retriever import Hit, Retriever, check_query, check_top_k, rank

__all__ = ["MODES", "RUNS", "GraphRetriever", "Mode", "search_by"]

Mode = Literal["passage", "graph", "hybrid"]
MODES: tuple[Mode, ...] = get_args(Mode)

RUNS: Mapping[Mode, int] = {"passage": 1, "graph": 2, "hybrid": 3}
"""What a search of each mode costs, in runs of a retriever: a walk begins with a search by words."""

_SEEDS = 5
_RESTART = 0.5
_ROUNDS = 12
_MAX_NEAR = 1_024
"""Pages that one walk looks at."""
_FUSION = 60.0


class GraphRetriever:
    """Ranks by personalised PageRank over links (Page et al., 1999; Gutiérrez et al., 2024, HippoRAG).

    The walk begins on the pages that another retriever finds and follows links in both directions, so that
    pages come up that share no word with the query.
    """

    def __init__(self, base: Retriever) -> None:
        """Walk from what ``base`` finds."""
        self._base = base

    @property
    def corpus(self) -> Corpus:
        """What is searched."""
        return self._base.corpus

    def search(self, query: str, *, top_k: int = 3) -> tuple[Hit, ...]:
        """Return the pages at which the walk is most often, among those some links away from its start."""
        check_top_k(top_k)
        seeds: dict[int, float] = {}
        for hit in self._base.search(check_query(query), top_k=_SEEDS):
            if (place := self.corpus.place(hit.page.id)) is not None:
                seeds[place] = hit.score
        if not seeds:
            return ()
        near = self._neighbourhood(np.array(sorted(seeds), np.int64))
        start = np.zeros(len(near))
        start[np.searchsorted(near, list(seeds))] = list(seeds.values())
        start /= start.sum()
        source, target = self._follow(near)
        share = 1.0 / np.bincount(source, minlength=len(near))[source]
        inside = np.isin(target, near)
        source, share = source[inside], share[inside]
        target = np.searchsorted(near, target[inside])
        mass = start
        for _ in range(_ROUNDS):
            moved = np.bincount(target, mass[source] * share, minlength=len(near))
            mass = _RESTART * start + (1 - _RESTART) * (moved + start * (1 - moved.sum()))
        return rank([self.corpus[int(place)] for place in near], mass, top_k)

    def _neighbourhood(self, seeds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the places that links lead to from the seeds, the nearest first, up to a number; sorted."""
        near = frontier = seeds
        for _ in range(_ROUNDS):
            frontier = np.setdiff1d(self._follow(frontier)[1], near)[: max(0, _MAX_NEAR - len(near))]
            if not len(frontier):
                break
            near = np.union1d(near, frontier)
        return near

    def _follow(self, places: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the links of some places: the position in ``places`` of each one's start, and its end."""
        starts, ends = self._links
        counts = starts[places + 1] - starts[places]
        source = np.repeat(np.arange(len(places)), counts)
        first = np.repeat(starts[places] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        return source, ends[first + np.arange(len(source))]

    @cached_property
    def _links(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return all links in both directions: where each place's begin, and their ends."""
        size = len(self.corpus)
        codes: list[int] = []
        for place, page in enumerate(self.corpus):
            for link in page.links:
                other = self.corpus.place(link)
                if other is not None and other != place:
                    codes += (place * size + other, other * size + place)
        unique = np.unique(np.array(codes, np.int64))
        counts = np.bincount(unique // max(size, 1), minlength=size)
        return np.concatenate(([0], np.cumsum(counts))), unique % max(size, 1)


def search_by(
    mode: Mode, passage: Retriever, graph: Retriever, query: str, *, top_k: int = 3
) -> tuple[Hit, ...]:
    """Search by the words, by the graph, or by both, fused by reciprocal rank (Cormack et al., 2009).

    Raises:
        ConfigError: there is no such mode.
    """
    if mode == "passage":
        return passage.search(query, top_k=top_k)
    if mode == "graph":
        return graph.search(query, top_k=top_k)
    if mode == "hybrid":
        found = [passage.search(query, top_k=check_top_k(top_k)), graph.search(query, top_k=top_k)]
        return _fuse(found)[:top_k]
    raise ConfigError(f"mode must be one of {', '.join(MODES)}, got {mode!r:.80}")


def _fuse(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    scores: dict[str, float] = {}
    pages: dict[str, Page] = {}
    for ranking in rankings:
        for position, hit in enumerate(ranking, 1):
            scores[hit.page.id] = scores.get(hit.page.id, 0.0) + 1.0 / (_FUSION + position)
            pages.setdefault(hit.page.id, hit.page)
    # The sort is stable: equal scores stay in the order in which they were found.
    best = sorted(scores, key=lambda page_id: -scores[page_id])
    return tuple(Hit(page=pages[page_id], score=scores[page_id]) for page_id in best)
