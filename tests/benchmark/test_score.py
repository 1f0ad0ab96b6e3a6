import gzip
import json
import math
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reason import Task, registry
from reason.benchmark.score import score_file, wilson_interval
from reason.benchmark.tasks_file import write_tasks
from reason.errors import ConfigError, InputFormatError

BROKEN = [
    json.loads(line) for line in (Path(__file__).parent / "broken_answers.jsonl").read_text().splitlines()
]


@pytest.fixture
def tasks(draw):
    return draw("Counting", 4, level=0) + draw("Counting", 4, level=2)


@pytest.fixture
def scored(tmp_path, tasks):
    """Score ``(task, kind, text)`` lines against ``tasks``."""
    write_tasks(tmp_path / "tasks.jsonl", tasks)

    def run(answers, **options):
        lines = [json.dumps({"task_id": task.task_id, kind: text}) + "\n" for task, kind, text in answers]
        (tmp_path / "answers.jsonl").write_text("".join(lines))
        return score_file(tmp_path / "tasks.jsonl", tmp_path / "answers.jsonl", **options)

    return run


def test_right_answers_score_one_however_they_are_given(scored, tasks):
    for kind, form in [
        ("answer", "{}"),
        ("completion", "so it is <answer>{}</answer>"),
        ("completion", "\\boxed{{{}}}"),
        ("answer", "<answer>{}</answer>"),
    ]:
        report = scored([(task, kind, form.format(task.reference)) for task in tasks])
        total = report.total
        assert (total.tasks, total.answered, total.passed, total.mean_score) == (8, 8, 8, 1.0)
        assert [(row.family, row.level, row.tasks, row.mean_score) for row in report.rows] == [
            ("Counting-v0", 0, 4, 1.0),
            ("Counting-v0", 2, 4, 1.0),
        ]


def test_a_completion_without_marks_gives_no_answer_but_a_bare_answer_does(scored, tasks):
    report = scored([(tasks[0], "completion", tasks[0].reference), (tasks[1], "answer", tasks[1].reference)])
    assert (report.total.passed, report.total.statuses["no_answer"]) == (1, 1)


def test_missing_answers_count_as_not_passed(scored, tasks):
    report = scored([(tasks[0], "answer", tasks[0].reference)])
    low, high = report.rows
    assert (low.tasks, low.answered, low.mean_score, low.to_dict()["missing"]) == (4, 1, 0.25, 3)
    assert (high.tasks, high.answered, high.mean_score) == (4, 0, 0.0)


def test_samples_are_averaged_within_their_task_first(scored, tasks):
    first, second, *_ = tasks
    near = str(int(second.reference) + 1)
    report = scored(
        [(first, "answer", first.reference), *[(second, "answer", text) for text in ("0", near, "1", "2")]]
    )
    row = report.rows[0]
    assert (row.samples, row.passed, row.answered) == (5, 1, 2)
    assert row.mean_score == (1 + 0.5 / 4) / 4
    assert row.pass_rate == 1 / 4


def test_what_could_not_be_scored_is_masked(scored, tasks):
    first, second, *others = tasks
    report = scored(
        [
            (first, "answer", "break the checker"),
            (second, "answer", "break the checker"),
            (second, "answer", second.reference),
            *[(task, "answer", "0") for task in others],
        ]
    )
    row = report.rows[0]
    assert (row.unscorable, row.masked, row.scored, row.mean_score) == (2, 1, 3, 1 / 3)
    assert report.faults == ("Counting-v0: RuntimeError: as asked",)
    alone = scored([(task, "answer", "break the checker") for task in tasks])
    assert (alone.total.mean_score, alone.total.interval, alone.total.unscorable) == (None, None, 8)
    json.dumps(alone.to_dict(), allow_nan=False)


def test_an_empty_answers_file_answers_nothing(scored):
    report = scored([])
    assert (report.total.answered, report.total.mean_score) == (0, 0.0)


def test_workers_change_no_figure(scored, tasks):
    answers = [(task, "answer", task.reference if number % 3 else "0") for number, task in enumerate(tasks)]
    assert scored(answers, workers=2).to_dict() == scored(answers).to_dict()


