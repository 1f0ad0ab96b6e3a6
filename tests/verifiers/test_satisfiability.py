import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reason.verifiers.cnf import count_satisfied
from reason.verifiers.drat import replay
from reason.verifiers.satisfiability import MEASURING_SOLVER, decide, refute

CLAUSES = st.lists(
    st.lists(st.integers(1, 5).flatmap(lambda v: st.sampled_from([v, -v])), max_size=3), max_size=25
)


@pytest.mark.parametrize("solver", [MEASURING_SOLVER, "cadical153"])
@given(clauses=CLAUSES)
@settings(deadline=None)
def test_solvers_agree_with_the_truth_table(solver, clauses):
    outcome = decide(5, clauses, solver)
    table = itertools.product([False, True], repeat=5)
    assert outcome["satisfiable"] == any(count_satisfied(clauses, row) == len(clauses) for row in table)
    if outcome["satisfiable"]:
        assert len(outcome["model"]) == 5
        assert count_satisfied(clauses, outcome["model"]) == len(clauses)
    else:
        assert outcome["model"] is None


@pytest.mark.parametrize("solver", ["glucose3", "cadical153"])
@given(clauses=CLAUSES)
@settings(deadline=None)
def test_every_refutation_is_accepted_by_the_checker(solver, clauses):
    if decide(5, clauses)["satisfiable"]:
        with pytest.raises(ValueError, match="nothing to refute"):
            refute(clauses, solver=solver)
        return
    steps = refute(clauses, solver=solver)
    assert steps.count("0") == 1
    assert steps[-1] == "0"
    assert replay(clauses, "\n".join(step for step in steps if not step.startswith("d"))) == ""


def test_minisat_gives_up_where_it_is_told_to():
    holes = range(1, 8)
    clauses = [[8 * hole + pigeon for hole in holes] for pigeon in range(1, 9)]
    clauses += [
        [-(8 * hole + first), -(8 * hole + second)]
        for hole in holes
        for first, second in itertools.combinations(range(1, 9), 2)
    ]
    given_up = decide(64, clauses, max_conflicts=100)
    assert given_up["satisfiable"] is None
    assert given_up["model"] is None
    assert 100 <= given_up["conflicts"] <= 110
    assert decide(64, clauses)["satisfiable"] is False
