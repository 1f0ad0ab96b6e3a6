"""What is searched: a world or a corpus of one's own, with its retrievers, opened once a process."""

from __future__ import annotations

import threading
from functools import cached_property, lru_cache
from pathlib import Path

from reason.search.bm25 import BM25Retriever
from reason.search.corpus import Corpus, Page, read_corpus
from reason.search.graph import GraphRetriever, Mode, search_by
from reason.search.retriever import Hit, Retriever
from reason.search.world import WorldSettings, open_world

__all__ = ["Library", "format_hits", "open_library"]

_lock = threading.Lock()


class Library:
    """A corpus with a retriever by words and one by links."""

    def __init__(self, corpus: Corpus, passage: Retriever | None = None) -> None:
        """Take a corpus.

        Args:
            corpus: The pages.
            passage: The retriever of mode ``passage``; BM25 where None.
        """
        self.corpus = corpus
        self._given = passage
        self._building = threading.Lock()

    @cached_property
    def passage(self) -> Retriever:
        """The retriever by words."""
        return self._given or BM25Retriever(self.corpus)

    @cached_property
    def graph(self) -> GraphRetriever:
        """The retriever along links."""
        return GraphRetriever(self.passage)

    def search(self, query: str, *, top_k: int = 3, mode: Mode = "passage") -> tuple[Hit, ...]:
        """Return the best pages of one mode; see :func:`reason.search.graph.search_by`."""
        with self._building:
            passage, graph = self.passage, self.graph
        return search_by(mode, passage, graph, query, top_k=top_k)


def open_library(source: WorldSettings | str | Path) -> Library:
    """Return the library of a world, of a file or folder, or of a server; the latest are kept.

    Raises:
        InputFormatError: the file cannot be read as a corpus.
        ConfigError: bm25s is not installed, when it is first searched.
    """
    with _lock:
        return _open(source)


@lru_cache(maxsize=8)
def _open(source: WorldSettings | str | Path) -> Library:
    if isinstance(source, WorldSettings):
        from reason.search.encyclopedia import pages

        return Library(Corpus(pages(open_world(source))))
    if isinstance(source, str) and source.startswith(("http://", "https://")):
        from reason.search.remote import RemoteRetriever

        remote = RemoteRetriever(source)
        return Library(remote.corpus, remote)
    return Library(read_corpus(source))


def format_hits(hits: tuple[Hit, ...]) -> str:
    """Write hits as Search-R1's policies read them: one line a page, numbered, with title and text."""
    if not hits:
        return "No page was found."
    return "\n".join(
        f"Doc {number}(Title: {_quoted(hit.page)}) {hit.page.text}" for number, hit in enumerate(hits, 1)
    )


def _quoted(page: Page) -> str:
    return f'"{page.title}"'
