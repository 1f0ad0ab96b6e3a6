"""Edits change whole lines, or are refused with the reason."""

import pytest

from reason.verifiers.code.edits import apply_edits, has_edits, read_edits
from reason.verifiers.code.literals import check_literal, read_literal

FILES = {"a.py": "x = 1\ny = 2\nx = 1\n", "b.py": "z = 3\n"}


def block(search, replace, path="a.py"):
    return f"### {path}\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


def test_edits_are_made_in_order_at_the_first_place():
    first, second, third = block("x = 1", "x = 5"), block("z = 3", "z = 4", "b.py"), block("x = 1", "x = 6")
    text = f"I change two files.\n{first}and\n{second}{third}"
    assert apply_edits(FILES, read_edits(text)) == {"a.py": "x = 5\ny = 2\nx = 6\n", "b.py": "z = 4\n"}


def test_an_edit_may_take_lines_out_and_needs_no_path_where_there_is_one_file():
    text = "<<<<<<< SEARCH\ny = 2  \n=======\n>>>>>>> REPLACE"
    assert has_edits(text)
    assert apply_edits({"": "x = 1\ny = 2"}, read_edits(text)) == {"": "x = 1"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "blocks"),
        ("<<<<<<< SEARCH\nx\n=======\ny", "not closed"),
        ("<<<<<<< SEARCH\nx\n<<<<<<< SEARCH", "inside another"),
        (block("x = 1", "x = 1"), "changes nothing"),
        (block("", "x"), "searches for nothing"),
        ("x" * 200_000, "characters"),
        (block("a", "b") * 60, "blocks"),
    ],
)
def test_what_is_no_edit_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_edits(text)


@pytest.mark.parametrize("text", [block("x = 2", "x"), block("x = ", "y"), block("x = 1", "x", "c.py")])
def test_an_edit_that_does_not_fit_is_refused(text):
    with pytest.raises(ValueError, match=r"stand|file"):
        apply_edits(FILES, read_edits(text))


@pytest.mark.parametrize(
    ("expected", "right", "wrong"),
    [
        (5, ["5", " 5.", "(5)", "`5`"], ["5.0", "True", "'5'", "[5]", "6", "5 6", "2 + 3"]),
        (1, ["1"], ["True", "1.0"]),
        ("ab", ["'ab'", '"ab"'], ["ab", "'AB'", "['a', 'b']", "b'ab'"]),
        ([1, [2]], ["[1, [2]]", "[1,[2]]"], ["(1, [2])", "[1, (2,)]", "[[2], 1]", "{1, 2}"]),
        ({"a": 1, "b": 2}, ["{'b': 2, 'a': 1}"], ["{'a': 1}", "{'a': 1, 'b': True}", "[('a', 1)]"]),
    ],
)
def test_literals_are_compared_by_value_and_type(expected, right, wrong):
    for answer in right:
        assert check_literal(answer, expected).passed, answer
    for answer in wrong:
        assert check_literal(answer, expected).passed is False, answer


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1000,
        "-" * 3000 + "1",
        "9" * 2000,
        "[" * 100 + "]" * 99,
        "1if",
        "__import__('os')",
        "\\x",
        "'\\d'2",
    ],
)
def test_hostile_literals_are_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        read_literal(text)
