import os
import sys
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


QUESTION = "(declare-const x Int) (assert (and (> x 3) (< (* x x) 26))) (check-sat) (get-value (x))"


def test_scripts_are_run_and_say_the_same_every_time(session):
    pytest.importorskip("z3")
    told = {session(Solver())(script=QUESTION).text for _ in range(3)}
    assert told <= {"sat\n((x 4))", "sat\n((x 5))"}
    assert len(told) == 1
    hard = (
        "(declare-const x Int) (declare-const y Int) (declare-const z Int)"
        "(assert (= (+ (* x x x) (* y y y) (* z z z)) 33)) (check-sat)"
    )
    results = [session(Solver(steps=100_000, solve_seconds=60.0))(script=hard) for _ in range(2)]
    assert [(result.text, result.error) for result in results] == [("unknown", False)] * 2


@pytest.mark.parametrize(
    "script",
    [
        "(define-fun-rec f ((x Int)) Int (ite (< x 0) 0 (+ 1 (f (+ x 1))))) (assert (= (f 3) 7)) (check-sat)",
        "(declare-const x (_ BitVec 100000000)) (assert (= (bvmul x x) x)) (check-sat)",
        "(push 4000000000) (check-sat)",
        f"(assert {'(not ' * 190}true{')' * 190}) (check-sat) (assert (foo)) (check-sat)",
        "(check-sat",
        ")",
        '(check-sat) (include "/etc/hostname")',
        "",
    ],
)
def test_a_hostile_script_is_told_what_is_wrong(session, script):
    pytest.importorskip("z3")
    result = session(Solver(solve_seconds=1.0, memory_bytes=200 * 2**20))(script=script)
    assert result.error
    assert result.text


def test_no_script_reads_or_writes_a_file(session, tmp_path):
    pytest.importorskip("z3")
    (tmp_path / "secret").write_text('(echo "told")')
    target = tmp_path / "written"
    before = set(os.listdir())
    for command in (
        f'(include "{tmp_path}/secret")',
        f'(set-option :regular-output-channel "{target}")',
        f'(set-option :diagnostic-output-channel "{target}")',
        f'(set-option :solver.proof.log "{target}")',
        f'(set-option :sat.drat.file "{target}")',
        "(set-option :trace true)",
        "(set-option :produce-models (include))",
        '#| (echo |# (include "x")',
        f'|a\\| (include "{tmp_path}/secret") |b|',
        f'(echo "a\\" (include "{tmp_path}/secret") ")',
        f'(echo ";" ) ; "\r(include "{tmp_path}/secret")',
    ):
        result = session(Solver())(script=f"{command} (check-sat)")
        assert "told" not in result.text, command
    assert not target.exists()
    assert set(os.listdir()) == before


def test_without_z3_scripts_are_refused_and_clauses_decided(session, monkeypatch):
    monkeypatch.setitem(sys.modules, "z3", None)  # what importing a missing module looks like
    result = session(Solver())(script=QUESTION)
    assert result.error
    assert "z3 is not installed" in result.text
    assert session(Solver())(clauses=[[1]]).text == "SAT 1"


@pytest.mark.parametrize("arguments", [{}, {"clauses": [[1]], "script": QUESTION}])
def test_one_of_the_two_is_given(session, arguments):
    result = session(Solver())(**arguments)
    assert result.error
    assert "either clauses or script" in result.text
