"""String functions, computed by hand on a small bookshop, in both engines."""

import pytest

from reason.generators.sql.showing import Report
from reason.generators.sql.sql_text import Affix, Beginning, Changed, Length, Long, Pair, Rest
from reason.generators.sql.tree import Column

TITLE, GENRE = Column((), "title"), Column((), "genre")
WRITER = Column(("author_id",), "name")


def of_all_books(*expected):
    return sorted(([value] for value in expected), key=repr)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Length(TITLE), of_all_books(10, 7, 5, 3)),
        (Length(GENRE), of_all_books(5, None, 6, 5)),
        (Beginning(4, TITLE), of_all_books("Salt", "Two ", "Ashe", "Tin")),
        (Rest(4, TITLE), of_all_books(" Roads", "Men", "s", "")),
        (Changed("upper", TITLE), of_all_books("SALT ROADS", "TWO MEN", "ASHES", "TIN")),
        (Changed("lower", WRITER), of_all_books("ann oak", "bo", None, "ann oak")),
        (Changed("word", TITLE), of_all_books("Salt", "Two", "Ashes", "Tin")),
        (Changed("joined", TITLE), of_all_books("Salt-Roads", "Two-Men", "Ashes", "Tin")),
        (Pair(WRITER, ": ", TITLE), of_all_books("Ann Oak: Salt Roads", "Bo: Two Men", None, "Ann Oak: Tin")),
    ],
)
def test_functions_give_what_their_words_say(answers, value, expected):
    assert answers(Report("book", (value,))) == expected


@pytest.mark.parametrize(
    ("condition", "titles"),
    [
        (Long(">", 5, TITLE), ["Salt Roads", "Two Men"]),
        (Long(">=", 5, TITLE), ["Ashes", "Salt Roads", "Two Men"]),
        (Long("<", 5, TITLE), ["Tin"]),
        (Long("<=", 5, GENRE), ["Salt Roads", "Tin"]),
        (Affix(Column(("author_id",), "name"), 1, TITLE), []),
        (Affix(Column(("publisher_id",), "name"), 1, GENRE), []),
    ],
)
def test_conditions_keep_the_rows_that_meet_them(answers, condition, titles):
    assert answers(Report("book", (TITLE,), condition)) == [[title] for title in titles]


def test_a_text_at_the_bound_is_planted():
    pool = ["a", "abcd", "abcde", "abcdef", "abcdefghi"]
    assert Long(">", 4, TITLE).fitting(pool, met=True) == ["abcde", "abcdef"]
    assert Long(">", 4, TITLE).fitting(pool, met=False) == ["abcd"]


def test_engines_agree_and_questions_are_read_back(check_engines):
    check_engines("SQLText-v0", (1, 8))
