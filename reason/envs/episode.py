"""An episode: one task being played, as data that cannot change.

Nothing here has state, so that verification may run in any thread, a step happens wholly or not at
all, and forks share their past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple, Self

from reason import registry
from reason.envs.arguments import check_count
from reason.envs.protocol import Messages, Move, Scorer, Standing, choose
from reason.envs.rules import Rules, credit
from reason.envs.stop_reason import StopReason
from reason.errors import TaskFormatError
from reason.frozen import FrozenDict, freeze, thaw
from reason.scoring import score
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["Episode", "Step", "Turn", "answer", "begin", "check_fits", "printable"]

Step = tuple[str, float, bool, bool, dict[str, Any]]
"""Observation, reward, terminated, truncated, info."""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """Where a played task stands."""

    task: Task
    messages: Messages
    """The whole conversation as pairs of role and content; it only ever grows."""
    turn: int = 0
    """Texts that the policy has written so far."""
    best_credit: float = 0.0
    """The most that an answer was worth so far under ``shaped``."""
    invalid: int = 0
    """How many of the last turns, one after the other, were invalid."""
    state: Mapping[str, Any] = field(default_factory=FrozenDict)
    """The protocol's own, frozen JSON."""
    stop_reason: StopReason | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {
            "task": self.task.to_dict(),
            "messages": _as_dicts(self.messages),
            "turn": self.turn,
            "best_credit": self.best_credit,
            "invalid": self.invalid,
            "state": thaw(self.state),
            "stop_reason": self.stop_reason and self.stop_reason.value,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild an episode.

        Raises:
            TaskFormatError: it is not :meth:`to_dict`'s data.
        """
        if not isinstance(data, Mapping) or set(data) != {item.name for item in fields(cls)}:
            raise TaskFormatError(f"not an episode's state: {data!r:.80}")
        task = Task.from_dict(data["task"])
        try:
            messages = tuple((item["role"], item["content"]) for item in data["messages"])
            stop_reason = None if data["stop_reason"] is None else StopReason(data["stop_reason"])
            turn = check_count(data["turn"], "turn", least=0)
            invalid = check_count(data["invalid"], "invalid", least=0)
            best_credit = float(data["best_credit"])
            state = freeze(data["state"], name="state")
        except (KeyError, TypeError, ValueError) as error:
            raise TaskFormatError(f"not an episode's state: {type(error).__name__}: {error}") from error
        if not isinstance(state, FrozenDict):
            raise TaskFormatError(f"the episode's state must be a JSON object, got {state!r:.80}")
        if not _begins_with_prompt(messages, task):
            raise TaskFormatError("the episode's messages are no conversation that begins with its prompt")
        if not 0.0 <= best_credit <= 1.0:
            raise TaskFormatError(f"best_credit must be in [0, 1], got {best_credit!r}")
        return cls(
            task=task,
            messages=messages,
            turn=turn,
            best_credit=best_credit,
            invalid=invalid,
            state=state,
            stop_reason=stop_reason,
        )

    @property
    def prompt(self) -> str:
        """The last user message of the prompt, as it was shown."""
        opening = self.messages[: len(self.task.prompt)]
        return next((content for role, content in reversed(opening) if role == "user"), opening[-1][1])

    def render(self) -> str:
        """Return the conversation for a terminal; control characters are escaped."""
        return "\n\n".join(f"[{role}]\n{printable(content)}" for role, content in self.messages)


class Turn(NamedTuple):
    """What a text has done."""

    episode: Episode
    """The episode after it."""
    step: Step
    """What ``step`` returns."""
    seconds: Mapping[str, float]
    """Time that the protocol spent in phases of its own."""


def begin(task: Task, rules: Rules) -> tuple[Episode, dict[str, Any]]:
    """Start a task: its episode and the ``info`` of ``reset``.

    Raises:
        ConfigError: the task needs a tool or a dialect that there is not.
    """
    protocol = choose(task, rules)
    state = protocol.initial_state(task, registry.get(task.family), rules)
    episode = Episode(task=task, messages=protocol.opening(task, rules), state=state)
    info = _info(episode, episode.messages, None)
    tools = protocol.tools(task, rules)
    return episode, info if tools is None else {**info, "tools": tools, "spans": []}


def check_fits(episode: Episode, rules: Rules) -> None:
    """Reject an episode that these rules cannot go on with.

    Raises:
        TaskFormatError: its state is of another protocol, or of other tools.
    """
    protocol = choose(episode.task, rules)
    fresh = protocol.initial_state(episode.task, registry.get(episode.task.family), rules)
    if not protocol.fits(episode.state, fresh):
        raise TaskFormatError("the episode is of an environment with other tools, or another kind of episode")


def answer(episode: Episode, text: str, rules: Rules, *, scorer: Scorer = score) -> Turn:
    """Say what a text of the policy does; changes nothing."""
    task, family = episode.task, registry.get(episode.task.family)
    protocol, turn = choose(task, rules), episode.turn + 1
    turns_left = max(0, protocol.max_turns(task, family, rules) - turn)
    if len(text) > rules.max_chars:
        move = Move(state=episode.state, verdict=None, stop_reason=StopReason.MAX_CHARS)
    else:
        standing = Standing(
            task=task, family=family, state=episode.state, turns_left=turns_left, scorer=scorer
        )
        move = protocol.act(standing, text, rules)
    invalid = episode.invalid + 1 if move.invalid else 0
    stop_reason = move.stop_reason or _limit(turn, invalid, turns_left, rules)
    verdict = move.verdict
    if len(text) > rules.max_chars:
        detail = (
            f"the completion has {len(text)} characters, over the limit of {rules.max_chars}; it was not read"
        )
        verdict = replace(protocol.conclude(task, move.state, None), detail=detail)
    elif verdict is not None and verdict.score is None:
        stop_reason = move.stop_reason if move.stop_reason is StopReason.TOOL_ERROR else StopReason.UNSCORABLE
    elif stop_reason is not None and move.stop_reason is not StopReason.ANSWERED:
        verdict = protocol.conclude(task, move.state, verdict)
        if verdict.score is None:
            stop_reason = StopReason.UNSCORABLE
    return _turn(episode, text, move, rules, verdict=verdict, stop_reason=stop_reason, invalid=invalid)


def _limit(turn: int, invalid: int, turns_left: int, rules: Rules) -> StopReason | None:
    if rules.max_invalid is not None and invalid >= rules.max_invalid:
        return StopReason.INVALID_ACTION
    if turns_left:
        return None
    # One turn is all there is to such an episode: nothing was cut off.
    return StopReason.ANSWERED if turn == 1 else StopReason.MAX_TURNS


def _turn(
    episode: Episode,
    text: str,
    move: Move,
    rules: Rules,
    *,
    verdict: Verdict | None,
    stop_reason: StopReason | None,
    invalid: int,
) -> Turn:
    """Put a move into the episode, with the verdict and the end that stand after all limits."""
    observation = move.last_observation if stop_reason else move.observation
    new = (("assistant", text), *(((move.role, observation),) if observation else ()))
    after = Episode(
        task=episode.task,
        messages=episode.messages + new,
        turn=episode.turn + 1,
        best_credit=max(episode.best_credit, credit(verdict) if verdict else 0.0),
        invalid=invalid,
        state=move.state,
        stop_reason=stop_reason,
    )
    reward = rules.reward_of(
        verdict,
        own=move.reward,
        best=episode.best_credit,
        invalid=move.invalid,
        ended=after if stop_reason else None,
    )
    info = _info(after, new, verdict)
    if move.spans is not None:
        spans = move.spans if observation else ()
        info["spans"] = [{"message": len(new) - 1, **span._asdict()} for span in spans]
    terminated = stop_reason is StopReason.ANSWERED
    truncated = not terminated and stop_reason is not None
    return Turn(after, (observation, reward, terminated, truncated, info), move.seconds)


def _info(episode: Episode, new_messages: Messages, verdict: Verdict | None) -> dict[str, Any]:
    """Make a fresh ``info``.

    Without a verdict ``verdict`` is an empty mapping, not None: Gymnasium's own vector environments
    cannot batch a None beside a mapping.
    """
    task = episode.task
    return {
        "task_id": task.task_id,
        "family": task.family,
        "level": task.level,
        "split": task.split,
        "index": task.index,
        "turn": episode.turn,
        "messages": _as_dicts(new_messages),
        "reward_components": dict(verdict.components) if verdict else {},
        "stop_reason": episode.stop_reason and episode.stop_reason.value,
        "verdict": verdict.to_dict() if verdict else {},
    }


def _begins_with_prompt(messages: Messages, task: Task) -> bool:
    if len(messages) < len(task.prompt):
        return False
    if not all(isinstance(part, str) for message in messages for part in message):
        return False
    # An opening may add to a message (how to call tools), but takes nothing away.
    return all(
        role == message.role and content.startswith(message.content)
        for (role, content), message in zip(messages, task.prompt, strict=False)
    )


def _as_dicts(messages: Messages) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in messages]


def printable(text: str) -> str:
    """Escape characters that could drive a terminal."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in text
    )
