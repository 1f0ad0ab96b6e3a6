"""Labels and counts, computed by hand on a small bookshop, in both engines."""

import pytest

from reason.generators.sql.showing import Report
from reason.generators.sql.sql_case import Branch, Census, Label, Split
from reason.generators.sql.tree import Column, Comparison

PAGES, PRICE, GENRE = Column((), "pages"), Column((), "price"), Column((), "genre")
LONG, DEAR = Comparison(PAGES, ">", 150), Comparison(PRICE, ">=", 20.0)
CRIME = Comparison(GENRE, "=", "crime")
LABEL = (Branch("A", LONG), Branch("B", CRIME))


@pytest.mark.parametrize(
    ("default", "expected"),
    [("C", [["A"], ["A"], ["B"], ["C"]]), (None, [["A"], ["A"], ["B"], [None]])],
)
def test_the_first_condition_that_fits_gives_the_label(answers, default, expected):
    assert answers(Report("book", (Label(LABEL, default),))) == expected


def test_a_census_counts_labels_that_occur(answers):
    assert answers(Census("book", Label(LABEL, None))) == [["A", 2], ["B", 1], [None, 1]]
    assert answers(Census("book", Label(LABEL, "C"), DEAR)) == [["A", 2], ["C", 1]]


def test_a_split_counts_each_condition_and_what_is_missing_meets_none(answers):
    assert answers(Split("book", (LONG, Comparison(PAGES, "<=", 150), CRIME))) == [[2, 1, 2]]
    assert answers(Split("book", (LONG, CRIME), DEAR)) == [[2, 1]]


def test_engines_agree_and_questions_are_read_back(check_engines):
    check_engines("SQLCase-v0", (1, 8))
