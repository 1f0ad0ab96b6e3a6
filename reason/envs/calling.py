"""Make the calls of one turn: check them, keep to the budgets, run them, cut what is too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from reason.envs.json_schema import complaint
from reason.envs.tool import Tool, ToolCall, ToolResult
from reason.family import closest
from reason.task import Task

__all__ = ["MAX_CALLS_A_TURN", "Called", "call_tools", "cut"]

MAX_CALLS_A_TURN = 16
"""Calls of one turn that are made; the rest are refused in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Called:
    """What the calls of one turn have done."""

    results: list[ToolResult]
    """One a call, in their order."""
    states: dict[str, Any]
    """After the turn, by the tools' ``state_name``."""
    counts: dict[str, int]
    """Calls made so far in the episode, by tool."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Time by phase ``tool.<name>``."""


class _Job(NamedTuple):
    place: int
    tool: Tool
    arguments: Mapping[str, Any]


class _Done(NamedTuple):
    job: _Job
    result: ToolResult
    seconds: float


def call_tools(
    task: Task,
    calls: Sequence[ToolCall],
    tools: Mapping[str, Tool],
    *,
    states: Mapping[str, Any],
    counts: Mapping[str, int],
    others: Sequence[str] = (),
) -> Called:
    """Answer the calls of one turn.

    Calls whose tools share a state run one after the other, all others at once.

    Args:
        task: The task in play.
        calls: In the order written.
        tools: By name.
        states: By the tools' ``state_name``.
        counts: Calls made so far in the episode, by tool.
        others: Names that may be called elsewhere, to be listed where a name is unknown.

    Raises:
        Exception: what a tool raised: our fault.
    """
    results: dict[int, ToolResult] = {}
    lanes: dict[Any, list[_Job]] = {}
    made = Called(results=[], states=dict(states), counts=dict(counts))
    for place, call in enumerate(calls):
        tool = tools.get(call.name)
        refusal = _refusal(call, tool, made.counts, [*tools, *others])
        if refusal or tool is None:
            results[place] = ToolResult(text=refusal, error=True)
            continue
        made.counts[tool.name] = made.counts.get(tool.name, 0) + 1
        lane = place if states.get(tool.state_name) is None else tool.state_name
        lanes.setdefault(lane, []).append(_Job(place, tool, call.arguments))
    for done in _at_once([_lane(task, states, jobs) for jobs in lanes.values()]):
        for job, result, seconds in done:
            results[job.place] = replace(result, text=cut(result.text, job.tool.max_chars))
            if result.state is not None:
                made.states[job.tool.state_name] = result.state
            phase = f"tool.{job.tool.name}"
            made.seconds[phase] = made.seconds.get(phase, 0.0) + seconds
    made.results.extend(results[place] for place in range(len(calls)))
    return made


def cut(text: str, most: int) -> str:
    r"""Return a text of at most ``most`` characters, and a note where something was cut off.

    >>> cut("abcdef", 4)
    'abcd\n[2 more characters were cut off]'
    """
    return text if len(text) <= most else f"{text[:most]}\n[{len(text) - most} more characters were cut off]"


def _refusal(call: ToolCall, tool: Tool | None, counts: Mapping[str, int], known: Sequence[str]) -> str:
    if call.error:
        return call.error
    if tool is None:
        return f"there is no tool {call.name!r}{closest(call.name, known)} (there are: {', '.join(known)})"
    if problem := complaint(tool.parameters, call.arguments):
        return f"{tool.name}: {problem}"
    if tool.max_calls is not None and counts.get(tool.name, 0) >= tool.max_calls:
        return f"{tool.name}: all of its {tool.max_calls} calls are spent"
    return ""


def _lane(task: Task, states: Mapping[str, Any], jobs: list[_Job]) -> Callable[[], list[_Done]]:
    """Return a function that makes calls one after the other, each on the state that the last one left."""

    def run() -> list[_Done]:
        state, done = states.get(jobs[0].tool.state_name), []
        for job in jobs:
            started = time.perf_counter()
            result = _call(task, state, job)
            state = state if result.state is None else result.state
            done.append(_Done(job, result, time.perf_counter() - started))
        return done

    return run


def _at_once(functions: Sequence[Callable[[], list[_Done]]]) -> list[list[_Done]]:
    """Run functions, the caller's thread taking the first; the first error among them is raised."""
    outcomes: list[list[_Done] | BaseException] = [[] for _ in functions]

    def run(number: int) -> None:
        try:
            outcomes[number] = functions[number]()
        except BaseException as error:
            outcomes[number] = error

    others = range(1, len(functions))
    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in others]
    for thread in threads:
        thread.start()
    if functions:
        run(0)
    for thread in threads:
        thread.join()
    done = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        done.append(outcome)
    return done


def _call(task: Task, state: Any, job: _Job) -> ToolResult:
    tool = job.tool
    result = _within(tool.timeout_s, lambda: tool.call(task, state, job.arguments), name=tool.name)
    if result is None:
        told = f"{tool.name}: the call took longer than {tool.timeout_s:g} seconds and was given up"
        return ToolResult(text=told, error=True)
    if not isinstance(result, ToolResult):
        raise TypeError(f"{tool.name}.call must return a ToolResult, got {result!r:.80}")
    return result


def _within(timeout_s: float | None, function: Callable[[], ToolResult], *, name: str) -> ToolResult | None:
    """Return what a function does, or None after ``timeout_s`` seconds: a thread can only be left alone."""
    if timeout_s is None:
        return function()
    box: list[ToolResult | BaseException] = []

    def run() -> None:
        try:
            box.append(function())
        except BaseException as error:
            box.append(error)

    thread = threading.Thread(target=run, daemon=True, name=f"reason-tool-{name}")
    thread.start()
    thread.join(timeout_s)
    if not box:
        return None
    if isinstance(box[0], BaseException):
        raise box[0]
    return box[0]
