"""What the programming families ask for is what they accept: properties beyond the audit's."""

import ast

import pytest

from reason import format_answer, registry, score
from reason.frozen import thaw
from reason.verdict import Status

BUG = registry.get("BugRepair-v0")
TESTS = registry.get("TestWriting-v0")
SYNTHESIS = registry.get("ProgramSynthesis-v0")
DEBUG = registry.get("CodeDebug-v0")
INPUT = registry.get("InputPrediction-v0")


def judged(task, answer):
    return score(task, format_answer(answer))


def test_any_input_that_gives_the_output_is_right():
    task = INPUT.task(level=0)
    value, top = task.ground_truth["value"], task.ground_truth["domain"]
    right = [n for n in range(top + 1) if INPUT.verify(task, str(n)).passed]
    assert int(task.reference) in right
    assert len(right) < top / 4
    assert judged(task, str(top + 1)).score == 0.0
    assert judged(task, repr(value)).score == 0.0 or value in right


def test_a_bug_is_mended_by_edits_or_by_a_whole_program():
    task = BUG.task(level=1)
    for answer in (task.reference, *BUG.equivalents(task)):
        assert judged(task, answer).score == 1.0
    assert judged(task, task.ground_truth["wrong"]).score == 0.0
    twice = next(iter(BUG.equivalents(task)))
    assert judged(task, f"{twice}\n{twice}").status is Status.PARSE_ERROR


def test_tests_must_be_true_and_must_catch_the_mutants():
    task = TESTS.task(level=1)
    tests = ast.literal_eval(task.reference)
    assert judged(task, repr(tests)).components == {"valid": 1.0, "caught": 1.0}
    assert 0.0 < judged(task, repr(tests[:1])).components["caught"] <= 1.0
    assert judged(task, repr([[tests[0][0], ["wrong"]]])).components["valid"] == 0.0
    assert judged(task, repr(tests * 40)).status is Status.PARSE_ERROR


def test_examples_by_heart_solve_nothing():
    for index in range(3):
        task = SYNTHESIS.task(level=2, index=index)
        cases = task.ground_truth["cases"]
        table_of = {repr(thaw(case["arguments"][0])): thaw(case["expected"]) for case in cases[-6:]}
        table = (
            f"def {task.ground_truth['name']}(values):\n    return {table_of!r}.get(repr(values), values)\n"
        )
        assert judged(task, table).score == 0.0
        assert judged(task, task.reference).score == 1.0


@pytest.mark.parametrize(
    ("action", "valid"),
    [("run", True), ("replace 1: x = 1", True), ("delete 2", True), ("insert 1: import os", True)]
    + [(action, False) for action in ("replace 999: x", "delete 0", "edit 1", "run run", "replace x: 1")],
)
def test_a_debugger_reads_actions(action, valid):
    task = DEBUG.task(level=0)
    transition = DEBUG.transition(task, DEBUG.initial_state(task), action)
    assert (transition.valid, transition.done) == (valid, False)


def test_a_debugger_sees_failing_tests_and_mends():
    task = DEBUG.task(level=0)
    state = DEBUG.initial_state(task)
    before = DEBUG.transition(task, state, "run").observation
    assert f"{task.ground_truth['shown']} of" not in before
    state = DEBUG.transition(task, state, task.ground_truth["repair"]).state
    after = DEBUG.transition(task, state, "run")
    assert (
        f"{task.ground_truth['shown']} of {task.ground_truth['shown']} visible tests pass."
        in after.observation
    )
    end = DEBUG.transition(task, after.state, "submit")
    assert (end.passed, end.reward) == (True, 1.0)
    # What a hidden test calls is never shown.
    count = task.ground_truth["shown"]
    hidden = [repr(list(case["arguments"]))[1:-1] for case in task.ground_truth["cases"][:-count]]
    assert not any(len(text) > 12 and text in before + after.observation for text in hidden)
