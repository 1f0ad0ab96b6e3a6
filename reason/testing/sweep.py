"""A sweep of an environment: random and hostile texts, played twice, with every promise looked at.

Two environments are played in step; their observations, rewards and infos must be the same bytes. Now and
then the state of one goes through JSON into a third, which must go on in the same way.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from reason import registry
from reason.envs.episode import Step
from reason.envs.reasoning import ReasoningEnv
from reason.envs.tool import ToolCall
from reason.seeding import stream
from reason.testing import hostile
from reason.testing.conformance import ConformanceError
from reason.verifiers.extraction import format_answer

__all__ = ["VARIANTS", "Sweep", "sweep"]

VARIANTS: tuple[Mapping[str, Any], ...] = (
    {},
    {"max_turns": 3, "reward": "shaped", "invalid_penalty": 0.25, "max_invalid": 2, "feedback": "components"},
    {"tools": ("calculator", "notes"), "dialect": "hermes", "max_tool_calls": 6},
    {"tools": ("solver", "sql", "python", "calculator", "notes"), "dialect": "openai", "max_chars": 100_000},
)
"""Arguments of the environments that are swept, in turns: every protocol with every kind of limit."""

USUAL_CHARS = 5_000
"""Most hostile texts are cut to so many characters, since the long ones cost what a hundred short ones do."""
LONG_SHARE = 0.02
RESTORED_SHARE = 0.1
NUM_LEVELS = 4

_VALUES: Mapping[str, tuple[Any, ...]] = {
    "string": ("", "1 + 1", "print(2 ** 9)", "x = 1\nx / 0", "SELECT 1", "(check-sat)", "a" * 300, "\ud800"),
    "integer": (0, 1, -1, 7, 10**30),
    "array": ([], [[1, -2], [2]], [[0]], ["a"], [[1], [-1]]),
    "number": (0.5, -1, 10**400),
    "boolean": (True, False),
}


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What a sweep has seen; whatever breaks a promise is an error instead."""

    actions: int
    """Texts that were played."""
    episodes: int
    unscorable: int
    """Episodes that ended because something could not be scored or a tool failed."""
    stop_reasons: Mapping[str, int]
    """Why episodes ended."""
    digest: str
    """Of every byte that an environment returned: equal in every process and on every machine."""


