"""``workers="process"``: answers are judged in processes."""

import asyncio
import importlib
import json
import math
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import gymnasium
import pytest

import reason
from reason import registry
from reason.envs.vector import ReasoningVectorEnv
from reason.errors import ConfigError
from reason.testing.hostile import load

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _family(monkeypatch):
    monkeypatch.syspath_prepend(HERE)
    module = importlib.import_module("process_families")
    registry._loaded.setdefault("Obedient-v0", module.Obedient())
    yield
    registry._loaded.pop("Obedient-v0")
    gymnasium.registry.pop("reason/Obedient-v0", None)


@pytest.fixture
def make():
    made = []

    def make(num_envs, family="Obedient", **arguments):
        made.append(ReasoningVectorEnv(family, num_envs=num_envs, workers="process", **arguments))
        made[-1].reset(seed=1)
        return made[-1]

    yield make
    for envs in made:
        envs.close()


def wrap(answer):
    return f"<answer>{answer}</answer>"


def lives(process_id):
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def ends(process_id, seconds=20.0):
    deadline = time.monotonic() + seconds
    while lives(process_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not lives(process_id)


def processes_of(steps):
    return {int(step[4]["verdict"]["detail"]) for step in steps.values()}


def test_verdicts_are_those_of_threads(make):
    texts = [hostile.text()[:20_000] for hostile in load()]
    texts += [wrap("done"), wrap("no"), wrap("raise"), "\ud800", wrap("\ud800")]
    for family in ("Obedient", "SAT"):
        there = make(len(texts), family, max_workers=2)
        here = ReasoningVectorEnv(family, num_envs=len(texts))
        here.reset(seed=1)
        told, expected = (envs.step_some(dict(enumerate(texts))) for envs in (there, here))
        assert repr(told) == repr(expected)  # which NaN does not spoil
        assert json.dumps(there.infos) == json.dumps(here.infos)
        here.close()


def test_games_and_tools_are_played_with_process_workers_too():
    for family in ("NumberGuess", "Bank"):
        stories = []
        for workers in ("thread", "process"):
            envs = gymnasium.make_vec(f"reason/{family}-v0", num_envs=3, level=1, workers=workers)
            envs.reset(seed=3)
            references = [task.reference.splitlines() for task in envs.tasks]
            stories.append(
                [
                    envs.step_some({i: wrap(lines[turn]) for i, lines in enumerate(references)})
                    for turn in range(1)
                ]
            )
            envs.close()
        assert stories[0] == stories[1]


def test_no_more_processes_than_asked_for_stay_warm_and_end_with_the_vector(make):
    envs = make(12, max_workers=2, max_turns=3)
    calls = dict.fromkeys(range(12), wrap("process"))
    first = processes_of(envs.step_some(calls))
    assert 1 <= len(first) <= 2
    assert os.getpid() not in first
    assert len(first | processes_of(envs.step_some(calls))) <= 2
    envs.close()
    assert all(ends(process) for process in first)


def test_a_process_that_ends_is_replaced_and_the_answer_judged_again(make, tmp_path):
    envs = make(3, max_workers=1)
    steps = envs.step_some({0: wrap("process"), 1: wrap(f"end_once {tmp_path}/ended"), 2: wrap("done")})
    assert (tmp_path / "ended").exists()
    assert [steps[i][4]["verdict"]["passed"] for i in range(3)] == [False, True, True]
    assert steps[2][4]["reward_components"] == {"obeyed": 0.1}


def test_what_ends_every_process_could_not_be_scored(make, tmp_path):
    envs = make(3, max_workers=2)
    steps = envs.step_some({0: wrap(f"end {tmp_path}/ended"), 1: wrap("done"), 2: wrap("process")})
    assert math.isnan(steps[0][1])
    info = steps[0][4]
    assert (info["stop_reason"], info["verdict"]["passed"]) == ("unscorable", None)
    assert info["reward_components"] == {"obeyed": 0.0}
    assert "ended its process" in info["verdict"]["detail"]
    assert steps[1][1] == 1.0


def test_a_cancelled_step_has_changed_nothing(make, tmp_path):
    envs = make(3, max_workers=3, max_turns=2)

    async def play():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(
                envs.astep_some({0: wrap(f"end_once {tmp_path}/x"), 1: wrap("process")}), 0.001
            )
        assert [info["turn"] for info in envs.infos] == [0] * 3
        return await asyncio.gather(*(envs.astep_some({i: wrap("done")}) for i in range(3)))

    assert [step[i][1] for i, step in enumerate(asyncio.run(play()))] == [1.0] * 3


def test_an_interrupt_ends_the_step_and_leaves_no_process(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(f"""
            import sys
            sys.path[:] = {sys.path!r}
            import process_families
            from reason.envs.vector import ReasoningVectorEnv

            envs = ReasoningVectorEnv("Obedient", num_envs=3, workers="process", max_workers=3)
            envs.reset(seed=1)
            try:
                envs.step([f"<answer>sleep {tmp_path}/{{i}}</answer>" for i in range(3)])
            except KeyboardInterrupt:
                steps = envs.step_some({{0: "<answer>done</answer>"}})
                print(steps[0][1], flush=True)
                raise
        """)
    )
    process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    files = [tmp_path / str(i) for i in range(3)]
    while process.poll() is None and not all(file.exists() and file.read_text() for file in files):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert out == b"1.0\n", err
    assert process.returncode == -signal.SIGINT
    assert all(ends(int(file.read_text())) for file in files)


def test_what_cannot_be_is_named(monkeypatch):
    with pytest.raises(ConfigError, match="workers must be 'thread' or 'process', got 'fork'"):
        ReasoningVectorEnv("Obedient", workers="fork")
    monkeypatch.setattr(type(reason.get("Obedient")), "__module__", "__main__")
    with pytest.raises(ConfigError, match="needs Obedient-v0 in a module of its own"):
        ReasoningVectorEnv("Obedient", workers="process")
