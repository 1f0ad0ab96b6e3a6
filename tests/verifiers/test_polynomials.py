import time

import pytest

from reason.verifiers.polynomials import check_expanded, check_factored

SQUARE = {(2,): 1, (1,): 2, (0,): 1}  # (x + 1)^2
MIXED = {(3,): 2, (2,): -2, (1,): 6, (0,): -6}  # 2 (x - 1) (x^2 + 3)


@pytest.mark.parametrize(
    "answer",
    [
        "2(x - 1)(x^2 + 3)",
        "2*(x-1)*(x**2+3)",
        "(x^2 + 3)(x - 1)2",
        "-2(1 - x)(x^2 + 3)",
        "$2(x-1)(x^{2}+3)$",
        "2\\left(x-1\\right)\\left(x^2+3\\right)",
        "2 \u00b7 (x \u2212 1) \u00b7 (x\u00b2 + 3)",
        "2((x - 1)(x^2 + 3))",
        "2(x-1)^1(3+x^2)",
        "2(x - 1)(x*x + 3)",
    ],
)
def test_complete_factorisations_are_right(answer):
    assert check_factored(answer, MIXED, "x", num_factors=2).passed, answer


@pytest.mark.parametrize(
    "answer",
    [
        "2x^3 - 2x^2 + 6x - 6",
        "(2x - 2)(x^2 + 3)",
        "2(x^3 - x^2 + 3x - 3)",
        "(x - 1)(2x^2 + 6)",
        "(x - 1)(x^2 + 3)",
        "2(x + 1)(x^2 + 3)",
        "2(x - 1)(x^2 + 3) = 0",
        "2(y - 1)(y^2 + 3)",
        "2(x - 1)(x^2 + 3)(x - 2)/(x - 2)",
        "",
        "4(x/2 - 1/2)(x^2 + 3)",
        "2(x - 1)(x^2 + 3) + 0",
        "2(x - 1)(x^2 + 3",
        "x^99999",
        "((((x)))",
        "2(x-1)(x^2+3) or x",
        "2(x - 1)(x - i)(x + i)",
        "(x-1)(x^2+3)*2*1/1 1",
        "2(x-1)(x^2+3)^0",
        "(x+1)^(x)",
        "0",
    ],
)
def test_incomplete_and_other_factorisations_are_wrong(answer):
    assert not check_factored(answer, MIXED, "x", num_factors=2).passed, answer


def test_multiple_factors_count_with_their_multiplicity():
    for answer in ("(x+1)^2", "(x+1)(x+1)", "(x+1)\u00b2", "(-x-1)^2", "((x+1))^2"):
        assert check_factored(answer, SQUARE, "x", num_factors=2).passed, answer
    for answer in ("x^2+2x+1", "(x+1)^3", "(x^2+2x+1)^1", "(x+1)"):
        assert not check_factored(answer, SQUARE, "x", num_factors=2).passed, answer


@pytest.mark.parametrize(
    "answer",
    [
        "x^2 + 2x + 1",
        "1 + 2*x + x^2",
        "x\u00b2+2x+1",
        "$x^{2} + 2x + 1$",
        "x**2 + 2*x + 1",
        "+x^2+x*2+1",
        "(x^2 + 2x + 1)",
    ],
)
def test_expanded_polynomials_are_right(answer):
    assert check_expanded(answer, SQUARE, "x").passed, answer


@pytest.mark.parametrize(
    "answer",
    [
        "(x+1)^2",
        "(x+1)(x+1)",
        "x^2 + x + x + 1",
        "x^2 + 2(x) + 1",
        "x(x + 2) + 1",
        "x^2 + 2x",
        "x^2 + 2x + 2",
        "x^2 + 2x + 1 + 0",
        "y^2 + 2y + 1",
        "(x^2 + 2x) + 1",
        "",
        "x^2 + 2x + 1 = 0",
        "x^2 + 2x + 1 or 3",
        "2x + 1",
    ],
)
def test_what_is_not_expanded_or_collected_is_wrong(answer):
    assert not check_expanded(answer, SQUARE, "x").passed, answer


def test_several_variables_are_told_apart():
    polynomial = {(1, 1): 2, (0, 2): -1}
    assert check_expanded("2xy - y^2", polynomial, "xy").passed
    assert check_expanded("-y^2 + 2yx", polynomial, "xy").passed
    assert not check_expanded("2xy - x^2", polynomial, "xy").passed


@pytest.mark.parametrize(
    "answer",
    [
        "(x+1)^200" * 20,
        "((x+1)^99)^99",
        "(" * 2_000 + "x",
        "(x+1)" * 700,
        "x^" * 1_000,
        "9" * 4_000,
        "(x+9999999)^200",
        "+".join(f"x^{n}" for n in range(600)),
        "(((((x+1)^50)^50)^50)^50)^50",
        "-" * 3_000 + "x",
    ],
)
def test_hostile_polynomials_are_refused_in_time(answer):
    started = time.process_time()
    assert not check_factored(answer, SQUARE, "x", num_factors=2).passed
    assert not check_expanded(answer, SQUARE, "x").passed
    assert time.process_time() - started < 2
