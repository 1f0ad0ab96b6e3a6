"""Two-player games in which both players have the same moves: who makes the last one wins, or loses.

A game of this kind is won or lost from each position (Sprague 1935, Grundy 1939); a family says by its own
theory which, and the second solver finds it out by search.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal, TypeVar

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.frozen import thaw
from reason.generators.games.playing import blind_chance, read_action, refuse, rehearsal
from reason.interactive import InteractiveFamily, Transition
from reason.seeding import stream
from reason.task import Task

__all__ = ["MISS", "OPPONENTS", "THINGS", "ImpartialConfig", "ImpartialGame", "Position"]

Position = tuple[int, ...]
Opponent = Literal["optimal", "random"]

MAX_DRAWS = 2_000
"""Positions drawn until one is won for the player."""
THINGS = (
    "acorns",
    "beads",
    "buttons",
    "coins",
    "corks",
    "keys",
    "marbles",
    "matches",
    "pearls",
    "pins",
    "shells",
)
"""What the games are played with."""
OPPONENTS = {"optimal": "perfectly", "random": "at random"}
SPARE_TURNS = 3
"""Turns more than a game can have moves of the player."""
MISS = (
    "Text that is no possible move costs a turn and changes nothing, and a win after such a turn counts half."
)
HALF = 0.5
"""What a win counts after a turn was lost: no list of guesses passes by what happens to be possible."""
MAX_SEARCHED = 50_000
"""Positions after which the second solver gives up."""


@dataclass(frozen=True, kw_only=True)
class ImpartialConfig(Config):
    """Knobs that all these games have."""

    opponent: Opponent = "optimal"
    """``optimal`` wins wherever it can; ``random`` makes any move."""


ImpartialConfigT = TypeVar("ImpartialConfigT", bound=ImpartialConfig)


class ImpartialGame(InteractiveFamily[ImpartialConfigT]):
    """A game won by its last move (or lost by it, where ``ground_truth["misere"]``).

    Nothing in the ground truth is hidden: ``position``, ``turns``, ``opponent`` and what the rules need all
    stand in the prompt, and the opponent's moves are hashed from them.
    """

    form: str
    """What an action looks like, as a sentence."""

    # What a game must say ---------------------------------------------------------------------

    @abstractmethod
    def draw(self, rng: Random, config: ImpartialConfigT) -> dict[str, Any]:
        """Draw a ground truth, but for ``turns`` and ``opponent``."""

    @abstractmethod
    def write_prompt(self, truth: Mapping[str, Any]) -> str:
        """Return the rules and the position."""

    @abstractmethod
    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the ground truth back from a prompt."""

    @abstractmethod
    def options(self, truth: Mapping[str, Any], position: Position) -> dict[str, Position]:
        """Return every move, as it is written, and where it leads."""

    @abstractmethod
    def wins(self, truth: Mapping[str, Any], position: Position) -> bool:
        """Return whether the player who is to move wins, by the game's theory."""

    @abstractmethod
    def show(self, truth: Mapping[str, Any], position: Position) -> str:
        """Return the position in one line."""

    @abstractmethod
    def read_move(self, text: str) -> str | None:
        """Return a move of plain small letters as ``options`` writes it; None where it is none."""

    def canonical(self, truth: Mapping[str, Any]) -> Any:
        """Return what two tasks that are the same problem share."""
        return dict(truth)

    def simplify(self, position: Position) -> Position:
        """Return what all positions share that are won or lost alike: the order makes no difference."""
        return tuple(sorted(position))

    def follow(self, truth: Mapping[str, Any], simple: Position) -> set[Position]:
        """Return what a simplified position leads to, simplified."""
        return {self.simplify(each) for each in self.options(truth, simple).values()}

    # What all of them do ----------------------------------------------------------------------

    def generate(self, rng: Random, config: ImpartialConfigT) -> Draft:
        """Draw a position that is won for the player, who moves first."""
        for _ in range(MAX_DRAWS):
            truth = self.draw(rng, config)
            if self.wins(truth, truth["position"]):
                break
        else:
            raise GenerationError(f"{MAX_DRAWS} positions of {config} are all lost")
        truth |= {"opponent": config.opponent, "turns": (self.longest(truth) + 1) // 2 + SPARE_TURNS}
        prompt = self.write_prompt(truth)
        task = rehearsal(self, prompt, truth)
        actions = self.reference_play(task)
        return Draft(
            prompt=prompt,
            ground_truth=truth,
            canonical=self.canonical(truth),
            reference="\n".join(actions),
            effort=float(self._examined(task, actions)),
            metadata={"topic": "combinatorial games", "reference_turns": len(actions)},
        )

    def longest(self, truth: Mapping[str, Any]) -> int:
        """Return the most moves that both players together can make."""
        return int(sum(truth["position"]))

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin in the position of the prompt."""
        return {"turn": 0, "lost": 0, "position": task.ground_truth["position"]}

    def max_turns(self, task: Task) -> int:
        """As many as the prompt says."""
        return int(task.ground_truth["turns"])

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the position."""
        left = self.max_turns(task) - state["turn"]
        return f"{self.show(task.ground_truth, tuple(state['position']))} Turns left: {left}."

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Make a move, and the opponent's after it."""
        truth, turns = task.ground_truth, self.max_turns(task)
        options = self.options(truth, tuple(state["position"]))
        move = self.read_move(read_action(action))
        if move not in options:
            why = f"That is no move. {self.form}" if move is None else "That move is not possible here."
            return refuse({**state, "lost": state["lost"] + 1}, why, turns=turns)
        after = {**state, "turn": state["turn"] + 1, "position": options[move]}
        if not self.options(truth, options[move]):
            return self._end(after, "You make the last move.", won=not truth["misere"])
        reply = self._reply(truth, options[move])
        after["position"] = self.options(truth, options[move])[reply]
        told = f"I play {reply}."
        if not self.options(truth, after["position"]):
            return self._end(after, f"{told} That is the last move.", won=truth["misere"])
        if after["turn"] >= turns:
            return self._end(after, f"{told} No turns are left.", won=False)
        return Transition(state=after, observation=f"{told} {self.observe(task, after)}")

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Move to a position that is lost for the opponent; make any move where there is none."""
        options = self.options(task.ground_truth, tuple(state["position"]))
        lost = (move for move, after in options.items() if not self.wins(task.ground_truth, after))
        return next(lost, next(iter(options)))

    def solve(self, task: Task) -> str | None:
        """Read the prompt, and search the game to its end instead of asking the theory."""
        truth = self.read_prompt(task.text)
        task = replace(task, ground_truth=truth)
        known: dict[Position, bool] = {}
        state, actions = self.initial_state(task), []
        for _ in range(self.max_turns(task)):
            options = self.options(truth, tuple(state["position"]))
            if not _searched(self, truth, tuple(state["position"]), known):
                return None
            actions.append(
                next(move for move in reversed(options) if not known[self.simplify(options[move])])
            )
            outcome = self.transition(task, state, actions[-1])
            if outcome.done:
                break
            state = outcome.state
        return "\n".join(actions)

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference cut short and gone on with, and plays that begin with a losing move."""
        reference = task.reference or ""
        moves = reference.splitlines()
        yield from (f"{reference}\n{moves[-1]}", f"{reference}\nbanana", "\n".join(["banana"] * 3))
        if len(moves) > 1:
            yield "\n".join(moves[:-1])
        truth = task.ground_truth
        options = self.options(truth, tuple(truth["position"]))
        for move, after in options.items():
            if truth["opponent"] == "optimal" and self.wins(truth, after):
                yield "\n".join([move, *moves])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other cases and with other spaces."""
        reference = task.reference or ""
        spaced = "\n\n".join(f"  {move.replace(' ', '   ')} " for move in reference.splitlines())
        yield from (reference.lower(), spaced, spaced.lower())

    def chance(self, config: ImpartialConfigT) -> float:
        """Measure the lists of moves that win most often."""
        return blind_chance(self, config)

    def _reply(self, truth: Mapping[str, Any], position: Position) -> str:
        options = self.options(truth, position)
        moves = sorted(options)
        if truth["opponent"] == "optimal":
            moves = [move for move in moves if not self.wins(truth, options[move])] or moves
        return stream(self.id, thaw(truth), position).choice(moves)

    def _end(self, state: Mapping[str, Any], told: str, *, won: bool) -> Transition:
        reward = (HALF if state["lost"] else 1.0) if won else 0.0
        told = f"{told} You {'win' if won else 'lose'}."
        return Transition(state=state, observation=told, reward=reward, done=True, passed=reward == 1.0)

    def _examined(self, task: Task, actions: Iterable[str]) -> int:
        """Count the moves between which the reference player chose."""
        state, count = self.initial_state(task), 0
        for action in actions:
            count += len(self.options(task.ground_truth, tuple(state["position"])))
            state = self.transition(task, state, action).state
        return count


def _searched(
    game: ImpartialGame[Any], truth: Mapping[str, Any], position: Position, known: dict[Position, bool]
) -> bool:
    """Decide a position and all that it leads to, with a stack of its own; False where they are too many."""
    stack = [game.simplify(position)]
    while stack:
        current = stack[-1]
        if current in known:
            stack.pop()
            continue
        after = game.follow(truth, current)
        unknown = [each for each in after if each not in known]
        if not unknown:
            known[current] = any(not known[each] for each in after) if after else truth["misere"]
        stack.extend(unknown)
        if len(known) > MAX_SEARCHED:
            return False
    return True
