"""Question and answer files of every shape give tasks that the mathematics verifier judges."""

import csv
import json

import gymnasium
import pyarrow
import pyarrow.parquet
import pytest

import reason
from reason import Task
from reason.errors import InputFormatError
from reason.importers import Unusable
from reason.importers.math import make_task, read

ROWS = {
    "gsm8k": {"question": "What is 2 + 3?", "answer": "2 + 3 = <<2+3=5>>5\n#### 5"},
    "math": {
        "problem": "Halve one.",
        "level": "Level 1",
        "type": "Algebra",
        "solution": r"It is $\boxed{\frac{1}{2}}$.",
    },
    "deepmath": {
        "question": "Where is $x^2 < 4$?",
        "final_answer": "(-2, 2)",
        "difficulty": 3.0,
        "topic": "Inequalities",
        "r1_solution_1": "... so \\boxed{(-2, 2)}",
    },
    "conversation": {
        "prompt": [{"role": "user", "content": "What is 7 squared?"}],
        "ground_truth": ["49"],
    },
    "capitals": {"Problem": "What is 6 times 7?", "Answer": 42},
}
RIGHT = {"gsm8k": "5.0", "math": "0.5", "deepmath": "-2 < x < 2", "conversation": "7^2", "capitals": "42"}
WRONG = {"gsm8k": "4", "math": "2", "deepmath": "[-2, 2]", "conversation": "14", "capitals": "-42"}


def tasks_of(path):
    items = list(read(path))
    return [item for item in items if isinstance(item, Task)], [i for i in items if isinstance(i, Unusable)]


def write(path, rows):
    match path.suffix:
        case ".jsonl":
            path.write_text("\n".join(map(json.dumps, rows)) + "\n")
        case ".json":
            path.write_text(json.dumps(rows))
        case ".csv":
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        case ".parquet":
            pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv", ".parquet"])
@pytest.mark.parametrize("shape", ROWS)
def test_each_shape_in_each_format_gives_a_task_that_is_judged(shape, suffix, tmp_path):
    if suffix == ".csv" and shape == "conversation":
        pytest.skip("a table has no lists")
    [task], unusable = tasks_of(write(tmp_path / f"{shape}{suffix}", [ROWS[shape]]))
    assert not unusable
    assert Task.from_json(task.to_json()) == task
    assert reason.score(task, f"<answer>{task.reference}</answer>").score == 1
    assert reason.score(task, f"<answer>{WRONG[shape]}</answer>").score == 0
    right = reason.score(task, rf"So it is \boxed{{{RIGHT[shape]}}}.")
    assert right.score == (0 if shape == "deepmath" else 1)  # a gold in set notation asks for it


def test_what_is_known_of_a_question_is_kept(tmp_path):
    [task], _ = tasks_of(write(tmp_path / "a.jsonl", [ROWS["math"]]))
    assert task.metadata["type"] == "Algebra"
    assert task.metadata["level"] == "Level 1"
    assert (task.metadata["file"], task.metadata["line"]) == ("a.jsonl", 1)
    assert task.trace[0]["text"] == ROWS["math"]["solution"]


def test_a_line_that_cannot_be_used_costs_one_task_and_is_named(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [
        json.dumps(ROWS["gsm8k"]).encode(),
        b"{not json",
        b"",
        b'{"question": "no answer"}',
        b'{"question": "", "answer": "5"}',
        b'{"question": "A proof?", "answer": "' + b"word " * 40 + b'"}',
        b"[1, 2]",
        b'{"question": "\xff", "answer": "1"}',
        json.dumps(ROWS["gsm8k"]).encode(),
        b'{"question": "Not a number?", "answer": NaN}',
        json.dumps(ROWS["math"]).encode(),
    ]
    path.write_bytes(b"\n".join(lines))
    tasks, unusable = tasks_of(path)
    assert [task.metadata["line"] for task in tasks] == [1, 11]
    assert [task.index for task in tasks] == [0, 1]
    reasons = {item.place: item.reason for item in unusable}
    assert list(reasons) == [f"a.jsonl:{line}" for line in (2, 4, 5, 6, 7, 8, 9, 10)]
    for line, word in {
        2: "JSON",
        4: "no answer",
        5: "no question",
        6: "prose",
        7: "object",
        8: "UTF-8",
    }.items():
        assert word in reasons[f"a.jsonl:{line}"]
    assert "repeats the question of a.jsonl:1" in reasons["a.jsonl:9"]


def test_a_row_with_too_many_cells_is_named_and_the_rest_is_kept(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('question,answer\nOne?,1\nTwo?,2,3\n"Three,\nor what?",3\n')
    tasks, [unusable] = tasks_of(path)
    assert [task.reference for task in tasks] == ["1", "3"]
    assert unusable.place == "a.csv:3"
    assert "2 columns" in unusable.reason


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path):
    (tmp_path / "b").mkdir()
    write(tmp_path / "b" / "1.json", ROWS["math"])
    write(tmp_path / "a.jsonl", [ROWS["gsm8k"]])
    (tmp_path / "notes.txt").write_text("no questions")
    tasks, _ = tasks_of(tmp_path)
    assert [task.metadata["file"] for task in tasks] == ["a.jsonl", "1.json"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"{}", "must end in"),
        ("a.csv", b"", "header"),
        ("a.parquet", b"PAR1 no", "Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_one_error(name, content, message, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputFormatError, match=message):
        list(read(path))


def test_a_path_that_is_not_there_is_one_error(tmp_path):
    with pytest.raises(InputFormatError, match="no such file"):
        read(tmp_path / "nothing.jsonl")


def test_an_imported_question_is_played_through_gymnasium():
    task = make_task("What is one half, as a fraction?", r"\frac12")
    env = gymnasium.make("reason/MathQuestion-v0")
    observation, _ = env.reset(options={"task": task})
    assert "one half" in str(observation)
    _, reward, terminated, _, _ = env.step("<answer>1/2</answer>")
    assert (reward, terminated) == (1.0, True)
    env.close()


@pytest.mark.parametrize(
    ("question", "answer"), [("", "1"), ("What?", ""), ("What?", "so " * 30), ("x" * 60_000, "1")]
)
def test_what_is_no_question_is_refused(question, answer):
    with pytest.raises(ValueError, match=r"question|answer"):
        make_task(question, answer)
