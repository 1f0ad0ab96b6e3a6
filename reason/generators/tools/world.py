"""Worlds with state that are worked through function calls: what every such world does alike.

A task is a ticket: records, requests in plain words, and functions with drawn names. The policy calls
functions and closes the ticket; the work is judged then, by the final records (every request done, nothing
else changed) and by the calls that a request demands though they change nothing, as in ARTIST (2505.01441).
A world writes its operations, what they do (:meth:`ToolWorld.perform`), its requests
(:meth:`ToolWorld.generate`) and a clerk who reads only the prompt (:meth:`ToolWorld.plan`).
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, ClassVar

from reason.errors import GenerationError
from reason.family import ANSWER_INSTRUCTION, Draft
from reason.frozen import freeze, thaw
from reason.generators.tools.interface import (
    FINISH,
    Call,
    Operation,
    draw_names,
    read_call,
    read_names,
    schemas,
    write,
)
from reason.generators.tools.ticket import Effect, Records, Ticket, WorldConfig, apply, refusal
from reason.interactive import InteractiveFamily, Transition, as_action, play
from reason.task import Task
from reason.verdict import Verdict

__all__ = ["ToolWorld"]

LOST_CREDIT = 0.5
"""The most that work which misses the goal is worth."""
MAX_TRIES = 50
"""Draws after which a configuration is taken to allow no ticket."""
TRIES_A_REQUEST = 40
"""Requests that are drawn, at most, for each one of a ticket: many cannot be asked at that moment."""

_PROMPT = """\
{introduction}

{records}Ticket {ticket}. Do what it asks, in this order, and change nothing else:
{requests}

Work through the functions that you are given, and then close the ticket: the work is judged at that moment. \
You have {turns} calls; one that is refused counts too.

