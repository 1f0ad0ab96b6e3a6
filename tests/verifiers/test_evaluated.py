import pytest

from reason.verifiers.evaluated import is_evaluated


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "-5",
        "\u22125",
        "- 5",
        "+5",
        "1,234,567",
        "0.25",
        "3/4",
        "-3/4",
        "\\frac{3}{4}",
        "-\\frac{3}{4}",
        "\\frac{-3}{4}",
        "x = 5",
        "x=-5",
        "x_1 = 5, x_2 = 6",
        "x1 = 5",
        "x_{1} = 5",
        "2 <= x",
        "$5$",
        "**5**",
        "5.",
        "a(20) = 5",
        "{-1, 2}",
        "\\{-1, 2\\}",
        "-1 or -2",
        "{1/2, 3/4}",
        "x = 1/2 or x = 3/4",
        "(1/2, -3/4)",
        "[1/2, 3/4)",
        "1.2 * 10^5",
        "-1.2 \\times 10^{-5}",
        "1/2 \u222a 3/4",
        "(-\\frac{1}{2}, 3)",
        "\\text{5}",
    ],
)
def test_values_are_evaluated(text):
    assert is_evaluated(text)


@pytest.mark.parametrize(
    "text",
    [
        "12*13",
        "12 * 13",
        "6 = 126",
        "126%",
        "126\\%",
        "126\u00b0",
        "\u20ac126",
        "|126|",
        "|-126|",
        "126^\\circ",
        "3 * 10^5 * 10^5",
        "2 + 3 * 10^5",
        "3 * 10^5 + 1",
        "1+2",
        "2-1",
        "2 \u2212 1",
        "2^8",
        "2**8",
        "5!",
        "2\u00d73",
        "6\u00f73",
        "6 \\times 2",
        "6 \\cdot 2",
        "3(4)",
        "(1)(2)",
        "\\sqrt{4}",
        "sqrt(4)",
        "\\log_2 8",
        "log_2(8)",
        "gcd(4, 6)",
        "1/2/3",
        "7 mod 3",
        "7 \\bmod 3",
        "{1+1, 3}",
        "155 banana",
        "banana",
        "5 apples",
        "not 5",
        "9" * 20_001,
        "\\sum k",
        "2e5+1",
        "five",
    ],
)
def test_operations_and_words_are_not(text):
    assert not is_evaluated(text)


def test_words_may_be_allowed():
    assert is_evaluated("(-inf, 2) or (3, inf)", words={"or", "inf"})
    assert not is_evaluated("(-inf, 2) or (3, inf)")
