"""BM25, the retriever by default (Robertson and Zaragoza, 2009; Lucene's variant), on the library bm25s."""

from __future__ import annotations

from typing import Any

from reason.errors import ConfigError
from reason.search.corpus import Corpus
from reason.search.retriever import Hit, check_query, check_top_k, rank, tokenize

__all__ = ["BM25Retriever"]


class BM25Retriever:
    """Ranks by words: term frequency, rarity and length; safe to search from several threads."""

    def __init__(self, corpus: Corpus, *, k1: float = 1.2, b: float = 0.75) -> None:
        """Index titles and texts.

        Args:
            corpus: The pages; none is copied.
            k1: Saturation of a term's frequency, above 0.
            b: Weight of a page's length, 0 to 1.

        Raises:
            ConfigError: bm25s is not installed, or a parameter cannot be.
        """
        if not k1 > 0 or not 0 <= b <= 1:
            raise ConfigError(f"BM25 needs k1 > 0 and 0 <= b <= 1, got k1={k1!r}, b={b!r}")
        try:
            import bm25s
        except ModuleNotFoundError as error:
            raise ConfigError("search by BM25 needs bm25s: pip install 'reason-gym[search]'") from error
        self.corpus = corpus
        self._vocabulary: dict[str, int] = {}
        rows = [self._ids(f"{page.title}\n{page.text}") for page in corpus]
        self._index: Any = None
        if self._vocabulary:
            self._index = bm25s.BM25(k1=k1, b=b, method="lucene")
            self._index.index((rows, dict(self._vocabulary)), create_empty_token=False, show_progress=False)

    def search(self, query: str, *, top_k: int = 3) -> tuple[Hit, ...]:
        """Return the best pages that share a word with the query."""
        check_top_k(top_k)
        known = self._vocabulary
        words = [known[word] for word in tokenize(check_query(query)) if word in known]
        if not words:
            return ()
        return rank(self.corpus, self._index.get_scores_from_ids(words), top_k)

    def _ids(self, text: str) -> list[int]:
        vocabulary = self._vocabulary
        return [vocabulary.setdefault(word, len(vocabulary)) for word in tokenize(text)]