Where your functions cannot be called directly, an action is one call as a line of JSON, \
{{"name": "...", "arguments": {{...}}}}; whole work is a list of such lines. {instruction}"""


class ToolWorld(InteractiveFamily[WorldConfig]):
    """A world; see the module."""

    domain = "tools"
    max_level = 20
    components = ("state", "calls")
    operations: ClassVar[tuple[Operation, ...]]
    introduction: ClassVar[str]
    reading: ClassVar[frozenset[str]]
    """Operations that change nothing: calls of them are required where the reference work has them."""

    @abstractmethod
    def draw(self, rng: Random, config: WorldConfig) -> Ticket | None:
        """Draw records and requests, and do the work; None where the draw leads nowhere."""

    @abstractmethod
    def perform(self, records: Records, operation: str, arguments: Mapping[str, Any]) -> Effect:
        """Return what a call does; pure, and never raises on arguments of the declared types."""

    @abstractmethod
    def describe(self, name: str, record: Any) -> str:
        """Write one record as a line."""

    @abstractmethod
    def plan(self, lines: Sequence[str], requests: Sequence[str]) -> list[Call]:
        """Do the work from the written records and requests alone, by another road than ``draw``."""

    def fill(
        self, records: Records, num_requests: int, request: Callable[[Records, int], tuple[str, list[Call]]]
    ) -> Ticket | None:
        """Draw requests one after the other, each over the records as they are then, and do them.

        Args:
            records: At the start.
            num_requests: Requests wanted.
            request: Draws a request and its calls from the records and the number of requests before it; no
                calls where it cannot be asked.

        Returns:
            The ticket; None where too few requests can be asked.
        """
        now, requests, calls, looked_at = dict(records), list[str](), list[Call](), 0
        for _ in range(TRIES_A_REQUEST * num_requests):
            text, made = request(now, len(requests))
            if not made or any(call[0] in self.reading and call in calls for call in made):
                continue
            for call in made:
                apply(now, self.perform(now, *call))
            requests.append(text)
            calls += made
            looked_at += len(now)
            if len(requests) == num_requests:
                return Ticket(records=records, requests=requests, calls=calls, looked_at=looked_at)
        return None

    def at_level(self, level: int) -> WorldConfig:
        """Add a request and two records a level."""
        return WorldConfig(num_requests=level + 1, size=2 * level + 6)

    def generate(self, rng: Random, config: WorldConfig) -> Draft:
        """Draw tickets until one has a reference work of which every call is needed."""
        for _ in range(MAX_TRIES):
            ticket = self.draw(rng, config)
            if ticket is not None and (goal := self._needed(ticket)) is not None:
                return self._draft(rng, config, ticket, goal)
        raise GenerationError(f"{self.id}: {MAX_TRIES} draws with {config} gave no ticket")

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with the drawn records and no call made."""
        truth = task.ground_truth
        made = [False] * len(truth["required"])
        return {"turn": 0, "records": truth["records"], "made": made, "next": 0}

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Say how many calls are left: records are seen through functions."""
        left = self.max_turns(task) - state["turn"]
        return f"{left} call{'s' * (left != 1)} left."

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Make one call; the closing of the ticket, or the last turn, ends the work."""
        truth = task.ground_truth
        offered = (*self.operations, FINISH)
        call = read_call(action, offered, truth["names"])
        after = {**state, "turn": state["turn"] + 1}
        finished = False
        if isinstance(call, str):
            effect = refusal(call)
        elif call[0] == FINISH.name:
            finished = call[1]["ticket"] == truth["ticket"]
            effect = Effect(text="The ticket is closed.") if finished else refusal("That is another ticket.")
        else:
            effect = self.perform(state["records"], *call)
            if effect.valid:
                after.update(_advance(truth, state, call, effect))
        done = finished or after["turn"] >= self.max_turns(task)
        share = _shares(truth, after)["all"] if done else 0.0
        passed = finished and share == 1.0
        ending = "" if finished else "\nNo call is left." if done else f"\n{self.observe(task, after)}"
        return Transition(
            state=after,
            observation=effect.text + ending,
            reward=1.0 if passed else LOST_CREDIT * share,
            done=done,
            passed=passed,
            valid=effect.valid,
        )

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Go on with the reference work; it mends nothing that others have spoilt."""
        truth = task.ground_truth
        calls = [*truth["calls"], (FINISH.name, {"ticket": truth["ticket"]})]
        return write(calls[min(state["next"], len(calls) - 1)], truth["names"])

    def max_turns(self, task: Task) -> int:
        """Return the calls that the prompt grants."""
        return int(task.ground_truth["num_turns"])

    def verify(self, task: Task, answer: str) -> Verdict:
        """Judge a list of calls; the components are ARTIST's shares of records and of required calls."""
        actions = answer.splitlines()
        verdict = play(self, task, actions)
        state = freeze(self.initial_state(task))
        for action in filter(str.strip, actions):
            transition = self.transition(task, state, as_action(action))
            state = transition.state
            if transition.done:
                break
        shares = _shares(task.ground_truth, state)
        return replace(verdict, components={name: shares[name] for name in self.components})

    def solve(self, task: Task) -> str | None:
        """Let the clerk read the prompt; None where it does not show the records."""
        head, _, tail = task.text.partition("Ticket ")
        lines = re.findall(r"^- (.*)$", head, re.MULTILINE)
        if not lines:
            return None
        names = read_names((*self.operations, FINISH), task.tools)
        requests = re.findall(r"\n[0-9]+\. (.*)", tail)
        ticket = int(tail.partition(".")[0])
        calls = [*self.plan(lines, requests), (FINISH.name, {"ticket": ticket})]
        return "\n".join(write(call, names) for call in calls)

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield work that lacks a call, is not closed, closes another ticket, or goes on after the end."""
        *calls, last = (task.reference or "").splitlines()
        for place in range(len(calls)):
            yield "\n".join([*calls[:place], *calls[place + 1 :], last])
        yield last
        yield "\n".join(calls)
        names, number = task.ground_truth["names"], task.ground_truth["ticket"]
        yield "\n".join([*calls, write((FINISH.name, {"ticket": number + 1}), names)])
        yield "\n".join([*calls, last, last])
        yield "\n".join([*calls[::-1], last]) if len(calls) > 1 and not self._commutes(task) else last

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference with other JSON spellings, and with a refused call before it."""
        yield from super().equivalents(task)
        lines = (task.reference or "").splitlines()
        calls = [json.loads(line) for line in lines]
        yield "\n".join(json.dumps({"name": call["name"], "arguments": call["arguments"]}) for call in calls)
        yield "\n".join(json.dumps(call, sort_keys=True, separators=(" , ", " : ")) for call in calls)
        yield "\n".join(["no call", *lines])

    def _commutes(self, task: Task) -> bool:
        """Return whether the calls do the same in the other order."""
        truth = task.ground_truth
        end = self._work(truth["records"], truth["calls"][::-1])
        return end == dict(truth["goal"])

    def _needed(self, ticket: Ticket) -> dict[str, Any] | None:
        """Return the records after the work; None where a call fails or could be left out."""
        goal = self._work(ticket.records, ticket.calls)
        before = dict(ticket.records)
        for place, call in enumerate(ticket.calls):
            effect = self.perform(before, *call)
            if not effect.valid:
                return None
            if call[0] not in self.reading and self._work(before, ticket.calls[place + 1 :]) == goal:
                return None
            apply(before, effect)
        return goal

    def _work(self, records: Records, calls: Sequence[Call]) -> dict[str, Any]:
        """Return the records after calls, of which refused ones do nothing."""
        now = dict(records)
        for call in calls:
            apply(now, self.perform(now, *call))
        return now

    def _draft(self, rng: Random, config: WorldConfig, ticket: Ticket, goal: Records) -> Draft:
        offered = (*self.operations, FINISH)
        names, number = draw_names(rng, offered), rng.randint(10_000, 99_999)
        num_calls = len(ticket.calls) + 1
        turns = 2 * num_calls + 4 + (2 * config.size if config.records == "hidden" else 0)
        lines = [f"- {self.describe(name, record)}" for name, record in ticket.records.items()]
        shown = "Records:\n" + "\n".join(lines) + "\n\n" if config.records == "shown" else ""
        truth = {
            "records": ticket.records,
            "goal": goal,
            "required": [call for call in ticket.calls if call[0] in self.reading],
            "calls": ticket.calls,
            "names": names,
            "ticket": number,
            "num_turns": turns,
        }
        prompt = _PROMPT.format(
            introduction=self.introduction,
            records=shown,
            ticket=number,
            requests="\n".join(f"{place}. {text}" for place, text in enumerate(ticket.requests, 1)),
            turns=turns,
            instruction=ANSWER_INSTRUCTION,
        )
        calls = [*ticket.calls, (FINISH.name, {"ticket": number})]
        return Draft(
            prompt=prompt,
            ground_truth=truth,
            reference="\n".join(write(call, names) for call in calls),
            effort=float(ticket.looked_at + num_calls),
            tools=tuple(freeze(schemas(offered, names))),
            metadata={"topic": "function calling", "num_calls": num_calls},
        )


