import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from reason.train.metrics import read_metrics
from reason.train.policy.loading import load_policy

STEP = Path(__file__).parent / "distributed_step.py"


def launch(processes, *arguments):
    # Files of the system find each other, so that parallel tests share no port.
    several = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    result = subprocess.run(
        [sys.executable, *(several if processes > 1 else []), *map(str, arguments)],
        capture_output=True, text=True, timeout=280, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]


def step(path, processes, loss, max_tokens):
    launch(processes, STEP, path, loss, max_tokens)
    return torch.load(path, weights_only=True)


@pytest.mark.parametrize(("loss", "max_tokens"), [("dapo", 24), ("online_dpo", 1000)])
def test_two_processes_make_the_step_that_one_makes(tmp_path, loss, max_tokens):
    """FSDP2 over gloo: weights after two updates, norms of gradients and metrics are those of one process."""
    one = step(tmp_path / "one.pt", 1, loss, max_tokens)
    two = step(tmp_path / "two.pt", 2, loss, max_tokens)
    assert two["metrics"]["grad_norm"] == pytest.approx(one["metrics"]["grad_norm"], rel=1e-4)
    assert two["metrics"]["loss"] == pytest.approx(one["metrics"]["loss"], abs=1e-5)
    assert two["metrics"]["updates"] == one["metrics"]["updates"] > 0
    assert set(two["weights"]) == set(one["weights"])
    for name, weight in one["weights"].items():
        torch.testing.assert_close(two["weights"][name], weight, rtol=0, atol=1e-4)


@pytest.mark.soak
def test_two_processes_train_the_policy_that_one_trains(tmp_path, repository):
    """`reason train` under torchrun, from warm-up to export: rollouts shared out, weights sharded (FSDP2)."""
    sizes = [
        "steps=3", "warmup.steps=40", "warmup.episodes=200", "rollout.groups=3", "rollout.group_size=4",
        "optimizer.eps=1e-5", "optimizer.updates_per_rollout=2", "evaluation.episodes=8",
        "evaluation.every=1", "checkpoint.every=2", "log.live=false", "log.report=false",
    ]  # fmt: skip
    toml = repository / "examples" / "number_guess.toml"
    for processes in (1, 2):
        launch(processes, "-m", "reason", "train", toml, *sizes, f"folder={tmp_path / str(processes)}")
    one, two = (load_policy(tmp_path / name / "policy").state_dict() for name in "12")
    assert set(one) == set(two)
    for name, weight in one.items():
        torch.testing.assert_close(two[name], weight, rtol=0, atol=1e-4)
    lines = [
        [line for line in read_metrics(tmp_path / name / "metrics.jsonl") if line["kind"] != "warmup"]
        for name in "12"
    ]
    for single, double in zip(*lines, strict=True):
        assert double["solve_rate"] == single["solve_rate"]
        assert double["generated_tokens"] == single["generated_tokens"]
        assert double.get("loss") == pytest.approx(single.get("loss"), abs=1e-5)
    assert sum(line.get("updates", 0) for line in lines[1]) > 0
    # A run of two processes is a run: both go on from its checkpoint, and nothing is left to do.
    launch(2, "-m", "reason", "train", toml, *sizes, f"folder={tmp_path / '2'}", "--resume", "auto")
