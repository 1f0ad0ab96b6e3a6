"""Random and hostile actions over every environment; ``--soak`` plays 10,000 of them in each."""

import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import count

import gymnasium
import pytest

import reason
from reason import Config, Draft, Verdict, register, registry
from reason.interactive import InteractiveFamily, Transition
from reason.testing import ConformanceError, sweep
from reason.testing.sweep import VARIANTS

FULL, PART = 10_000, 24


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("family_id", reason.ids())
def test_no_action_breaks_a_promise(family_id, request):
    num_actions = FULL if request.config.getoption("--soak") else PART
    swept = sweep(family_id, num_actions=num_actions)
    assert swept.actions == num_actions
    assert swept.unscorable == 0
    assert sum(swept.stop_reasons.values()) == swept.episodes >= len(VARIANTS)


def test_every_process_sees_the_same_bytes():
    program = "from reason.testing import sweep; print(sweep('{}', num_actions=40).digest)"
    for family_id in ("NumberGuess-v0", "Bank-v0", "SAT-v0"):
        digests = {
            subprocess.run(
                [sys.executable, "-c", program.format(family_id)],
                env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
            ).stdout
            for seed in ("1", "2")
        }  # fmt: skip
        assert len(digests) == 1


def test_the_seed_chooses_the_texts():
    assert sweep("Nim", num_actions=20).digest == sweep("reason/Nim-v0", num_actions=20).digest
    assert sweep("Nim", num_actions=20).digest != sweep("Nim", num_actions=20, seed=1).digest


@dataclass(frozen=True, kw_only=True)
class EchoConfig(Config):
    pass


class Echo(InteractiveFamily[EchoConfig]):
    """Say anything, five times."""

    id = "Echo-v0"
    domain = "tests"
    fault = "none"
    counter = count()

    def at_level(self, level):
        return EchoConfig()

    def generate(self, rng, config):
        return Draft(
            prompt="Say something.", ground_truth={"number": rng.randrange(9)}, reference="a\nb\nc\nd\ne"
        )

    def initial_state(self, task):
        return {"turn": 0}

    def observe(self, task, state):
        return "?"

    def transition(self, task, state, action):
        turn, told, reward = state["turn"] + 1, "Heard.", 0.0
        if self.fault == "clock":
            told = str(next(self.counter))
        if self.fault == "infinite":
            reward = float("inf")
        if self.fault == "raises" and turn == 2:
            raise RuntimeError("a fault of the game")
        return Transition(state={"turn": turn}, observation=told, reward=reward, done=turn == 5)

    def reference_action(self, task, state):
        return "a"

    def max_turns(self, task):
        return 5

    def verify(self, task, answer):
        return Verdict.wrong("no")


@pytest.fixture
def echo():
    register(Echo)
    yield Echo
    Echo.fault = "none"
    del registry._loaded["Echo-v0"], gymnasium.registry["reason/Echo-v0"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [("clock", "a second play differs"), ("infinite", "a reward that is infinite")],
)
def test_what_breaks_a_promise_is_named_and_can_be_played_again(echo, fault, told):
    assert sweep("Echo", num_actions=40).unscorable == 0
    echo.fault = fault
    with pytest.raises(ConformanceError, match=told) as caught:
        sweep("Echo", num_actions=40)
    assert "ReasoningEnv('Echo-v0'" in str(caught.value)
    assert "texts: [" in str(caught.value)


def test_faults_of_a_game_are_counted(echo):
    echo.fault = "raises"
    assert sweep("Echo", num_actions=40).unscorable > 0
