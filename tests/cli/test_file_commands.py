import json
import os
import re
import signal
import subprocess
import time

import pytest

from reason.benchmark.plan import plan
from reason.benchmark.tasks_file import read_tasks

SLOW = ["generate", "Counting", "Endless", "--levels", "0-2", "--count", "60", "--set", "pause_ms=6",
        "--out", "tasks.jsonl"]  # fmt: skip


def wait_for(path, size):
    """Wait until a file has grown to ``size`` bytes."""
    end = time.monotonic() + 60
    while not (path.exists() and path.stat().st_size >= size):
        assert time.monotonic() < end, f"{path} does not grow"
        time.sleep(0.01)


def run(start, *words):
    process = start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


@pytest.fixture(scope="module")
def undisturbed(_counting_families):
    """What the slow command writes when nothing disturbs it."""
    wanted = plan(["Counting", "Endless"], levels=(0, 1, 2), count=60, knobs={"pause_ms": 6})
    lines = [stream.draw("train", index).to_json() + "\n" for stream, index in wanted.places()]
    return "".join(lines).encode()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    "fatal", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name
)
def test_killed_in_the_middle_it_continues_to_the_same_bytes(start, tmp_path, undisturbed, workers, fatal):
    partial = tmp_path / "tasks.jsonl.partial"
    words = [*SLOW, "--workers", workers]
    # A session of its own: Ctrl-C in a terminal reaches the workers too.
    process = start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    wait_for(partial, 5000)
    (os.killpg if fatal == signal.SIGINT else os.kill)(process.pid, fatal)
    _, errors = process.communicate(timeout=60)
    kept = partial.read_bytes()
    assert not (tmp_path / "tasks.jsonl").exists()
    if fatal == signal.SIGINT:
        assert process.returncode == 130
        told = re.fullmatch(
            r"interrupted: (\d+) of 60 tasks are kept; the same command continues\n", errors.decode()
        )
        assert told
        assert int(told[1]) == kept.count(b"\n") > 0
    else:
        assert process.returncode == -fatal
    code, output, errors = run(start, *words)
    assert (code, errors) == (0, "")
    assert f"60 tasks, of which {kept.count(bytes([10]))} were kept" in output
    assert (tmp_path / "tasks.jsonl").read_bytes() == undisturbed
    assert list(tmp_path.iterdir()) == [tmp_path / "tasks.jsonl"]


def test_killed_again_and_again_it_still_ends_right(start, tmp_path, undisturbed):
    partial = tmp_path / "tasks.jsonl.partial"
    for size in (1, 8000, 16000):
        process = start(*SLOW, stdout=subprocess.DEVNULL)
        wait_for(partial, size)
        process.kill()
        process.wait()
    with open(partial, "ab") as file:
        file.write(b'{"config": torn')
    assert run(start, *SLOW)[0] == 0
    assert (tmp_path / "tasks.jsonl").read_bytes() == undisturbed


def test_workers_die_with_a_killed_run(start, tmp_path):
    process = start(*SLOW, "--workers", 2, stdout=subprocess.DEVNULL)
    wait_for(tmp_path / "tasks.jsonl.partial", 1)
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(children) >= 2
    process.kill()
    process.wait()
    end = time.monotonic() + 20
    while any(os.path.exists(f"/proc/{child}") for child in children):
        assert time.monotonic() < end, "a worker outlives its parent"
        time.sleep(0.05)


def test_twice_at_once_is_refused(start, tmp_path):
    words = ["generate", "Counting", "--count", "9999", "--set", "pause_ms=50", "--out", "tasks.jsonl"]
    start(*words, stdout=subprocess.DEVNULL)
    wait_for(tmp_path / "tasks.jsonl.partial", 1)
    for more in ([], ["--force"]):
        code, _, errors = run(start, *words, *more)
        assert code == 2
        assert re.fullmatch(r"reason: another process is writing .*\n", errors)


