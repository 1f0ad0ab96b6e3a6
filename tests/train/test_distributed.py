import subprocess
import sys
from pathlib import Path

import pytest
import torch

STEP = Path(__file__).parent / "distributed_step.py"


def step(path, processes, loss, max_tokens):
    # Files of the system find each other, so that parallel tests share no port.
    launch = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    result = subprocess.run(
        [sys.executable, *(launch if processes > 1 else []), str(STEP), str(path), loss, str(max_tokens)],
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
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
