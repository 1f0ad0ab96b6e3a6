import importlib
import io
import os
import shlex
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import gymnasium
import pytest

from reason import registry
from reason.cli import main

PLUGIN = Path(__file__).parent.parent / "benchmark" / "plugin"
PLUGIN_IDS = ("Counting-v0", "Endless-v0")


@pytest.fixture(scope="module")
def _counting_families():
    """The plugin's families are known in these tests alone: other tests walk the registry."""
    sys.path.insert(0, str(PLUGIN))
    importlib.import_module("counting")
    yield
    sys.path.remove(str(PLUGIN))
    del sys.modules["counting"]
    for family_id in PLUGIN_IDS:
        registry._loaded.pop(family_id)
        gymnasium.registry.pop(f"reason/{family_id}", None)


@pytest.fixture
def invoke(_counting_families, tmp_path, monkeypatch, capsys):
    """Run a command line in this process: ``invoke("show Counting")`` or with separate words."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)

    def run(*words, text=""):
        arguments = shlex.split(words[0]) if len(words) == 1 else [str(word) for word in words]
        monkeypatch.setattr(sys, "argv", ["reason", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))
        with pytest.raises(SystemExit) as stop:
            main()
        captured = capsys.readouterr()
        return SimpleNamespace(code=stop.value.code, out=captured.out, err=captured.err)

    return run


@pytest.fixture
def start(tmp_path):
    """Start the command line as a process in the test's folder; the plugin's families are known there."""
    processes = []

    def started(*words, env=None, **options):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(PLUGIN),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            **(env or {}),
        }
        code = "from reason.cli import main; main()"
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, *map(str, words)],
            cwd=tmp_path, env=environment, **options,
        )  # fmt: skip
        processes.append(process)
        return process

    yield started
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()
