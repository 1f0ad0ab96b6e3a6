"""What a retriever is: it ranks the pages of a corpus for a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reason.search.corpus import Corpus, Page

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "DECIMALS",
    "MAX_QUERY_CHARS",
    "MAX_TOP_K",
    "Hit",
    "Retriever",
    "check_query",
    "check_top_k",
    "rank",
    "rank_found",
    "tokenize",
]

MAX_QUERY_CHARS = 2_000
"""Characters of a query that are read; the rest is cut off."""
MAX_TOP_K = 1_000
DECIMALS = 5
"""Of a score that count in a ranking: what lies below differs between processors, and an episode must not."""

_FURTHER = 8
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A page that was found."""

    page: Page
    score: float
    """Higher is better; comparable within one search only."""


class Retriever(Protocol):
    """Ranks pages; the same query gives the same hits, ties in the order of the corpus."""

    @property
    def corpus(self) -> Corpus:
        """What is searched."""

    def search(self, query: str, *, top_k: int = 3) -> tuple[Hit, ...]:
        """Return the best pages, best first; fewer than ``top_k`` where fewer fit at all."""


def check_top_k(top_k: int) -> int:
    """Return a number of hits.

    Raises:
        ValueError: it is not an integer from 1 to 1000.
    """
    if type(top_k) is not int or not 1 <= top_k <= MAX_TOP_K:
        raise ValueError(f"top_k must be an integer from 1 to {MAX_TOP_K}, got {top_k!r:.80}")
    return top_k


def check_query(query: str) -> str:
    """Return the part of a query that is read.

    Raises:
        TypeError: it is not a string.
    """
    if not isinstance(query, str):
        raise TypeError(f"query must be a string, got {query!r:.80}")
    return query[:MAX_QUERY_CHARS]


def tokenize(text: str) -> list[str]:
    """Return the words of a text in lower case.

    >>> tokenize("The founder of Dor-Vale, 312?")
    ['the', 'founder', 'of', 'dor', 'vale', '312']
    """
    return _WORD.findall(text.casefold())


def rank(corpus: Sequence[Page], scores: npt.NDArray[np.floating], top_k: int) -> tuple[Hit, ...]:
    """Return the pages with the highest positive scores; equal scores in the order of the corpus.

    Scores count to :data:`DECIMALS`.
    """
    import numpy as np

    least = 0.0
    if top_k < len(scores):
        # Only what may be among the best is rounded and sorted: a corpus may have millions of pages.
        least = float(np.partition(scores, len(scores) - top_k)[len(scores) - top_k]) - 10.0**-DECIMALS
    places = np.flatnonzero((scores >= least) & (scores > 0))
    best = places[np.lexsort((places, -np.round(scores[places], DECIMALS)))][:top_k]
    return tuple(Hit(page=corpus[int(place)], score=float(scores[place])) for place in best)


def rank_found(
    corpus: Sequence[Page], find: Callable[[int], Sequence[tuple[float, int]]], top_k: int
) -> tuple[Hit, ...]:
    """Return the best pages of an engine that orders ties in its own way, ordered as by :func:`rank`.

    Args:
        corpus: The pages.
        find: Returns the ``n`` best as pairs of score and place, best first; fewer where fewer fit.
        top_k: How many pages.
    """

    def rounded(limit: int) -> list[tuple[float, int]]:
        return [(round(score, DECIMALS), place) for score, place in find(limit)]

    limit = min(top_k + 1, len(corpus))
    found = rounded(limit) if limit else []
    # Among ties the first of the corpus may come last: look on until the last one found is no tie.
    while len(found) == limit < len(corpus) and found[-1][0] == found[top_k - 1][0]:
        limit = min(_FURTHER * limit, len(corpus))
        found = rounded(limit)
    best = sorted(found, key=lambda pair: (-pair[0], pair[1]))[:top_k]
    return tuple(Hit(page=corpus[place], score=score) for score, place in best)
