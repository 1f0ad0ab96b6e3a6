import gzip
import json
import subprocess
import sys

import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reason import Message, Task, registry
from reason.benchmark.tasks_file import SUFFIXES, read_tasks, write_tasks
from reason.errors import InputFormatError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MAPPING = st.dictionaries(TEXT, JSON, max_size=3)
TASK = st.builds(
    Task,
    family=TEXT,
    version=st.integers(0, 9),
    split=st.sampled_from(["train", "validation", "test", "imported"]),
    index=st.integers(0, 2**53),
    level=st.none() | st.integers(0, 99),
    config=MAPPING,
    prompt=st.lists(
        st.builds(Message, role=st.sampled_from(["system", "user", "assistant"]), content=TEXT),
        min_size=1,
        max_size=3,
    ).map(tuple),
    tools=st.lists(MAPPING, max_size=2),
    ground_truth=MAPPING,
    reference=st.none() | TEXT,
    trace=st.lists(MAPPING, max_size=2),
    metadata=MAPPING,
)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tasks=st.lists(TASK, max_size=4))
def test_what_is_written_is_read_exactly(tmp_path, suffix, tasks):
    path = tmp_path / f"tasks{suffix}"
    assert write_tasks(path, tasks) == len(tasks)
    assert list(read_tasks(path)) == tasks


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_equal_tasks_give_equal_bytes(tmp_path, draw, suffix):
    tasks = draw("Counting", 30)
    for name in ("one", "another"):
        write_tasks(tmp_path / f"{name}{suffix}", tasks)
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"another{suffix}").read_bytes()


def test_tasks_are_read_one_at_a_time(tmp_path, draw):
    path = tmp_path / "tasks.jsonl"
    write_tasks(path, draw("Counting", 2))
    path.write_bytes(path.read_bytes() + b"broken\n")
    tasks = read_tasks(path)
    assert [next(tasks).index, next(tasks).index] == [0, 1]


def test_parquet_holds_many_row_groups_and_readable_columns(tmp_path, draw, monkeypatch):
    monkeypatch.setattr("reason.benchmark.tasks_file.ROWS_PER_GROUP", 10)
    path = tmp_path / "tasks.parquet"
    write_tasks(path, draw("Counting", 25, level=0))
    file = pyarrow.parquet.ParquetFile(path)
    assert file.metadata.num_rows == 25
    assert file.metadata.num_row_groups == 3
    row = next(file.iter_batches(batch_size=1)).to_pylist()[0]
    assert row["prompt"][0]["role"] == "user"
    assert json.loads(row["config"]) == {"num_terms": 2, "mode": "digits", "pause_ms": 0}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda lines: [lines[0], b"{]\n", lines[2]], "line 2: not JSON"),
        (lambda lines: [lines[0], b"\n", lines[1].replace(b'"index":1', b'"index":7')], "line 3: task_id"),
        (lambda lines: [*lines[:2], lines[2][:-40]], "line 3: not JSON"),
        (lambda lines: [lines[0], b"[1]\n"], "line 2: a task is a JSON object"),
        (lambda lines: [lines[0].replace("Σ".encode(), b"\xff")], "line 1: not UTF-8"),
        (lambda lines: [lines[0], b"[" * 100_000 + b"\n"], "line 2: "),
        (lambda lines: [lines[0], b'{"config":' + b"[" * 600 + b"]" * 600 + b"}\n"], "line 2: "),
        (lambda lines: [lines[0], b'{"task_id": "x"}\n'], "line 2: the task lacks config"),
        (lambda lines: [b"\x00" * 50 + b"\n"], "line 1: not JSON"),
    ],
    ids=["json", "changed", "cut", "list", "utf8", "deep", "nested", "fields", "nul"],
)
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_a_broken_line_is_named(tmp_path, draw, damage, message, suffix):
    good = tmp_path / "good.jsonl"
    write_tasks(good, draw("Counting", 3))
    data = b"".join(damage(good.read_bytes().splitlines(keepends=True)))
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(gzip.compress(data) if suffix.endswith("gz") else data)
    with pytest.raises(InputFormatError, match=f"bad{suffix}, {message}"):
        list(read_tasks(path))


def test_line_ends_byte_order_mark_and_blank_lines_do_not_matter(tmp_path, draw):
    path = tmp_path / "tasks.jsonl"
    tasks = draw("Counting", 3)
    write_tasks(path, tasks)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b"  \r\n\r\n")
    assert list(read_tasks(path)) == tasks


@pytest.mark.parametrize("keep", [0.0, 0.02, 0.5, 0.999])
def test_cut_compressed_files_are_errors(tmp_path, draw, keep):
    for suffix in (".jsonl.gz", ".parquet"):
        path = tmp_path / f"cut{suffix}"
        write_tasks(path, draw("Counting", 50))
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * keep)])
        if suffix == ".jsonl.gz" and keep == 0.0:
            assert list(read_tasks(path)) == []  # An empty file is an empty gzip file.
            continue
        with pytest.raises(InputFormatError, match=f"cut{suffix}, after"):
            list(read_tasks(path))


def test_a_parquet_row_that_is_no_task_is_named(tmp_path, draw):
    path = tmp_path / "tasks.parquet"
    write_tasks(path, draw("Counting", 3))
    table = pyarrow.parquet.read_table(path)
    rows = table.to_pylist()
    for column, value in [("config", "{"), ("config", None), ("index", 9), ("family", None), ("prompt", [])]:
        changed = [rows[0], {**rows[1], column: value}, rows[2]]
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(changed, schema=table.schema), path)
        with pytest.raises(InputFormatError, match=r"tasks.parquet, row 2: "):
            list(read_tasks(path))


def test_parquet_refuses_integers_that_it_cannot_hold(tmp_path):
    task = registry.get("Counting").task(index=2**70)
    with pytest.raises(InputFormatError, match=r"64 bits.*index.*jsonl"):
        write_tasks(tmp_path / "tasks.parquet", [task])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["tasks.json", "tasks", "tasks.csv", "jsonl"])
def test_other_suffixes_are_refused(tmp_path, name):
    with pytest.raises(InputFormatError, match=r"must end in \.jsonl, \.jsonl\.gz or \.parquet"):
        write_tasks(tmp_path / name, [])
    with pytest.raises(InputFormatError, match="must end in"):
        list(read_tasks(tmp_path / name))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, draw, suffix):
    path = tmp_path / f"tasks{suffix}"
    write_tasks(path, draw("Counting", 2))
    before = path.read_bytes()

    def tasks():
        yield from draw("Counting", 5)
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="source broke"):
        write_tasks(path, tasks())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_without_pyarrow_parquet_says_how_to_get_it(tmp_path):
    code = f"""
import sys
sys.modules["pyarrow"] = None
from reason.benchmark.tasks_file import write_tasks
write_tasks({str(tmp_path / "tasks.parquet")!r}, [])
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'reason-gym[data]'" in result.stderr
