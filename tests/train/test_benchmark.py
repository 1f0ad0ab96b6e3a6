"""The benchmark of the trainer in its smoke mode: that it runs, and what it says where TRL is missing."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest


@pytest.mark.timeout(300)
def test_the_smoke_mode_names_the_device_the_floors_and_what_is_missing(repository, tmp_path):
    out = tmp_path / "results.json"
    subprocess.run(
        [
            sys.executable, str(repository / "benchmarks" / "grpo_gpu.py"), "--smoke",
            "--parts", "decode", "step", "trl", "--out", str(out),
        ],
        check=True, timeout=280, capture_output=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
    )  # fmt: skip
    found = json.loads(out.read_text())
    assert found["device"].startswith("CPU: ")
    assert "no GPU" in found["measures"]
    measured = found["models"]["smoke"]
    for part in ("decode", "step"):
        assert measured[part]["floor_seconds"] is None
    for goal in found["goals"]:
        part, _, name = goal.partition(".")
        assert part not in measured or name in measured[part] or "left_out" in measured[part]
    if importlib.util.find_spec("trl") is None:
        assert "pip install trl" in measured["trl"]["left_out"]
    else:
        assert measured["trl"]["times_trl_step"] > 0
