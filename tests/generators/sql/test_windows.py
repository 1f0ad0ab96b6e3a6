"""Window functions, computed by hand on a small bookshop, in both engines."""

import pytest

from reason.generators.sql.showing import Plain, Report
from reason.generators.sql.sql_top import Order
from reason.generators.sql.tree import Column
from reason.generators.sql.windows import Best, Beyond, Placed, Running, Step, Whole

PRICE, TITLE, GENRE, KEY = (Column((), name) for name in ("price", "title", "genre", "book_id"))
DEAREST = Order(PRICE, descending=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Placed("number", DEAREST, None, KEY), [["Ashes", 2], ["Salt Roads", 4], ["Tin", 1], ["Two Men", 3]]),
        (Placed("rank", DEAREST, GENRE, None), [["Ashes", 1], ["Salt Roads", 2], ["Tin", 1], ["Two Men", 1]]),
        (Running(PRICE, Order(PRICE, descending=False), None, KEY),
         [["Ashes", 60.0], ["Salt Roads", 10.0], ["Tin", 100.5], ["Two Men", 30.0]]),
        (Step("before", TITLE, DEAREST, None, KEY),
         [["Ashes", "Tin"], ["Salt Roads", "Two Men"], ["Tin", None], ["Two Men", "Ashes"]]),
        (Whole("greatest", PRICE, GENRE),
         [["Ashes", 30.0], ["Salt Roads", 40.5], ["Tin", 40.5], ["Two Men", 20.0]]),
    ],
)  # fmt: skip
def test_a_window_says_what_a_row_is_among_others(answers, value, expected):
    assert answers(Report("book", (Plain(TITLE), value))) == expected


def test_the_best_of_each_group(answers):
    assert answers(Best("book", (TITLE,), GENRE, DEAREST, KEY, 1)) == [["Ashes"], ["Tin"], ["Two Men"]]


def test_above_the_average_of_its_group(answers):
    assert answers(Beyond("book", (TITLE,), PRICE, True, GENRE)) == [["Tin"]]
    assert answers(Beyond("book", (TITLE,), PRICE, False, GENRE)) == [["Salt Roads"]]
