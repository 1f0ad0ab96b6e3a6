"""Games that count turns: what such a game says and pays, whatever its rules are.

A game writes :meth:`TurnGame.move` (what one readable action does) and the two players of its rules: the
reference player, and :meth:`TurnGame.text_player`, which sees nothing but what a policy sees.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reason.errors import GenerationError
from reason.family import ConfigT, Draft
from reason.frozen import FrozenDict
from reason.generators.games.playing import read_action, rehearsal
from reason.interactive import InteractiveFamily, Transition
from reason.task import Task

__all__ = ["Game", "Move", "TextPlayer", "TurnGame", "count_turns"]

LOST_CREDIT = 0.5
"""The most that a lost game is worth."""

TextPlayer = Generator[str, str, None]
"""Yields actions and is sent observations."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """What one action does by the rules, turns aside."""

    told: str
    """What the world answers."""
    changes: Mapping[str, Any] = field(default_factory=FrozenDict)
    """Put over the state."""
    valid: bool = True
    lost: bool = False
    """Whether it ends the game without its goal."""
    passed: bool = False
    """Whether it reaches the goal."""


@dataclass(frozen=True, kw_only=True)
class Game:
    """A whole game of the reference player."""

    actions: tuple[str, ...]
    states: tuple[Mapping[str, Any], ...]
    """The state before each action."""
    passed: bool

    @property
    def reference(self) -> str:
        """The actions, one a line."""
        return "\n".join(self.actions)


def count_turns(count: int) -> str:
    """Write a number of turns.

    >>> count_turns(1), count_turns(3)
    ('1 turn', '3 turns')
    """
    return f"{count} turn" + "s" * (count != 1)


class TurnGame(InteractiveFamily[ConfigT]):
    """A game with a number of turns in ``ground_truth["num_turns"]`` and the turns played in the state.

    Reaching the goal pays 1. A game that ends without it pays half of its :meth:`progress`, once, at the end.
    """

    domain = "games"

    @abstractmethod
    def move(self, task: Task, state: Mapping[str, Any], action: str) -> Move:
        """Return what an action, in plain spelling and lower case, does."""

    @abstractmethod
    def progress(self, task: Task, state: Mapping[str, Any]) -> float:
        """Return how near the goal a state is, in [0, 1]."""

    @abstractmethod
    def text_player(self, prompt: str) -> TextPlayer:
        """Play from text alone, by another road than the reference player: actions out, observations in."""

    def max_turns(self, task: Task) -> int:
        """Return the number of turns that the prompt grants."""
        return int(task.ground_truth["num_turns"])

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with no turn played."""
        return {"turn": 0, "history": ()}

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Count a turn, make the move, and pay at the end."""
        move = self.move(task, state, read_action(action))
        after = {**state, **move.changes, "turn": state["turn"] + 1}
        left = self.max_turns(task) - after["turn"]
        done = move.passed or move.lost or left <= 0
        reward = 0.0
        if done:
            reward = 1.0 if move.passed else LOST_CREDIT * min(max(self.progress(task, after), 0.0), 1.0)
        ending = "" if move.passed or move.lost else "\nNo turn is left."
        return Transition(
            state=after,
            observation=move.told + (ending if done else f"\n{count_turns(left)} left."),
            reward=reward,
            done=done,
            passed=move.passed,
            valid=move.valid,
        )

    def solve(self, task: Task) -> str | None:
        """Let :meth:`text_player` play; None where the world is missing, or where it loses."""
        if not task.ground_truth:
            return None
        player = self.text_player(task.text)
        state, actions = self.initial_state(task), [next(player)]
        while True:
            transition = self.transition(task, state, actions[-1])
            if transition.done:
                return "\n".join(actions) if transition.passed else None
            state = transition.state
            try:
                actions.append(player.send(transition.observation))
            except StopIteration:
                return None

    def rehearse(self, prompt: str, truth: Mapping[str, Any]) -> Game:
        """Let the reference player play what a draft says."""
        task = rehearsal(self, prompt, truth)
        states, actions = [self.initial_state(task)], []
        while True:
            actions.append(self.reference_action(task, states[-1]))
            transition = self.transition(task, states[-1], actions[-1])
            if transition.done:
                return Game(actions=tuple(actions), states=tuple(states), passed=transition.passed)
            states.append(transition.state)

    def rehearsed(self, draft: Draft, measure: Callable[[Game], float]) -> Draft:
        """Return a draft that gets the reference player's game once it is kept.

        Args:
            draft: Without reference and effort.
            measure: Returns the effort of a game.
        """

        def finish(kept: Draft) -> Draft:
            game = self.rehearse(kept.messages()[0].content, kept.ground_truth)
            if not game.passed:
                raise GenerationError(
                    f"{self.id}: the reference player loses {dict(kept.ground_truth)!r:.200}"
                )
            return replace(kept, reference=game.reference, effort=measure(game))

        return replace(draft, finish=finish)