def _advance(
    truth: Mapping[str, Any], state: Mapping[str, Any], call: Call, effect: Effect
) -> dict[str, Any]:
    """Return what a call that was not refused changes in the state of the play."""
    records = dict(state["records"])
    apply(records, effect)
    made = [
        done or _same(wanted, call) for done, wanted in zip(state["made"], truth["required"], strict=True)
    ]
    calls = truth["calls"]
    step = state["next"] < len(calls) and _same(calls[state["next"]], call)
    return {"records": records, "made": made, "next": state["next"] + step}


def _same(wanted: Sequence[Any], call: Call) -> bool:
    return bool(wanted[0] == call[0] and dict(wanted[1]) == dict(call[1]))


def _shares(truth: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, float]:
    """Return the shares of work done.

    ``state``: of the records that are changed or should be, those that are right; ``calls``: of the required
    calls, those made (where none is required: as ``state``); ``all``: of both together.
    """
    before, goal, now = (thaw(each) for each in (truth["records"], truth["goal"], state["records"]))
    names = [
        name for name in {**before, **goal, **now} if not before.get(name) == goal.get(name) == now.get(name)
    ]
    right, made = sum(goal.get(name) == now.get(name) for name in names), sum(state["made"])
    both = (right + made) / (len(names) + len(state["made"])) if names or state["made"] else 1.0
    records = right / len(names) if names else both
    return {"state": records, "calls": made / len(state["made"]) if state["made"] else records, "all": both}
