import itertools
from collections.abc import Mapping
from random import Random
from statistics import fmean

import pytest

import reason
from reason.errors import ConfigError, GenerationError
from reason.generators.logic.cnf_prompt import read_prompt
from reason.generators.logic.sat import SAT, SATConfig, draft_formula
from reason.task import Task
from reason.verdict import Status
from reason.verifiers.cnf import Cnf, count_satisfied

FAMILY = SAT()
# (x1 or x2) and (not x1 or x3) and (not x2 or not x3): satisfied by 101 and 010 only.
FORMULA = Cnf(num_vars=3, clauses=((1, 2), (-1, 3), (-2, -3)))
SQUARE = Cnf(num_vars=2, clauses=((1, 2), (1, -2), (-1, 2), (-1, -2)))


def task_of(formula: Cnf, satisfiable: bool | None, proof: bool = False) -> Task:
    model = next(
        (
            row
            for row in itertools.product([False, True], repeat=formula.num_vars)
            if count_satisfied(formula.clauses, row) == len(formula.clauses)
        ),
        None,
    )
    draft = draft_formula(formula, satisfiable=satisfiable, model=model, proof=proof)
    return Task(
        family="SAT-v0",
        version=0,
        split="train",
        index=0,
        level=None,
        config={},
        prompt=draft.messages(),
        ground_truth=draft.ground_truth,
        reference=draft.reference,
    )


def is_satisfiable(truth: Mapping[str, object]) -> bool:
    table = itertools.product([False, True], repeat=truth["num_vars"])
    return any(count_satisfied(truth["clauses"], row) == len(truth["clauses"]) for row in table)


@pytest.mark.parametrize(
    ("answer", "passed", "fraction"),
    [
        ("101", True, 1),
        ("010", True, 1),
        ("1 -2 3", True, 1),
        ("-1 2 -3 0", True, 1),
        ("x1=True, x2=False, x3=True", True, 1),
        ('{"x1": false, "x2": true, "x3": false}', True, 1),
        ("111", False, 2 / 3),  # breaks (-2 -3)
        ("000", False, 2 / 3),  # breaks (1 2)
        ("100", False, 2 / 3),  # breaks (-1 3)
        ("110", False, 2 / 3),
        ("011", False, 2 / 3),
        ("001", False, 2 / 3),
        ("10", False, 0),
        ("1 -2", False, 0),
        ("1010", False, 0),
        ("1 -2 3 -1", False, 0),
        ("1 -2 3 4", False, 0),
        ("101 or 010", False, 0),
        ("UNSAT", False, 0),
        ("SAT", False, 0),
    ],
)
def test_answers_to_a_formula_worked_out_by_hand(answer, passed, fraction):
    verdict = FAMILY.verify(task_of(FORMULA, True), answer)
    assert verdict.passed is passed
    assert verdict.score == float(passed)
    assert verdict.components.get("satisfied_fraction", 0) == pytest.approx(fraction)


def test_a_verdict_names_a_broken_clause_and_not_the_solution():
    verdict = FAMILY.verify(task_of(FORMULA, True), "111")
    assert verdict.status is Status.OK
    assert verdict.detail == "1 of 3 clauses are not satisfied; the first is (-2 -3)"
    assert FAMILY.verify(task_of(FORMULA, True), "1 -2").status is Status.PARSE_ERROR


@pytest.mark.parametrize("answer", ["UNSAT", "unsatisfiable", "s UNSATISFIABLE", "No solution."])
def test_a_claim_is_right_only_where_it_is_true(answer):
    assert FAMILY.verify(task_of(SQUARE, False), answer).passed
    assert not FAMILY.verify(task_of(FORMULA, True), answer).passed


@pytest.mark.parametrize("answer", ["11", "1 -2", "SAT", "not unsatisfiable", "UNSAT\n1 0\n0", "UNSAT or 11"])
def test_an_unsatisfiable_formula_is_not_satisfied(answer):
    assert not FAMILY.verify(task_of(SQUARE, False), answer).passed


