"""Families known only while these tests run: sums that get every kind of verdict, and a game."""

import threading
import time
from dataclasses import dataclass

import gymnasium
import pytest

from reason import Config, Draft, Family, Message, Verdict, register, registry
from reason.errors import SandboxError
from reason.interactive import InteractiveFamily, Transition
from reason.verdict import Status

# Imported by name, also in other processes; the doctest collector would import it under another one.
collect_ignore = ["process_families.py"]


@dataclass(frozen=True, kw_only=True)
class SumConfig(Config):
    num_terms: int = 3

    def __post_init__(self):
        super().__post_init__()
        self.require(1 <= self.num_terms <= 50, "num_terms", "1 to 50")


class Sum(Family[SumConfig]):
    """Add numbers."""

    id = "Sum-v0"
    domain = "arithmetic"
    components = ("closeness",)
    at_once = threading.Barrier(3, timeout=20)

    def at_level(self, level):
        return SumConfig(num_terms=level + 2)

    def generate(self, rng, config):
        terms = [rng.randrange(1000) for _ in range(config.num_terms)]
        total = str(sum(terms))
        question = Message(role="user", content=f"What is {' + '.join(map(str, terms))}?")
        return Draft(
            prompt=(Message(role="system", content="You add."), question),
            ground_truth={"total": total},
            reference=total,
        )

    def verify(self, task, answer):
        total = task.ground_truth["total"]
        if answer == "meet":
            self.at_once.wait()
        if answer == "sandbox":
            raise SandboxError("the sandbox is gone")
        if answer == "crash":
            raise RuntimeError("a fault of the checker")
        if answer == "tell":
            return Verdict.wrong(f"it is {total}, not {answer}")
        if answer == total:
            return Verdict.right(components={"closeness": 1})
        if not answer.isdecimal() or len(answer) > 9:
            return Verdict.wrong("a sum is written in digits", status=Status.PARSE_ERROR)
        closeness = 1 / (1 + abs(int(total) - int(answer)))
        size = "small" if int(answer) < int(total) else "large"
        return Verdict.wrong(f"too {size}", score=closeness, components={"closeness": closeness})


@dataclass(frozen=True, kw_only=True)
class HuntConfig(Config):
    bits: int = 4


class Hunt(InteractiveFamily[HuntConfig]):
    """Find a number by halving."""

    id = "Hunt-v0"
    domain = "games"

    def at_level(self, level):
        return HuntConfig(bits=level + 2)

    def generate(self, rng, config):
        low = rng.randrange(10**6)
        number = low + rng.randrange(2**config.bits)
        hidden = {"low": low, "high": low + 2**config.bits - 1, "number": number, "turns": config.bits + 1}
        actions, (bottom, top) = [], (low, hidden["high"])
        while not actions or actions[-1] != str(number):
            middle = (bottom + top) // 2
            actions.append(str(middle))
            bottom, top = (middle + 1, top) if middle < number else (bottom, middle - 1)
        return Draft(
            prompt=f"Find my number, {low} to {hidden['high']}, in {hidden['turns']} turns.",
            ground_truth=hidden,
            reference="\n".join(actions),
        )

    def initial_state(self, task):
        hidden = task.ground_truth
        return {"turn": 0, "bottom": hidden["low"], "top": hidden["high"]}

    def observe(self, task, state):
        return f"It is {state['bottom']} to {state['top']}."

    def transition(self, task, state, action):
        number, turn = task.ground_truth["number"], state["turn"] + 1
        last = turn >= self.max_turns(task)
        if action == "crash":
            raise RuntimeError("a fault of the game")
        if action == "wait":
            time.sleep(0.2)
        if action == str(number):
            reward = 1.0 if turn == 1 else 0.75
            return Transition(
                state={**state, "turn": turn}, observation="Found.", reward=reward, done=True, passed=True
            )
        if not action.isdecimal() or len(action) > 9:
            after = {**state, "turn": turn}
            return Transition(state=after, observation="Say a number in digits.", valid=False, done=last)
        guess = int(action)
        after = {"turn": turn, "bottom": state["bottom"], "top": state["top"]}
        if guess < number:
            after["bottom"] = max(after["bottom"], guess + 1)
        else:
            after["top"] = min(after["top"], guess - 1)
        reward = 0.25 if turn == 1 else 0.0
        return Transition(state=after, observation=self.observe(task, after), reward=reward, done=last)

    def reference_action(self, task, state):
        return str((state["bottom"] + state["top"]) // 2)

    def max_turns(self, task):
        return task.ground_truth["turns"]


@pytest.fixture(autouse=True, scope="session")
def _families():
    """Register for these tests, and leave no trace: others walk over all families."""
    for family_type in (Sum, Hunt):
        register(family_type)
    yield
    for family_type in (Sum, Hunt):
        del registry._loaded[family_type.id], gymnasium.registry[f"reason/{family_type.id}"]
