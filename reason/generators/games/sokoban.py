"""Sokoban: push boxes onto goals, one step a turn."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION, blind_chance, read_action, refuse
from reason.interactive import InteractiveFamily, Transition
from reason.registry import register
from reason.task import Task

__all__ = ["Sokoban", "SokobanConfig", "shortest"]

Boxes = tuple[int, ...]
Spot = tuple[int, Boxes]
"""Where the player stands, and the boxes, in ascending order; a cell is a place in the text of the map."""

_RULES = """\
This is a Sokoban level:

{level}

# is a wall, @ you, $ a box, . a goal; * is a box on a goal, and + is you on a goal.
Push every box onto a goal. Each turn you take one step: up, down, left or right. If a box stands where \
you step, you push it one cell further; that cell must be free of walls and boxes. You cannot pull.
You have {turns} turns; it can be done in {moves}. An action that is no possible step costs a turn.
An action is one of the words up, down, left and right.
{instruction}"""
_PARTIAL = 0.5
"""What a level is worth, at most, on which a box is not in place when the turns are over."""
_LEVELS = (
    *((5, 5, 1, 80), (6, 5, 1, 160), (5, 5, 2, 400), (6, 5, 2, 800), (6, 5, 2, 1_200), (6, 6, 2, 1_700)),
    *((6, 6, 2, 2_500), (6, 6, 3, 4_000), (7, 6, 3, 6_000), (7, 7, 3, 9_000)),
)
"""Width, height, boxes and positions of each level."""
_MAX_EXPANDED = 150_000
"""Positions after which a search gives up."""
_MAX_DRAWS = 200
_DIRECTIONS = ("up", "down", "left", "right")


@dataclass(frozen=True, kw_only=True)
class SokobanConfig(Config):
    """Knobs of the room."""

    width: int = 6
    """Cells from left to right, without the walls around."""
    height: int = 5
    """Cells from top to bottom, without the walls around."""
    num_boxes: int = 2
    """Boxes, and goals."""
    num_positions: int = 800
    """How many positions lie nearer to the end than the first: the deeper, the longer the solution."""
    walls: float = 0.2
    """Share of the cells that are walls."""
    slack: float = 0.5
    """Turns beyond the shortest solution, as a share of it."""

    def __post_init__(self) -> None:
        """Reject what cannot be drawn or solved."""
        super().__post_init__()
        self.require(3 <= self.width <= 12, "width", "3 to 12")
        self.require(3 <= self.height <= 12, "height", "3 to 12")
        self.require(1 <= self.num_boxes <= 5, "num_boxes", "1 to 5")
        self.require(10 <= self.num_positions <= 60_000, "num_positions", "10 to 60000")
        self.require(0 <= self.walls <= 0.4, "walls", "0 to 0.4")
        self.require(0 <= self.slack <= 10, "slack", "0 to 10")


@register
class Sokoban(InteractiveFamily[SokobanConfig]):
    """Push boxes onto goals, step by step, in a room whose shortest solution is known.

    Levels are drawn backwards from the end, breadth first, so that the shortest solution is proved; effort is
    the number of positions looked at. A play that runs out of turns earns up to half, by the boxes in place.
    """

    id = "Sokoban-v0"
    domain = "games"
    max_level = len(_LEVELS) - 1

    def at_level(self, level: int) -> SokobanConfig:
        """Begin farther from the end, with more boxes in a larger room."""
        width, height, num_boxes, num_positions = _LEVELS[level]
        return SokobanConfig(width=width, height=height, num_boxes=num_boxes, num_positions=num_positions)

    def generate(self, rng: Random, config: SokobanConfig) -> Draft:
        """Draw rooms until one has enough positions, and begin in one of the last quarter."""
        for _ in range(_MAX_DRAWS):
            level, floor = _draw_room(rng, config)
            if len(floor) < config.num_boxes + 4:
                continue
            goals = tuple(sorted(rng.sample(floor, config.num_boxes)))
            ways = _backwards(level, goals, config.num_positions)
            last = list(ways)[-len(ways) // 4 :]
            starts = [spot for spot in last if not set(spot[1]) & set(goals)]
            if len(ways) >= config.num_positions and starts:
                break
        else:
            raise GenerationError(
                f"no room of {config} has that many positions; take fewer, or a larger room"
            )
        start = rng.choice(starts)
        steps = _follow(ways, start)
        turns = len(steps) + int(len(steps) * config.slack)
        drawn = _write(level, goals, start)
        return Draft(
            prompt=_RULES.format(level=drawn, turns=turns, moves=len(steps), instruction=TURN_INSTRUCTION),
            ground_truth={"level": level, "goals": goals, "start": start, "turns": turns},
            reference="\n".join(steps),
            effort=float(len(ways)),
            metadata={"topic": "sokoban", "shortest_solution": len(steps)},
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin as the prompt shows."""
        player, boxes = task.ground_truth["start"]
        return {"turn": 0, "player": player, "boxes": boxes}

    def max_turns(self, task: Task) -> int:
        """As many as the prompt says."""
        return int(task.ground_truth["turns"])

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Draw the room."""
        truth, left = task.ground_truth, self.max_turns(task) - state["turn"]
        drawn = _write(truth["level"], truth["goals"], (state["player"], tuple(state["boxes"])))
        return f"{drawn}\nTurns left: {left}."

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Take a step, and push what stands in the way."""
        truth, turns = task.ground_truth, self.max_turns(task)
        words = {word: name for name in _DIRECTIONS for word in (name, name[0], f"move {name}", f"go {name}")}
        direction = words.get(read_action(action))
        spot = direction and _step(truth["level"], (state["player"], tuple(state["boxes"])), direction)
        if not spot:
            why = f"You cannot step {direction}." if direction else "An action is up, down, left or right."
            moved = refuse(state, why, turns=turns)
        else:
            after = {"turn": state["turn"] + 1, "player": spot[0], "boxes": spot[1]}
            if spot[1] == tuple(truth["goals"]):
                return Transition(state=after, observation="Done.", reward=1.0, done=True, passed=True)
            moved = Transition(
                state=after, observation=self.observe(task, after), done=after["turn"] >= turns
            )
        if not moved.done:
            return moved
        placed = len(set(moved.state["boxes"]) & set(truth["goals"]))
        return Transition(
            state=moved.state,
            observation=f"No turns are left; {placed} of {len(truth['goals'])} boxes are in place.",
            reward=_PARTIAL * placed / len(truth["goals"]),
            done=True,
            valid=moved.valid,
        )

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Take the first step of a shortest solution, and any step where there is none any more."""
        truth = task.ground_truth
        start = (state["player"], tuple(state["boxes"]))
        return next(iter(shortest(truth["level"], tuple(truth["goals"]), start) or ["up"]))

    def solve(self, task: Task) -> str | None:
        """Read the map, and search by the distances of the boxes to their nearest goals (A*)."""
        drawn = "\n".join(line for line in task.text.splitlines() if re.fullmatch(r"#[#@$.*+ -]+#", line))
        goals = tuple(at for at, cell in enumerate(drawn) if cell in ".*+")
        boxes = tuple(at for at, cell in enumerate(drawn) if cell in "$*")
        (player,) = (at for at, cell in enumerate(drawn) if cell in "@+")
        steps = _star(re.sub(r"[^#\n]", "-", drawn), goals, (player, boxes))
        return "\n".join(steps) if steps else None

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference cut short, gone on with, in one line, and turned round."""
        steps = (task.reference or "").splitlines()
        yield from ("\n".join(steps[:-1]), "\n".join([*steps, steps[-1]]), " ".join([*steps, steps[-1]]))
        for other in _DIRECTIONS:
            if other != steps[-1]:
                yield "\n".join([*steps[:-1], other])
        yield "\n".join([*steps[:-1], f"{steps[-1]} {steps[-1]}"])

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other words."""
        steps = (task.reference or "").splitlines()
        yield "\n".join(step[0] for step in steps)
        for spelling in ("  {} ", "Move {}.", "go {}", "**{}**", "{}\n"):
            yield "\n".join(spelling.format(step) for step in steps)
        yield "\n".join(steps).upper()

    def chance(self, config: SokobanConfig) -> float:
        """Measure the lists of steps that succeed most often."""
        return blind_chance(self, config)


def shortest(level: str, goals: Boxes, start: Spot) -> list[str] | None:
    """Return a shortest solution, breadth first; None where there is none, or it is too far."""
    ways: dict[Spot, tuple[Spot, str]] = {start: (start, "")}
    front = deque([start])
    while front and len(ways) < _MAX_EXPANDED:
        here = front.popleft()
        if here[1] == goals:
            return _trace(ways, here)
        for direction in _DIRECTIONS:
            there = _step(level, here, direction)
            if there and there not in ways:
                ways[there] = (here, direction)
                front.append(there)
    return None


def _star(level: str, goals: Boxes, start: Spot) -> list[str] | None:
    width = level.index("\n") + 1
    places = [divmod(goal, width) for goal in goals]

    def estimate(boxes: Boxes) -> int:
        cells = (divmod(box, width) for box in boxes)
        return sum(min(abs(row - r) + abs(column - c) for r, c in places) for row, column in cells)

    ways: dict[Spot, tuple[Spot, str]] = {start: (start, "")}
    cost = {start: 0}
    heap = [(estimate(start[1]), 0, start)]
    while heap and len(cost) < _MAX_EXPANDED:
        _, paid, here = heappop(heap)
        if here[1] == goals:
            return _trace(ways, here)
        if paid > cost[here]:
            continue
        for direction in _DIRECTIONS:
            there = _step(level, here, direction)
            if there and paid + 1 < cost.get(there, _MAX_EXPANDED):
                ways[there], cost[there] = (here, direction), paid + 1
                heappush(heap, (paid + 1 + estimate(there[1]), paid + 1, there))
    return None


def _trace(ways: Mapping[Spot, tuple[Spot, str]], spot: Spot) -> list[str]:
    steps = []
    while ways[spot][1]:
        spot, direction = ways[spot]
        steps.append(direction)
    return steps[::-1]


def _offset(level: str, direction: str) -> int:
    width = level.index("\n") + 1
    return {"up": -width, "down": width, "left": -1, "right": 1}[direction]


def _step(level: str, spot: Spot, direction: str) -> Spot | None:
    player, boxes = spot
    offset = _offset(level, direction)
    ahead = player + offset
    if level[ahead] == "#":
        return None
    if ahead not in boxes:
        return ahead, boxes
    beyond = ahead + offset
    if level[beyond] == "#" or beyond in boxes:
        return None
    return ahead, tuple(sorted(beyond if box == ahead else box for box in boxes))


def _backwards(level: str, goals: Boxes, count: int) -> dict[Spot, tuple[Spot, str]]:
    """Walk and pull away from the end, breadth first; map each position to the next and the step there."""
    cells = [at for at, cell in enumerate(level) if cell == "-" and at not in goals]
    offsets = [(direction, _offset(level, direction)) for direction in _DIRECTIONS]
    ways = {(player, goals): ((player, goals), "") for player in cells}
    front = deque(ways)
    while front and len(ways) < count:
        player, boxes = here = front.popleft()
        for direction, offset in offsets:
            behind = player - offset
            if level[behind] == "#" or behind in boxes:
                continue
            before, ahead = [(behind, boxes)], player + offset
            if ahead in boxes:
                before.append((behind, tuple(sorted(player if box == ahead else box for box in boxes))))
            for there in before:
                if there not in ways and there[1] != goals:
                    ways[there] = (here, direction)
                    front.append(there)
    return ways


def _follow(ways: Mapping[Spot, tuple[Spot, str]], spot: Spot) -> list[str]:
    steps = []
    while ways[spot][1]:
        spot, direction = ways[spot]
        steps.append(direction)
    return steps


def _draw_room(rng: Random, config: SokobanConfig) -> tuple[str, list[int]]:
    """Draw walls; fill what cannot be reached from the largest part of the floor."""
    width = config.width + 2
    rows = ["#" * width]
    for _ in range(config.height):
        rows.append(
            "#" + "".join("#" if rng.random() < config.walls else "-" for _ in range(width - 2)) + "#"
        )
    level = "\n".join([*rows, "#" * width])
    parts: list[set[int]] = []
    for cell in (at for at, kind in enumerate(level) if kind == "-"):
        if any(cell in part for part in parts):
            continue
        part, front = {cell}, [cell]
        while front:
            here = front.pop()
            for direction in _DIRECTIONS:
                there = here + _offset(level, direction)
                if level[there] == "-" and there not in part:
                    part.add(there)
                    front.append(there)
        parts.append(part)
    floor = max(parts, key=len, default=set())
    filled = "".join("#" if kind == "-" and at not in floor else kind for at, kind in enumerate(level))
    return filled, sorted(floor)


def _write(level: str, goals: Iterable[int], spot: Spot) -> str:
    cells = list(level.replace("-", " "))
    for goal in goals:
        cells[goal] = "."
    for box in spot[1]:
        cells[box] = "*" if cells[box] == "." else "$"
    cells[spot[0]] = "+" if cells[spot[0]] == "." else "@"
    return "".join(cells)
