"""What is searched: a world or a corpus of one's own, with its retrievers, opened once a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeGuard

from reason.errors import ConfigError
from reason.search.bm25 import BM25Retriever
from reason.search.corpus import Corpus, Page, read_corpus
from reason.search.graph import GraphRetriever, Mode, search_by
from reason.search.retriever import Hit, Retriever
from reason.search.tantivy import TantivyRetriever
from reason.search.world import WorldSettings, open_world

__all__ = ["RETRIEVERS", "Library", "Make", "check_make", "format_hits", "is_address", "open_library"]

Make = str | Callable[[Corpus], Retriever]
"""Name of a retriever, or what makes one for a corpus."""
RETRIEVERS: Mapping[str, Callable[[Corpus], Retriever]] = {
    "bm25": BM25Retriever,
    "tantivy": TantivyRetriever,
}
"""By name; a dense one needs an embedding function, which has no name."""

_lock = threading.Lock()


class Library:
    """A corpus with a retriever by words and one by links."""

    def __init__(self, corpus: Corpus, make: Callable[[Corpus], Retriever] = BM25Retriever) -> None:
        """Take a corpus.

        Args:
            corpus: The pages.
            make: Builds the retriever of mode ``passage``, when it is first searched.
        """
        self.corpus = corpus
        self._make = make
        self._building = threading.Lock()

    @cached_property
    def passage(self) -> Retriever:
        """The retriever by words."""
        return self._make(self.corpus)

    @cached_property
    def graph(self) -> GraphRetriever:
        """The retriever along links."""
        return GraphRetriever(self.passage)

    def search(self, query: str, *, top_k: int = 3, mode: Mode = "passage") -> tuple[Hit, ...]:
        """Return the best pages of one mode; see :func:`reason.search.graph.search_by`."""
        with self._building:
            passage, graph = self.passage, self.graph
        return search_by(mode, passage, graph, query, top_k=top_k)


def open_library(source: WorldSettings | str | Path, retriever: Make = "bm25") -> Library:
    """Return the library of a world, of a file or folder, or of a server; the latest are kept.

    Args:
        source: What is searched; a server is an address with ``http://`` or ``https://``.
        retriever: Of mode ``passage``: ``bm25``, ``tantivy``, or a function from the corpus to one, such as
            ``functools.partial(DenseRetriever, embed=...)``. A server has its own.

    Raises:
        InputFormatError: the file cannot be read as a corpus.
        ConfigError: there is no such retriever; when it is first searched: what it needs is missing.
    """
    check_make(retriever)
    with _lock:
        return _open(source, retriever)


def check_make(retriever: Make) -> Make:
    """Return a way to make a retriever.

    Raises:
        ConfigError: it is neither a known name nor a function.
    """
    if not callable(retriever) and retriever not in RETRIEVERS:
        names = ", ".join(RETRIEVERS)
        raise ConfigError(
            f"retriever must be one of {names} or a function of a corpus, got {retriever!r:.80}"
        )
    return retriever


@lru_cache(maxsize=8)
def _open(source: WorldSettings | str | Path, retriever: Make) -> Library:
    if is_address(source):
        from reason.search.remote import RemoteRetriever

        remote = RemoteRetriever(source)
        return Library(remote.corpus, lambda _: remote)
    return Library(_open_corpus(source), RETRIEVERS[retriever] if isinstance(retriever, str) else retriever)


@lru_cache(maxsize=8)
def _open_corpus(source: WorldSettings | str | Path) -> Corpus:
    if isinstance(source, WorldSettings):
        from reason.search.encyclopedia import pages

        return Corpus(pages(open_world(source)))
    return read_corpus(source)


def is_address(source: object) -> TypeGuard[str]:
    """Tell whether a source is the address of a server."""
    return isinstance(source, str) and source.startswith(("http://", "https://"))


def format_hits(hits: tuple[Hit, ...]) -> str:
    """Write hits as Search-R1's policies read them: one line a page, numbered, with title and text."""
    if not hits:
        return "No page was found."
    return "\n".join(
        f"Doc {number}(Title: {_quoted(hit.page)}) {hit.page.text}" for number, hit in enumerate(hits, 1)
    )


def _quoted(page: Page) -> str:
    return f'"{page.title}"'
