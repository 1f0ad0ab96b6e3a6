"""Games: each turn's text holds one action, and the family's ``transition`` says what it does.

The state keeps the actions that were made, so the last verdict is ``reason.score`` of that very list: an
episode and its offline replay cannot disagree. A turn that holds no action is one that the game cannot read
(``NO_ACTION``): it costs the game's own turn, so that what a game says of turns left is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reason.envs.protocol import Move, Protocol, Standing, unscorable
from reason.envs.rules import Rules
from reason.envs.stop_reason import StopReason
from reason.family import Family
from reason.frozen import FrozenDict, freeze
from reason.interactive import MAX_ACTION_CHARS, NO_ACTION, InteractiveFamily
from reason.scoring import score
from reason.task import Task
from reason.verdict import Status, Verdict
from reason.verifiers.extraction import extract_answer, format_answer
from reason.verifiers.spelling import EDGE

__all__ = ["Interactive"]

MAX_DETAIL = 1_000
"""Characters of an observation that a verdict repeats."""

_MARKERS = re.compile(r"[<\[◁\\`~]")
"""Characters without which actions, put side by side, cannot make up a tag, a box or a fence."""


class Interactive(Protocol):
    """Play a family's transitions, one action a turn."""

    def precedence(self, task: Task, family: Family[Any], rules: Rules) -> int | None:
        """Interactive families are played."""
        return 10 if isinstance(family, InteractiveFamily) else None

    def max_turns(self, task: Task, family: Family[Any], rules: Rules) -> int:
        """As many as the game lasts, or fewer where the environment says so."""
        turns = int(family.max_turns(task))  # type: ignore[attr-defined]
        return turns if rules.max_turns is None else min(turns, rules.max_turns)

    def initial_state(self, task: Task, family: Family[Any], rules: Rules) -> Mapping[str, Any]:
        """Return the game's state, no actions, and nothing won."""
        game = freeze(family.initial_state(task), name="initial_state")  # type: ignore[attr-defined]
        return FrozenDict(game=game, actions=(), total=0.0)

    def act(self, standing: Standing, text: str, rules: Rules) -> Move:
        """Read the action out of a text and make it."""
        extraction = extract_answer(text, code=standing.family.answer_kind == "code")
        if extraction.answer is None:
            told = (
                f"No action was found: {extraction.detail}. Write your action between <answer> and </answer>."
            )
            return self.refuse(standing, told, status=Status.NO_ANSWER)
        return self.make(standing, extraction.answer)

    def make(self, standing: Standing, action: str) -> Move:
        """Make an action that was read."""
        code = standing.family.answer_kind == "code"
        if problem := _problem(standing.state["actions"], action, code=code):
            return self.refuse(standing, problem, status=Status.PARSE_ERROR)
        return self._move(standing, action.strip())

    def refuse(self, standing: Standing, told: str, *, status: Status) -> Move:
        """Say why there was no action; the turn is spent.

        Where tools are laid over the game (``Standing.final``) there are turns beside the game's, and the
        game stands still.
        """
        if not standing.final:
            return self._move(standing, NO_ACTION, told=told, status=status)
        left = standing.turns_left
        return Move(
            state=standing.state,
            verdict=_so_far(standing.family, standing.state, status, told),
            observation=f"{told} {left} {'turn is' if left == 1 else 'turns are'} left.",
            reward=0.0,
            invalid=True,
        )

    def _move(self, standing: Standing, action: str, *, told: str = "", status: Status = Status.OK) -> Move:
        """Ask the family what an action does; ``told`` and ``status`` say why it is none."""
        state, family = standing.state, standing.family
        try:
            transition = family.transition(standing.task, state["game"], action)  # type: ignore[attr-defined]
        except Exception as error:
            return Move(state=state, verdict=unscorable(family, error))
        after = FrozenDict(
            game=transition.state,
            actions=(*state["actions"], action),
            total=state["total"] + transition.reward,
        )
        if transition.done:
            verdict = self.conclude(standing.task, after, None)
        elif told or transition.valid:
            verdict = _so_far(family, after, status, told)
        else:
            verdict = _so_far(family, after, Status.PARSE_ERROR, transition.observation[:MAX_DETAIL])
        observation = f"{told}\n{transition.observation}" if told else transition.observation
        return Move(
            state=after,
            verdict=verdict,
            observation=observation,
            last_observation=observation,
            reward=float(transition.reward),
            invalid=bool(told) or not transition.valid,
            stop_reason=StopReason.ANSWERED if transition.done else None,
        )

    def conclude(self, task: Task, state: Mapping[str, Any], last: Verdict | None) -> Verdict:
        """Judge the actions made so far, as anyone can do offline."""
        return score(task, format_answer("\n".join(state["actions"])) if state["actions"] else "")


def _problem(actions: tuple[str, ...], action: str, *, code: bool) -> str:
    """Return why an action could not stand as one line in the list of actions; nothing where it can."""
    if len(action) > MAX_ACTION_CHARS:
        return f"An action has at most {MAX_ACTION_CHARS} characters, not {len(action)}."
    if len(action.strip().splitlines()) != 1:
        return "An action is one line."
    listed = "\n".join((*actions, action.strip()))
    if listed == listed.strip(EDGE) and not _MARKERS.search(listed):
        return ""
    try:
        read = extract_answer(format_answer(listed), code=code).answer
    except ValueError:
        read = None
    return "" if read == listed else "An action holds no tags, boxes or fences."


def _so_far(family: Family[Any], state: Mapping[str, Any], status: Status, detail: str) -> Verdict:
    last = next(iter(state["actions"][-1:]), NO_ACTION)
    return Verdict(
        score=min(max(state["total"], 0.0), 1.0),
        passed=False,
        status=status,
        components=dict.fromkeys(family.components, 0.0),
        answer=None if last == NO_ACTION else last,
        detail=detail,
    )
