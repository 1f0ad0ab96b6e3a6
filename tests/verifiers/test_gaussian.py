from fractions import Fraction

import pytest

from reason.verifiers.gaussian import read_gaussian


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 - 2i", (3, -2)),
        ("-2i + 3", (3, -2)),
        ("3-2*i", (3, -2)),
        ("$3 - 2i$", (3, -2)),
        ("3 \u2212 2i", (3, -2)),
        ("i", (0, 1)),
        ("-i", (0, -1)),
        ("7", (7, 0)),
        ("0", (0, 0)),
        ("1/2 + (3/4)i", ("1/2", "3/4")),
        ("1/2 + 3i/4", ("1/2", "3/4")),
        ("\\frac{1}{2} - \\frac{3}{4}i", ("1/2", "-3/4")),
        ("0.5 - 1.25i", ("1/2", "-5/4")),
        ("z = 2 + i", (2, 1)),
        ("(-3)i + (2)", (2, -3)),
        ("2 + 3j", (2, 3)),
        ("-\\frac{1}{2}", ("-1/2", 0)),
        ("3 - 2\\,i", (3, -2)),
    ],
)
def test_spellings_are_read(text, value):
    assert read_gaussian(text) == tuple(map(Fraction, value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1 + 2",
        "i + i",
        "2i + 3i + 1",
        "(1 + i)(2)",
        "2 * 3i + 1 + 1",
        "i^2",
        "sqrt(2)",
        "1/0 + i",
        "3i/0",
        "1 - 2i or 3",
        "1,000",
        "1 2i",
        "--i",
        "e",
        "3 +",
        "i2",
        "9" * 3_000,
        "(" * 1_000,
        "1 + 2i banana",
        "1+2i = 3",
    ],
)
def test_other_texts_are_told_what_is_wrong(text):
    assert isinstance(read_gaussian(text), str)
