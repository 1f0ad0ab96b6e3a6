"""What a retriever is: it ranks the pages of a corpus for a query."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reason.search.corpus import Corpus, Page

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "MAX_QUERY_CHARS",
    "MAX_TOP_K",
    "Hit",
    "Retriever",
    "check_query",
    "check_top_k",
    "rank",
    "tokenize",
]

MAX_QUERY_CHARS = 2_000
"""Characters of a query that are read; the rest is cut off."""
MAX_TOP_K = 1_000

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

    Scores count to five decimals: what lies below differs between processors, and an episode must not.
    """
    import numpy as np

    keys = np.round(scores, 5)
    if top_k < len(keys):
        least = np.partition(keys, len(keys) - top_k)[len(keys) - top_k]
        places = np.flatnonzero((keys >= least) & (scores > 0))
    else:
        places = np.flatnonzero(scores > 0)
    best = places[np.lexsort((places, -keys[places]))][:top_k]
    return tuple(Hit(page=corpus[int(place)], score=float(scores[place])) for place in best)
