import errno
import os
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reason import registry
from reason.benchmark.generate import generate
from reason.benchmark.plan import plan
from reason.benchmark.tasks_file import SUFFIXES, read_tasks, write_tasks
from reason.errors import ConfigError, GenerationError, InputFormatError

PLAN = {"names": ["Counting"], "count": 40, "levels": (0, 1, 2)}


@pytest.fixture
def wanted():
    return plan(**PLAN)


@pytest.fixture
def whole(tmp_path, wanted):
    """The bytes of a run that nothing disturbed."""
    path = tmp_path / "undisturbed.jsonl"
    generate(path, wanted)
    data = path.read_bytes()
    path.unlink()
    return data


def partial_of(path):
    return path.with_name(path.name + ".partial")


def expected_tasks(wanted):
    return [stream.draw(wanted.split, index) for stream, index in wanted.places()]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_file_holds_the_plan(tmp_path, wanted, suffix):
    path = tmp_path / f"tasks{suffix}"
    outcome = generate(path, wanted)
    assert (outcome.count, outcome.kept) == (40, 0)
    assert list(read_tasks(path)) == expected_tasks(wanted)
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cut_off_at_any_byte_it_continues_to_the_same_bytes(tmp_path, wanted, whole, data):
    path = tmp_path / "tasks.jsonl"
    path.unlink(missing_ok=True)
    cut = data.draw(st.integers(0, len(whole)))
    partial_of(path).write_bytes(whole[:cut])
    outcome = generate(path, wanted)
    assert outcome.kept == whole[:cut].count(b"\n")
    assert path.read_bytes() == whole


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("fault", [KeyboardInterrupt, MemoryError, ZeroDivisionError])
def test_an_interrupted_run_repeats_nothing(tmp_path, wanted, whole, suffix, fault):
    path = tmp_path / f"tasks{suffix}"

    def interrupt(done, total):
        if done >= 7:
            raise fault

    with pytest.raises(fault):
        generate(path, wanted, on_progress=interrupt)
    assert not path.exists()
    kept = partial_of(path).read_bytes()
    assert kept
    assert whole.startswith(kept)
    told = []
    outcome = generate(path, wanted, on_progress=lambda done, total: told.append(done))
    assert outcome.kept == told[0] == kept.count(b"\n")
    assert list(read_tasks(path)) == expected_tasks(wanted)
    assert list(tmp_path.iterdir()) == [path]


def test_an_interruption_between_packing_and_tidying_up_is_noticed(tmp_path, wanted, whole):
    path = tmp_path / "tasks.jsonl.gz"
    generate(path, wanted)
    partial_of(path).write_bytes(whole)
    assert generate(path, wanted).kept == 40
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_run_again_changes_nothing(tmp_path, wanted, suffix):
    path = tmp_path / f"tasks{suffix}"
    generate(path, wanted)
    before = path.read_bytes(), os.stat(path).st_mtime_ns, os.stat(path).st_ino
    told = []
    outcome = generate(path, wanted, on_progress=lambda *progress: told.append(progress))
    assert (outcome.kept, outcome.count, told) == (40, 40, [(40, 40)])
    assert (path.read_bytes(), os.stat(path).st_mtime_ns, os.stat(path).st_ino) == before
    assert list(tmp_path.iterdir()) == [path]


OTHER_PLANS = [
    ({"count": 41}, "task 28: level 2 where 1 belongs"),
    ({"count": 39}, "task 14: level 0 where 1 belongs"),
    ({"levels": (0, 1)}, "task 15: level 1 where 0 belongs"),
    ({"split": "test"}, "task 1: split 'train' where 'test' belongs"),
    ({"names": ["Endless"]}, "family 'Counting-v0' where 'Endless-v0' belongs"),
    ({"knobs": {"mode": "words"}}, "mode='digits' where mode='words' belongs"),
    ({"levels": None, "knobs": {"num_terms": 2}}, "level 0 where None belongs"),
]


@pytest.mark.parametrize(("change", "message"), OTHER_PLANS)
def test_other_tasks_at_the_path_are_not_overwritten(tmp_path, wanted, whole, change, message):
    path = tmp_path / "tasks.jsonl"
    other = plan(**{**PLAN, **change})
    generate(path, wanted)
    with pytest.raises(InputFormatError, match=f"tasks.jsonl exists .*({message}).*--force"):
        generate(path, other)
    assert path.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [path]
    generate(path, other, force=True)
    assert list(read_tasks(path)) == expected_tasks(other)


