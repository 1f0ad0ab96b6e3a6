import pytest

from reason.verifiers.factorization import check_factorization, read_factors


@pytest.mark.parametrize(
    "answer",
    [
        "2^3 * 3^2 * 5",
        "5*3*2*3*2*2",
        "2 x 2" * 0 + "2^{3} \\cdot 3^{2} \\cdot 5",
        "$2^3 \\times 3^2 \\times 5$",
        "2\u00b3 \u00b7 3\u00b2 \u00b7 5",
        "2**3 * 3**2 * 5",
        "360 = 2^3 * 3^2 * 5",
        "n = 2^3 * 3^2 * 5",
        "2, 2, 2, 3, 3, 5",
        "[2, 2, 2, 3, 3, 5]",
        "(2)^3 * (3^2)"[:0] + "1 * 2^3 * 3^2 * 5",
        "2^(3) * 3^(2) * 5",
        "2\u00d72\u00d72\u00d73\u00d73\u00d75",
    ],
)
def test_spellings_of_the_factorisation_of_360_are_right(answer):
    assert check_factorization(answer, {2: 3, 3: 2, 5: 1}).passed, answer


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "360",
        "4 * 90",
        "2^3 * 9 * 5",
        "2^3 * 3^2",
        "2^3 * 3^2 * 5 * 7",
        "2^3 * 3^2 + 5",
        "2^2 * 3^2 * 5",
        "361 = 2^3 * 3^2 * 5",
        "2^3 * 3^2 * 5 = 361",
        "-2^3 * 3^2 * 5",
        "2^3 * 3^2 * 5 or 1",
        "2^(1+2) * 3^2 * 5",
        "8^1 * 3^2 * 5",
        "2^99999999 * 5",
        "x * 5",
        "2^3^1 * 3^2 * 5",
        "2.0^3 * 3^2 * 5",
        "2^-3",
        "*",
        "2^3 3^2 5",
        "9" * 3_000,
        "2*" * 900 + "2",
    ],
)
def test_other_products_and_hostile_texts_are_wrong(answer):
    assert not check_factorization(answer, {2: 3, 3: 2, 5: 1}).passed, answer


def test_products_are_read_with_their_multiplicity():
    assert read_factors("2 * 2^2 * 3") == {2: 3, 3: 1}
    assert isinstance(read_factors("2 + 3"), str)
