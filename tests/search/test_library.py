import json

import pytest

from reason.errors import ConfigError
from reason.search.corpus import Page
from reason.search.library import format_hits, open_library
from reason.search.retriever import Hit
from reason.search.world import WorldSettings


def test_a_library_is_opened_once():
    settings = WorldSettings(num_pages=200, seed=11)
    assert open_library(settings) is open_library(WorldSettings(num_pages=200, seed=11))


def test_a_file_of_ones_own_is_searched(tmp_path):
    path = tmp_path / "pages.jsonl"
    pages = [{"id": "1", "title": "Moss", "text": "grows"}, {"id": "2", "title": "Fern", "text": "unfolds"}]
    path.write_text("\n".join(map(json.dumps, pages)))
    (hit,) = open_library(str(path)).search("what unfolds")
    assert hit.page.title == "Fern"


def test_hits_are_written_as_search_r1_reads_them():
    hits = tuple(Hit(page=Page(id=name, title=name, text=f"on {name}"), score=1.0) for name in "ab")
    assert format_hits(hits) == 'Doc 1(Title: "a") on a\nDoc 2(Title: "b") on b'
    assert format_hits(()) == "No page was found."


def test_the_modes_are_three(library):
    title = library.corpus[0].title
    assert all(library.search(title, mode=mode) for mode in ("passage", "graph", "hybrid"))
    with pytest.raises(ConfigError, match="mode"):
        library.search(title, mode="other")
