"""A maze in words: find the exit while seeing no more than the openings of one room."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION, blind_chance, read_action, refuse, rehearsal
from reason.interactive import InteractiveFamily, Transition
from reason.registry import register
from reason.task import Task

__all__ = ["TextMaze", "TextMazeConfig"]

_RULES = """\
You are in a maze of {count} rooms: {height} rows from north to south, {width} columns from west to east. \
Every room has a number of its own on its wall. There is a way from each room to each other, but not \
every wall between neighbours has an opening, and you see only the openings of the room that you are in.
The exit is room {sign}, which is {where} of where you begin. Reach it.
Each turn you go through one opening into the next room.
You have {turns} turns, which is enough to see every room. A step that is not possible costs a turn, and \
then the exit counts half.
An action is one of the words north, south, east and west, or its first letter.

{view}
{instruction}"""
_STEPS = {"north": (-1, 0), "south": (1, 0), "east": (0, 1), "west": (0, -1)}
_HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class TextMazeConfig(Config):
    """Knobs of the maze."""

    width: int = 6
    """Columns of rooms."""
    height: int = 5
    """Rows of rooms."""
    loops: float = 0.1
    """Share of the walls that a maze without loops would keep and that get an opening."""

    def __post_init__(self) -> None:
        """Reject what is no maze."""
        super().__post_init__()
        self.require(2 <= self.width <= 40, "width", "2 to 40")
        self.require(2 <= self.height <= 40, "height", "2 to 40")
        self.require(0 <= self.loops <= 1, "loops", "0 to 1")


@register
class TextMaze(InteractiveFamily[TextMazeConfig]):
    """Find the exit of a maze of which only the openings of the present room are seen.

    The reference player searches depth first, towards the exit where it can, and so takes each opening at
    most once in each direction: the turns granted suffice for that in every maze. Effort is its steps.
    """

    id = "TextMaze-v0"
    domain = "games"
    max_level = 30

    def at_level(self, level: int) -> TextMazeConfig:
        """Add a row and a column at each level."""
        return TextMazeConfig(width=3 + level, height=2 + level)

    def generate(self, rng: Random, config: TextMazeConfig) -> Draft:
        """Draw a spanning tree, some loops, two rooms that are far apart, and the numbers."""
        count = config.width * config.height
        openings = _draw_openings(rng, config)
        start, target = max(
            (rng.sample(range(count), 2) for _ in range(3)), key=lambda pair: _far(pair, config.width)
        )
        truth: dict[str, Any] = {
            "width": config.width,
            "openings": openings,
            "start": start,
            "exit": target,
            "signs": rng.sample(range(1_000, 1_000 + max(100_000, 10 * count)), count),
            "turns": 2 * (count - 1),
        }
        prompt = _RULES.format(
            count=count,
            height=config.height,
            width=config.width,
            sign=truth["signs"][target],
            where=_where(start, target, config.width),
            turns=truth["turns"],
            view=_view(truth, start),
            instruction=TURN_INSTRUCTION,
        )
        steps = self.reference_play(rehearsal(self, prompt, truth))
        return Draft(
            prompt=prompt,
            ground_truth=truth,
            canonical=[config.width, openings, start, target],
            reference="\n".join(steps),
            effort=float(len(steps)),
            metadata={"topic": "navigation", "reference_steps": len(steps)},
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin in the first room."""
        return {"turn": 0, "lost": 0, "trail": (task.ground_truth["start"],)}

    def max_turns(self, task: Task) -> int:
        """As many as the prompt says."""
        return int(task.ground_truth["turns"])

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Show the number and the openings of the room."""
        left = self.max_turns(task) - state["turn"]
        return f"{_view(task.ground_truth, state['trail'][-1])} Turns left: {left}."

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Go through an opening."""
        truth, turns, room = task.ground_truth, self.max_turns(task), state["trail"][-1]
        words = {word: name for name in _STEPS for word in (name, name[0], f"go {name}")}
        step = words.get(read_action(action))
        if step not in _open(truth, room):
            why = f"There is no opening {step}." if step else "An action is north, south, east or west."
            return refuse({**state, "lost": state["lost"] + 1}, why, turns=turns)
        room = _beside(room, step, truth["width"])
        after = {**state, "turn": state["turn"] + 1, "trail": (*state["trail"], room)}
        if room == truth["exit"]:
            reward = _HALF if state["lost"] else 1.0
            return Transition(
                state=after, observation="This is the exit.", reward=reward, done=True, passed=reward == 1.0
            )
        done = after["turn"] >= turns
        told = "No turns are left." if done else self.observe(task, after)
        return Transition(state=after, observation=told, done=done)

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Go into a room not seen yet, nearest to the exit first, or back where this one was entered."""
        truth, trail = task.ground_truth, state["trail"]
        width, room = truth["width"], trail[-1]
        ahead = {step: _beside(room, step, width) for step in _open(truth, room)}
        fresh = [step for step in ahead if ahead[step] not in trail]
        if fresh:
            return min(fresh, key=lambda step: _far((ahead[step], truth["exit"]), width))
        entered_from = trail[trail.index(room) - 1]
        return next(step for step in ahead if ahead[step] == entered_from)

    def solve(self, task: Task) -> str | None:
        """Draw a map from what is told, and always go to the nearest opening not tried yet."""
        state, told = self.initial_state(task), task.text
        seen: dict[tuple[int, int], list[str]] = {}
        here, steps = (0, 0), list[str]()
        while len(steps) < self.max_turns(task):
            seen[here] = re.findall(
                r"north|south|east|west", told.rpartition("Openings: ")[2].partition(".")[0]
            )
            for step in _to_frontier(seen, here):
                steps.append(step)
                moved = self.transition(task, state, step)
                if moved.done:
                    return "\n".join(steps) if moved.passed else None
                state, told = moved.state, moved.observation
                here = (here[0] + _STEPS[step][0], here[1] + _STEPS[step][1])
        return None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference cut short, gone on with, in one line, and with a word that is no step."""
        steps = (task.reference or "").splitlines()
        yield from ("\n".join(steps[:-1]), "\n".join([*steps, steps[-1]]), " ".join([*steps, steps[-1]]))
        yield from ("\n".join(["banana", *steps]), "\n".join([*steps[:-1], f"{steps[-1]} or up"]))
        yield "\n".join(["exit", "go to the exit"])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other words."""
        steps = (task.reference or "").splitlines()
        yield "\n".join(step[0] for step in steps)
        for spelling in ("  {} ", "Go {}.", "**{}**", "{}\n"):
            yield "\n".join(spelling.format(step) for step in steps)
        yield "\n".join(steps).upper()

    def chance(self, config: TextMazeConfig) -> float:
        """Measure the lists of steps that succeed most often."""
        return blind_chance(self, config)


def _to_frontier(seen: Mapping[tuple[int, int], Sequence[str]], here: tuple[int, int]) -> list[str]:
    """Return the steps to the nearest place that was not seen."""
    ways: dict[tuple[int, int], list[str]] = {here: []}
    front = deque([here])
    while front:
        row, column = place = front.popleft()
        if place not in seen:
            return ways[place]
        for step in seen[place]:
            there = (row + _STEPS[step][0], column + _STEPS[step][1])
            if there not in ways:
                ways[there] = [*ways[place], step]
                front.append(there)
    return []


def _draw_openings(rng: Random, config: TextMazeConfig) -> list[list[int]]:
    """Return pairs of neighbouring rooms: a tree from a random walk depth first, and some more."""
    width, count = config.width, config.width * config.height
    walls = [(room, room + 1) for room in range(count) if (room + 1) % width]
    walls += [(room, room + width) for room in range(count - width)]
    beside: dict[int, list[int]] = {room: [] for room in range(count)}
    for one, other in walls:
        beside[one].append(other)
        beside[other].append(one)
    stack, seen, opened = [rng.randrange(count)], set(), set()
    seen.add(stack[0])
    while stack:
        fresh = [room for room in beside[stack[-1]] if room not in seen]
        if not fresh:
            stack.pop()
            continue
        room = rng.choice(fresh)
        opened.add((min(stack[-1], room), max(stack[-1], room)))
        seen.add(room)
        stack.append(room)
    opened |= {wall for wall in walls if wall not in opened and rng.random() < config.loops}
    return [list(pair) for pair in sorted(opened)]


def _open(truth: Mapping[str, Any], room: int) -> list[str]:
    """Return the directions in which a room has openings."""
    others = {one + other - room for one, other in truth["openings"] if room in (one, other)}
    return [step for step in _STEPS if _beside(room, step, truth["width"]) in others]


def _beside(room: int, step: str, width: int) -> int:
    rows, columns = _STEPS[step]
    return room + rows * width + columns


def _far(pair: Sequence[int], width: int) -> int:
    (row, column), (r, c) = (divmod(room, width) for room in pair)
    return abs(row - r) + abs(column - c)


def _where(start: int, target: int, width: int) -> str:
    (row, column), (r, c) = divmod(start, width), divmod(target, width)
    parts = [f"{abs(r - row)} to the {'south' if r > row else 'north'}"] if r != row else []
    parts += [f"{abs(c - column)} to the {'east' if c > column else 'west'}"] if c != column else []
    return " and ".join(parts)


def _view(truth: Mapping[str, Any], room: int) -> str:
    return f"You are in room {truth['signs'][room]}. Openings: {', '.join(_open(truth, room))}."
