import subprocess
import sys
from collections import Counter
from random import Random

import pytest

from reason import registry
from reason.generators.problems.bundled import COMMON_SHARE, BundledProblem, ProblemConfig
from reason.problems.drawing import Scale, draw_input
from reason.problems.matching import match_input
from reason.problems.work import program_of, run_counted

PROBLEMS = [
    family
    for family in map(registry.get, registry.ids())
    if isinstance(family, BundledProblem)
    and type(family).__module__.startswith("reason.generators.problems.")
]
of_each = pytest.mark.parametrize("family", PROBLEMS, ids=lambda family: family.name)


def test_there_are_forty_problems_and_more():
    assert len(PROBLEMS) >= 40


@of_each
def test_two_solutions_and_the_brute_force_agree_on_small_instances(family):
    rng = Random(1)
    solutions = (*family.solutions, family.brute_force)
    assert len({solution.__name__ for solution in solutions}) == 3
    for number in range(24):
        scale = Scale(size=rng.randint(1, 3), side=rng.randint(1, 3), value=6 if number % 2 else 30)
        text = draw_input(family.grammar, scale, rng)
        assert match_input(family.grammar, text) is None
        assert len({solution(text) for solution in solutions}) == 1, text


@of_each
def test_the_examples_are_right(family):
    for text, output in family.examples:
        assert [solution(text) for solution in (*family.solutions, family.brute_force)] == [output] * 3


@of_each
def test_no_output_is_common(family):
    config = family.at_level(family.default_level)
    rng = Random(2)
    counts = Counter(family.generate(rng, config).reference for _ in range(100))
    assert len(counts) >= 10
    assert max(counts.values()) <= COMMON_SHARE * 100


@of_each
def test_solutions_are_programs_on_their_own(family):
    for solution in family.solutions:
        names = {}
        # Trusted code of ours; the function's own globals hold nothing but what its source brings.
        exec(compile(program_of(solution).rpartition("\nprint(")[0], "program", "exec"), names)
        for text, output in family.examples:
            assert names[solution.__name__](text) == output


def test_a_program_of_a_solution_reads_and_prints():
    family = registry.get("ProblemKnapsack")
    text, output = family.examples[0]
    command = [sys.executable, "-c", program_of(family.solutions[0])]
    assert (
        subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.strip()
        == output
    )


def test_counting_does_not_change_the_output_and_grows_with_the_input():
    solution = registry.get("ProblemInversions").solutions[0]
    short, long = "3\n3 2 1\n", "6\n6 5 4 3 2 1\n"
    assert run_counted(solution, short)[0] == solution(short)
    assert run_counted(solution, short)[1] < run_counted(solution, long)[1] == run_counted(solution, long)[1]


@pytest.fixture(scope="module")
def program_task():
    return registry.get("ProblemEditDistance").task(level=2, knobs={"ask": "program", "num_cases": 4})


def test_programs_are_judged_on_hidden_cases(program_task):
    family = registry.get("ProblemEditDistance")
    assert family.verify(program_task, program_task.reference).passed
    assert family.verify(program_task, family.solve(program_task)).passed
    wrong = [
        *family.near_misses(program_task),
        "print(1)",
        "import os\nos._exit(0)",
        "raise SystemExit",
        "def",
    ]
    for program in wrong:
        verdict = family.verify(program_task, program)
        assert verdict.passed is False
        assert set(verdict.components) == {"passed"}


def test_hidden_cases_do_not_stand_in_the_prompt(program_task):
    shown = [
        case["stdin"] for case in program_task.ground_truth["cases"] if case["stdin"] in program_task.text
    ]
    assert not shown


@pytest.mark.parametrize("knobs", [{"size": 0}, {"ask": "poem"}, {"num_cases": 1}, {"value": 10**40}])
def test_knobs_that_cannot_be_are_refused(knobs):
    with pytest.raises(ValueError, match=next(iter(knobs))):
        ProblemConfig(**knobs)
