import sys
from random import Random

import numpy as np
import pytest

from reason.errors import ConfigError
from reason.search.corpus import Corpus, Page
from reason.search.dense import DenseRetriever


def count_letters(texts):
    return [[text.count(letter) for letter in "abcdefgh"] for text in texts]


CORPUS = Corpus(
    [
        Page(id="1", title="a", text="aaab"),
        Page(id="2", title="b", text="bbba"),
        Page(id="3", title="h", text="hhh"),
        Page(id="4", title="z", text="zzz"),
    ]
)


@pytest.mark.parametrize("batch_size", [1, 3, 256])
def test_pages_are_ranked_by_cosine(batch_size):
    retriever = DenseRetriever(CORPUS, count_letters, batch_size=batch_size)
    hits = retriever.search("aaaa", top_k=3)
    assert [hit.page.id for hit in hits] == ["1", "2"]
    # Page 1 has four a and one b with its title, page 2 one a and four b.
    assert [hit.score for hit in hits] == pytest.approx([4 / 17**0.5, 1 / 17**0.5])


def test_an_empty_vector_is_near_nothing():
    assert DenseRetriever(CORPUS, count_letters).search("zzz") == ()
    assert DenseRetriever(Corpus([]), count_letters).search("a") == ()


@pytest.mark.parametrize("vectors", [[1.0, 2.0], [[float("nan")]], np.zeros((3, 2))])
def test_vectors_that_cannot_be_are_refused(vectors):
    with pytest.raises(ValueError, match="embed"):
        DenseRetriever(Corpus(CORPUS[:1]), lambda texts: vectors)


def test_a_query_of_another_dimension_is_refused():
    retriever = DenseRetriever(CORPUS, lambda texts: np.ones((len(texts), 8 if len(texts) > 1 else 3)))
    with pytest.raises(ValueError, match="dimensions"):
        retriever.search("a")


def test_arguments_that_cannot_be_are_refused(monkeypatch):
    with pytest.raises(ConfigError, match="backend"):
        DenseRetriever(CORPUS, count_letters, backend="magic")
    with pytest.raises(ConfigError, match="batch_size"):
        DenseRetriever(CORPUS, count_letters, batch_size=0)
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(ConfigError, match="faiss-cpu"):
        DenseRetriever(CORPUS, count_letters, backend="faiss")


@pytest.mark.parametrize("top_k", [1, 3, 10, 200, 1_000])
def test_faiss_ranks_as_numpy_does(top_k):
    pytest.importorskip("faiss")
    rng = Random(5)
    # Few letters: many pages have one and the same direction.
    texts = ["".join(rng.choices("abch", k=rng.randint(0, 4))) for _ in range(200)]
    corpus = Corpus(Page(id=str(place), title="", text=text) for place, text in enumerate(texts))
    one, other = (DenseRetriever(corpus, count_letters, backend=name) for name in ("numpy", "faiss"))
    for query in ("abc", "aaaa", "hb", "zz", ""):
        found, expected = other.search(query, top_k=top_k), one.search(query, top_k=top_k)
        assert [hit.page for hit in found] == [hit.page for hit in expected]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-4)


def test_faiss_has_nothing_in_an_empty_corpus():
    pytest.importorskip("faiss")
    assert DenseRetriever(Corpus([]), count_letters, backend="faiss").search("a") == ()