def test_the_same_command_again_says_that_it_is_complete(invoke, tmp_path):
    words = "generate Counting --levels 0-4 --count 23 --out x.jsonl"
    assert "x.jsonl: 23 tasks\n" in invoke(words).out
    before = (tmp_path / "x.jsonl").stat()
    again = invoke(words)
    assert again.code == 0
    assert "complete already, all 23 tasks are there; nothing was changed" in again.out
    assert (tmp_path / "x.jsonl").stat() == before or (
        tmp_path / "x.jsonl"
    ).stat().st_mtime_ns == before.st_mtime_ns
    other = invoke("generate Counting --levels 0-3 --count 23 --out x.jsonl")
    assert other.code == 2
    assert "--force" in other.err
    assert invoke("generate Counting --levels 0-3 --count 23 --out x.jsonl --force").code == 0


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "parquet"])
def test_all_suffixes_hold_the_same_tasks(invoke, tmp_path, suffix):
    for name in ("plain.jsonl", f"other.{suffix}"):
        assert (
            invoke(f"generate Counting Endless --levels 0-6 --count 50 --split test --out {name}").code == 0
        )
    assert list(read_tasks(tmp_path / "plain.jsonl")) == list(read_tasks(tmp_path / f"other.{suffix}"))


def test_generate_says_what_it_wrote(invoke):
    result = invoke("generate Counting Endless --levels 0-6 --count 50 --out x.jsonl")
    rows = [line.split() for line in result.out.splitlines()]
    assert rows[1:3] == [["Counting-v0", "0-4", "22"], ["Endless-v0", "0-6", "28"]]


def test_a_full_disk_says_what_is_kept(start, tmp_path):
    import resource

    process = start(
        *SLOW, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000)),
    )  # fmt: skip
    _, errors = process.communicate()
    assert process.returncode == 2
    assert re.fullmatch(
        r"reason: tasks\.jsonl: .+; \d+ of 60 tasks are kept, the same command continues\n", errors
    )


@pytest.fixture
def answered(invoke, tmp_path):
    """Tasks and a maker of answers files."""
    invoke("generate Counting --levels 0-1 --count 20 --out tasks.jsonl")
    tasks = list(read_tasks(tmp_path / "tasks.jsonl"))

    def write(answer, tasks=tasks):
        lines = [json.dumps({"task_id": task.task_id, "answer": answer(task)}) + "\n" for task in tasks]
        (tmp_path / "answers.jsonl").write_text("".join(lines))

    return tasks, write


@pytest.mark.parametrize(
    ("answer", "options", "code"),
    [
        (lambda task: task.reference, "", 0),
        (lambda task: task.reference, "--fail-under 1", 0),
        (lambda task: "0", "", 0),
        (lambda task: "0", "--fail-under 0.01", 1),
        (lambda task: task.reference if task.level else "0", "--fail-under 0.5", 0),
        (lambda task: task.reference if task.level else "0", "--fail-under 0.51", 1),
        (lambda task: task.reference if task.index else "break the checker", "", 3),
        (lambda task: "0" if task.index else "break the checker", "--fail-under 0.9", 3),
    ],
)
def test_the_exit_code_of_score(invoke, answered, answer, options, code):
    _, write = answered
    write(answer)
    assert invoke(f"score tasks.jsonl answers.jsonl {options}").code == code


def test_score_shows_a_row_for_each_level(invoke, answered):
    tasks, write = answered
    write(lambda task: task.reference if task.level else "0", tasks[:-2])
    result = invoke("score tasks.jsonl answers.jsonl --json figures.json")
    rows = [line.split() for line in result.out.splitlines()]
    assert rows[1][:7] == ["Counting-v0", "0", "10", "10", "10", "0", "0.000"]
    assert rows[2][:7] == ["Counting-v0", "1", "10", "8", "8", "8", "0.800"]
    assert rows[3][:7] == ["all", "-", "20", "18", "18", "8", "0.400"]
    assert "2 of 20 tasks have no answer" in result.out