def sweep(family: str, *, num_actions: int = 200, seed: int = 0) -> Sweep:
    """Play random and hostile texts in the environments of a family.

    Args:
        family: Its id or name.
        num_actions: Texts to play, over all of :data:`VARIANTS`.
        seed: Which texts and tasks.

    Raises:
        ConformanceError: an environment raised, was not deterministic, could not be restored or returned
            what it must not; the message says how to play it again.
    """
    family_id = registry.get(family).id
    digest, reasons, episodes, actions = hashlib.sha256(), Counter[str](), 0, 0
    most = max(1, num_actions // len(VARIANTS))  # a long game leaves something to the other variants
    while actions < num_actions:
        rng = stream("sweep", family_id, seed, episodes)
        played = _Play(family_id, VARIANTS[episodes % len(VARIANTS)], rng.randrange(NUM_LEVELS), rng)
        try:
            reasons[played.episode(min(most, num_actions - actions))] += 1
        except Exception as error:
            told = f"{family_id}: {type(error).__name__}: {error}\n  {played.how}"
            raise ConformanceError(f"{told}\n  texts: {played.texts!r:.2000}") from error
        actions, episodes = actions + len(played.texts), episodes + 1
        digest.update(played.digest.digest())
    return Sweep(
        actions=actions,
        episodes=episodes,
        unscorable=reasons["unscorable"] + reasons["tool_error"],
        stop_reasons=dict(sorted(reasons.items())),
        digest=digest.hexdigest(),
    )


class _Play:
    """One episode, played twice."""

    def __init__(self, family_id: str, variant: Mapping[str, Any], level: int, rng: Random) -> None:
        self.rng = rng
        self.seed = rng.randrange(2**32)
        top = registry.get(family_id).max_level
        arguments = {**variant, "level": level if top is None else min(level, top)}
        self.how = f"ReasoningEnv({family_id!r}, **{arguments!r}).reset(seed={self.seed})"
        self.env, self.twin, self.third = (ReasoningEnv(family_id, **arguments) for _ in range(3))
        self.digest = hashlib.sha256()
        self.texts: list[str] = []

    def episode(self, num_actions: int) -> str:
        """Play until the end; return why it ended."""
        begun = self.env.reset(seed=self.seed)
        self._same(_bytes(begun), _bytes(self.twin.reset(seed=self.seed)), "reset")
        info = begun[1]
        actions = [*(self.env.task.reference or "").splitlines()]
        while info["stop_reason"] is None and len(self.texts) < num_actions:
            text = self._text(actions)
            self.texts.append(text)
            state = json.dumps(self.env.get_state()) if self.rng.random() < RESTORED_SHARE else None
            (fork,) = self.env.fork(1)
            step = self.env.step(text)
            told = _bytes(step)
            self._same(told, _bytes(self.twin.step(text)), "a second play")
            if state is not None:
                self.third.set_state(json.loads(state))
                self._same(told, _bytes(self.third.step(text)), "a play from the saved state")
                self._same(told, _bytes(fork.step(text)), "a fork")
            _check(text, step, len(self.texts))
            info = step[4]
        self.env.conclude()
        return str(info["stop_reason"] or "left")

    def _same(self, told: bytes, other: bytes, what: str) -> None:
        self.digest.update(told)
        if told != other:
            at = next((i for i, pair in enumerate(zip(told, other, strict=False)) if pair[0] != pair[1]), 0)
            raise ValueError(f"{what} differs: {told[at : at + 80]!r} is not {other[at : at + 80]!r}")

    def _text(self, actions: Sequence[str]) -> str:
        kind = self.rng.choice(("bare", "tagged", "right", "spoilt", "call", "call", "letters"))
        if kind == "call" and self.env.tools:
            return self._call()
        if kind in ("right", "spoilt") and actions:
            action = (
                actions[(len(self.texts)) % len(actions)] if kind == "right" else self.rng.choice(actions)
            )
            at = self.rng.randrange(len(action) + 1)
            return _tagged(
                action if kind == "right" else action[:at] + self.rng.choice("\0 0-x,<") + action[at:]
            )
        if kind == "letters":
            return "".join(chr(self.rng.randrange(0x3000)) for _ in range(self.rng.randrange(40)))
        most = hostile.MAX_CHARS if self.rng.random() < LONG_SHARE else USUAL_CHARS
        text = self.rng.choice(hostile.load()).text(reference=self.env.task.reference or "1")[:most]
        return _tagged(text) if kind == "tagged" else text

    def _call(self) -> str:
        """Return a call of a tool in the dialect, with arguments that may fit."""
        dialect = self.env.dialect
        calls: list[ToolCall] = []
        for tool in self.rng.choices(self.env.tools, k=self.rng.choice((1, 1, 1, 3, 20))):
            properties = tool["function"]["parameters"].get("properties", {})
            arguments = {
                name: self.rng.choice(_VALUES.get(str(schema.get("type")), (None,)))
                for name, schema in properties.items()
                if self.rng.random() < 0.9
            }
            calls.append(ToolCall.of(tool["function"]["name"], arguments, id=str(len(calls))))
        try:
            text = "" if dialect is None else dialect.write(calls)
        except ValueError:  # it has no words for these arguments
            text = f"<tool_call>{calls[0].line()}</tool_call>"
        return text[: self.rng.randrange(len(text) + 1)] if self.rng.random() < 0.1 else text


def _tagged(answer: str) -> str:
    try:
        return format_answer(answer)
    except ValueError:
        return f"<answer>{answer}</answer>"


def _bytes(told: Any) -> bytes:
    return json.dumps(told, sort_keys=True).encode()


def _check(text: str, step: Step, turn: int) -> None:
    """Look at what a step returned.

    Raises:
        ValueError: it breaks a promise.
    """
    observation, reward, terminated, truncated, info = step
    verdict, messages = info["verdict"], info["messages"]
    problems = {
        "a text that is no string": type(observation) is not str,
        "a reward that is infinite or no float": type(reward) is not float or math.isinf(reward),
        "NaN that is no unscorable verdict": math.isnan(reward)
        != ("score" in verdict and verdict["score"] is None),
        "flags that are no booleans": type(terminated) is not bool or type(truncated) is not bool,
        "an end without a reason": (terminated or truncated) != (info["stop_reason"] is not None),
        "an end of both kinds": terminated and truncated,
        "an info that JSON changes": json.loads(json.dumps(info)) != info,
        "a turn that was not counted": info["turn"] != turn,
        "messages that are not what was said": messages
        != [{"role": "assistant", "content": text}, *messages[1:2]],
        "an observation that is no message": observation != (messages[1]["content"] if messages[1:] else ""),
    }
    if broken := [name for name, wrong in problems.items() if wrong]:
        raise ValueError(f"the step returned {broken[0]}: {step!r:.400}")
