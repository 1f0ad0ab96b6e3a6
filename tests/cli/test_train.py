import json
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """
steps = 2
threads = 1
[[envs]]
id = "NumberGuess-v0"
arguments = { size = 15, max_offset = 0, reward = "binary" }
wrappers = ["reason.train.recipes.number_guess:terse"]
[policy]
d_model = 16
num_heads = 2
num_kv_heads = 1
d_ff = 32
max_position = 64
vocabulary_episodes = 20
[sampling]
max_new_tokens = 3
max_tokens = 48
[rollout]
groups = 2
group_size = 4
[evaluation]
episodes = 4
split = "train"
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text(CONFIG)
    return path


def train(path: Path, *arguments):
    command = ["-W", "error", "-m", "reason", "train", str(path), f"folder={path.parent / 'run'}"]
    return subprocess.run(
        [sys.executable, *command, *arguments],
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


@pytest.mark.timeout(600)
def test_a_run_writes_all_its_files_and_goes_on_where_it_stopped(path):
    first = train(path)
    assert first.returncode == 0, first.stderr
    folder = path.parent / "run"
    result = json.loads(first.stdout.splitlines()[-1])
    assert 0 <= result["solve_rate"] <= 1
    files = {item.name for item in folder.iterdir()}
    assert {"metrics.jsonl", "samples.jsonl", "report.html", "config.json", "checkpoints", "policy"} <= files
    assert (folder / "policy" / "config.json").exists()
    again = train(path)
    assert again.returncode == 2
    assert "holds a run" in again.stderr
    more = train(path, "steps=3", "--resume", "auto")
    assert more.returncode == 0, more.stderr
    steps = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in steps if line["kind"] == "train"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("optimizer.lrr=1", "there is no setting 'optimizer.lrr'; did you mean 'lr'?"),
        ("loss.name=dapoo", "did you mean 'dapo'?"),
        ("envs.0.id=NumberGess-v0", "NumberGuess-v0"),
        ("rollout.groups=0", "rollout.groups must be above 0"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(path, setting, told):
    result = train(path, setting)
    assert result.returncode == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
