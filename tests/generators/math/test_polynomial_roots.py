from fractions import Fraction

import pytest
import sympy

from reason.generators.math.polynomial_roots import PolynomialRoots

FAMILY = PolynomialRoots()
X = sympy.Symbol("x")


@pytest.mark.parametrize("level", range(10))
def test_the_set_is_that_of_all_real_roots(level):
    for index in range(12):
        task = FAMILY.task(level=level, index=index)
        polynomial = sympy.Poly.from_list(list(task.ground_truth["coefficients"])[::-1], X)
        roots = {Fraction(root) for root in task.reference.strip("{}").split(", ")}
        assert all(polynomial.eval(sympy.Rational(root.numerator, root.denominator)) == 0 for root in roots)
        assert polynomial.sqf_part().count_roots() == len(roots)


def test_a_double_root_is_written_once():
    task = next(t for t in (FAMILY.task(level=2, index=i) for i in range(60)) if t.reference.count(",") < 2)
    assert len(set(task.reference.strip("{}").split(", "))) == task.reference.count(",") + 1


def test_a_part_of_the_roots_is_wrong():
    task = FAMILY.task(level=3)
    roots = task.reference.strip("{}").split(", ")
    assert not FAMILY.verify(task, "{" + ", ".join(roots[:-1]) + "}").passed
    assert not FAMILY.verify(task, "{" + ", ".join([*roots, "1000"]) + "}").passed
    assert FAMILY.verify(task, ", ".join(f"x = {root}" for root in reversed(roots))).passed
