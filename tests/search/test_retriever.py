import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.search.corpus import Page
from reason.search.retriever import MAX_QUERY_CHARS, check_query, rank, tokenize

PAGES = [Page(id=str(number), title="t", text="x") for number in range(30)]


@given(st.lists(st.sampled_from([0.0, -1.0, 0.5, 1.0, 1.0 + 1e-9, 2.5]), max_size=30), st.integers(1, 40))
def test_the_best_come_first_and_ties_in_order(scores, top_k):
    hits = rank(PAGES, np.array(scores), top_k)
    places = sorted(
        (place for place, score in enumerate(scores) if score > 0), key=lambda p: (-round(scores[p], 5), p)
    )
    assert [int(hit.page.id) for hit in hits] == places[:top_k]


def test_words_are_read_in_any_script_and_case():
    assert tokenize("Straße_X \u4e1c\u4eac 3.14!") == ["strasse", "x", "\u4e1c\u4eac", "3", "14"]
    assert tokenize("?!") == []


def test_a_query_is_text_and_its_rest_is_cut_off():
    assert len(check_query("a" * 10**6)) == MAX_QUERY_CHARS
    with pytest.raises(TypeError, match="query"):
        check_query(None)
