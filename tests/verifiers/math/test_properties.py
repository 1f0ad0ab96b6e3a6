"""Random expressions: what keeps the value is accepted, what changes it is rejected.

sympy's and mpmath's numbers, to 60 digits, are the independent judge of what changes the value.
"""

import random

import mpmath
import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reason.verifiers.math import verify_math

quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
x, y = sympy.symbols("x y")
small = st.integers(1, 12)

constants = st.recursive(
    st.builds(sympy.Integer, st.integers(1, 40))
    | st.builds(sympy.Rational, st.integers(1, 30), st.integers(2, 9))
    | st.builds(lambda n: sympy.sqrt(n, evaluate=False), st.integers(2, 30)),
    lambda inner: (
        st.builds(lambda a, b: sympy.Add(a, b, evaluate=False), inner, inner)
        | st.builds(lambda a, b: sympy.Mul(a, b, evaluate=False), inner, inner)
        | st.builds(lambda a, b: sympy.Mul(a, sympy.Pow(b, -1, evaluate=False), evaluate=False), inner, inner)
        | st.builds(lambda a, n: sympy.Pow(a, n, evaluate=False), inner, st.integers(2, 3))
        | st.builds(lambda a: sympy.sqrt(a, evaluate=False), inner)
    ),
    max_leaves=5,
)
functions = st.recursive(
    st.sampled_from([x, y, x + 1, 2 * x - y, sympy.Integer(3), sympy.Rational(1, 2), x**2]),
    lambda inner: (
        st.builds(lambda a, b: sympy.Add(a, b, evaluate=False), inner, inner)
        | st.builds(lambda a, b: sympy.Mul(a, b, evaluate=False), inner, inner)
        | st.builds(lambda a, n: sympy.Pow(a, n, evaluate=False), inner, st.integers(2, 3))
    ),
    max_leaves=5,
)


def value(expression):
    return sympy.N(expression, 60)


@quick
@given(constants)
def test_a_number_equals_its_simplest_form(expression):
    simple = sympy.nsimplify(sympy.sqrtdenest(sympy.radsimp(sympy.simplify(expression))), rational=False)
    assume(abs(value(expression - simple)) < 1e-40)
    assert verify_math(sympy.latex(expression), sympy.latex(simple)).passed


@quick
@given(constants)
def test_code_spelling_equals_latex(expression):
    assert verify_math(sympy.latex(expression), str(expression)).passed


@quick
@given(constants, constants)
def test_different_numbers_are_told_apart(one, other):
    apart = abs(value(one - other))
    verdict = verify_math(sympy.latex(one), sympy.latex(other))
    if apart > mpmath.mpf(10) ** -45:
        assert verdict.passed is False
    else:
        assert sympy.simplify(one - other) == 0


@quick
@given(constants, st.integers(1, 60))
def test_a_number_that_is_a_little_off_is_wrong(expression, digits):
    text = sympy.latex(expression)
    assert not verify_math(text, f"{text} + 10^{{-{digits}}}").passed
    assert not verify_math(f"{text} + 10^{{-{digits}}}", text).passed


@quick
@given(functions)
def test_a_polynomial_equals_its_expansion_and_its_factors(expression):
    text = sympy.latex(expression)
    assert verify_math(text, sympy.latex(sympy.expand(expression))).passed
    assert verify_math(sympy.latex(sympy.factor(expression)), text).passed
    assert verify_math(text, str(expression)).passed


@quick
@given(functions, st.sampled_from([x, y, sympy.Integer(1), x * y, sympy.Rational(1, 1000)]), small)
def test_a_polynomial_with_another_term_is_wrong(expression, extra, factor):
    assert not verify_math(
        sympy.latex(expression), sympy.latex(sympy.expand(expression + extra / factor))
    ).passed


@quick
@given(functions, functions)
def test_quotients_are_compared_as_functions(above, below):
    assume(sympy.expand(below) != 0)
    gold = rf"\frac{{{sympy.latex(above)}}}{{{sympy.latex(below)}}}"
    assert verify_math(gold, sympy.latex(sympy.cancel(above / below))).passed
    assert not verify_math(gold, sympy.latex(sympy.cancel(above / below) + 1)).passed


