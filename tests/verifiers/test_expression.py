import ast
from fractions import Fraction
from random import Random

import pytest

from reason.verifiers.expression import MAX_EXPRESSION_CHARS, check_expression, read_expression


def by_python(node):
    """Evaluate the tree of Python's own parser in fractions; None where it divides by zero."""
    if isinstance(node, ast.Constant):
        return Fraction(node.value)
    left, right = by_python(node.left), by_python(node.right)
    if left is None or right is None:
        return None
    match node.op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
    return left / right if right else None


def random_expression(rng, depth):
    if depth == 0 or rng.random() < 0.3:
        return str(rng.randint(0, 9))
    text = f"{random_expression(rng, depth - 1)} {rng.choice('+-*/')} {random_expression(rng, depth - 1)}"
    return f"({text})" if rng.random() < 0.5 else text


def test_values_are_those_of_pythons_parser():
    rng = Random(1)
    for _ in range(500):
        text = random_expression(rng, 4)
        assert read_expression(text).value == by_python(ast.parse(text, mode="eval").body), text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8/(3-8/3)", 24),
        ("8 \u00f7 (3 \u2212 8 \u00f7 3)", 24),
        ("2\u00d73 + [4 - 1]", 9),
        ("\\frac{8}{3 - \\frac{8}{3}}", 24),
        ("\\left( 2 \\times 3 \\right) \\cdot 4 \\div 2", 12),
        ("$2 * (3 + 4)$", 14),
        ("1 - 2 - 3", -4),
        ("16 / 4 / 2", 2),
    ],
)
def test_spellings_are_read(text, value):
    assert read_expression(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "()",
        "2 +",
        "* 2",
        "2 3",
        "2(3)",
        "(2",
        "2)",
        "-2 + 3",
        "2 ** 3",
        "2 ^ 3",
        "2 // 3",
        "2.5 + 1",
        "x + 1",
        "abs(2)",
        "2 + 3 = 5",
        "__import__('os')",
        "1e9",
        "9" * 31,
        "1+" * 300 + "1",
        "(" * 3_000,
        "\\frac{1}{2",
        "\\frac{1}",
        "{1}",
        "2 + \\pi",
        "\u0662 + x",
        "1 or 2",
        "1, 2",
    ],
)
def test_what_is_no_expression_is_told(text):
    assert isinstance(read_expression(text), str)


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        ("(25 - 5) * 4", True),
        ("4*(25-5) = 80", True),
        ("4*(25-5) = 81", False),
        ("80 = 4*(25-5)", False),
        ("80", False),
        ("(25 - 5) * 4 * 1", False),
        ("25 * 4 - 5 * 4", False),
        ("(25 - 5) * 4 + 0", False),
        ("25 + 55", False),
        ("4 / (5 - 5)", False),
    ],
)
def test_numbers_are_used_as_they_are_given(answer, passed):
    assert check_expression(answer, [4, 5, 25], 80).passed is passed


def test_fewer_numbers_will_do_only_where_that_is_allowed():
    assert check_expression("25 * 4", [4, 5, 25], 100, use_all=False).passed
    assert not check_expression("25 * 4", [4, 5, 25], 100).passed


def test_a_number_that_is_given_twice_may_be_used_twice():
    assert check_expression("8 / (3 - 8/3)", [3, 3, 8, 8], 24).passed
    assert not check_expression("8 / (3 - 8/3)", [3, 3, 8, 9], 24).passed


def test_division_by_zero_is_wrong_and_no_error():
    assert read_expression("1 / (2 - 2) * 0").value is None
    assert not check_expression("1 / (2 - 2) * 0", [1, 2, 2, 0], 0).passed


def test_what_is_too_long_is_not_read():
    assert isinstance(read_expression("1" + " " * MAX_EXPRESSION_CHARS), str)