@pytest.mark.parametrize("answer", ["UNSAT\n1 0\n0", "s UNSATISFIABLE\nc by hand\n-2 0\n0\n", "UNSAT\n1 0 0"])
def test_in_proof_mode_a_proof_is_accepted(answer):
    assert FAMILY.verify(task_of(SQUARE, False, proof=True), answer).passed


@pytest.mark.parametrize(
    "answer",
    [
        "UNSAT",
        "UNSAT\n",
        "UNSAT\n0",
        "UNSAT\n1 0",
        "1 0\n0",
        "UNSAT\n1 2 0\n0",
        "UNSAT 1 0 0",
        "UNSAT\nproof",
    ],
)
def test_in_proof_mode_a_bare_claim_is_wrong(answer):
    assert not FAMILY.verify(task_of(SQUARE, False, proof=True), answer).passed


def test_in_proof_mode_no_proof_refutes_a_satisfiable_formula():
    task = task_of(FORMULA, True, proof=True)
    assert not FAMILY.verify(task, "UNSAT\n1 0\n-1 0\n0").passed
    assert FAMILY.verify(task, task.reference).passed


def test_a_claim_about_a_formula_of_unknown_truth_is_decided_when_it_is_made():
    assert FAMILY.verify(task_of(SQUARE, None), "UNSAT").passed
    assert not FAMILY.verify(task_of(FORMULA, None), "UNSAT").passed
    assert FAMILY.verify(task_of(FORMULA, None), "101").passed


def test_a_formula_of_no_variables_can_be_answered():
    assert FAMILY.verify(task_of(Cnf(num_vars=0, clauses=()), True), "0").passed
    assert FAMILY.verify(task_of(Cnf(num_vars=0, clauses=((),)), False), "UNSAT").passed


@pytest.mark.parametrize("mode", ["planted", "threshold", "unsatisfiable"])
@pytest.mark.parametrize("rendering", ["dimacs", "plain"])
@pytest.mark.parametrize("clause_size", [1, 2, 3, 4])
def test_every_mode_says_the_truth_and_every_rendering_the_formula(mode, rendering, clause_size):
    knobs = {"num_vars": 7, "mode": mode, "rendering": rendering, "clause_size": clause_size}
    if mode == "unsatisfiable":
        knobs["num_clauses"] = {1: 9, 2: 20, 3: 60, 4: 110}[clause_size]
    for index in range(8):
        task = FAMILY.task(index=index, knobs=knobs)
        truth = task.ground_truth
        assert truth["satisfiable"] is is_satisfiable(truth)
        assert mode == "threshold" or truth["satisfiable"] is (mode == "planted")
        assert read_prompt(task.text) == Cnf(num_vars=truth["num_vars"], clauses=truth["clauses"])
        assert FAMILY.verify(task, task.reference).passed
        assert FAMILY.verify(task, FAMILY.solve(task)).passed


@pytest.mark.parametrize("mode", ["threshold", "unsatisfiable"])
def test_proof_tasks_hold_together(mode):
    for index in range(10):
        task = FAMILY.task(index=index, knobs={"num_vars": 12, "mode": mode, "proof": True})
        assert FAMILY.verify(task, task.reference).passed
        assert FAMILY.verify(task, FAMILY.solve(task)).passed
        assert not [answer for answer in FAMILY.near_misses(task) if FAMILY.verify(task, answer).passed]
        assert not [answer for answer in FAMILY.equivalents(task) if not FAMILY.verify(task, answer).passed]


def test_each_level_takes_the_solver_more_work_than_the_last():
    work = [
        fmean(FAMILY.task(level=level, index=index).metadata["effort"] for index in range(40))
        for level in range(10)
    ]
    assert work == sorted(set(work)), work


def test_levels_have_no_end_and_never_fewer_variables():
    sizes = [FAMILY.at_level(level).num_vars for level in range(200)]
    assert sizes == sorted(set(sizes))
    assert FAMILY.task(level=60).metadata["effort_is_lower_bound"]