def test_score_writes_its_figures(invoke, answered, tmp_path):
    _, write = answered
    write(lambda task: task.reference)
    invoke("score tasks.jsonl answers.jsonl --json figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["total"]["mean_score"] == 1.0
    assert [row["level"] for row in figures["rows"]] == [0, 1]
    assert figures["total"]["interval_95"][0] == pytest.approx(0.8389, abs=1e-4)


def test_score_names_file_and_line_of_bad_input(invoke, answered, tmp_path):
    _, write = answered
    write(lambda task: "0")
    with open(tmp_path / "answers.jsonl", "a") as file:
        file.write('{"task_id": "no such task", "answer": "0"}\n')
    result = invoke("score tasks.jsonl answers.jsonl")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("reason: answers.jsonl, line 21: no task ")


DIMACS = "c small\np cnf {} 2\n1 -2 0\n2 0\n"


def test_import_lists_formats_and_reads_a_folder(invoke, tmp_path):
    assert "dimacs" in invoke("import").out
    (tmp_path / "formulas").mkdir()
    (tmp_path / "formulas" / "one.cnf").write_text(DIMACS.format(2))
    (tmp_path / "formulas" / "two.cnf").write_text("p cnf 1 2\n1 0\n-1 0\n")
    result = invoke("import dimacs formulas --out tasks.jsonl")
    assert result.code == 0
    assert result.out.endswith("2 tasks written to tasks.jsonl\n")
    heading, *rows = [line.split() for line in result.out.splitlines()[:3]]
    column = heading.index("satisfiable")
    assert [(row[0], row[column]) for row in rows] == [("one.cnf", "yes"), ("two.cnf", "no")]
    tasks = list(read_tasks(tmp_path / "tasks.jsonl"))
    assert [task.family for task in tasks] == ["SAT-v0", "SAT-v0"]
    again = invoke("import dimacs formulas --out tasks.jsonl")
    assert again.code == 2
    assert "--force" in again.err
    assert invoke("import dimacs formulas --out tasks.jsonl --force").code == 0


def test_imported_tasks_are_scored_like_others(invoke, tmp_path):
    (tmp_path / "one.cnf").write_text(DIMACS.format(2))
    invoke("import dimacs one.cnf --out tasks.jsonl")
    (task,) = read_tasks(tmp_path / "tasks.jsonl")
    (tmp_path / "answers.jsonl").write_text(json.dumps({"task_id": task.task_id, "answer": "1 2 0"}))
    result = invoke("score tasks.jsonl answers.jsonl --fail-under 1")
    assert result.code == 0


def test_import_names_file_and_line_of_bad_input(invoke, tmp_path):
    (tmp_path / "bad.cnf").write_text("p cnf 2 1\n1 x 0\n")
    result = invoke("import dimacs bad.cnf --out tasks.jsonl")
    assert (result.code, result.out) == (2, "")
    assert "bad.cnf" in result.err
    assert "line 2" in result.err
    assert not (tmp_path / "tasks.jsonl").exists()


def test_import_leaves_out_what_cannot_be_used_and_names_it(invoke, tmp_path):
    good = [json.dumps({"question": f"What is {n} + 1?", "answer": str(n + 1)}) for n in range(60)]
    (tmp_path / "questions.jsonl").write_text("\n".join([good[0], "{", *good[1:]]))
    result = invoke("import math questions.jsonl --out tasks.jsonl")
    assert result.code == 0
    assert "left out questions.jsonl:2: it is not JSON" in result.err
    assert result.err.endswith("1 left out\n")
    assert "... and 20 more\n" in result.out
    assert result.out.endswith("60 tasks written to tasks.jsonl\n")
    assert len(list(read_tasks(tmp_path / "tasks.jsonl"))) == 60


def test_import_without_one_task_writes_nothing(invoke, tmp_path):
    (tmp_path / "questions.jsonl").write_text("{\n{\n")
    result = invoke("import math questions.jsonl --out tasks.jsonl")
    assert (result.code, result.out) == (2, "")
    assert "all 2 are left out" in result.err
    assert not (tmp_path / "tasks.jsonl").exists()
