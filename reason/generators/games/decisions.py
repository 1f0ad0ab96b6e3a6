"""Games against known chances: a play is judged by its decisions, not by its luck.

Each decision has an exact expected value (dynamic programming, Bellman 1957). The score is what the play's
decisions left of the best expected value; it is passed where none of them gave anything away. What chance
does is hashed from the task and the play so far.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple, TypeVar

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.frozen import FrozenDict, freeze, thaw
from reason.generators.games.playing import blind_chance, read_action, refuse, rehearsal
from reason.interactive import InteractiveFamily, Transition
from reason.seeding import stream
from reason.task import Task

__all__ = ["JUDGED", "DecisionGame", "Node", "Outcome", "action_values"]

Node = tuple[Any, ...]
"""What has happened so far, as nested tuples of integers."""
Truth = Mapping[str, Any]

TOLERANCE = 1e-9
"""Expected value that may be given away by rounding (values are computed in double precision)."""
BEST_WRONG = 0.99
SPARE_TURNS = 3
MAX_DRAWS = 500
"""Tasks drawn until one needs thought."""
JUDGED = """\
Only your decisions are judged, not your luck: play so that the expected result is as high as it can be at \
every decision. You pass if no decision gives any expected value away.
You have {turns} turns. What is no possible action costs a turn and changes nothing; after it you no longer \
pass."""


class Outcome(NamedTuple):
    """One thing that an action may lead to: a tuple, for there are many of them."""

    chance: float
    node: Node | None
    """What follows; None where the game is over."""
    told: str
    gain: float = 0.0
    """What it adds to the result."""


ConfigT = TypeVar("ConfigT", bound=Config)


class DecisionGame(InteractiveFamily[ConfigT]):
    """A finite game against known chances. All of the ground truth stands in the prompt."""

    form: str
    """What an action looks like, as a sentence."""

    # What a game must say ---------------------------------------------------------------------

    @abstractmethod
    def draw(self, rng: Random, config: ConfigT) -> dict[str, Any]:
        """Draw a ground truth, but for ``turns``."""

    @abstractmethod
    def write_prompt(self, truth: Truth) -> str:
        """Return the rules, the chances and what is seen first."""

    @abstractmethod
    def read_prompt(self, text: str) -> dict[str, Any]:
        """Read the ground truth back from a prompt."""

    @abstractmethod
    def first(self, truth: Truth) -> Node:
        """Return where the game begins."""

    @abstractmethod
    def longest(self, truth: Truth) -> int:
        """Return the most decisions that a game can have."""

    @abstractmethod
    def choices(self, truth: Truth, node: Node) -> list[str]:
        """Return the actions that are possible, as they are written."""

    @abstractmethod
    def outcomes(self, truth: Truth, node: Node, choice: str) -> list[Outcome]:
        """Return what an action may lead to; the chances add up to 1."""

    @abstractmethod
    def show(self, truth: Truth, node: Node) -> str:
        """Return what the player sees."""

    @abstractmethod
    def read_choice(self, truth: Truth, text: str) -> str | None:
        """Return an action of plain small letters as ``choices`` writes it; None where it is none."""

    def canonical(self, truth: Truth) -> Any:
        """Return what two tasks that are the same problem share."""
        return dict(truth)

    def worth_playing(self, truth: Truth) -> bool:
        """Return whether the first decision matters; tasks in which it does not are drawn again."""
        values = action_values(self, freeze(truth))[self.first(truth)].values()
        return len(values) < 2 or max(values) - min(values) > TOLERANCE

    # What all of them do ----------------------------------------------------------------------

    def generate(self, rng: Random, config: ConfigT) -> Draft:
        """Draw a game whose first decision matters, and play it perfectly."""
        for _ in range(MAX_DRAWS):
            truth = self.draw(rng, config)
            truth["turns"] = self.longest(truth) + SPARE_TURNS
            if self.worth_playing(truth):
                break
        else:
            raise GenerationError(f"no decision matters in {MAX_DRAWS} games of {config}")
        prompt = self.write_prompt(truth)
        task = rehearsal(self, prompt, truth)
        values = action_values(self, task.ground_truth)
        return Draft(
            prompt=prompt,
            ground_truth=truth,
            canonical=self.canonical(truth),
            reference="\n".join(self.reference_play(task)),
            effort=float(sum(map(len, values.values()))),
            metadata={
                "topic": "decisions under uncertainty",
                "expected_value": _best(values, self.first(truth)),
            },
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with nothing given away."""
        return {"turn": 0, "lost": 0, "given_away": 0.0, "node": self.first(task.ground_truth)}

    def max_turns(self, task: Task) -> int:
        """As many as the prompt says."""
        return int(task.ground_truth["turns"])

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show where the game stands."""
        left = self.max_turns(task) - state["turn"]
        return f"{self.show(task.ground_truth, freeze(state['node']))} Turns left: {left}."

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Charge the decision with what it gives away, and let chance decide."""
        truth, node, turns = task.ground_truth, freeze(state["node"]), self.max_turns(task)
        values = action_values(self, truth)[node]
        choice = self.read_choice(truth, read_action(action))
        if choice not in values:
            why = f"That is no action. {self.form}" if choice is None else "That action is not possible now."
            return refuse({**state, "lost": state["lost"] + 1}, why, turns=turns)
        outcome = self._happens(truth, node, choice)
        given_away = state["given_away"] + max(values.values()) - values[choice]
        after = {**state, "turn": state["turn"] + 1, "given_away": given_away}
        if outcome.node is not None:
            after["node"] = outcome.node
            done = after["turn"] >= turns
            told = "No turns are left." if done else self.observe(task, after)
            return Transition(state=after, observation=f"{outcome.told} {told}", done=done)
        passed = given_away <= TOLERANCE and not state["lost"]
        kept = 1.0 if passed else self._kept(truth, given_away)
        told = (
            f"{outcome.told} The game is over. Your decisions gave away {given_away:.4g} of expected value."
        )
        return Transition(state=after, observation=told, reward=kept, done=True, passed=passed)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Take an action of the highest expected value."""
        values = action_values(self, task.ground_truth)[freeze(state["node"])]
        return next(each for each in values if values[each] >= max(values.values()) - TOLERANCE)

    def solve(self, task: Task) -> str | None:
        """Read the prompt, and go backwards through the layers of what may happen."""
        truth = freeze(self.read_prompt(task.text))
        task = replace(task, ground_truth=truth)
        worth = self._backwards(truth)
        state, actions = self.initial_state(task), []
        for _ in range(self.max_turns(task)):
            node = state["node"]
            rated = [(self._rate(truth, node, each, worth), each) for each in self.choices(truth, node)]
            actions.append(max(rated)[1])
            outcome = self.transition(task, state, actions[-1])
            if outcome.done:
                break
            state = outcome.state
        return "\n".join(actions)

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference cut short, gone on with or interrupted, and plays with a wrong decision."""
        reference = task.reference or ""
        actions = reference.splitlines()
        yield from (f"{reference}\n{actions[-1]}", f"banana\n{reference}", f"{reference}\nbanana")
        if len(actions) > 1:
            yield "\n".join(actions[:-1])
        state = self.initial_state(task)
        for turn, action in enumerate(actions):
            values = action_values(self, task.ground_truth)[freeze(state["node"])]
            for choice, value in values.items():
                if value < max(values.values()) - 2 * TOLERANCE:
                    yield "\n".join([*actions[:turn], choice, *actions[turn + 1 :]])
            state = self.transition(task, state, action).state

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other cases and with other spaces."""
        reference = task.reference or ""
        spaced = "\n\n".join(f"  {action.replace(' ', '   ')} " for action in reference.splitlines())
        yield from (reference.lower(), reference.upper(), spaced)

    def chance(self, config: ConfigT) -> float:
        """Measure the lists of actions that are perfect most often."""
        return blind_chance(self, config)

    def _kept(self, truth: Truth, given_away: float) -> float:
        values = action_values(self, truth)
        stake = self.stake(truth, _best(values, self.first(truth)))
        return min(max(1 - given_away / stake, 0.0), BEST_WRONG)

    def stake(self, truth: Truth, best: float) -> float:
        """Return the expected value whose loss leaves nothing of the score: by default all of the best."""
        return max(best, TOLERANCE)

    def _happens(self, truth: Truth, node: Node, choice: str) -> Outcome:
        point = stream(self.id, thaw(truth), thaw(node), choice).random()
        outcomes = self.outcomes(truth, node, choice)
        for outcome in outcomes:
            point -= outcome.chance
            if point < 0:
                return outcome
        return outcomes[-1]

    def _rate(self, truth: Truth, node: Node, choice: str, worth: Mapping[Node | None, float]) -> float:
        outcomes = self.outcomes(truth, node, choice)
        return sum(each.chance * (each.gain + worth[each.node]) for each in outcomes)

    def _backwards(self, truth: Truth) -> dict[Node | None, float]:
        """Return what each node is worth, by sweeping over all nodes until nothing changes."""
        seen, order = {self.first(truth)}, [self.first(truth)]
        for node in order:
            for choice in self.choices(truth, node):
                for outcome in self.outcomes(truth, node, choice):
                    if outcome.node is not None and outcome.node not in seen:
                        seen.add(outcome.node)
                        order.append(outcome.node)
        worth: dict[Node | None, float] = dict.fromkeys(order, 0.0) | {None: 0.0}
        changed = True
        while changed:
            changed = False
            for node in reversed(order):
                best = max(self._rate(truth, node, each, worth) for each in self.choices(truth, node))
                changed, worth[node] = changed or best != worth[node], best
        return worth


@lru_cache(maxsize=256)
def action_values(game: DecisionGame[Any], truth: FrozenDict) -> dict[Node, dict[str, float]]:
    """Return the expected value of every action in every node that can be reached, by recursion."""
    values: dict[Node, dict[str, float]] = {}

    def worth(node: Node | None) -> float:
        if node is None:
            return 0.0
        if node not in values:
            values[node] = {
                choice: sum(each.chance * (each.gain + worth(each.node)) for each in outcomes)
                for choice in game.choices(truth, node)
                for outcomes in [game.outcomes(truth, node, choice)]
            }
        return max(values[node].values())

    worth(game.first(truth))
    return values


def _best(values: Mapping[Node, Mapping[str, float]], node: Node) -> float:
    return max(values[node].values())