@pytest.mark.parametrize(
    ("knobs", "says"),
    [
        ({"num_vars": 0}, "num_vars must be 1 to"),
        ({"num_vars": 3, "clause_size": 4}, "clause_size must be 1 to 3"),
        ({"num_vars": 50, "clause_size": 40}, "clause_size must be 1 to 32"),
        ({"clause_size": 0}, "clause_size must be"),
        ({"num_clauses": 0}, "num_clauses gives 0 clauses"),
        ({"num_clauses": 2.5}, "num_clauses must be an integer"),
        ({"num_clauses": True}, "num_clauses must be an integer"),
        ({"num_vars": 4, "num_clauses": 29}, "allows 1 to 28"),
        ({"num_vars": 4, "num_clauses": 33, "mode": "threshold"}, "allows 1 to 32"),
        ({"num_vars": 4, "num_clauses": 7, "mode": "unsatisfiable"}, "allows 8 to 32"),
        ({"num_vars": 1_000_000, "clause_size": 3}, "allows 1 to 2000000"),
        ({"mode": "satisfiable"}, "mode must be one of"),
        ({"rendering": "latex"}, "rendering must be one of"),
        ({"proof": True}, "proof=True needs mode"),
        ({"proof": 1}, "proof must be of type bool"),
        ({"num_var": 4}, "did you mean 'num_vars'"),
    ],
)
def test_knobs_that_cannot_be_are_refused(knobs, says):
    with pytest.raises(ConfigError, match=says):
        FAMILY.configure(knobs=knobs)


def test_the_last_clause_fits():
    full = FAMILY.task(knobs={"num_vars": 4, "num_clauses": 28})
    assert FAMILY.verify(full, full.reference).passed
    assert not FAMILY.task(knobs={"num_vars": 3, "num_clauses": 8, "mode": "unsatisfiable"}).ground_truth[
        "satisfiable"
    ]


def test_a_formula_that_will_never_be_unsatisfiable_is_a_clear_error():
    with pytest.raises(GenerationError, match="raise num_clauses"):
        FAMILY.task(knobs={"num_vars": 60, "num_clauses": 60, "mode": "unsatisfiable"})


@pytest.mark.parametrize(
    "config", [SATConfig(num_vars=4, num_clauses=10), SATConfig(num_vars=5, num_clauses=4)]
)
def test_no_fixed_assignment_wins_more_often_than_chance_says(config):
    rng = Random(3)
    truths = [FAMILY.generate(rng, config).ground_truth["clauses"] for _ in range(600)]
    for values in itertools.product([False, True], repeat=config.num_vars):
        wins = sum(count_satisfied(clauses, values) == len(clauses) for clauses in truths)
        chance = FAMILY.chance(config)
        assert wins / 600 <= chance + 5 * (chance * (1 - chance) / 600) ** 0.5


def test_the_chance_of_other_modes_counts_the_blind_claim():
    assert FAMILY.chance(SATConfig(num_vars=8, mode="unsatisfiable")) == 1
    assert FAMILY.chance(SATConfig(num_vars=40, mode="unsatisfiable", proof=True)) == 0
    assert 0.3 < FAMILY.chance(SATConfig(num_vars=20, mode="threshold")) < 0.7
    assert FAMILY.chance(SATConfig(num_vars=20, mode="threshold", proof=True)) < 0.01


def test_the_same_formula_belongs_to_one_split_whatever_its_rendering():
    drafts = [
        draft_formula(FORMULA, satisfiable=True, model=(True, False, True), rendering=rendering)
        for rendering in ("dimacs", "plain")
    ]
    assert drafts[0].canonical == drafts[1].canonical
    assert drafts[0].prompt != drafts[1].prompt


def test_the_prompt_does_not_tell_the_truth_value():
    """The statement around the formula is the same for satisfiable and unsatisfiable ones."""
    frames = {
        FAMILY.task(index=index, knobs={"num_vars": 20, "mode": mode}).text.partition("```")[0]
        for mode in ("planted", "threshold", "unsatisfiable")
        for index in range(3)
    }
    assert len(frames) == 1


def test_it_is_scored_through_the_one_door():
    task = reason.get("SAT").task(level=3)
    assert reason.score(task, f"I think so. <answer>{task.reference}</answer>").passed
    assert reason.score(task, task.text).passed is False
