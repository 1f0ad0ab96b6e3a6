"""Demonstrations: a player's episodes as trajectories, for supervised learning before reinforcement."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from reason.envs.playable import Playable
from reason.envs.tool import ToolCall
from reason.errors import ConfigError
from reason.interactive import InteractiveFamily
from reason.seeding import stream
from reason.task import Task
from reason.train.environments import Plan
from reason.train.policy.tokenizer import Tokenizer
from reason.train.trajectory import Trajectory
from reason.verifiers.extraction import format_answer

__all__ = ["Demonstration", "Demonstrator", "as_trajectory", "play", "reference_texts"]

Demonstrator = Callable[[Task, Sequence[Mapping[str, str]], random.Random], str]
"""From a task and the conversation so far to what the player writes next; it may look at the ground truth."""


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """An episode as messages."""

    messages: tuple[Mapping[str, str], ...]
    prompt_messages: int
    """How many of them are the prompt."""
    reward: float
    passed: bool


def reference_texts(env: Playable) -> list[str]:
    """Return what the reference of the task in play writes, turn by turn: answer, actions, or calls of tools.

    Raises:
        ConfigError: the task has no reference.
    """
    task, family = env.task, cast(Any, env).unwrapped.family
    if task.reference is None:
        raise ConfigError(f"{task.family} gives no reference to demonstrate; name another demonstrator")
    if not isinstance(family, InteractiveFamily):
        return [format_answer(task.reference)]
    dialect = env.dialect
    calls = [(line, None if dialect is None else _call(line)) for line in task.reference.splitlines()]
    return [
        format_answer(line) if dialect is None or call is None else dialect.write([call])
        for line, call in calls
    ]


def _call(line: str) -> ToolCall | None:
    """Read a call of a tool as references write it; None where the line is another kind of action."""
    try:
        call = json.loads(line)
        return ToolCall.of(call["name"], call["arguments"])
    except (ValueError, TypeError, KeyError):
        return None


def play(env: Playable, plan: Plan, demonstrator: Demonstrator | None, *, seed: int) -> Demonstration:
    """Play one episode to its end, or to that of the reference.

    Args:
        env: Is forked.
        plan: What is played.
        demonstrator: The player; None writes the task's reference.
        seed: Of the run; names the player's random stream.

    Raises:
        ConfigError: ``demonstrator`` is None and the task has no reference.
    """
    (own,) = env.fork(1)
    try:
        _, info = own.reset(seed=plan.seed, options=dict(plan.options))
        messages: list[dict[str, str]] = list(info["messages"])
        prompt_messages, reward = len(messages), 0.0
        texts = iter(reference_texts(own)) if demonstrator is None else None
        rng = stream("reason.train.demonstrator", seed, plan.group)
        while True:
            text = demonstrator(own.task, messages, rng) if demonstrator else next(texts or iter(()), None)
            if text is None:
                break
            _, gained, terminated, truncated, info = own.step(text)
            messages += info["messages"]
            reward += gained
            if terminated or truncated:
                break
        return Demonstration(
            messages=tuple(messages),
            prompt_messages=prompt_messages,
            reward=reward,
            passed=bool(info["verdict"].get("passed")),
        )
    finally:
        own.close()


def as_trajectory(demonstration: Demonstration, tokenizer: Tokenizer, plan: Plan) -> Trajectory:
    """Return an episode as tokens, those of the player marked as the ones to learn.

    Args:
        demonstration: The episode.
        tokenizer: Of the policy.
        plan: What was played.
    """
    prompt = tokenizer.render(demonstration.messages[: demonstration.prompt_messages])
    mark = _stop_mark(tokenizer)
    token_ids, generated, turns = list(prompt), [False] * len(prompt), 0
    said: list[Mapping[str, str]] = []
    for message in demonstration.messages[demonstration.prompt_messages :]:
        if message["role"] != "assistant":
            said.append(message)
            continue
        between = tokenizer.render_continuation(said) if turns else []
        written = [*tokenizer.encode(message["content"]), *mark]
        token_ids += between + written
        generated += [False] * len(between) + [True] * len(written)
        turns, said = turns + 1, []
    return Trajectory(
        token_ids_T=np.array(token_ids, dtype=np.int64),
        generated_T=np.array(generated, dtype=np.bool_),
        sampler_logprobs_T=np.zeros(len(token_ids), dtype=np.float32),
        prompt_length=len(prompt),
        group=plan.group,
        member=0,
        reward=demonstration.reward,
        passed=float(demonstration.passed),
        turns=turns,
        env=plan.env,
    )


def _stop_mark(tokenizer: Tokenizer) -> list[int]:
    """Return the token that ends a turn: what a continuation begins with where the turn is not closed yet."""
    after = [{"role": "user", "content": "x"}]
    open_ids = tokenizer.render_continuation(after, closed=False)
    closed_ids = tokenizer.render_continuation(after, closed=True)
    # What follows the stop id (a line break of the template) is the continuation's own.
    return open_ids[: len(open_ids) - len(closed_ids)][:1] or [min(tokenizer.stop_ids)]