def test_progress_reaches_the_end(scored, tasks):
    told = []
    scored([], on_progress=lambda *progress: told.append(progress))
    assert told[-1] == (len(tasks), len(tasks))


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_tasks_and_answers_may_be_compressed(tmp_path, tasks, suffix):
    write_tasks(tmp_path / f"tasks{suffix}", tasks)
    lines = "".join(json.dumps({"task_id": t.task_id, "answer": t.reference}) + "\n" for t in tasks)
    (tmp_path / "answers.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    assert score_file(tmp_path / f"tasks{suffix}", tmp_path / "answers.jsonl.gz").total.passed == 8


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["name"])
def test_a_broken_answers_file_is_named_with_its_line(tmp_path, tasks, case):
    write_tasks(tmp_path / "tasks.jsonl", tasks)
    line = case["line"].replace("TASK", tasks[1].task_id).replace("FIRST", tasks[0].task_id)
    first = json.dumps({"task_id": tasks[0].task_id, "answer": "7"})
    (tmp_path / "answers.jsonl").write_text(f"{first}\n{line}\n")
    with pytest.raises(InputFormatError, match=r"answers\.jsonl, " + case["message"]):
        score_file(tmp_path / "tasks.jsonl", tmp_path / "answers.jsonl")


def test_a_file_that_ends_within_a_line_says_so(tmp_path, tasks):
    write_tasks(tmp_path / "tasks.jsonl", tasks)
    (tmp_path / "answers.jsonl").write_text('{"task_id": "12')
    with pytest.raises(InputFormatError, match=r"line 1: .*the file ends within this line"):
        score_file(tmp_path / "tasks.jsonl", tmp_path / "answers.jsonl")


@pytest.mark.parametrize("data", [b"\xff\xfe\n", b"[" * 100_000, gzip.compress(b"x" * 10**5)[:-9]])
def test_hostile_answers_files_are_errors(tmp_path, tasks, data):
    write_tasks(tmp_path / "tasks.jsonl", tasks)
    path = tmp_path / ("answers.jsonl.gz" if data.startswith(b"\x1f") else "answers.jsonl")
    path.write_bytes(data)
    with pytest.raises(InputFormatError, match=r"answers\.jsonl"):
        score_file(tmp_path / "tasks.jsonl", path)


@pytest.mark.parametrize(
    "text",
    ["\ud800", "\x00", "</answer><answer>", "<answer>" * 1000, "9" * 100_000, ""],
    ids=["surrogate", "nul", "tags", "many tags", "digits", "empty"],
)
def test_hostile_answers_are_verdicts(scored, tasks, text):
    for kind in ("answer", "completion"):
        report = scored([(tasks[0], kind, text)])
        assert (report.total.samples, report.total.passed, report.total.unscorable) == (1, 0, 0)


def test_tasks_that_cannot_be_scored_are_refused_before_any_work(tmp_path, tasks, scored):
    path = tmp_path / "tasks.jsonl"
    (tmp_path / "answers.jsonl").touch()

    def refused(message):
        with pytest.raises(InputFormatError, match=message):
            score_file(path, tmp_path / "answers.jsonl")

    write_tasks(path, [*tasks, tasks[2]])
    refused("line 9: the same task as in line 3")
    write_tasks(path, [])
    refused("there are no tasks")
    unknown = {**tasks[0].to_dict(), "family": "Countin-v0", "prompt": tasks[0].prompt}
    del unknown["task_id"]
    write_tasks(path, [tasks[0], Task(**unknown)])
    refused("line 2: there is no family 'Countin-v0'; did you mean 'Counting-v0'")


def test_a_wrong_number_of_workers_is_refused(scored):
    with pytest.raises(ConfigError, match="workers"):
        scored([], workers=0)


@given(trials=st.integers(1, 500), data=st.data())
def test_the_interval_is_the_one_of_the_score_test(trials, data):
    """Wilson's ends are the two proportions that lie z standard errors, of their own, from the mean."""
    mean = data.draw(st.integers(0, trials)) / trials
    low, high = wilson_interval(mean, trials)
    z = statistics.NormalDist().inv_cdf(0.975)
    assert 0 <= low <= mean + 1e-12
    assert mean - 1e-12 <= high <= 1
    for end in (low, high):
        if 1e-9 < end < 1 - 1e-9:
            assert math.isclose(abs(end - mean), z * math.sqrt(end * (1 - end) / trials), rel_tol=1e-6)


def test_stored_tasks_are_scored_without_being_drawn_again(scored, tasks, monkeypatch):
    monkeypatch.setattr(type(registry.get("Counting")), "generate", None)
    assert scored([(task, "answer", task.reference) for task in tasks]).total.passed == 8
