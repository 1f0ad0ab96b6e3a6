import sys
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from reason.errors import ConfigError
from reason.search.bm25 import BM25Retriever
from reason.search.corpus import Corpus, Page
from reason.search.retriever import tokenize

tantivy = pytest.importorskip("tantivy")

from reason.search.tantivy import TantivyRetriever  # noqa: E402


@pytest.fixture(scope="module")
def retriever(corpus):
    return TantivyRetriever(corpus)


def test_it_finds_what_bm25_finds(corpus, retriever):
    """Lengths are kept in a byte each: the best page is the same, and nearly all of the others."""
    exact, shared = BM25Retriever(corpus), 0
    queries = [f"Where was {page.title} born?" for page in corpus[:100]]
    for query in queries:
        hits, expected = retriever.search(query, top_k=5), exact.search(query, top_k=5)
        assert hits[0].page.title == expected[0].page.title
        shared += len({hit.page.id for hit in hits} & {hit.page.id for hit in expected})
    assert shared >= 0.8 * 5 * len(queries)


def test_scores_are_those_of_bm25_where_pages_are_short():
    """tantivy keeps lengths to 40 words exactly; its formula has a factor k1 + 1 that bm25s leaves out."""
    rng, words = Random(1), ["ba", "be", "bi", "bo", "bu", "da", "de", "di", "do", "du"]
    corpus = Corpus(
        Page(id=str(place), title=rng.choice(words), text=" ".join(rng.choices(words, k=rng.randint(0, 30))))
        for place in range(40)
    )
    exact, other = BM25Retriever(corpus), TantivyRetriever(corpus)
    for query in ("ba be", "du du do", "zz ba", "Bo, BO!"):
        expected = {hit.page.id: 2.2 * hit.score for hit in exact.search(query, top_k=40)}
        found = other.search(query, top_k=40)
        assert {hit.page.id: hit.score for hit in found} == pytest.approx(expected, rel=1e-3)
        assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
        for top_k in (1, 3, 7):
            assert other.search(query, top_k=top_k) == found[:top_k]


@pytest.mark.parametrize("top_k", [1, 5, 299, 300, 301, 1_000])
def test_ties_stand_in_the_order_of_the_corpus(top_k):
    pages = [Page(id=str(place), title="t", text="same words") for place in range(300)]
    Random(3).shuffle(pages)
    hits = TantivyRetriever(Corpus(pages)).search("same", top_k=top_k)
    assert [hit.page for hit in hits] == pages[:top_k]


def test_ties_stand_in_order_where_the_index_is_in_many_parts(monkeypatch):
    """A heap that is full many times over makes segments, which threads put together in any order."""
    monkeypatch.setattr("reason.search.tantivy._HEAP_BYTES", 15_000_000)
    pages = [
        Page(id=str(place), title="t", text=f"same {' '.join(str(place * k) for k in range(60))}")
        for place in range(9_000)
    ]
    hits = TantivyRetriever(Corpus(pages)).search("same", top_k=20)
    assert [hit.page.id for hit in hits] == [str(place) for place in range(20)]


HOSTILE = """
"
text:
text:[a TO *]
(((
AND OR NOT
-
a^9e9
/(a+)+$/
\\
*
text:*
zb~9
place:1
+zb -zb
"""


@pytest.mark.parametrize(
    "query", [*HOSTILE.splitlines(), "  ", "\x00", "\ud800", "zzz" * 1_000, "?!" * 50_000]
)
def test_a_hostile_query_finds_nothing_and_does_no_harm(query):
    corpus = Corpus([Page(id="1", title="house", text="garden")])
    assert TantivyRetriever(corpus).search(query) == ()


def test_the_query_language_is_only_words(corpus, retriever):
    title = corpus[7].title
    for query in (f"-{title}", f'"{title}"~2', f"text:({title})^0", f"NOT ({title})", f"+{title.upper()}*"):
        words = " ".join(tokenize(query))
        assert retriever.search(query) == retriever.search(words)
        assert retriever.search(query)[0].page.title == title


def test_an_empty_corpus_has_nothing():
    assert TantivyRetriever(Corpus([])).search("a") == ()
    assert TantivyRetriever(Corpus([Page(id="1", title="", text="?!")])).search("a") == ()


def test_threads_find_the_same(corpus, retriever):
    queries = [page.title for page in corpus[:60]]
    alone = [retriever.search(query) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(retriever.search, queries)) == alone


@pytest.mark.parametrize("top_k", [0, -1, 1001, True, 2.0, "3"])
def test_a_number_of_hits_that_cannot_be_is_refused(retriever, top_k):
    with pytest.raises(ValueError, match="top_k"):
        retriever.search("a", top_k=top_k)


def test_without_tantivy_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(ConfigError, match="pip install tantivy"):
        TantivyRetriever(Corpus([]))
