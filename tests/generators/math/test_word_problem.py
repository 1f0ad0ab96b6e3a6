from fractions import Fraction

import pytest
import sympy

import reason
from reason.generators.math.stories import LANGUAGES, STORIES
from reason.generators.math.word_problem import WordProblem
from reason.verifiers.solution_steps import verify_steps

FAMILY = WordProblem()
TASKS = [
    FAMILY.task(level=level, index=index, knobs={"language": "any"})
    for level in range(10)
    for index in range(25)
]


def equations(task):
    facts = task.ground_truth["facts"]
    symbols = {name: sympy.Symbol(f"q{at}") for at, name in enumerate(facts)}
    for name, (operation, number, parents) in facts.items():
        left, values = symbols[name], [symbols[parent] for parent in parents]
        right = {
            "given": lambda n, v: sympy.Integer(n),
            "more": lambda n, v: v[0] + n,
            "fewer": lambda n, v: v[0] - n,
            "times": lambda n, v: v[0] * n,
            "part": lambda n, v: v[0] / sympy.Integer(n),
            "difference": lambda n, v: v[0] - v[1],
        }.get(operation, lambda n, v: sum(v))(number, values)
        yield sympy.Eq(left, right), symbols


def test_the_answer_is_the_only_solution_of_the_linear_system():
    for task in TASKS[::5]:
        system = list(equations(task))
        (solution,) = sympy.linsolve([each for each, _ in system], list(system[0][1].values()))
        values = dict(zip(task.ground_truth["facts"], solution, strict=True))
        assert values[task.ground_truth["asked"]] == int(task.reference)
        assert all(value.is_Integer and value >= 2 for value in values.values())


@pytest.mark.parametrize("task", TASKS[::10], ids=lambda task: f"{task.level}-{task.index}")
def test_no_step_of_the_trace_can_be_left_out(task):
    parents = {step["name"]: set(step["parents"]) for step in task.trace}
    last = task.trace[-1]["name"]
    assert last == task.ground_truth["asked"]
    reached, queue = set(), [last]
    while queue:
        name = queue.pop()
        reached.add(name)
        queue.extend(parents[name] - reached)
    assert reached == set(parents)


def test_the_level_is_the_number_of_operations_and_distractors_stand_beside_them():
    for task in TASKS:
        assert sum(step["operation"] != "given" for step in task.trace) == task.level + 1
        assert len(task.ground_truth["facts"]) >= len(task.trace) + (1 + task.level) // 2


def test_the_text_alone_gives_the_answer_in_every_language():
    languages = {task.metadata["language"] for task in TASKS}
    assert languages == set(LANGUAGES)
    for task in TASKS:
        assert FAMILY.solve(task) == task.reference


def test_the_trace_is_a_solution_in_the_asked_form():
    for task in TASKS:
        solution = "\n".join(step["text"] for step in task.trace)
        assert verify_steps(task.trace, solution, task.reference, strict=True).score == 1


def test_every_calculation_in_the_trace_is_right():
    for task in TASKS:
        for step in task.trace:
            *_, calculation, value = step["text"].split(" = ")
            if step["operation"] != "given":
                one, symbol, *others = calculation.split()
                total = Fraction(one)
                for operator, number in zip([symbol, *others[1::2]], others[::2], strict=True):
                    total = {"+": total + int(number), "-": total - int(number)}.get(operator) or (
                        total * int(number) if operator == "*" else total / int(number)
                    )
                assert total == int(value)


def test_the_largest_graph_fits_into_a_story():
    task = FAMILY.task(knobs={"num_operations": 30, "num_distractors": 19})
    assert FAMILY.solve(task) == task.reference


def test_what_is_counted_may_stand_behind_the_number_and_nothing_else():
    task = FAMILY.task(level=2)
    name = task.ground_truth["asked"]
    assert FAMILY.verify(task, f"{task.reference} {name}").passed
    for wrong in (name, f"{task.reference} elephants", f"{task.reference} + 1 {name}", f"{name} {name}", ""):
        assert not FAMILY.verify(task, wrong).passed


def test_stories_name_the_same_things_in_every_language():
    for story in STORIES:
        assert set(story.places) == set(story.items) == set(LANGUAGES)
        assert {len(items) for items in story.items.values()} == {8}
        assert len(set(story.names)) == 10
        for items in story.items.values():
            assert len(set(items)) == 8


def test_steps_are_asked_for_unless_told_otherwise():
    assert "s1:" in FAMILY.task(level=1).text
    assert "s1:" not in FAMILY.task(level=1, knobs={"show_steps": False}).text
    with pytest.raises(reason.errors.ConfigError, match="language"):
        FAMILY.configure(1, {"language": "la"})
