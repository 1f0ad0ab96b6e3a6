import json

import gymnasium
import pytest

import reason
from reason import Task


def test_list_shows_every_family(invoke):
    result = invoke("list")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].split() == ["id", "domain", "levels", "licence", "summary"]
    assert [line.split()[0] for line in lines[1:]] == list(reason.ids())
    assert any(
        line.split(maxsplit=4)
        == ["Counting-v0", "counting", "0-4", "CC0-1.0", "Add numbers up, at five levels."]
        for line in lines
    )


def test_list_by_domain_and_as_json(invoke):
    rows = [json.loads(line) for line in invoke("list --domain counting --json").out.splitlines()]
    assert [(row["id"], row["max_level"]) for row in rows] == [("Counting-v0", 4), ("Endless-v0", None)]
    assert rows[0]["knobs"] == ["num_terms", "mode", "pause_ms"]


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_show_by_seed_is_what_the_environment_plays(invoke, split):
    result = invoke(f"show Counting --level 2 --seed 7 --split {split} --json")
    env = gymnasium.make("reason/Counting-v0", level=2, split=split)
    prompt, info = env.reset(seed=7)
    task = Task.from_json(result.out)
    assert (task.text, task.task_id) == (prompt, info["task_id"])


def test_show_is_one_line_of_a_tasks_file(invoke, tmp_path):
    invoke("generate Counting --count 3 --levels 1 --out x.jsonl")
    lines = (tmp_path / "x.jsonl").read_text().splitlines(keepends=True)
    assert [invoke(f"show Counting --level 1 --index {index} --json").out for index in range(3)] == lines


def test_show_hides_the_solution_unless_asked(invoke):
    task = reason.get("Counting").task(level=1)
    hidden = invoke("show Counting --level 1").out
    assert task.text in hidden
    assert task.reference not in hidden.replace(task.text, "")
    assert task.reference in invoke("show Counting --level 1 --solution").out.replace(task.text, "")


def test_show_takes_knobs(invoke):
    result = invoke("show Counting --set num_terms=5 --set mode=words --json")
    task = Task.from_json(result.out)
    assert (task.level, task.config["num_terms"], task.config["mode"]) == (None, 5, "words")
    assert Task.from_json(invoke("show Counting --level 1 --set mode=words --json").out).level == 1


def play(invoke, *entries, options="--level 0"):
    return invoke(f"play Counting {options}", text="".join(f"{entry}\n" for entry in entries))


def references(count, **options):
    return [task.reference for task in reason.get("Counting").tasks(stop=count, level=0, **options)]


def test_play_takes_right_answers_and_goes_on(invoke):
    first, second = references(2)
    result = play(invoke, first, "", f"I think <answer>{second}</answer>", "", "/quit")
    assert result.code == 0
    assert result.out.count("Right.") == 2
    assert result.out.endswith("3 tasks, 2 solved, 2 answers\n")


def test_play_shows_feedback_and_takes_another_try(invoke):
    (first,) = references(1)
    result = play(invoke, "1", "", "seven", "", first)
    assert "another number" in result.out
    assert "not a number" in result.out
    assert result.out.endswith("2 tasks, 1 solved, 3 answers\n")


def test_play_goes_on_shows_solutions_and_helps(invoke):
    first, second = references(2)
    result = play(invoke, "/help", "/solution", "/NEXT", "", second)
    assert f"Right answer\n{first}\n" in result.out
    assert result.out.endswith("3 tasks, 1 solved, 1 answers\n")


def test_play_ends_an_answer_at_the_end_of_input(invoke):
    result = play(invoke, *references(1)[:1])
    assert result.out.endswith("2 tasks, 1 solved, 1 answers\n")
    assert play(invoke).out.endswith("1 tasks, 0 solved, 0 answers\n")


def test_play_takes_answers_of_several_lines_and_code_with_blank_lines(invoke):
    result = play(invoke, "first line", "<answer>", references(1)[0], "</answer>", "")
    assert "1 solved" in result.out
    fenced = play(invoke, "```python", "x = 1", "", "y = 2", "```", "")
    assert fenced.out.endswith("1 tasks, 0 solved, 1 answers\n")


def test_play_survives_hostile_input(invoke):
    entries = ["<answer>" * 50, "", "</answer>", "", "\x00\x1b[2J", "", "9" * 5000, "", "/unknown", ""]
    result = play(invoke, *entries)
    assert result.code == 0
    assert "\x1b" not in result.out
    assert result.out.endswith("1 tasks, 0 solved, 5 answers\n")


def test_play_says_when_it_could_not_score(invoke):
    assert "Could not be scored" in play(invoke, "break the checker").out


def test_play_starts_at_the_seed_like_an_environment(invoke):
    env = gymnasium.make("reason/Counting-v0", level=0)
    result = play(invoke, "/next", "/quit", options="--level 0 --seed 5")
    for options in ({"seed": 5}, {}):
        prompt, _ = env.reset(**options)
        assert prompt in result.out
