"""Parts of dates, days between them and conditions on them, computed by hand on a small bookshop."""

import datetime

import pytest

from reason.generators.sql.dates import Elapsed, Falls, Part, Separated, Shifted, Within
from reason.generators.sql.listing import Listing
from reason.generators.sql.tree import Column

SOLD, PRINTED = Column((), "sale_date"), Column(("book_id",), "publication_date")


def test_parts_are_numbers_and_year_with_month_is_a_text(answers):
    parts = tuple(Part(unit, SOLD) for unit in ("year", "month", "day", "weekday", "year and month"))
    # 31 January 2021 was a Sunday, 1 February 2021 a Monday, 1 February 2022 a Tuesday.
    assert answers(Listing("sale", parts)) == [
        [2021, 1, 31, 0, "2021-01"],
        [2021, 2, 1, 1, "2021-02"],
        [2022, 2, 1, 2, "2022-02"],
    ]


def test_days_between_and_days_after_agree_with_the_calendar(answers):
    days = (datetime.date(2021, 1, 31) - datetime.date(2020, 2, 29)).days
    found = answers(Listing("sale", (Elapsed(SOLD, PRINTED), Shifted(30, SOLD))))
    assert sorted(found, key=repr) == sorted(
        [[days, "2021-03-02"], [days + 1, "2021-03-03"], [None, "2022-03-03"]], key=repr
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Falls("year", "=", 2021, SOLD), [[2], [5]]),
        (Falls("year", ">=", 2022, SOLD), [[9]]),
        (Falls("month", "=", 2, SOLD), [[5], [9]]),
        (Falls("weekday", "=", 0, SOLD), [[2]]),
        (Within(SOLD, "2021-01-01", 30), [[2]]),
        (Within(SOLD, "2021-01-01", 31), [[2], [5]]),
        (Separated(SOLD, PRINTED, ">", 337), [[5]]),
        (Separated(SOLD, PRINTED, ">=", 337), [[2], [5]]),
    ],
)
def test_conditions_hold_up_to_their_bounds(answers, condition, expected):
    assert answers(Listing("sale", (Column((), "quantity"),), condition)) == expected


@pytest.mark.parametrize(
    "condition",
    [Falls("year", "<=", 2001, SOLD), Falls("month", "=", 12, SOLD), Falls("weekday", "=", 3, SOLD),
     Within(SOLD, "2020-02-28", 2)],
)  # fmt: skip
def test_edges_lie_on_both_sides(condition):
    [(_, days)] = condition.edges()
    met = condition.fitting([], met=True)
    assert met
    assert set(met) < set(days)
    assert set(met) | set(condition.fitting([], met=False)) == set(days)
