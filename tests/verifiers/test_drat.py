import itertools
import random
from pathlib import Path

import pytest

from reason.verifiers.cnf import count_satisfied, read_dimacs
from reason.verifiers.drat import MAX_PROOF_CHARACTERS, check_refutation, replay
from reason.verifiers.limited import LimitExceeded
from reason.verifiers.satisfiability import refute

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "dimacs"
UNSATISFIABLE = ["pigeonhole_5_4", "parity_5", "ordering_5", "tseitin_odd_grid_3_4", "colouring_3_complete_4",
                 "random_3sat_15_90", "pebbling_pyramid_4", "empty_clause"]  # fmt: skip
SQUARE = [[1, 2], [1, -2], [-1, 2], [-1, -2]]
"""Unsatisfiable, and not by unit propagation alone."""


@pytest.mark.parametrize("name", UNSATISFIABLE)
@pytest.mark.parametrize("solver", ["glucose3", "glucose4", "cadical153", "lingeling"])
def test_the_proofs_of_solvers_are_accepted(name, solver):
    clauses = read_dimacs(EXAMPLES / f"{name}.cnf").clauses
    proof = refute(clauses, solver=solver)
    assert check_refutation(clauses, "\n".join(proof)).accepted


@pytest.mark.parametrize(
    "proof",
    ["1 0\n0", "1 0\n0\n", "1 0 0", "1\n0\n0", "c a comment\n1 0\nc\n0", "1 0\r\n0\r\n", "\t1  0 \n\n 0 ",
     "d 1 2 0\n1 0\n0", "1 0\nd 1 0\n0", "1 0\n0\n2 0\n0", "3 1 0\n1 0\n0", "1 1 0\n0", "-2 0\n0"],
)  # fmt: skip
def test_a_proof_is_accepted_however_it_is_laid_out(proof):
    refutation = check_refutation(SQUARE, proof)
    assert refutation.accepted, refutation.detail


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        ("", "does not end"),
        ("\n \n", "does not end"),
        ("c 0\n", "does not end"),
        ("0", "step 1 (0) does not follow"),
        ("1 0", "does not end"),
        ("1 0\n2 0", "does not end"),
        ("1 0\n0\n2", "within a clause"),
        ("1 0\n0\nd", "within a clause"),
        ("1 0\nd 0", "does not end"),
        ("1 2 0\n0", "step 2 (0) does not follow"),
        ("1 0\n-x 0\n0", "'-x' is no literal"),
        ("1 d 0\n0", "'d' is no literal"),
        ("d1 0\n0", "'d1' is no literal"),
        ("1 -0 0", "'-0' is no literal"),
        ("+1 0\n0", "'+1' is no literal"),
        ("1_0 0\n0", "'1_0' is no literal"),
        ("\u0661 0\n0", "is no literal"),
        ("1.0 0\n0", "'1.0' is no literal"),
        ("9" * 5000 + " 0\n0", "is no literal"),
        ("999999999 0\n0", "not a proof"),
        ("UNSAT", "is no literal"),
        ("1 0\n0\x00", "is no literal"),
        ("1 0\n" * MAX_PROOF_CHARACTERS, "characters"),
    ],
)
def test_what_proves_nothing_is_rejected(proof, says):
    refutation = check_refutation(SQUARE, proof)
    assert not refutation.accepted
    assert says in refutation.detail


@pytest.mark.parametrize(
    "name", ["pigeonhole_5_4", "tseitin_odd_grid_3_4", "random_3sat_15_90", "ordering_5"]
)
def test_a_proof_with_steps_left_out_is_rejected_or_still_proves(name):
    """Each cut is judged by what remains: half of the lines never suffice on these formulas."""
    clauses = read_dimacs(EXAMPLES / f"{name}.cnf").clauses
    steps = [step for step in refute(clauses) if not step.startswith("d")]
    assert not check_refutation(clauses, "\n".join(steps[:-1])).accepted
    assert not check_refutation(clauses, "\n".join(steps)[:-3]).accepted
    assert not check_refutation(clauses, "0").accepted
    assert not check_refutation(clauses, "\n".join([*steps[: len(steps) // 2], "0"])).accepted


def test_an_empty_clause_is_its_own_refutation_but_an_empty_proof_is_none():
    for clauses in ([[]], [[1, 2], []], [[1], [-1]]):
        assert check_refutation(clauses, "0").accepted
        assert not check_refutation(clauses, "").accepted


def test_an_empty_formula_has_no_refutation():
    assert not check_refutation([], "0").accepted
    assert not check_refutation([], "1 0\n-1 0\n0").accepted


def test_deletions_cannot_forge_a_proof():
    """Carried out, they would: dratify keeps what unit propagation drew from a clause that is gone."""
    import dratify

    satisfiable, proof = [[1, 2], [-2]], "d 1 2 0\n-1 0\n0\n"
    formula = dratify.parse_dimacs("p cnf 2 2\n1 2 0\n-2 0\n")
    if not dratify.check_proof(formula, proof, engine="python").ok:
        pytest.fail("dratify carries deletions out soundly now: check_refutation need not skip them")
    assert not check_refutation(satisfiable, proof).accepted


def test_no_random_proof_refutes_a_satisfiable_formula():
    rng = random.Random(5)
    tried = 0
    while tried < 1500:
        num_vars = rng.randint(2, 4)

        def clause(most):
            names = rng.sample(range(1, most + 1), rng.randint(1, min(3, most)))
            return [name * rng.choice((1, -1)) for name in names]

        clauses = [clause(num_vars) for _ in range(rng.randint(2, 9))]
        table = itertools.product([False, True], repeat=num_vars)
        if not any(count_satisfied(clauses, row) == len(clauses) for row in table):
            continue
        steps = [clause(num_vars + rng.randint(0, 1)) for _ in range(rng.randint(1, 6))]
        proof = "\n".join(" ".join(map(str, [*step, 0])) for step in [*steps, []])
        assert replay(clauses, proof), (clauses, proof)
        tried += 1


def test_a_proof_that_takes_too_long_exceeds_its_limit():
    rng = random.Random(3)
    clauses = [rng.sample(range(1, 2000), 3) for _ in range(3000)]
    proof = "\n".join(f"-{name} {name + 1} {name + 2} 0" for name in range(1, 1990) for _ in range(10))
    with pytest.raises(LimitExceeded):
        check_refutation([*clauses, *([-v, v + 1] for v in range(1, 1999))], proof + "\n0", timeout_s=0.3)
