import pytest

from reason.verifiers.letters import read_letter_digits


@pytest.mark.parametrize(
    "text",
    [
        "A=1, B=2",
        "B=2, A=1",
        "A = 1 B = 2",
        "a=1, b=2",
        "A: 1\nB: 2",
        '{"A": 1, "B": 2}',
        "A->1; B->2",
        "A \u2192 1, B \u2192 2",
        "$A = 1, B = 2$",
        "**A=1, B=2**",
        "A=1 and B=2",
        "A=1, and B=2.",
        "A=1, B=2, A=1",
        "(A=1, B=2)",
    ],
)
def test_spellings_of_two_letters(text):
    assert read_letter_digits(text, ["A", "B"]) == {"A": 1, "B": 2}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "A=1",
        "A=1, B=2, C=3",
        "A=1, B=2, A=3",
        "A=1, B=23",
        "A=1, B=2 or 3",
        "A=1, B=-2",
        "A=1, B=2.5",
        "AB=12",
        "A=1, B",
        "A=1 or B=2",
        "A=1, B=2 banana",
        "x" * 3_000,
        "A=" * 900,
    ],
)
def test_other_texts_are_told_what_is_wrong(text):
    assert isinstance(read_letter_digits(text, ["A", "B"]), str)