trigonometric = st.sampled_from([sympy.sin, sympy.cos, sympy.tan, sympy.sec])
angles = st.sampled_from([x, 2 * x, x + y, x - y, 3 * x, x / 2])


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(trigonometric, angles, trigonometric, angles)
def test_trigonometric_rewriting_keeps_the_function(first, one, second, other):
    expression = first(one) * second(other)
    rewritten = (
        sympy.expand_trig(expression.rewrite(sympy.cos))
        if first is sympy.sec
        else expression.expand(trig=True)
    )
    assert verify_math(sympy.latex(expression), sympy.latex(rewritten)).passed
    assert not verify_math(sympy.latex(expression), sympy.latex(rewritten + sympy.sin(x) / 100)).passed


@quick
@given(st.lists(st.integers(-30, 30), min_size=2, max_size=6, unique=True), st.randoms(use_true_random=False))
def test_a_list_has_no_order_and_a_tuple_has(numbers, chance):
    shuffled = chance.sample(numbers, len(numbers))
    gold, answer = ", ".join(map(str, numbers)), ", ".join(map(str, shuffled))
    assert verify_math(gold, answer).passed
    assert verify_math(rf"\{{{gold}\}}", answer).passed
    assert verify_math(f"({gold})", f"({answer})").passed is (numbers == shuffled)
    wrong = [*shuffled[:-1], shuffled[-1] + 61]
    assert not verify_math(gold, ", ".join(map(str, wrong))).passed


@quick
@given(
    st.fractions(-50, 50, max_denominator=20),
    st.fractions(1, 9, max_denominator=6),
    st.booleans(),
    st.booleans(),
)
def test_intervals_keep_their_ends(low, width, left, right):
    high = low + width
    gold = f"{'[' if left else '('}{low}, {high}{']' if right else ')'}"
    inequality = f"{low} {'<=' if left else '<'} x {'<=' if right else '<'} {high}"
    assert verify_math(inequality, gold).passed
    assert not verify_math(inequality, f"{'(' if left else '['}{low}, {high}{']' if right else ')'}").passed
    assert not verify_math(
        inequality, f"{'[' if left else '('}{low}, {high + 1}{']' if right else ')'}"
    ).passed


@quick
@given(st.integers(-9, 9), st.integers(1, 9), st.integers(-20, 20), st.integers(-7, 7).filter(bool))
def test_an_equation_keeps_its_line(a, b, c, factor):
    gold = f"{a}x + {b}y = {c}".replace("+ -", "- ")
    scaled = f"{a * factor}x + {b * factor}y - {c * factor} = 0".replace("+ -", "- ").replace("- -", "+ ")
    assert verify_math(gold, scaled).passed
    assert not verify_math(gold, scaled.replace("= 0", "= 1")).passed


@quick
@given(st.text(max_size=60), st.sampled_from(["5", "x+1", "(1,2)", r"\{1\}", "x>3", "yes", "5 cm", "B"]))
def test_any_text_gets_a_verdict(text, gold):
    verdict = verify_math(gold, text)
    assert verdict.passed in (True, False)
    if text.strip():
        assert verify_math(text, text).passed


PIECES = r"""
\frac { } ( ) [ ] 1 2 x y \sqrt ^ _ + - , ; = < \{ \} | \cup \infty % ! . \text{cm} \pm & \\ : or and 1/2 $
"""
pieces = st.sampled_from(PIECES.split())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(pieces, max_size=14))
def test_broken_latex_gets_a_verdict(parts):
    text = " ".join(parts)
    assert verify_math("5", text).passed in (True, False)
    if text.strip():
        assert verify_math(text, "5").passed == verify_math(text, " 5 ").passed


def test_judging_depends_on_nothing_but_the_texts():
    random.seed(1)
    first = verify_math(r"\sin 2x", r"2\sin x\cos x")
    random.seed(2)
    assert verify_math(r"\sin 2x", r"2\sin x\cos x") == first
