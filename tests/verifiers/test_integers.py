import pytest

from reason.verifiers.integers import read_integers


@pytest.mark.parametrize(
    "text",
    [
        "(3, -5)",
        "3, -5",
        "[3, -5]",
        "x = 3, y = -5",
        "y = -5, x = 3",
        "x=3; y=-5",
        "x = 3 and y = -5",
        "(x, y) = (3, -5)",
        "$(3, -5)$",
        "$x = 3,\\ y = -5$",
        "**(3, \u22125)**",
        "(+3, - 5)",
        "\\left(3, -5\\right)",
        "(x,y)=(3,-5).",
    ],
)
def test_spellings_of_a_pair(text):
    assert read_integers(text, ["x", "y"]) == [3, -5]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "(3, -5, 0)",
        "3 -5",
        "x = 3",
        "x = 3, x = -5",
        "x = 3, z = -5",
        "x = 3, -5",
        "(3.0, -5)",
        "(3/1, -5)",
        "(3, -5) or (1, 2)",
        "(3, --5)",
        "(a, b)",
        "x = y = 3",
        "(1+2, -5)",
        "9" * 1_001 + ", 1",
        "," * 30_000,
        "(3, 5",
        "none",
    ],
)
def test_other_texts_are_told_what_is_wrong(text):
    found = read_integers(text, ["x", "y"])
    assert isinstance(found, str) or found != [3, -5]
