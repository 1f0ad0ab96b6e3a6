import json
import shutil
import subprocess
import sys
import textwrap

import pytest

HEAVY = [
    "torch",
    "sympy",
    "duckdb",
    "docker",
    "pysat",
    "sqlglot",
    "dratify",
    "pyarrow",
    "rich",
    "typer",
    "transformers",
]
LIMIT_SECONDS = 0.3
"""Of the importing thread's processor time: elapsed time without the waiting on a busy machine."""

MEASURE = textwrap.dedent(
    """
    import json, sys, time
    start = time.thread_time()
    import reason
    seconds = time.thread_time() - start
    import gymnasium
    print(json.dumps({
        "seconds": seconds,
        "modules": sorted(sys.modules),
        "ids": reason.ids(),
        "environments": [name for name in gymnasium.registry if name.startswith("reason/")],
        "file": reason.__file__,
    }))
    """
)

FAMILY = '''"""A family that only exists to be counted."""

from random import Random

from reason.family import Config, Draft, Family
from reason.registry import register
from reason.task import Task
from reason.verdict import Verdict



@register
class Synthetic{number}(Family[Config]):
    """Copy a number."""

    id = "Synthetic{number}-v0"
    domain = "synthetic"

    def at_level(self, level: int) -> Config:
        return Config()

    def generate(self, rng: Random, config: Config) -> Draft:
        value = rng.randrange(10**9)
        return Draft(prompt=f"Copy {{value}}", ground_truth={{"value": value}}, reference=str(value))

    def verify(self, task: Task, answer: str) -> Verdict:
        right = answer == str(task.ground_truth["value"])
        return Verdict.right() if right else Verdict.wrong("another number")
'''


def fresh_import(path, *options):
    command = [sys.executable, *options, "-c", MEASURE]
    environment = {"PYTHONPATH": str(path), "PATH": "/usr/bin:/bin"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=path)
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory, repository):
    """The package with a thousand more family files in it."""
    path = tmp_path_factory.mktemp("crowded")
    shutil.copytree(repository / "reason", path / "reason")
    folder = path / "reason" / "generators" / "synthetic"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""Synthetic."""\n')
    for number in range(1000):
        (folder / f"family_{number:04}.py").write_text(FAMILY.format(number=number))
    return path


def test_importing_reason_is_light(repository):
    loaded = fresh_import(repository, "-W", "error")["modules"]
    assert [name for name in HEAVY if name in loaded] == []


def test_importing_reason_imports_no_family(repository):
    loaded = fresh_import(repository)["modules"]
    assert [name for name in loaded if name.startswith("reason.generators.")] == []


def test_importing_reason_is_quick(repository):
    assert min(fresh_import(repository)["seconds"] for _ in range(7)) < LIMIT_SECONDS


def test_importing_reason_is_quick_with_a_thousand_families(crowded):
    runs = [fresh_import(crowded) for _ in range(7)]
    assert runs[0]["file"].startswith(str(crowded))
    assert sum(name.startswith("Synthetic") for name in runs[0]["ids"]) == 1000
    assert sum(name.startswith("reason/Synthetic") for name in runs[0]["environments"]) == 1000
    assert min(run["seconds"] for run in runs) < LIMIT_SECONDS


def test_a_new_family_file_is_playable_with_no_list_edited(crowded):
    code = textwrap.dedent(
        """
        import gymnasium, reason
        env = gymnasium.make("reason/Synthetic7-v0", level=0)
        prompt, _ = env.reset(seed=1)
        _, reward, *_ = env.step(f"<answer>{prompt.split()[-1]}</answer>")
        print(reward)
        """
    )
    environment = {"PYTHONPATH": str(crowded), "PATH": "/usr/bin:/bin"}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, cwd=crowded
    )
    assert result.stdout.strip() == "1.0"
