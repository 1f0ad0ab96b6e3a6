"""Rows beside aggregates of other rows, found by hand in a small bookshop, in both engines."""

import pytest

from reason.generators.sql.schema import Link
from reason.generators.sql.showing import Report
from reason.generators.sql.sql_subquery import Beside, Counted, Gathered, Overall, Peers, Tally
from reason.generators.sql.tree import Column, Comparison

TITLE, PRICE, PAGES = Column((), "title"), Column((), "price"), Column((), "pages")
GENRE, QUANTITY = Column((), "genre"), Column((), "quantity")
SALES = Link("sale", "book_id")
CRIME = Comparison(GENRE, "=", "crime")


@pytest.mark.parametrize(
    ("condition", "titles"),
    [
        (Beside(PRICE, ">", Overall("average", PRICE, "book")), ["Ashes", "Tin"]),  # 25.125
        (Beside(PAGES, "<", Overall("average", PAGES, "book")), ["Salt Roads"]),  # 200; one is missing
        (Beside(PAGES, "=", Overall("greatest", PAGES, "book")), ["Tin"]),
        (Beside(PRICE, ">", Overall("greatest", PRICE, "book", CRIME)), []),
        (Beside(PRICE, ">=", Overall("average", PRICE, "book", CRIME)), ["Ashes", "Tin"]),  # 25.25
        (Beside(PRICE, "=", Peers("least", PRICE, "book", GENRE)), ["Ashes", "Salt Roads"]),
        (Beside(PRICE, ">", Peers("average", PRICE, "book", Column((), "publisher_id"))), ["Tin", "Two Men"]),
        (Counted("<", 1, SALES), ["Ashes", "Tin"]),
        (Counted("=", 1, SALES, Comparison(QUANTITY, ">=", 5)), ["Salt Roads", "Two Men"]),
        (Gathered(SALES, None, "average", QUANTITY, "<", 4), ["Salt Roads"]),  # 3.5
        (Gathered(SALES, Comparison(QUANTITY, "<", 6), "sum", QUANTITY, ">=", 7), ["Salt Roads"]),
        (Gathered(SALES, None, "greatest", QUANTITY, ">", 5), ["Two Men"]),
    ],
)
def test_conditions_with_subqueries(answers, condition, titles):
    assert answers(Report("book", (TITLE,), condition)) == [[title] for title in titles]


def test_subqueries_that_are_shown(answers):
    report = Report("book", (TITLE, Tally(SALES), Overall("least", PRICE, "book")))
    assert answers(report) == [
        ["Ashes", 0, 10.0],
        ["Salt Roads", 2, 10.0],
        ["Tin", 0, 10.0],
        ["Two Men", 1, 10.0],
    ]


def test_engines_agree_and_questions_are_read_back(check_engines):
    check_engines("SQLSubquery-v0", (1, 8))
