import pytest
import sympy

from reason.generators.math.polynomial_factoring import PolynomialFactoring

FAMILY = PolynomialFactoring()
X = sympy.Symbol("x")


@pytest.mark.parametrize("level", range(10))
def test_sympy_finds_as_many_irreducible_factors(level):
    for index in range(8):
        task = FAMILY.task(level=level, index=index)
        polynomial = sympy.Poly.from_list(list(task.ground_truth["coefficients"])[::-1], X)
        _, factors = sympy.factor_list(polynomial)
        assert sum(count for _, count in factors) == task.ground_truth["num_factors"]
        code = task.reference.replace(")(", ")*(").replace("^", "**")
        expanded = sympy.expand(sympy.parse_expr(code, transformations="all"))
        assert sympy.Poly(expanded, X) == polynomial


def test_partly_factored_polynomials_are_wrong():
    for index in range(20):
        task = FAMILY.task(level=2, index=index)
        polynomial = sympy.Poly.from_list(list(task.ground_truth["coefficients"])[::-1], X)
        assert not FAMILY.verify(task, str(polynomial.as_expr())).passed
        content, factors = sympy.factor_list(polynomial)
        (first, _), *rest = factors
        merged = sympy.expand(content * first.as_expr() * sympy.prod(f.as_expr() ** n for f, n in rest[:1]))
        others = "".join(f"({f.as_expr()})^{n}" for f, n in rest[1:])
        answer = f"({merged}){others}".replace("**", "^")
        if sum(n for _, n in factors) > 1 and rest:
            assert not FAMILY.verify(task, answer).passed, answer
