from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.envs.tools.solver import Solver

literals = st.integers(1, 5).flatmap(lambda variable: st.sampled_from([variable, -variable]))


@given(st.lists(st.lists(literals, max_size=3), max_size=14))
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_brute_force(clauses):
    num_vars = max((abs(literal) for clause in clauses for literal in clause), default=0)
    satisfiable = any(
        all(any(signs[abs(literal) - 1] == (literal > 0) for literal in clause) for clause in clauses)
        for signs in product([False, True], repeat=num_vars)
    )
    result = Solver().call(None, None, {"clauses": clauses})
    assert not result.error
    assert result.text.split()[0] == ("SAT" if satisfiable else "UNSAT")
    if satisfiable:
        model = [int(word) for word in result.text.split()[1:]]
        assert [abs(literal) for literal in model] == list(range(1, num_vars + 1))
        assert all(set(clause) & set(model) for clause in clauses)


@pytest.mark.parametrize(
    ("clauses", "told"),
    [
        ([[0]], "never 0"),
        ([[1, 2.5]], "must be of type integer"),
        ([[10**30]], "at most 20000"),
        ("1 2 0", "must be of type array"),
        ([[1]] * 60_000, "at most 100000 literals"),
    ],
)
def test_what_is_no_formula_is_refused(session, clauses, told):
    result = session(Solver())(clauses=clauses)
    assert result.error
    assert told in result.text


def test_a_hard_formula_is_given_up(session):
    holes = 11
    place = {(p, h): p * holes + h + 1 for p in range(holes + 1) for h in range(holes)}
    clauses = [[place[p, h] for h in range(holes)] for p in range(holes + 1)]
    clauses += [
        [-place[p, h], -place[q, h]] for h in range(holes) for p in range(holes + 1) for q in range(p)
    ]
    result = session(Solver(solve_seconds=0.3))(clauses=clauses)
    assert result.error
    assert "did not finish" in result.text
