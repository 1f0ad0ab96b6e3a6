"""The contract of an interactive family: a task that is played over several turns.

The rules are pure functions over a JSON state, so an episode is a fold over its actions: saving,
forking, replaying and judging again need no code of their own, and a play can be scored offline.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reason.family import ConfigT, Family
from reason.frozen import freeze
from reason.task import Task
from reason.verdict import Status, Verdict

__all__ = ["MAX_ACTION_CHARS", "NO_ACTION", "InteractiveFamily", "Transition", "as_action", "play"]

MAX_ACTION_CHARS = 10_000
"""Characters of the longest action that a family is asked to read; a longer one is invalid."""
NO_ACTION = "(no action)"
"""What stands in a list of actions for a turn that held none, so that the game counts the turn. A family
whose players may say anything must not read it as something said."""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """What one action did."""

    state: Mapping[str, Any]
    """The state after it, as JSON."""
    observation: str
    """What the player sees of it."""
    reward: float = 0.0
    """Of this action; an episode's rewards add up to a number in [0, 1]."""
    done: bool = False
    passed: bool = False
    """Whether the goal is reached; only an action that ends the episode may say so."""
    valid: bool = True
    """False where the action could not be read or is not allowed: the observation says why."""

    def __post_init__(self) -> None:
        """Freeze the state and reject contradictions."""
        object.__setattr__(self, "state", freeze(self.state, name="Transition.state"))
        if self.passed and not self.done:
            raise ValueError("Transition.passed needs done=True")


class InteractiveFamily(Family[ConfigT]):
    """A family whose tasks are played: the policy acts, the world answers.

    ``generate`` puts the rules, the form of an action and the first observation into the prompt, and as
    the ``reference`` the actions of a reference player, one a line. An episode ends when a transition
    says so.
    """

    @abstractmethod
    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Return the state in which the task begins, as JSON."""

    @abstractmethod
    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Return what the player sees in a state; never more than the rules let it see."""

    @abstractmethod
    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Return what an action does in a state that is not over.

        Pure: whatever chance there is was drawn with the task, or is hashed from it and the state. Never
        raises on text; an action that cannot be read costs a turn and gives ``valid=False``.
        """

    @abstractmethod
    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Return what the reference player does in a state, knowing no more than a player may."""

    @abstractmethod
    def max_turns(self, task: Task) -> int:
        """Return the turns after which every episode is over; ``transition`` ends it by then."""

    def verify(self, task: Task, answer: str) -> Verdict:
        """Judge a whole play, one action a line, by playing it again."""
        return play(self, task, answer.splitlines())

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with blank lines and spaces."""
        actions = (task.reference or "").splitlines()
        return ["\n\n".join(actions), "\n".join(f"  {action} " for action in actions)]

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference without its last action, which reaches no goal."""
        actions = (task.reference or "").splitlines()
        return ["\n".join(actions[:-1])] if len(actions) > 1 else []

    def reference_play(self, task: Task) -> list[str]:
        """Return the actions of the reference player from the start to the end."""
        state, actions = self.initial_state(task), []
        for _ in range(self.max_turns(task)):
            actions.append(self.reference_action(task, state))
            transition = self.transition(task, state, actions[-1])
            if transition.done:
                break
            state = transition.state
        return actions


def as_action(line: str) -> str:
    """Return a line of a play as the action that a family is asked to read."""
    action = line.strip()
    return action if len(action) <= MAX_ACTION_CHARS else NO_ACTION


def play(family: InteractiveFamily[Any], task: Task, actions: Iterable[str]) -> Verdict:
    """Fold actions into a verdict: the sum of the rewards, and whether the goal was reached.

    Blank lines are passed over; what stands after the end makes the play wrong, so that no list of
    guesses can win by containing a right one.
    """
    state: Mapping[str, Any] = freeze(family.initial_state(task))
    total, turns, done, passed = 0.0, 0, False, False
    for action in actions:
        if not action.strip():
            continue
        if done:
            return Verdict.wrong("the play goes on after its end", status=Status.PARSE_ERROR)
        transition = family.transition(task, state, as_action(action))
        state, done, passed = transition.state, transition.done, transition.passed
        total, turns = total + transition.reward, turns + 1
    ending = "reached" if passed else "not reached"
    return Verdict(
        score=min(max(total, 0.0), 1.0), passed=passed, detail=f"the goal is {ending} in {turns} turns"
    )
