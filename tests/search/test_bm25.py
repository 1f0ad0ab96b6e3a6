import math
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from reason.errors import ConfigError
from reason.search.bm25 import BM25Retriever
from reason.search.corpus import Corpus, Page
from reason.search.retriever import tokenize


def bm25_by_hand(corpus, query, k1, b):
    """The formula, term by term (Robertson and Zaragoza, 2009, in Lucene's variant)."""
    rows = [Counter(tokenize(f"{page.title}\n{page.text}")) for page in corpus]
    mean = sum(row.total() for row in rows) / len(rows)
    scores = []
    for row in rows:
        score = 0.0
        for word in tokenize(query):
            df = sum(word in other for other in rows)
            if row[word]:
                idf = math.log(1 + (len(rows) - df + 0.5) / (df + 0.5))
                score += idf * row[word] / (row[word] + k1 * (1 - b + b * row.total() / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.9, 0.4), (2.0, 0.0)])
def test_scores_are_those_of_the_formula(k1, b):
    rng, words = Random(1), ["ba", "be", "bi", "bo", "bu", "da", "de", "di", "do", "du"]
    corpus = Corpus(
        Page(id=str(place), title=rng.choice(words), text=" ".join(rng.choices(words, k=rng.randint(0, 30))))
        for place in range(40)
    )
    retriever = BM25Retriever(corpus, k1=k1, b=b)
    for query in ("ba be", "du du do", "zz ba", "Bo, BO!"):
        expected = bm25_by_hand(corpus, query, k1, b)
        hits = retriever.search(query, top_k=40)
        assert len(hits) == sum(score > 0 for score in expected)
        for hit in hits:
            assert hit.score == pytest.approx(expected[int(hit.page.id)], rel=1e-4)
        scores = [hit.score for hit in hits]
        assert scores == pytest.approx(sorted(scores, reverse=True), abs=1e-5)
        for top_k in (1, 3, 7):
            assert retriever.search(query, top_k=top_k) == hits[:top_k]


def test_equal_scores_stand_in_the_order_of_the_corpus():
    corpus = Corpus(Page(id=str(place), title="t", text="same words") for place in range(50))
    hits = BM25Retriever(corpus).search("same", top_k=5)
    assert [hit.page.id for hit in hits] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("query", ["", "  ", "zzz", "\x00\ud800", "?!" * 50_000, "zb " * 100_000])
def test_a_query_without_known_words_finds_nothing(query):
    assert BM25Retriever(Corpus([Page(id="1", title="a", text="b")])).search(query) == ()


def test_an_empty_corpus_has_nothing():
    assert BM25Retriever(Corpus([])).search("a") == ()
    assert BM25Retriever(Corpus([Page(id="1", title="", text="?!")])).search("a") == ()


def test_threads_find_the_same(library):
    queries = [page.title for page in library.corpus[:60]]
    alone = [library.search(query) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(library.search, queries)) == alone


@pytest.mark.parametrize("top_k", [0, -1, 1001, True, 2.0, "3"])
def test_a_number_of_hits_that_cannot_be_is_refused(library, top_k):
    with pytest.raises(ValueError, match="top_k"):
        library.search("a", top_k=top_k)


@pytest.mark.parametrize("parameters", [{"k1": 0.0}, {"b": 1.5}, {"k1": float("nan")}])
def test_parameters_that_cannot_be_are_refused(parameters):
    with pytest.raises(ConfigError, match="k1"):
        BM25Retriever(Corpus([]), **parameters)


def test_without_bm25s_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(ConfigError, match=r"reason-gym\[search\]"):
        BM25Retriever(Corpus([]))
