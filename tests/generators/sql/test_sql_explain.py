"""Explanation: four questions, all combinations of two changes, of which one is the query's."""

import pytest

import reason
from reason.generators.sql.alike import neighbours_of
from reason.generators.sql.listing import Listing
from reason.generators.sql.sql_explain import _OPTION
from reason.generators.sql.tree import All, Column, Comparison

PRICE, PAGES = Column((), "price"), Column((), "pages")


@pytest.fixture
def task():
    return reason.get("SQLExplain-v0").task(level=2)


def test_the_right_letter_is_found_from_the_prompt(task):
    family = reason.get("SQLExplain-v0")
    assert family.solve(task) == task.reference
    assert len({text for _, text in _OPTION.findall(task.text)}) == 4


@pytest.mark.parametrize(
    ("spelling", "passed"),
    [
        ("{}", True),
        ("({})", True),
        ("option {}.", True),
        ("{0} {0}", False),
        ("A, B, C, D", False),
        ("", False),
    ],
)
def test_one_letter_is_an_answer(task, spelling, passed):
    verdict = reason.get("SQLExplain-v0").verify(task, spelling.format(task.reference))
    assert verdict.passed is passed


def test_each_neighbour_differs_and_changes_can_be_made_in_either_order(bookshop):
    where = All((Comparison(PRICE, ">", 20.0), Comparison(PAGES, "<=", 300)))
    question = Listing("book", (Column((), "title"),), where)
    near = list(neighbours_of(bookshop, question))
    assert question not in near
    assert len(near) > 5
    twice = [set(map(repr, neighbours_of(bookshop, other))) for other in near]
    assert any(
        len((one & other) - {repr(question)}) > 0 for one in twice for other in twice if one is not other
    )
