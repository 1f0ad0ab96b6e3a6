"""Which mutants are the gold in other words; each pair was decided by hand."""

import pytest
import sqlglot

from reason.generators.sql.equality import Equality

SHAPE = {
    "author": {
        "columns": [["id", "INTEGER"], ["name", "TEXT"], ["born", "INTEGER"]],
        "primary_key": ["id"],
        "not_null": ["id", "name"],
        "foreign_keys": [],
    },
    "book": {
        "columns": [["id", "INTEGER"], ["title", "TEXT"], ["writer", "INTEGER"], ["editor", "INTEGER"]],
        "primary_key": ["id"],
        "not_null": ["id", "title", "writer"],
        "foreign_keys": [[["writer"], "author", ["id"]], [["editor"], "author", ["id"]]],
    },
}
WRITER = "FROM book AS b JOIN author AS a ON b.writer = a.id"
WRITER_OUTER = "FROM book AS b LEFT JOIN author AS a ON b.writer = a.id"
EDITOR = "FROM book AS b JOIN author AS a ON b.editor = a.id"
EDITOR_OUTER = "FROM book AS b LEFT JOIN author AS a ON b.editor = a.id"
BOOKS = "FROM author AS a LEFT JOIN book AS b ON b.writer = a.id"
OLDEST = "SELECT a.name FROM author AS a WHERE a.born {} (SELECT {}(c.born) FROM author AS c{})"

EQUAL = [
    (f"SELECT b.title {WRITER}", f"SELECT b.title {WRITER_OUTER}"),
    (f"SELECT b.title {EDITOR} WHERE a.born > 3", f"SELECT b.title {EDITOR_OUTER} WHERE a.born > 3"),
    (
        f"SELECT b.title {EDITOR} WHERE a.born > 3 AND a.name = 'x' OR a.born = 1",
        f"SELECT b.title {EDITOR_OUTER} WHERE a.born > 3 AND a.name = 'x' OR a.born = 1",
    ),
    ("SELECT id, born FROM author", "SELECT DISTINCT id, born FROM author"),
    (f"SELECT b.id, a.name {WRITER}", f"SELECT DISTINCT b.id, a.name {WRITER}"),
    ("SELECT name FROM author WHERE born > 3", "SELECT name FROM author WHERE born > 3 AND NOT born IS NULL"),
    ("SELECT COUNT(name) FROM author", "SELECT COUNT(*) FROM author"),
    ("SELECT COUNT(born) FROM author WHERE born < 9", "SELECT COUNT(id) FROM author WHERE born < 9"),
    (f"SELECT a.id, COUNT(b.id) {BOOKS} GROUP BY a.id", f"SELECT a.id, COUNT(b.title) {BOOKS} GROUP BY a.id"),
    (
        f"SELECT a.name, COUNT(b.id) {BOOKS} GROUP BY a.id, a.name",
        f"SELECT a.name, COUNT(b.id) {BOOKS} GROUP BY a.id",
    ),
    (OLDEST.format("=", "MIN", ""), OLDEST.format("<=", "MIN", "")),
    (
        OLDEST.format("=", "MAX", " WHERE c.name = a.name"),
        OLDEST.format(">=", "MAX", " WHERE c.name = a.name"),
    ),
    (
        "SELECT name FROM author AS a WHERE EXISTS(SELECT 1 FROM book AS b WHERE b.writer = a.id)",
        "SELECT name FROM author AS a WHERE EXISTS(SELECT DISTINCT 2 FROM book AS b WHERE b.writer = a.id)",
    ),
    (
        "SELECT COUNT(CASE WHEN born > 1 THEN 1 END) FROM author",
        "SELECT COUNT(CASE WHEN born > 1 THEN 0 END) FROM author",
    ),
    (
        "SELECT name FROM author UNION SELECT title FROM book",
        "SELECT DISTINCT name FROM author UNION SELECT title FROM book",
    ),
]
DIFFERENT = [
    (f"SELECT b.title {EDITOR}", f"SELECT b.title {EDITOR_OUTER}"),
    (
        f"SELECT b.title {EDITOR} WHERE a.born > 3 OR b.title = 'x'",
        f"SELECT b.title {EDITOR_OUTER} WHERE a.born > 3 OR b.title = 'x'",
    ),
    (f"SELECT b.title {EDITOR} WHERE a.born IS NULL", f"SELECT b.title {EDITOR_OUTER} WHERE a.born IS NULL"),
    ("SELECT name, born FROM author", "SELECT DISTINCT name, born FROM author"),
    (f"SELECT a.id, a.name {WRITER}", f"SELECT DISTINCT a.id, a.name {WRITER}"),
    ("SELECT name FROM author", "SELECT name FROM author WHERE NOT born IS NULL"),
    (
        "SELECT name FROM author WHERE NOT born IS NULL AND NOT born IS NULL",
        "SELECT name FROM author",
    ),
    (f"SELECT b.id {EDITOR_OUTER} WHERE NOT a.name IS NULL", f"SELECT b.id {EDITOR_OUTER}"),
    ("SELECT COUNT(born) FROM author", "SELECT COUNT(*) FROM author"),
    (f"SELECT a.id, COUNT(b.id) {BOOKS} GROUP BY a.id", f"SELECT a.id, COUNT(*) {BOOKS} GROUP BY a.id"),
    (
        f"SELECT a.id, COUNT(b.id) {BOOKS} GROUP BY a.id",
        f"SELECT a.id, COUNT(b.editor) {BOOKS} GROUP BY a.id",
    ),
    (
        f"SELECT a.name, COUNT(b.id) {BOOKS} GROUP BY a.id, a.name",
        f"SELECT a.name, COUNT(b.id) {BOOKS} GROUP BY a.name",
    ),
    (OLDEST.format("=", "MIN", ""), OLDEST.format("<=", "AVG", "")),
    (OLDEST.format("=", "MIN", " WHERE c.born > 9"), OLDEST.format("<=", "MIN", " WHERE c.born > 9")),
    (
        "SELECT SUM(CASE WHEN born > 1 THEN 1 END) FROM author",
        "SELECT SUM(CASE WHEN born > 1 THEN 0 END) FROM author",
    ),
    (
        "SELECT COUNT(DISTINCT CASE WHEN born > 1 THEN 1 ELSE 2 END) FROM author",
        "SELECT COUNT(DISTINCT CASE WHEN born > 1 THEN 2 ELSE 2 END) FROM author",
    ),
    (
        "SELECT name FROM author UNION ALL SELECT title FROM book",
        "SELECT DISTINCT name FROM author UNION ALL SELECT title FROM book",
    ),
]


def equal(one, other):
    return Equality(sqlglot.parse_one(one, read="sqlite"), SHAPE).holds(other)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_queries_in_other_words_are_equal(one, other):
    assert equal(one, other)
    assert equal(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_queries_that_some_rows_tell_apart_are_not_equal(one, other):
    assert not equal(one, other)
    assert not equal(other, one)


def test_the_gold_is_left_as_it_is():
    gold = sqlglot.parse_one(EQUAL[0][1], read="sqlite")
    before = gold.sql()
    Equality(gold, SHAPE)
    assert gold.sql() == before
