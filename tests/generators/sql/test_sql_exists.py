"""Rows for which others exist, found by hand in a small bookshop, in both engines."""

import pytest

from reason.generators.sql.schema import Link
from reason.generators.sql.showing import Report
from reason.generators.sql.sql_exists import Every, Rival
from reason.generators.sql.tree import Column, Comparison, Has

TITLE = Column((), "title")
SALES = Link("sale", "book_id")
MANY = Comparison(Column((), "quantity"), ">", 3)


@pytest.mark.parametrize(
    ("condition", "titles"),
    [
        (Every(SALES, MANY), ["Two Men"]),
        (Every(SALES, Comparison(Column((), "quantity"), ">", 1)), ["Salt Roads", "Two Men"]),
        (Has(SALES, MANY), ["Salt Roads", "Two Men"]),
        (Has(SALES, None, negated=True), ["Ashes", "Tin"]),
        (Rival("book", Column((), "author_id"), Column((), "price"), ">"), ["Salt Roads"]),
        (Rival("book", Column((), "genre"), Column((), "price"), "<"), ["Tin"]),
        (
            Rival("book", Column((), "genre"), Column((), "price"), "<", True),
            ["Ashes", "Salt Roads", "Two Men"],
        ),
        (Rival("book", Column((), "publisher_id"), Column((), "pages"), ">"), ["Salt Roads"]),
    ],
)
def test_conditions_about_other_rows(answers, condition, titles):
    assert answers(Report("book", (TITLE,), condition)) == [[title] for title in titles]


def test_rows_of_rows(answers):
    writers = Has(Link("book", "author_id"), Has(SALES, MANY))
    assert answers(Report("author", (Column((), "name"),), writers)) == [["Ann Oak"], ["Bo"]]
    nobody = Has(Link("book", "author_id"), Has(SALES, None, negated=True))
    assert answers(Report("author", (Column((), "name"),), nobody)) == [["Ann Oak"]]


def test_engines_agree_and_questions_are_read_back(check_engines):
    check_engines("SQLExists-v0", (1, 8))
