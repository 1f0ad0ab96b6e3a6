import json
from collections import Counter
from pathlib import Path

import pytest

import reason
from reason.errors import InputFormatError
from reason.importers import Unusable
from reason.importers.problems import knobs_of, read, read_problems
from reason.task import Task

CASES = [json.loads(line) for line in (Path(__file__).parent / "problems.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Import all cases at once: the tasks by line, and the refusals by line."""
    file = tmp_path_factory.mktemp("problems") / "all.jsonl"
    file.write_text("".join(json.dumps(case["line"]) + "\n" for case in CASES))
    by_line, refusals = {}, {}
    for item in read(file):
        if isinstance(item, Unusable):
            refusals[int(item.place.split(":")[1])] = item.reason
        else:
            by_line.setdefault(item.metadata["line"], []).append(item)
    return by_line, refusals


@pytest.mark.parametrize("number", range(1, len(CASES) + 1), ids=lambda number: CASES[number - 1]["case"])
def test_a_problem_becomes_tasks_or_is_refused_with_the_reason(imported, number):
    tasks, refusals = imported
    wanted = CASES[number - 1]["refused"]
    if wanted is None:
        assert number in tasks, refusals
        assert number not in refusals
    else:
        assert number not in tasks
        assert wanted in refusals[number]


def test_references_pass_and_other_answers_fail_from_json_alone(imported):
    tasks = [each for line in imported[0].values() for each in (line[0], line[-1])]
    for task in tasks:
        again = Task.from_json(task.to_json())
        assert reason.score(again, f"<answer>{task.reference}</answer>").passed
        assert reason.score(again, "<answer>no</answer>").passed is False


def test_a_task_is_drawn_again_from_its_knobs(imported):
    task = imported[0][1][3]
    drawn = reason.get("Problem").task(
        split=task.split, index=task.index, level=task.level, knobs=task.config
    )
    assert (drawn.prompt, drawn.ground_truth) == (task.prompt, task.ground_truth)


def test_levels_grow_and_a_problem_lies_in_one_split(imported):
    tasks = [task for task in imported[0][1] if task.config["ask"] == "output"]
    efforts = [sum(task.metadata["effort"] for task in tasks if task.level == level) for level in range(6)]
    assert efforts == sorted(efforts)
    assert Counter(task.level for task in tasks) == dict.fromkeys(range(6), 2)
    assert len({task.split for task in tasks}) == 1


def test_an_imported_problem_is_an_environment(tmp_path):
    import gymnasium

    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(CASES[0]["line"]))
    [problem] = read_problems(file)
    env = gymnasium.make("reason/Problem-v0", level=1, **knobs_of(problem.problem, 1))
    prompts = {env.reset(seed=seed)[0] for seed in range(4)}
    assert len(prompts) == 4
    env.close()


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_that_holds_no_problem_names_itself(tmp_path, text):
    file = tmp_path / "broken.jsonl"
    file.write_text(text)
    with pytest.raises(InputFormatError, match=r"broken\.jsonl"):
        list(read(file))


def test_a_line_that_is_no_json_costs_one_problem(tmp_path):
    file = tmp_path / "broken.jsonl"
    file.write_text("{\n" + json.dumps(CASES[0]["line"]) + "\nnonsense\n")
    items = list(read(file))
    assert [item.place for item in items if isinstance(item, Unusable)] == [
        "broken.jsonl:1",
        "broken.jsonl:3",
    ]
    assert any(isinstance(item, Task) for item in items)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputFormatError, match="no such file"):
        list(read(tmp_path / "none.jsonl"))
