"""What the games of this room do alike: read an action, refuse one, rehearse a play, measure blind play."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from reason.family import ANSWER_INSTRUCTION, Config
from reason.interactive import InteractiveFamily, Transition
from reason.seeding import stream
from reason.task import Message, Task
from reason.verifiers.spelling import plain

__all__ = ["TURN_INSTRUCTION", "blind_chance", "read_action", "refuse", "rehearsal"]

TURN_INSTRUCTION = (
    f"Take one action each turn, and nothing but the action is your answer. {ANSWER_INSTRUCTION}"
)
"""How a game's prompt asks for an action."""

LONGEST_ACTION = 200
"""Characters of the longest text that is looked at as an action."""
SAMPLE = 150
"""Tasks that a blind player is measured on."""
CANDIDATES = 5
"""Lists of actions that are tried blindly: those that win most often where they come from."""


def read_action(action: str) -> str:
    """Return an action in plain small letters, or nothing where it is too long to be one."""
    return plain(action).lower() if len(action) <= LONGEST_ACTION else ""


def refuse(state: Mapping[str, Any], why: str, *, turns: int) -> Transition:
    """Spend a turn of ``state["turn"]`` on an action that could not be read or is not allowed."""
    left = turns - state["turn"] - 1
    return Transition(
        state={**state, "turn": state["turn"] + 1},
        observation=f"{why} Turns left: {left}.",
        done=left <= 0,
        valid=False,
    )


def rehearsal(family: InteractiveFamily[Any], prompt: str, ground_truth: Mapping[str, Any]) -> Task:
    """Return a task on which a family's rules can be played before its draft is finished."""
    return Task(
        family=family.id,
        version=family.version,
        split="train",
        index=0,
        level=None,
        config={},
        prompt=(Message(role="user", content=prompt),),
        ground_truth=ground_truth,
        reference=None,
    )


@lru_cache(maxsize=256)
def blind_chance(family: InteractiveFamily[Any], config: Config) -> float:
    """Estimate how often the best fixed list of actions wins.

    The lists are the references that are most frequent in a sample; each is played on the whole sample, the
    task that it comes from included, so that the estimate is never zero.
    """
    rng = stream(family.id, "chance", config.to_dict())
    drafts = [family.generate(rng, config) for _ in range(SAMPLE)]
    tasks = [rehearsal(family, draft.messages()[0].content, draft.ground_truth) for draft in drafts]
    lists = Counter(draft.reference or "" for draft in drafts).most_common(CANDIDATES)
    return max(sum(bool(family.verify(task, each).passed) for task in tasks) for each, _ in lists) / SAMPLE
