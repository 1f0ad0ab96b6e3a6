from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from reason.generators.math.coefficients import (
    divide_root,
    evaluate,
    multiply,
    rational_roots,
    read_polynomial,
    write_polynomial,
)

POLYNOMIALS = st.lists(st.integers(-50, 50), min_size=1, max_size=7).map(lambda c: [*c, 3])


@given(POLYNOMIALS)
def test_what_is_written_is_read_back(coefficients):
    assert read_polynomial(write_polynomial(coefficients)) == coefficients


@given(POLYNOMIALS, POLYNOMIALS, st.integers(-9, 9))
def test_values_of_a_product_are_products_of_values(one, other, x):
    assert evaluate(multiply(one, other), x) == evaluate(one, x) * evaluate(other, x)


@given(POLYNOMIALS, st.integers(-9, 9), st.integers(1, 5))
def test_division_undoes_multiplication_by_a_root(coefficients, over, under):
    root = Fraction(over, under)
    product = multiply(coefficients, [-root.numerator, root.denominator])
    assert evaluate(product, root) == 0
    assert divide_root(product, root) == coefficients


@pytest.mark.parametrize(
    ("coefficients", "text"),
    [([0, 1], "x"), ([-1, 0, -1], "-x^2 - 1"), ([5], "5"), ([0], "0"), ([1, -1, 0, 4], "4x^3 - x + 1")],
)
def test_polynomials_are_written_as_people_do(coefficients, text):
    assert write_polynomial(coefficients) == text


def test_roots_are_those_that_were_multiplied():
    product = [1]
    for root in (Fraction(1, 2), Fraction(-3), Fraction(-3)):
        product = multiply(product, [-root.numerator, root.denominator])
    assert rational_roots(multiply(product, [1, 0, 1])) == [-3, Fraction(1, 2)]
    assert sympy.Poly.from_list(product[::-1], sympy.Symbol("x")).eval(-3) == 0
