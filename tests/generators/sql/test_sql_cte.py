"""Two steps and recursion, computed by hand on a small bookshop, in both engines."""

from reason.generators.sql.dates import Part
from reason.generators.sql.named import Gathered, Standing
from reason.generators.sql.recursion import Chain, Series
from reason.generators.sql.schema import Link
from reason.generators.sql.tree import Aggregate, Column, Comparison, Count

GENRE, PRICE, QUANTITY = Column((), "genre"), Column((), "price"), Column((), "quantity")


def test_groups_beside_the_average_of_all(answers):
    assert answers(Standing("book", GENRE, Count("book"), "above")) == [["crime", 2]]
    below = [["poetry", 1], [None, 1]]
    assert answers(Standing("book", GENRE, Count("book"), "lowest")) == sorted(below, key=repr)


def test_rows_beside_what_refers_to_them(answers):
    link, total = Link("sale", "book_id"), Aggregate("sum", QUANTITY)
    question = Gathered("book", (Column((), "title"),), link, total)
    assert answers(question) == [["Salt Roads", 7], ["Two Men", 9]]
    some = Gathered("book", (Column((), "title"),), link, total, Comparison(QUANTITY, "<", 9))
    assert answers(some) == [["Salt Roads", 7]]


def test_a_series_counts_what_is_not_there(answers):
    assert answers(Series("sale", QUANTITY, 1, 5)) == [[1, 0], [2, 1], [3, 0], [4, 0], [5, 1]]
    months = answers(Series("sale", Part("month", Column((), "sale_date")), 1, 12))
    assert [count for _, count in sorted(months)] == [1, 2, *[0] * 10]


def test_a_chain_goes_down_step_by_step(chain_answers):
    name, parent = Column((), "name"), Column((), "recommended_by")
    everybody = [["Di", 1], ["Eve", 2], ["Flo", 0], ["Gil", 0], ["Hal", 1]]
    assert chain_answers(Chain("customer", (name,), parent, 0, 2)) == everybody
    assert chain_answers(Chain("customer", (name,), parent, 1, 1)) == [["Di", 1], ["Hal", 1]]
    flo = Comparison(name, "=", "Flo")
    assert chain_answers(Chain("customer", (name,), parent, 0, 2, flo)) == [["Di", 1], ["Eve", 2], ["Flo", 0]]