@pytest.mark.parametrize(("change", "message"), OTHER_PLANS[2:])
def test_another_unfinished_run_at_the_path_is_not_overwritten(tmp_path, whole, change, message):
    path = tmp_path / "tasks.jsonl"
    partial_of(path).write_bytes(whole[:-100])
    other = plan(**{**PLAN, **change})
    with pytest.raises(InputFormatError, match=r"partial is left from another run .*--force"):
        generate(path, other)
    assert partial_of(path).read_bytes() == whole[:-100]
    generate(path, other, force=True)
    assert list(read_tasks(path)) == expected_tasks(other)


def test_what_is_no_tasks_file_is_not_overwritten(tmp_path, wanted, whole):
    path = tmp_path / "tasks.jsonl"
    for text in (b"my diary\n", b"", whole[:-1][:-50], whole + whole[:300]):
        path.write_bytes(text)
        with pytest.raises(InputFormatError, match="exists and is not what this command writes"):
            generate(path, wanted)
        assert path.read_bytes() == text
        assert list(tmp_path.iterdir()) == [path]


def test_a_changed_line_in_an_unfinished_run_is_noticed(tmp_path, wanted, whole):
    path = tmp_path / "tasks.jsonl"
    lines = whole.splitlines(keepends=True)
    partial_of(path).write_bytes(lines[0] + lines[1].replace(b"digits", b"digit5") + lines[2])
    with pytest.raises(InputFormatError, match=r"line 2: task_id .*changed"):
        generate(path, wanted)


def test_a_generator_that_has_changed_since_is_noticed(tmp_path, wanted, whole, monkeypatch):
    path = tmp_path / "tasks.jsonl"
    partial_of(path).write_bytes(whole[:5000])
    family = type(registry.get("Counting"))
    before = family.generate
    monkeypatch.setattr(
        family, "generate", lambda self, rng, config: before(self, rng, config) if rng.random() else None
    )
    with pytest.raises(InputFormatError, match="draws another task"):
        generate(path, wanted)


def test_workers_change_no_byte(tmp_path, wanted, whole):
    path = tmp_path / "tasks.jsonl"
    partial_of(path).write_bytes(whole[:5000])
    generate(path, wanted, workers=3)
    assert path.read_bytes() == whole


def test_workers_know_families_that_only_this_process_imported(tmp_path):
    path = tmp_path / "tasks.jsonl"
    assert generate(path, plan(["Endless"], count=20), workers=2).count == 20


def test_two_runs_at_once_are_refused(tmp_path):
    path = tmp_path / "tasks.jsonl"
    slow = plan(["Counting"], count=10, knobs={"pause_ms": 20})
    started = threading.Event()
    first = threading.Thread(
        target=generate, args=(path, slow), kwargs={"on_progress": lambda *_: started.set()}
    )
    first.start()
    started.wait()
    with pytest.raises(InputFormatError, match="another process is writing"):
        generate(path, slow)
    with pytest.raises(InputFormatError, match="another process is writing"):
        generate(path, slow, force=True)
    first.join()
    assert list(read_tasks(path)) == expected_tasks(slow)


def test_a_full_disk_keeps_what_was_written(tmp_path, plugin_path, wanted, whole):
    code = f"""
import resource, sys
sys.path.insert(0, {str(plugin_path)!r})
import counting
from reason.benchmark.generate import generate
from reason.benchmark.plan import plan
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
try:
    generate(sys.argv[1], plan(**{PLAN!r}))
except OSError as error:
    sys.exit(error.errno)
"""
    path = tmp_path / "tasks.jsonl"
    result = subprocess.run([sys.executable, "-c", code, path], check=False)
    assert result.returncode == errno.EFBIG
    assert partial_of(path).stat().st_size == 9000
    assert generate(path, wanted).kept == whole[:9000].count(b"\n")
    assert path.read_bytes() == whole


def test_a_family_that_cannot_draw_leaves_no_empty_file(tmp_path, wanted, monkeypatch):
    def fail(self, rng, config):
        raise GenerationError("no such task")

    monkeypatch.setattr(type(registry.get("Counting")), "generate", fail)
    with pytest.raises(GenerationError, match="no such task"):
        generate(tmp_path / "tasks.jsonl", wanted)
    assert list(tmp_path.iterdir()) == []


def test_what_was_begun_with_force_continues_with_force(tmp_path, wanted, whole):
    path = tmp_path / "tasks.jsonl"
    write_tasks(path, expected_tasks(plan(["Endless"], count=3)))
    partial_of(path).write_bytes(whole[:5000])
    assert generate(path, wanted, force=True).kept == whole[:5000].count(b"\n")
    assert path.read_bytes() == whole


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_workers_must_be_a_number(tmp_path, wanted, workers):
    with pytest.raises(ConfigError, match="workers must be an integer from 1"):
        generate(tmp_path / "tasks.jsonl", wanted, workers=workers)
    assert list(tmp_path.iterdir()) == []
