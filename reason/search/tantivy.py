"""BM25 on tantivy, a search engine in Rust: a compact index and quick queries for large corpora."""

from __future__ import annotations

from typing import Any

from reason.errors import ConfigError
from reason.search.corpus import Corpus
from reason.search.retriever import Hit, check_query, check_top_k, rank_found, tokenize

__all__ = ["TantivyRetriever"]

_HEAP_BYTES = 64_000_000
_FIELD, _PLACE = "text", "place"


class TantivyRetriever:
    """Ranks by words as :class:`reason.search.bm25.BM25Retriever` does; safe to search from several threads.

    tantivy keeps a page's length in one byte, so that scores and the order of near pages differ a little from
    bm25s. A query is cut into words by us and never read as tantivy's query language.
    """

    def __init__(self, corpus: Corpus) -> None:
        """Index titles and texts, in memory.

        Args:
            corpus: The pages; none is copied.

        Raises:
            ConfigError: tantivy is not installed.
        """
        try:
            import tantivy
        except ModuleNotFoundError as error:
            raise ConfigError("search by tantivy needs it: pip install tantivy") from error
        self.corpus = corpus
        builder = tantivy.SchemaBuilder()
        # Words are cut by our own tokenizer and only put back together for the way there.
        builder.add_text_field(_FIELD, tokenizer_name="whitespace", index_option="freq")
        # Not tantivy's own tie breaker: its values begin at random.
        builder.add_unsigned_field(_PLACE, fast=True)
        self._schema: Any = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for place, page in enumerate(corpus):
            document = tantivy.Document()
            document.add_text(_FIELD, " ".join(tokenize(f"{page.title}\n{page.text}")))
            document.add_unsigned(_PLACE, place)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher: Any = index.searcher()

    def search(self, query: str, *, top_k: int = 3) -> tuple[Hit, ...]:
        """Return the best pages that share a word with the query."""
        check_top_k(top_k)
        words = tokenize(check_query(query))
        if not words:
            return ()
        asked = self._query(words)
        return rank_found(self.corpus, lambda limit: self._best(asked, limit), top_k)

    def _query(self, words: list[str]) -> Any:
        from tantivy import Occur, Query

        terms = [Query.term_query(self._schema, _FIELD, word, "freq") for word in words]
        return Query.boolean_query([(Occur.Should, term) for term in terms])

    def _best(self, asked: Any, limit: int) -> list[tuple[float, int]]:
        hits = self._searcher.search(asked, limit=limit, count=False).hits
        places = self._searcher.fast_field_values(_PLACE, [address for _, address in hits])
        return [(score, place) for (score, _), place in zip(hits, places, strict=True)]
