import itertools
import math
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason.generators.logic.random_cnf import (
    chance_of_assignment,
    count_possible,
    draw_clauses,
    measure_effort,
    threshold_count,
)
from reason.verifiers.cnf import canonical_clauses, count_satisfied


def every_clause(num_vars, clause_size):
    return [
        clause
        for chosen in itertools.combinations(range(1, num_vars + 1), clause_size)
        for clause in itertools.product(*((-v, v) for v in chosen))
    ]


@given(st.data(), st.integers(1, 8), st.booleans(), st.integers())
def test_clauses_are_distinct_of_the_right_size_and_satisfied_by_the_plant(data, num_vars, planted, seed):
    clause_size = data.draw(st.integers(1, num_vars))
    model = data.draw(st.lists(st.booleans(), min_size=num_vars, max_size=num_vars)) if planted else None
    possible = count_possible(num_vars, clause_size, planted=planted)
    num_clauses = data.draw(st.integers(1, min(possible, 60)))
    clauses = draw_clauses(Random(seed), num_vars, clause_size, num_clauses, model=model)
    assert len(clauses) == len(canonical_clauses(clauses)) == num_clauses
    assert set(canonical_clauses(clauses)) <= {tuple(sorted(c)) for c in every_clause(num_vars, clause_size)}
    if model is not None:
        assert count_satisfied(clauses, model) == num_clauses


@pytest.mark.parametrize(("num_vars", "clause_size"), [(3, 1), (3, 2), (4, 3), (4, 4)])
def test_possible_clauses_are_counted_as_they_are_listed(num_vars, clause_size):
    clauses = every_clause(num_vars, clause_size)
    model = [True] * num_vars
    assert count_possible(num_vars, clause_size, planted=False) == len(clauses)
    assert count_possible(num_vars, clause_size, planted=True) == count_satisfied(clauses, model)


@pytest.mark.parametrize(
    ("num_vars", "clause_size", "num_clauses"),
    [(2, 1, 1), (2, 2, 3), (3, 1, 2), (3, 2, 2), (3, 2, 5), (3, 3, 4)],
)
def test_the_chance_of_an_assignment_is_what_counting_all_formulas_gives(num_vars, clause_size, num_clauses):
    clauses = every_clause(num_vars, clause_size)
    fixed = [True] * num_vars
    assignments = list(itertools.product([False, True], repeat=num_vars))

    def share(allowed):
        formulas = list(itertools.combinations(allowed, num_clauses))
        return Fraction(sum(count_satisfied(f, fixed) == num_clauses for f in formulas), len(formulas))

    planted = sum(share([c for c in clauses if count_satisfied([c], model)]) for model in assignments)
    assert chance_of_assignment(num_vars, clause_size, num_clauses, planted=True) == pytest.approx(
        float(planted / len(assignments))
    )
    assert chance_of_assignment(num_vars, clause_size, num_clauses, planted=False) == pytest.approx(
        float(share(clauses))
    )


@pytest.mark.parametrize("num_clauses", [999, 1000, 1001, 1500])
def test_the_chance_of_long_formulas_is_that_of_binomials(num_clauses):
    whole = math.comb(60, 3) * 8
    exact = Fraction(math.comb(whole - math.comb(60, 3), num_clauses), math.comb(whole, num_clauses))
    assert chance_of_assignment(60, 3, num_clauses, planted=False) == pytest.approx(float(exact), rel=1e-3)


@pytest.mark.parametrize(
    ("num_vars", "clause_size", "count"),
    # By hand: 4.258 * 20 + 58.26 / 7.368 = 93.07; 4.258 * 50 + 58.26 / 13.572 = 217.19; table ratios times n.
    [(20, 3, 93), (50, 3, 217), (100, 2, 100), (10, 4, 99), (20, 5, 422), (10, 8, 1766), (1, 1, 1)],
)
def test_the_threshold_is_the_published_one(num_vars, clause_size, count):
    assert threshold_count(num_vars, clause_size) == count


def test_half_of_the_formulas_at_the_threshold_are_satisfiable():
    from reason.verifiers.satisfiability import decide

    rng = Random(1)
    draws = [draw_clauses(rng, 30, 3, threshold_count(30, 3)) for _ in range(400)]
    satisfiable = sum(decide(30, clauses)["satisfiable"] for clauses in draws)
    assert 160 <= satisfiable <= 240, "200 expected, four standard deviations of 10"


def test_effort_is_the_same_for_the_same_seed_and_zero_where_nothing_is_to_be_decided():
    clauses = draw_clauses(Random(2), 30, 3, 128)
    assert measure_effort(Random(7), 30, clauses) == measure_effort(Random(7), 30, clauses)
    assert measure_effort(Random(7), 3, [(1,), (-2,), (3,)]) == (0.0, True)
