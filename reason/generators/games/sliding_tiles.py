"""Sliding tiles: bring a board into its goal by sliding tiles into the gap, one a turn."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from reason.errors import GenerationError
from reason.family import Config, Draft
from reason.generators.games.playing import TURN_INSTRUCTION, blind_chance, read_action, refuse
from reason.interactive import InteractiveFamily, Transition
from reason.registry import register
from reason.task import Task

__all__ = ["SlidingTiles", "SlidingTilesConfig", "shortest"]

Board = tuple[int, ...]

_RULES = """\
This board has numbered tiles and one gap, written as a dot:
{board}

Slide tiles until it looks like this:
{goal}

Each turn you slide one tile that is next to the gap, above, below, left or right of it, into the gap.
You have {turns} turns; it can be done in {moves}. An action that is no possible slide costs a turn.
An action is the number of the tile, such as {example}.
{instruction}"""
_PARTIAL = 0.5
"""What a board is worth on which all tiles but one are right."""
MAX_NODES = 2_000_000
"""Nodes after which the search gives up."""
_LEVELS = (
    *((3, 3, 2), (3, 3, 5), (3, 3, 8), (3, 3, 11), (3, 3, 14), (3, 3, 17), (3, 3, 20)),
    *((3, 4, 22), (3, 4, 24), (4, 4, 26)),
)
"""Rows, columns and moves of each level."""


@dataclass(frozen=True, kw_only=True)
class SlidingTilesConfig(Config):
    """Knobs of the board."""

    rows: int = 3
    """Rows of the board."""
    columns: int = 3
    """Columns of the board."""
    num_moves: int = 11
    """Moves of the shortest solution."""
    slack: float = 0.5
    """Turns beyond the shortest solution, as a share of it."""

    def __post_init__(self) -> None:
        """Reject what cannot be drawn or solved."""
        super().__post_init__()
        self.require(3 <= self.rows <= 6, "rows", "3 to 6")
        self.require(3 <= self.columns <= 6, "columns", "3 to 6")
        self.require(1 <= self.num_moves <= 30, "num_moves", "1 to 30")
        self.require(0 <= self.slack <= 10, "slack", "0 to 10")


@register
class SlidingTiles(InteractiveFamily[SlidingTilesConfig]):
    """Slide numbered tiles into the gap until the board looks like its goal.

    The shortest solution is proved with IDA* (Korf 1985); effort is the number of nodes that it expands.
    A play that runs out of turns earns up to half, by the tiles that are in place.
    """

    id = "SlidingTiles-v0"
    domain = "games"
    max_level = len(_LEVELS) - 1

    def at_level(self, level: int) -> SlidingTilesConfig:
        """Make the shortest solution longer, and from level 7 the board larger."""
        rows, columns, num_moves = _LEVELS[level]
        return SlidingTilesConfig(rows=rows, columns=columns, num_moves=num_moves)

    def generate(self, rng: Random, config: SlidingTilesConfig) -> Draft:
        """Walk away from a random goal until the shortest way back is as long as it should be."""
        size = config.rows * config.columns
        for _ in range(200):
            goal = tuple(rng.sample(range(size), size))
            board = _walk(rng, goal, config)
            moves, nodes = shortest(board, goal, config.columns)
            if len(moves) >= config.num_moves - (config.num_moves > 12):
                break
        else:
            raise GenerationError(f"no board with {config} was found; take fewer moves")
        turns = len(moves) + max(int(len(moves) * config.slack), 0)
        return Draft(
            prompt=_RULES.format(
                board=_write(board, config.columns),
                goal=_write(goal, config.columns),
                turns=turns,
                moves=len(moves),
                example=moves[0] if len(moves) > size else max(board),
                instruction=TURN_INSTRUCTION,
            ),
            ground_truth={"board": board, "goal": goal, "columns": config.columns, "turns": turns},
            canonical=[config.columns, [goal.index(tile) for tile in board], goal.index(0)],
            reference="\n".join(map(str, moves)),
            effort=float(nodes),
            metadata={"topic": "sliding puzzles", "shortest_solution": len(moves)},
        )

    def initial_state(self, task: Task) -> Mapping[str, Any]:
        """Begin with the board of the prompt."""
        return {"turn": 0, "board": task.ground_truth["board"]}

    def max_turns(self, task: Task) -> int:
        """As many as the prompt says."""
        return int(task.ground_truth["turns"])

    def observe(self, task: Task, state: Mapping[str, Any]) -> str:
        """Draw the board."""
        left = self.max_turns(task) - state["turn"]
        return f"{_write(state['board'], task.ground_truth['columns'])}\nTurns left: {left}."

    def transition(self, task: Task, state: Mapping[str, Any], action: str) -> Transition:
        """Slide a tile."""
        truth, turns = task.ground_truth, self.max_turns(task)
        board, goal = tuple(state["board"]), tuple(truth["goal"])
        match = re.fullmatch(r"(?:(?:slide |move )?(?:tile )?)?([0-9]{1,3})", read_action(action))
        gaps = {board[place]: place for place in _beside(board.index(0), len(board), truth["columns"])}
        tile = int(match[1]) if match else 0
        if tile in gaps:
            board = _slide(board, gaps[tile])
            after = {"turn": state["turn"] + 1, "board": board}
            if board == goal:
                return Transition(state=after, observation="Done.", reward=1.0, done=True, passed=True)
            done = after["turn"] >= turns
            moved = Transition(state=after, observation=self.observe(task, after), done=done)
        else:
            why = "That tile is not beside the gap." if match else "An action is the number of a tile."
            moved = refuse(state, why, turns=turns)
        if not moved.done:
            return moved
        placed = sum(one == other != 0 for one, other in zip(board, goal, strict=True))
        return Transition(
            state=moved.state,
            observation=f"No turns are left; {placed} tiles are in place.",
            reward=_PARTIAL * placed / (len(board) - 1),
            done=True,
            valid=moved.valid,
        )

    def reference_action(self, task: Task, state: Mapping[str, Any]) -> str:
        """Make the first move of a shortest solution."""
        truth = task.ground_truth
        return str(shortest(tuple(state["board"]), tuple(truth["goal"]), truth["columns"])[0][0])

    def solve(self, task: Task) -> str | None:
        """Read both boards, and search from both ends at once."""
        drawn = [line.split() for line in task.text.splitlines() if re.fullmatch(r"[ 0-9.]+", line)]
        cells = [0 if cell == "." else int(cell) for row in drawn for cell in row]
        half = len(cells) // 2
        return _meet(tuple(cells[:half]), tuple(cells[half:]), len(drawn[0]))

    def near_misses(self, task: Task) -> Iterable[str]:
        """Yield the reference cut short, gone on with, and with other tiles."""
        moves = (task.reference or "").splitlines()
        yield from ("\n".join([*moves, moves[-1]]), "\n".join([*moves[:-1], "banana"]), f"{moves[-1]}.5")
        yield "\n".join([*moves[:-1], "0"])
        yield ", ".join([*moves, moves[-1]])
        if len(moves) > 1:
            yield from ("\n".join(moves[:-1]), " ".join(moves))

    def equivalents(self, task: Task) -> Iterable[str]:
        """Yield the reference in other words."""
        moves = (task.reference or "").splitlines()
        for spelling in ("  {} ", "tile {}", "Move {}.", "slide tile {}", "**{}**", "{}\n"):
            yield "\n".join(spelling.format(move) for move in moves)

    def chance(self, config: SlidingTilesConfig) -> float:
        """Measure the lists of tiles that succeed most often."""
        return blind_chance(self, config)


def shortest(board: Board, goal: Board, columns: int) -> tuple[list[int], int]:
    """Return the tiles of a shortest solution, and the nodes that IDA* expanded.

    Raises:
        GenerationError: the search takes too long.
    """
    targets = {tile: divmod(place, columns) for place, tile in enumerate(goal)}

    def distance(tile: int, place: int) -> int:
        row, column = divmod(place, columns)
        return abs(row - targets[tile][0]) + abs(column - targets[tile][1])

    neighbours = [_beside(place, len(board), columns) for place in range(len(board))]
    cells, moves, nodes = list(board), [], 0

    def search(gap: int, before: int, estimate: int, left: int) -> int:
        """Search to a depth; return 0 where the goal is reached, else by how much the depth falls short."""
        nonlocal nodes
        if estimate > left:
            return estimate - left
        if not estimate:
            return 0
        nodes += 1
        if nodes > MAX_NODES:
            raise GenerationError(f"IDA* expanded {MAX_NODES} nodes; take fewer moves")
        short = 1 << 30
        for place in neighbours[gap]:
            if place == before:
                continue
            tile = cells[place]
            cells[gap], cells[place] = tile, 0
            moves.append(tile)
            found = search(place, gap, estimate + distance(tile, gap) - distance(tile, place), left - 1)
            if not found:
                return 0
            moves.pop()
            cells[gap], cells[place] = 0, tile
            short = min(short, found)
        return short

    start = sum(distance(tile, place) for place, tile in enumerate(board) if tile)
    bound = start
    while missing := search(board.index(0), -1, start, bound):
        bound += missing
    return moves, nodes


def _beside(place: int, size: int, columns: int) -> list[int]:
    row, column = divmod(place, columns)
    rows = size // columns
    steps = ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column))
    return [r * columns + c for r, c in steps if 0 <= r < rows and 0 <= c < columns]


def _slide(board: Board, place: int) -> Board:
    cells, gap = list(board), board.index(0)
    cells[gap], cells[place] = cells[place], 0
    return tuple(cells)


def _walk(rng: Random, board: Board, config: SlidingTilesConfig) -> Board:
    """Walk ``num_moves`` moves and some more, never straight back."""
    before = -1
    for _ in range(config.num_moves + (config.num_moves // 4 if config.num_moves > 12 else 0) * 2):
        gap = board.index(0)
        place = rng.choice([each for each in _beside(gap, len(board), config.columns) if each != before])
        board, before = _slide(board, place), gap
    return board


def _meet(board: Board, goal: Board, columns: int) -> str | None:
    """Search breadth first from both ends in turn; None where that takes too long."""
    ways: list[dict[Board, list[int]]] = [{board: []}, {goal: []}]
    fronts = [deque([board]), deque([goal])]
    while all(fronts) and len(ways[0]) + len(ways[1]) < 400_000:
        side = len(ways[0]) > len(ways[1])
        here = fronts[side].popleft()
        if here in ways[not side]:
            ahead, back = ways[0][here], ways[1][here]
            return "\n".join(map(str, [*ahead, *reversed(back)]))
        for place in _beside(here.index(0), len(here), columns):
            there = _slide(here, place)
            if there not in ways[side]:
                ways[side][there] = [*ways[side][here], here[place]]
                fronts[side].append(there)
    return None


def _write(board: Iterable[int], columns: int) -> str:
    cells = ["." if not tile else str(tile) for tile in board]
    width = max(map(len, cells))
    rows = (cells[at : at + columns] for at in range(0, len(cells), columns))
    return "\n".join(" ".join(cell.rjust(width) for cell in row) for row in rows)
