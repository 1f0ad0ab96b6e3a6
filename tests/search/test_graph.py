import numpy as np
import pytest

from reason.errors import ConfigError
from reason.search.bm25 import BM25Retriever
from reason.search.corpus import Corpus, Page
from reason.search.graph import GraphRetriever, search_by
from reason.search.library import Library

PAGES = [
    Page(id="start", title="Alpha", text="alpha", links=("middle", "lost")),
    Page(id="middle", title="Beta", text="beta", links=("end", "middle")),
    Page(id="end", title="Gamma", text="gamma"),
    Page(id="alone", title="Delta", text="delta"),
]


@pytest.fixture(scope="module")
def passage():
    return BM25Retriever(Corpus(PAGES))


@pytest.fixture(scope="module")
def graph(passage):
    return GraphRetriever(passage)


def test_the_walk_reaches_pages_that_share_no_word(passage, graph):
    assert [hit.page.id for hit in passage.search("alpha", top_k=4)] == ["start"]
    assert [hit.page.id for hit in graph.search("alpha", top_k=4)] == ["start", "middle", "end"]


def test_the_mass_is_that_of_the_walk_with_restart(graph):
    # start - middle - end, half of the mass starts anew each step: p = e/2 + W p / 2.
    walk = np.array([[0, 0.5, 0], [1, 0, 1], [0, 0.5, 0]])
    exact = np.linalg.solve(np.eye(3) - 0.5 * walk, np.array([0.5, 0, 0]))
    assert [hit.score for hit in graph.search("alpha", top_k=4)] == pytest.approx(
        sorted(exact)[::-1], abs=1e-3
    )


def test_a_page_without_links_keeps_its_mass(graph):
    (hit,) = graph.search("delta", top_k=4)
    assert (hit.page.id, hit.score) == ("alone", pytest.approx(1.0))


def test_what_no_word_finds_no_walk_finds(graph):
    assert graph.search("omega") == ()


def test_both_are_fused_by_reciprocal_rank(passage, graph):
    hits = search_by("hybrid", passage, graph, "alpha gamma", top_k=4)
    ranks = [search_by(mode, passage, graph, "alpha gamma", top_k=4) for mode in ("passage", "graph")]
    for hit in hits:
        expected = sum(
            1 / (60 + [other.page for other in ranking].index(hit.page) + 1)
            for ranking in ranks
            if hit.page in [other.page for other in ranking]
        )
        assert hit.score == pytest.approx(expected)
    assert len(search_by("hybrid", passage, graph, "alpha gamma", top_k=1)) == 1


def test_another_mode_is_refused(passage, graph):
    with pytest.raises(ConfigError, match="passage, graph, hybrid"):
        search_by("magic", passage, graph, "alpha")


def test_on_a_whole_world_the_mass_is_that_of_the_walk(library):
    """Against the dense linear equations, over all pages."""
    corpus = library.corpus
    size = len(corpus)
    links = np.zeros((size, size))
    for place, page in enumerate(corpus):
        for target in corpus.linked(page):
            other = corpus.place(target.id)
            links[place, other] = links[other, place] = 1.0
    np.fill_diagonal(links, 0.0)
    walk = (links / np.maximum(links.sum(axis=1, keepdims=True), 1)).T
    lonely = links.sum(axis=1) == 0
    for page in corpus[:5]:
        start = np.zeros(size)
        for hit in library.passage.search(page.title, top_k=5):
            start[corpus.place(hit.page.id)] = hit.score
        start /= start.sum()
        back = np.outer(start, lonely)
        exact = np.linalg.solve(np.eye(size) - 0.5 * (walk + back), 0.5 * start)
        hits = library.graph.search(page.title, top_k=10)
        assert [hit.score for hit in hits] == pytest.approx(np.sort(exact)[::-1][:10], abs=2e-4)


def test_a_hub_does_not_make_a_search_slow():
    hub = Page(id="hub", title="Hub", text="centre", links=tuple(map(str, range(20_000))))
    leaves = [Page(id=str(number), title=f"leaf{number}", text="leaf") for number in range(20_000)]
    library = Library(Corpus([hub, *leaves]))
    hits = library.search("leaf7", mode="graph", top_k=3)
    assert [hit.page.id for hit in hits[:2]] == ["7", "hub"]
