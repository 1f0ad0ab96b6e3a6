"""Tools: a turn that calls some is answered with their results; any other goes to the task's own protocol.

Laid over that protocol: a question with tools ends with the first answer, a game with tools goes on as the
game does. Functions that an interactive family lists in ``Task.tools`` are actions of its world. The contract
of tools and dialects stands in :mod:`reason.envs.tool`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reason.envs.calling import MAX_CALLS_A_TURN, call_tools
from reason.envs.protocol import Messages, Move, Protocol, Span, Standing, choose, unscorable
from reason.envs.protocols.interactive import Interactive
from reason.envs.rules import Rules
from reason.envs.stop_reason import StopReason
from reason.envs.tool import Dialect, Tool, ToolCall, ToolResult
from reason.envs.toolbox import DEFAULT_DIALECT, find_dialect, find_tool, task_tools
from reason.family import ANSWER_INSTRUCTION, Family
from reason.frozen import FrozenDict, freeze, thaw
from reason.interactive import InteractiveFamily
from reason.task import Task
from reason.verdict import Status, Verdict

__all__ = ["TURNS_FOR_TOOLS", "Tools"]

TURNS_FOR_TOOLS = 8
"""Turns that tools are given beside those of the task, where the environment does not say."""

RANK = 20


class Tools(Protocol):
    """Make the calls of a turn, or pass the turn on."""

    def precedence(self, task: Task, family: Family[Any], rules: Rules) -> int | None:
        """Whatever has tools, of the environment or of the task."""
        return RANK if rules.tools or task.tools else None

    def max_turns(self, task: Task, family: Family[Any], rules: Rules) -> int:
        """As the environment says, else some turns more than the task has."""
        if rules.max_turns is not None:
            return rules.max_turns
        return choose(task, rules, below=RANK).max_turns(task, family, rules) + TURNS_FOR_TOOLS

    def opening(self, task: Task, rules: Rules) -> Messages:
        """Return the prompt, with the dialect's instructions after its last user message."""
        messages = list(choose(task, rules, below=RANK).opening(task, rules))
        instructions = self.dialect(task, rules).instructions(self.tools(task, rules))
        last = max((place for place, (role, _) in enumerate(messages) if role == "user"), default=-1)
        if instructions:
            role, content = messages[last]
            messages[last] = role, f"{content}\n\n{instructions}"
        return tuple(messages)

    def initial_state(self, task: Task, family: Family[Any], rules: Rules) -> Mapping[str, Any]:
        """Return the states of the tools, the calls so far, and the state of the protocol below."""
        states: dict[str, Any] = {}
        for tool in _toolbox(task, family, rules).values():
            if tool.state_name not in states:
                states[tool.state_name] = freeze(tool.initial_state(task), name=f"state of {tool.name}")
        below = choose(task, rules, below=RANK).initial_state(task, family, rules)
        return FrozenDict(tools=FrozenDict(states), counts=FrozenDict(), calls=0, below=below)

    def fits(self, state: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
        """Tell whether a saved state is of the same tools over the same protocol."""
        return set(state) == set(fresh) and all(
            isinstance(state[part], Mapping) and set(state[part]) == set(fresh[part])
            for part in ("tools", "below")
        )

    def tools(self, task: Task, rules: Rules) -> list[dict[str, Any]]:
        """Return what the environment gives and what the task lists."""
        own = {tool.name: tool.schema() for tool in rules.tools if isinstance(tool, Tool)}
        listed = {name: thaw(schema) for name, schema in zip(task_tools(task), task.tools, strict=True)}
        return list({**listed, **own}.values())

    def dialect(self, task: Task, rules: Rules) -> Dialect:
        """Return the environment's, else the task's, else the default one."""
        if isinstance(rules.dialect, Dialect):
            return rules.dialect
        return find_dialect(str(task.metadata.get("dialect", DEFAULT_DIALECT)))

    def act(self, standing: Standing, text: str, rules: Rules) -> Move:
        """Make the calls of a text, or pass it on."""
        dialect = self.dialect(standing.task, rules)
        try:
            if calls := dialect.parse(text):
                return self._call(standing, calls, dialect, rules)
        except Exception as error:
            verdict = unscorable(standing.family, error)
            return Move(state=standing.state, verdict=verdict, stop_reason=StopReason.TOOL_ERROR, spans=())
        below = choose(standing.task, rules, below=RANK)
        # A turn that neither calls nor answers is no answer yet.
        move = below.act(replace(standing, state=standing.state["below"], final=True), text, rules)
        if move.verdict is not None and move.verdict.status is Status.NO_ANSWER and not move.last_observation:
            told = f"This turn neither calls a tool nor answers. Call one, or: {ANSWER_INSTRUCTION}"
            move = replace(move, observation=told)
        spans = (Span(0, len(move.observation or move.last_observation), "observation"),)
        return replace(move, state=FrozenDict({**standing.state, "below": move.state}), spans=spans)

    def conclude(self, task: Task, state: Mapping[str, Any], last: Verdict | None) -> Verdict:
        """Let the protocol below judge."""
        return choose(task, Rules(), below=RANK).conclude(task, state["below"], last)

    def _call(self, standing: Standing, calls: Sequence[ToolCall], dialect: Dialect, rules: Rules) -> Move:
        state = standing.state
        left = math.inf if rules.max_tool_calls is None else rules.max_tool_calls - state["calls"]
        made = list(calls[: int(min(MAX_CALLS_A_TURN, left))])
        tools = _toolbox(standing.task, standing.family, rules)
        world = [name for name in _world(standing.task, standing.family) if name not in tools]
        called = call_tools(
            standing.task,
            [call for call in made if call.name not in world or call.error],
            tools,
            states=state["tools"],
            counts=state["counts"],
            others=world,
        )
        acted = _act(standing, [call for call in made if call.name in world and not call.error])
        results = _in_order(made, called.results, acted, world)
        if (rest := len(calls) - len(made)) and left > len(made):
            told = f"{rest} more calls of this turn were not made: a turn has at most {MAX_CALLS_A_TURN}"
            results.append((calls[len(made)], ToolResult(text=told, error=True)))
        after = FrozenDict(
            tools=FrozenDict(called.states),
            counts=FrozenDict(called.counts),
            calls=state["calls"] + len(made),
            below=acted[-1].state if acted else state["below"],
        )
        observation = dialect.render(results) if results else ""
        return Move(
            state=after,
            verdict=acted[-1].verdict if acted else None,
            observation=observation,
            last_observation=observation,
            role=dialect.role,
            spans=(Span(0, len(observation), "tool"),),
            reward=sum(move.reward or 0.0 for move in acted) if acted else None,
            invalid=all(result.error for _, result in results),
            stop_reason=_stop(acted, over_budget=len(calls) > left),
            seconds=called.seconds,
        )


def _act(standing: Standing, calls: Sequence[ToolCall]) -> list[Move]:
    """Make calls in the task's own world, one after the other, until it ends."""
    game, moves = Interactive(), list[Move]()
    below = replace(standing, state=standing.state["below"])
    for call in calls:
        moves.append(game.make(below, call.line()))
        if moves[-1].stop_reason is not None or (moves[-1].verdict and moves[-1].verdict.score is None):
            break
        below = replace(below, state=moves[-1].state)
    return moves


def _in_order(
    calls: Sequence[ToolCall], called: Sequence[ToolResult], acted: Sequence[Move], world: Sequence[str]
) -> list[tuple[ToolCall, ToolResult]]:
    """Put the results of tools and world back into the order of the calls."""
    from_tools, from_world = iter(called), iter(acted)
    results = []
    for call in calls:
        if call.name in world and not call.error:
            if (move := next(from_world, None)) is None:
                continue  # the world had come to its end
            result = ToolResult(text=move.observation, error=move.invalid)
        else:
            result = next(from_tools)
        results.append((call, result))
    return results


def _stop(acted: Sequence[Move], *, over_budget: bool) -> StopReason | None:
    if acted and acted[-1].stop_reason is not None:
        return acted[-1].stop_reason
    return StopReason.BUDGET if over_budget else None


def _toolbox(task: Task, family: Family[Any], rules: Rules) -> dict[str, Tool]:
    """Return the tools by name: the task's that have a file, then the environment's own over them.

    Raises:
        ConfigError: the task lists a tool that nothing implements.
    """
    own = {tool.name: tool for tool in rules.tools if isinstance(tool, Tool)}
    world = _world(task, family)
    listed = {name: find_tool(name) for name in task_tools(task) if name not in own and name not in world}
    return {**listed, **own}


def _world(task: Task, family: Family[Any]) -> tuple[str, ...]:
    """Return the functions that are actions of the family's own world."""
    return task_tools(task) if isinstance(family, InteractiveFamily) else ()
