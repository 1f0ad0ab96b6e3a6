"""What a protocol is: how an episode of some kind of task goes on after each text of the policy.

A protocol is one file under ``reason/envs/protocols/`` with one subclass of :class:`Protocol`. It is found
by what the family and the task are (:meth:`Protocol.precedence`); no list knows of it. Protocols are
functions without state of their own: all that an episode needs is in ``Episode.state``, which is JSON, so
that saving, forking and replaying need no code of theirs.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, NamedTuple

from reason import registry
from reason.envs.rules import Rules
from reason.envs.stop_reason import StopReason
from reason.envs.tool import Dialect
from reason.family import Family
from reason.frozen import FrozenDict
from reason.scoring import score
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["Messages", "Move", "Protocol", "Scorer", "Span", "Standing", "choose", "unscorable"]

Scorer = Callable[[Task, str], Verdict]
"""Judges a completion, as :func:`reason.score` does."""

Messages = tuple[tuple[str, str], ...]
"""Pairs of role and content."""


class Span(NamedTuple):
    """A part of an environment's message that a trainer may want to mask or weigh."""

    start: int
    """First character."""
    stop: int
    """One past the last character."""
    kind: str
    """``tool`` for what tools said, ``observation`` for the rest."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an episode stands when the policy has written a text."""

    task: Task
    family: Family[Any]
    state: Mapping[str, Any]
    """The protocol's own."""
    turns_left: int
    """Turns that the policy has after this one."""
    final: bool = False
    """Whether the first answer ends the episode, right or wrong, though turns are left."""
    scorer: Scorer = score
    """What judges answers: :func:`reason.score`, or the same elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """What a protocol made of one text."""

    state: Mapping[str, Any]
    """The protocol's state after it, frozen JSON."""
    verdict: Verdict | None
    """The judgement so far; None where the text was nothing to judge."""
    observation: str = ""
    """The next message, where the episode goes on."""
    last_observation: str = ""
    """The next message, where it ends."""
    role: Literal["user", "tool"] = "user"
    """Of that message."""
    spans: tuple[Span, ...] | None = None
    """Parts of the observation; None in protocols that have none to tell apart."""
    reward: float | None = None
    """What the task itself gives for the turn; None leaves it to the verdict."""
    invalid: bool = False
    """The text could not be read as an action, or the action is not allowed."""
    stop_reason: StopReason | None = None
    """Set where the protocol ends the episode; limits on turns and the like are not its business."""
    seconds: Mapping[str, float] = field(default_factory=FrozenDict)
    """Time spent by phase, for ``get_metrics``."""


class Protocol(ABC):
    """One way in which episodes go."""

    @abstractmethod
    def precedence(self, task: Task, family: Family[Any], rules: Rules) -> int | None:
        """Return how specially this protocol is made for such a task, None where it cannot play it.

        The highest number plays: 0 any family, 10 a kind of family, 20 what is laid over those.
        """

    @abstractmethod
    def max_turns(self, task: Task, family: Family[Any], rules: Rules) -> int:
        """Return the turns after which an episode is cut."""

    @abstractmethod
    def act(self, standing: Standing, text: str, rules: Rules) -> Move:
        """Say what a text does; never raises on text."""

    def opening(self, task: Task, rules: Rules) -> Messages:
        """Return the messages with which an episode begins; each begins as the prompt's does."""
        return tuple((message.role, message.content) for message in task.prompt)

    def initial_state(self, task: Task, family: Family[Any], rules: Rules) -> Mapping[str, Any]:
        """Return the protocol's state at the start, frozen JSON."""
        return FrozenDict()

    def fits(self, state: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
        """Tell whether a saved state is one of this protocol's.

        Args:
            state: The saved state.
            fresh: What :meth:`initial_state` gives for its task.
        """
        return set(state) == set(fresh)

    def tools(self, task: Task, rules: Rules) -> list[dict[str, Any]] | None:
        """Return the tools on offer in OpenAI's format; None in protocols without tools."""
        return None

    def dialect(self, task: Task, rules: Rules) -> Dialect | None:
        """Return how calls are written; None in protocols without tools."""
        return None

    def conclude(self, task: Task, state: Mapping[str, Any], last: Verdict | None) -> Verdict:
        """Judge an episode that a limit cuts short.

        Args:
            task: The task.
            state: The protocol's state at the end.
            last: The verdict of the last turn; None where it was nothing to judge.
        """
        return score(task, "") if last is None else last


def choose(task: Task, rules: Rules, *, below: int | None = None) -> Protocol:
    """Return the protocol that plays a task.

    Args:
        task: The task.
        rules: Of the environment.
        below: Pass over protocols of this precedence and more, to find what one is laid over.

    Raises:
        UnknownFamilyError: the task's family is not installed.
    """
    family = registry.get(task.family)
    best: tuple[int, Protocol] | None = None
    for protocol in _protocols():
        rank = protocol.precedence(task, family, rules)
        if rank is not None and (below is None or rank < below) and (best is None or rank > best[0]):
            best = rank, protocol
    if best is None:
        raise LookupError(f"no protocol plays {task.family}")
    return best[1]


def unscorable(family: Family[Any], error: BaseException | str) -> Verdict:
    """Return the verdict on a failure of ours, with all the components of the family."""
    detail = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return replace(Verdict.unscorable(detail), components=dict.fromkeys(family.components, 0.0))


@cache
def _protocols() -> tuple[Protocol, ...]:
    package = importlib.import_module("reason.envs.protocols")
    found = []
    for entry in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(entry.name)
        found += [
            value()
            for value in vars(module).values()
            if inspect.isclass(value) and issubclass(value, Protocol) and value.__module__ == module.__name__
        ]
    return tuple(found)
