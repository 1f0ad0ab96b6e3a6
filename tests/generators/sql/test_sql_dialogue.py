"""Dialogue: what each turn makes of the question before it."""

import reason
from reason.generators.sql.listing import Listing
from reason.generators.sql.sql_dialogue import Cut, Narrow, Show, Sort, Switch
from reason.generators.sql.sql_top import Order
from reason.generators.sql.tree import Column, Comparison

TITLE, PRICE, GENRE = Column((), "title"), Column((), "price"), Column((), "genre")
CRIME, POETRY = Comparison(GENRE, "=", "crime"), Comparison(GENRE, "=", "poetry")
DEAR = Comparison(PRICE, ">=", 20.0)


def come_to(*turns):
    question = Listing("book", (TITLE,), DEAR)
    for turn in turns:
        question = turn.after(question)
    return question


def test_turns_change_the_question_that_stands(answers):
    sort = Sort(Order(PRICE, True), Column((), "book_id"))
    assert answers(come_to(Narrow(CRIME))) == [["Tin"]]
    assert answers(come_to(Narrow(CRIME), Switch(POETRY))) == [["Ashes"]]
    assert answers(come_to(Switch(CRIME))) == [["Salt Roads"], ["Tin"]]
    assert answers(come_to(Narrow(CRIME), Show((PRICE,), True))) == [["Tin", 40.5]]
    assert answers(come_to(Show((GENRE,), False), sort, Cut(1))) == [["crime"]]
    assert answers(come_to(sort, Cut(2), Narrow(POETRY))) == [["Ashes"]]


def test_a_conversation_has_its_rewrite_and_a_query_for_each_turn():
    family = reason.get("SQLDialogue-v0")
    for level in (0, 5):
        task = family.task(level=level)
        queries = task.metadata["turn_queries"]
        assert len(queries) == task.config["num_turns"]
        assert queries[-1] == task.reference
        assert task.metadata["rewrite"] not in task.text
        assert family.verify(task, family.solve(task)).passed
